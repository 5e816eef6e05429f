"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from feedsite.feedsout.entries import Author, Document, Entry

CONTENT_TYPE = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"


def write(document: Document) -> bytes:
    """A page of a feed as a JSON Feed document."""
    made: dict[str, Any] = {
        "version": VERSION,
        "title": document.title,
        "home_page_url": document.page_url,
        # The feed's, the same on all of its pages; where this page is from stands in the request.
        "feed_url": document.first_url,
        "language": document.language,
    }
    if document.next_url:
        made["next_url"] = document.next_url
    if document.author is not None:
        made["authors"] = [_author(document.author)]
    made["items"] = [_item(entry) for entry in document.entries]
    return json.dumps(made, ensure_ascii=False).encode()


def _item(entry: Entry) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "content_html": str(entry.html),
        "date_published": _instant(entry.published),
    }
    if entry.updated != entry.published:
        made["date_modified"] = _instant(entry.updated)
    if entry.author is not None:
        made["authors"] = [_author(entry.author)]
    if entry.tags:
        made["tags"] = list(entry.tags)
    return made


def _author(author: Author) -> dict[str, str]:
    return {"name": author.name, "url": author.url}


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
