"""From a note's text to HTML that is safe to print, and to a line of plain text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

import nh3
from markupsafe import Markup

from feedsite.posts.text import Kind, Piece, is_forbidden, pieces

_LINK_REL = "nofollow ugc noopener"
_SHOWN_ADDRESS = 48
_SCHEME = re.compile(r"https?://(www\.)?", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_BREAK = re.compile(r"</p>|<br>")
#: Texts that a process keeps as HTML; a note has at most a few thousand bytes.
_KEPT = 4096


def render(text: str, *, mentions: Mapping[str, str], tag_url: Callable[[str], str]) -> Markup:
    """A normalised text as paragraphs.

    Args:
        text: as `text.normalised` leaves it.
        mentions: addresses of people's pages by handle (lower case); other handles stay text.
        tag_url: the address of a tag's page.

    Returns `<p>` with `<br>` and `<a>` in them, nothing else; an address leads away with rel="nofollow ugc noopener".
    """
    found = _pieces(text)
    handles = {piece.value for piece in found if piece.kind is Kind.MENTION and piece.value in mentions}
    tags = {piece.value for piece in found if piece.kind is Kind.TAG}
    people = tuple((handle, mentions[handle]) for handle in sorted(handles))
    return _rendered(text, people, tuple((tag, tag_url(tag)) for tag in sorted(tags)))


@lru_cache(maxsize=_KEPT)
def _pieces(text: str) -> tuple[Piece, ...]:
    # Notes have none that is forbidden; other texts that are shown in this way may.
    return tuple(pieces("".join(character for character in text if not is_forbidden(character))))


@lru_cache(maxsize=_KEPT)
def _rendered(text: str, people: tuple[tuple[str, str], ...], tags: tuple[tuple[str, str], ...]) -> Markup:
    """What a text is with these addresses of people and of tags. Kept: one note is shown to many, many times."""
    mentions, tag_urls = dict(people), dict(tags)
    html = Markup("").join(_html(piece, mentions, tag_urls) for piece in _pieces(text))
    paragraphs = html.replace("\n\n", Markup('</p><p dir="auto">')).replace("\n", Markup("<br>"))
    whole = Markup('<p dir="auto">{}</p>').format(paragraphs)
    # Everything above escapes; this is the second lock on the same door.
    attributes = {"p": {"dir"}, "a": {"href", "class", "rel"}}
    clean = nh3.clean(whole, tags={"p", "br", "a"}, attributes=attributes, url_schemes={"http", "https"}, link_rel=None)
    return Markup(clean)  # noqa: S704 - escaped, then sanitised


def _html(piece: Piece, mentions: Mapping[str, str], tag_urls: Mapping[str, str]) -> Markup:
    if piece.kind is Kind.LINK and _leads_somewhere(piece.value):
        return Markup('<a href="{}" rel="{}">{}</a>').format(piece.value, _LINK_REL, _shown(piece.text))
    if piece.kind is Kind.TAG:
        return Markup('<a class="tag" href="{}">{}</a>').format(tag_urls[piece.value], piece.text)
    if piece.kind is Kind.MENTION and piece.value in mentions:
        return Markup('<a class="mention" href="{}">{}</a>').format(mentions[piece.value], piece.text)
    return Markup("{}").format(piece.text)


def _leads_somewhere(address: str) -> bool:
    """Whether browsers take an address for one: a host may have letters that no host can have."""
    return "href=" in nh3.clean(Markup('<a href="{}">.</a>').format(address), url_schemes={"http", "https"})


def _shown(address: str) -> str:
    bare = _SCHEME.sub("", address, count=1)
    return bare if len(bare) <= _SHOWN_ADDRESS else bare[: _SHOWN_ADDRESS - 1] + "…"


def plain(html: Markup) -> str:
    """The text of what `render` made, in one line: paragraphs and lines are words apart."""
    return Markup(_BREAK.sub(" ", html)).striptags()  # noqa: S704 - tags go, text is as safe as it was


def excerpt(text: str, length: int = 120) -> str:
    """The beginning of a text in one line, cut at a word where that is possible.

    Args:
        length: characters at most.
    """
    line = _SPACE.sub(" ", text).strip()
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    whole = cut.rpartition(" ")[0]
    return (whole if len(whole) > length // 2 else cut).rstrip(" .…,;:") + "…"
