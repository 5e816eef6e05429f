"""Cursors: where a page ends, as a short signed string that belongs to one feed and one reader."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from feedsite.feeds.errors import InvalidCursor
from feedsite.feeds.order import OrderKey
from feedsite.feeds.query import Cell, Facet

_MAC_BYTES = 12
_MAX_LENGTH = 8192
_RULE = "a cursor that this feed gave to this reader, unchanged"


@dataclass(frozen=True)
class Cursor:
    """Where reading goes on.

    Args:
        before: the order key after which (in the feed's direction) the page begins; None: the first page.
        as_of: the instant the first page was read at, milliseconds since 1970.
        cell: the part of the feed that is being read, for the rest of a group.
        section: for feeds in sections (New, Earlier): which.
        shown: short hashes of the groups already shown.
        pages: how many pages of groups were shown.
        score: for ranked feeds: what the act of `before` scored.
    """

    before: OrderKey | None
    as_of: int
    cell: Cell | None = None
    section: str = ""
    shown: tuple[str, ...] = field(default=())
    pages: int = 0
    score: float | None = None


class CursorCodec:
    """Turns cursors into strings and back.

    Args:
        secrets: the first one signs the strings; each is believed, and cursors of any other are refused.
    """

    def __init__(self, *secrets: bytes) -> None:
        self._keys = tuple(blake2b(secret, digest_size=32).digest() for secret in secrets)

    def encode(self, cursor: Cursor, feed: str) -> str:
        """The string for a cursor of the feed with this fingerprint."""
        body = json.dumps(_packed(cursor), separators=(",", ":"), ensure_ascii=False).encode()
        return base64.urlsafe_b64encode(_mac(self._keys[0], body, feed) + body).decode().rstrip("=")

    def decode(self, text: str, feed: str) -> Cursor:
        """The cursor of a string.

        Raises:
            InvalidCursor: changed, cut, or made for another feed.
        """
        try:
            if not isinstance(text, str) or len(text) > _MAX_LENGTH:
                raise ValueError("length")
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
            if not any(hmac.compare_digest(mac, _mac(key, body, feed)) for key in self._keys):
                raise ValueError("signature")
            return _unpacked(json.loads(body))
        except (ValueError, KeyError, TypeError, binascii.Error) as error:
            raise InvalidCursor(field="cursor", value=text, rule=_RULE) from error


def _mac(key: bytes, body: bytes, feed: str) -> bytes:
    return blake2b(body, key=key, person=feed.encode()[:16], digest_size=_MAC_BYTES).digest()


def _packed(cursor: Cursor) -> dict[str, Any]:
    packed: dict[str, Any] = {"a": cursor.as_of}
    if cursor.before is not None:
        packed["k"] = list(cursor.before)
    if cursor.cell is not None:
        values = [[facet.value, value] for facet, value in cursor.cell.values]
        packed["c"] = [values, cursor.cell.since_ms, cursor.cell.until_ms]
    if cursor.section:
        packed["s"] = cursor.section
    if cursor.shown:
        packed["h"] = "".join(cursor.shown)
    if cursor.pages:
        packed["n"] = cursor.pages
    if cursor.score is not None:
        packed["f"] = cursor.score
    return packed


SHORT_HASH = 8
"""Characters of a short hash of a group's value (48 bits in base64)."""


def short_hash(value: str) -> str:
    """48 bits of a hash of a group's value, as 8 characters."""
    return base64.urlsafe_b64encode(blake2b(value.encode(), digest_size=6).digest()).decode()


def _unpacked(packed: dict[str, Any]) -> Cursor:
    cell = None
    if "c" in packed:
        values, since, until = packed["c"]
        cell = Cell(tuple((Facet(facet), str(value)) for facet, value in values), since, until)
    joined = packed.get("h", "")
    shown = tuple(joined[at : at + SHORT_HASH] for at in range(0, len(joined), SHORT_HASH))
    before = OrderKey(int(packed["k"][0]), str(packed["k"][1])) if "k" in packed else None
    return Cursor(before, int(packed["a"]), cell, packed.get("s", ""), shown, packed.get("n", 0), packed.get("f"))
