"""The text of a note: how it is normalised, what it may be, and what stands in it.

Everything that asks what a note says (who is named, which tags, which words, what is a link) asks here, so that what is
shown as a tag is what was stored as one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache

from linkify_it import LinkifyIt
from pyramid.i18n import TranslationString, TranslationStringFactory

from feedsite.spelling import folded, is_in_word, tokens, with_unaccented

_ = TranslationStringFactory("feedsite")

TAG_LENGTH = 64
MAX_TAGS = 20
MAX_MENTIONS = 40
#: What the feed engine keeps of a text's words.
MAX_WORDS = 256

_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029\u0085]")
_SPACES_AT_LINE_ENDS = re.compile(r"[ \u00a0]+(?=\n)")
_MANY_EMPTY_LINES = re.compile(r"\n{3,}")
_HANDLE = re.compile(r"[A-Za-z0-9_]{1,30}")


class Kind(Enum):
    """What a piece of a text is."""

    TEXT = "text"
    LINK = "link"
    MENTION = "mention"
    TAG = "tag"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text.

    Attributes:
        kind: what it is.
        text: as it stands there; the pieces' texts together are the whole text.
        value: the address of a link, the handle (lower case) of a mention, the name of a tag; the text itself.
    """

    kind: Kind
    text: str
    value: str


def normalised(text: str) -> str:
    r"""A text as it is stored and counted: NFC, ``\n`` for every line end, spaces for tabs, no empty lines around it
    and at most one between paragraphs."""
    text = _LINE_ENDS.sub("\n", unicodedata.normalize("NFC", text)).replace("\t", " ")
    return _MANY_EMPTY_LINES.sub("\n\n", _SPACES_AT_LINE_ENDS.sub("", text)).strip()


def refusal(text: str, max_length: int) -> TranslationString | None:
    """Why a normalised text cannot be a note, as a sentence; None: it can.

    Args:
        max_length: in characters (code points).
    """
    if not any(map(_visible, text)):
        return _("Write something first.")
    if len(text) > max_length:
        figures = {"count": len(text), "max": max_length}
        return _("This note has ${count} characters; ${max} are possible.", mapping=figures)
    if any(map(is_forbidden, text)):
        return _("There are control characters in this text that nobody could see. Please take them out.")
    if len(tags(text)) > MAX_TAGS:
        return _("A note has at most ${max} different tags.", mapping={"max": MAX_TAGS})
    if len(handles(text)) > MAX_MENTIONS:
        return _("A note mentions at most ${max} people.", mapping={"max": MAX_MENTIONS})
    return None


def is_forbidden(character: str) -> bool:
    """Whether a character of a normalised text is none that HTML can show: control characters but the line end,
    surrogates, noncharacters. https://html.spec.whatwg.org/multipage/parsing.html#preprocessing-the-input-stream"""
    code = ord(character)
    if code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF:
        return True
    return unicodedata.category(character) in ("Cc", "Cs") and character != "\n"


def _visible(character: str) -> bool:
    return unicodedata.category(character)[0] not in "ZC"


# -- what stands in a text -------------------------------------------------------------------------------------------


def pieces(text: str) -> Iterator[Piece]:
    """A text in pieces. Links come first: what stands inside an address is no tag and no mention."""
    end = 0
    for link in _links().match(text) or ():
        # The library takes what follows a word character for an address too ("xhttp://…").
        if link.index and is_in_word(text[link.index - 1]):
            continue
        yield from _names(text, end, link.index)
        yield Piece(Kind.LINK, text[link.index : link.last_index], link.url)
        end = link.last_index
    yield from _names(text, end, len(text))


def _names(text: str, start: int, end: int) -> Iterator[Piece]:
    """The mentions and tags of a stretch of text; what is before and after it is looked at too."""
    plain = at = start
    while at < end:
        found = None
        if text[at] in "@#" and not (at and _joins(text[at - 1])):
            found = _mention(text, at, end) if text[at] == "@" else _tag(text, at, end)
        if found is None:
            at += 1
            continue
        if plain < at:
            yield Piece(Kind.TEXT, text[plain:at], text[plain:at])
        yield found
        plain = at = at + len(found.text)
    if plain < end:
        yield Piece(Kind.TEXT, text[plain:end], text[plain:end])


def _joins(character: str) -> bool:
    # After one of these, @ and # are part of something else: ana@example.org, /@ana, &#39;, C##.
    return is_in_word(character) or character in "@#/&"


def _mention(text: str, at: int, end: int) -> Piece | None:
    match = _HANDLE.match(text, at + 1, end)
    if match is None or (match.end() < len(text) and (is_in_word(text[match.end()]) or text[match.end()] == "@")):
        return None
    return Piece(Kind.MENTION, text[at : match.end()], match[0].lower())


def _tag(text: str, at: int, end: int) -> Piece | None:
    stop = at + 1
    while stop < end and is_in_word(text[stop]):
        stop += 1
    name = tag_name(text[at + 1 : stop])
    return None if name is None else Piece(Kind.TAG, text[at:stop], name)


@cache
def _links() -> LinkifyIt:
    # Only what says that it is an address: "main.py" is not a site in Paraguay.
    other = {"ftp:": None, "mailto:": None, "//": None}
    return LinkifyIt(other, {"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})


def tag_name(text: str) -> str | None:
    """The name of a tag that was written so (without its ``#``): folded, 1 to 64 letters, digits and underscores, at
    least one of them a letter. None: it is no tag."""
    name = folded(text)
    if not 1 <= len(name) <= TAG_LENGTH or not all(map(is_in_word, name)):
        return None
    return name if any(unicodedata.category(character)[0] == "L" for character in name) else None


def tags(text: str) -> list[str]:
    """The tags of a text, each once, in its order."""
    return list(dict.fromkeys(piece.value for piece in pieces(text) if piece.kind is Kind.TAG))


def handles(text: str) -> list[str]:
    """The handles that a text names, whether somebody has them or not: lower case, each once, in its order."""
    return list(dict.fromkeys(piece.value for piece in pieces(text) if piece.kind is Kind.MENTION))


def words(text: str) -> tuple[str, ...]:
    """The words of a text as they are searched and muted: folded, each once, and what they are without accents.

    Whoever looks for `cafe` finds `café` as well, and whoever looks for `café` finds that alone. The first 256 count.
    """
    return tuple(with_unaccented(tokens(text)))[:MAX_WORDS]
