"""Atom (RFC 4287), with the pages of a feed (RFC 5005) and what answers what (RFC 4685)."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from feedsite.feedsout.entries import Author, Document, Entry, clean

CONTENT_TYPE = "application/atom+xml; charset=utf-8"
ATOM, THREAD = "http://www.w3.org/2005/Atom", "http://purl.org/syndication/thread/1.0"


def write(document: Document) -> bytes:
    """A page of a feed as an Atom document."""
    # Made as a tree: whatever a text holds, it is escaped when the tree is written.
    feed = ET.Element(
        "feed", {"xmlns": ATOM, "xmlns:thr": THREAD, "xml:lang": document.language, "xml:base": document.url}
    )
    _add(feed, "id", document.id)
    _add(feed, "title", document.title)
    _add(feed, "updated", _instant(document.updated))
    _link(feed, "alternate", document.page_url, "text/html")
    _link(feed, "self", document.url)
    _link(feed, "first", document.first_url)
    _link(feed, "next", document.next_url)
    _link(feed, "previous", document.previous_url)
    _author(feed, document.author)
    for entry in document.entries:
        _entry(feed, entry, document.title)
    ET.indent(feed)
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _entry(feed: ET.Element, entry: Entry, feed_title: str) -> None:
    made = ET.SubElement(feed, "entry")
    _add(made, "id", entry.id)
    _add(made, "title", entry.title)
    _add(made, "published", _instant(entry.published))
    _add(made, "updated", _instant(entry.updated))
    _link(made, "alternate", entry.url, "text/html")
    # An entry has an author in any case (RFC 4287, 4.1.2).
    _author(made, entry.author or Author(feed_title, entry.url))
    for tag in entry.tags:
        ET.SubElement(made, "category", {"term": tag, "label": f"#{tag}"})
    if entry.answered is not None:
        found = {"ref": entry.answered.id, "href": entry.answered.url, "type": "text/html"}
        ET.SubElement(made, "thr:in-reply-to", found)
    _add(made, "content", str(entry.html), type="html")


def _add(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, name, attributes).text = clean(text)


def _link(parent: ET.Element, rel: str, href: str, media_type: str = "application/atom+xml") -> None:
    if href:
        ET.SubElement(parent, "link", {"rel": rel, "type": media_type, "href": href})


def _author(parent: ET.Element, author: Author | None) -> None:
    if author is not None:
        made = ET.SubElement(parent, "author")
        _add(made, "name", author.name)
        _add(made, "uri", author.url)


def _instant(instant: datetime) -> str:
    """RFC 3339, in UTC, to the millisecond."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
