"""Days, months and years of a time zone as stretches of milliseconds: computed here, and only here, for every store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from feedsite.feeds.order import instant

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Month:
    """A month of a zone: from `since` to before `until`, in milliseconds since 1970."""

    year: int
    month: int
    since: int
    until: int


def month_of(ms: int, zone: ZoneInfo) -> Month:
    """The month of the zone in which an instant lies."""
    local = instant(ms).astimezone(zone)
    return month(local.year, local.month, zone)


def month(year: int, number: int, zone: ZoneInfo) -> Month:
    """A month of the zone."""
    after = (year + 1, 1) if number == 12 else (year, number + 1)
    return Month(year, number, _start(year, number, zone), _start(*after, zone))


def months_down(newest: int, oldest: int, zone: ZoneInfo) -> Iterator[Month]:
    """The months from that of instant `newest` down to that of instant `oldest`."""
    at = month_of(newest, zone)
    while at.until > oldest:
        yield at
        year, number = (at.year - 1, 12) if at.month == 1 else (at.year, at.month - 1)
        at = month(year, number, zone)


def year_bounds(year: int, zone: ZoneInfo) -> tuple[int, int]:
    """A year of the zone: its first millisecond and the first of the next."""
    return _start(year, 1, zone), _start(year + 1, 1, zone)


def _start(year: int, number: int, zone: ZoneInfo) -> int:
    # Where a clock change removes midnight, fold=0 gives the instant of the change; where it repeats an hour, the
    # first one.
    return (datetime(year, number, 1, tzinfo=zone) - _EPOCH) // _MILLISECOND
