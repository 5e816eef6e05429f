"""The one order of every feed: (position, id), newest first.

A position is an instant in milliseconds since 1970, shifted by 20 bits, with 20 bits of a hash of the act's id below:
acts
of one millisecond come in an order that every store and every process agrees on. It fits a signed 64-bit integer for
the
years 1700 to 2200.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import NamedTuple

from feedsite.feeds.errors import InvalidActivity

TIE_BITS = 20
EARLIEST = datetime(1700, 1, 1, tzinfo=UTC)
LATEST = datetime(2201, 1, 1, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class OrderKey(NamedTuple):
    """Where an act stands in every feed; greater is newer."""

    position: int
    id: str


def milliseconds(instant: datetime, field: str = "published") -> int:
    """Milliseconds since 1970 in UTC, rounded down.

    Raises:
        InvalidActivity: a naive datetime (it is refused, not guessed), or a year outside 1700 to 2200.
    """
    if not isinstance(instant, datetime) or instant.tzinfo is None or instant.utcoffset() is None:
        raise InvalidActivity(field=field, value=instant, rule="a datetime with a time zone")
    if not EARLIEST <= instant < LATEST:
        raise InvalidActivity(field=field, value=instant, rule="an instant in the years 1700 to 2200")
    return (instant - _EPOCH) // _MILLISECOND


def instant(ms: int) -> datetime:
    """The aware datetime in UTC of milliseconds since 1970."""
    return _EPOCH + timedelta(milliseconds=ms)


def position(ms: int, act_id: str) -> int:
    """The position of an act published at `ms` (milliseconds since 1970) with this id."""
    tie = int.from_bytes(blake2b(act_id.encode(), digest_size=4).digest(), "big") >> (32 - TIE_BITS)
    return (ms << TIE_BITS) | tie


def floor_position(ms: int) -> int:
    """The least position an act published at `ms` can have."""
    return ms << TIE_BITS


def position_ms(value: int) -> int:
    """The milliseconds since 1970 inside a position."""
    return value >> TIE_BITS
