"""Days, months and years of a time zone as stretches of milliseconds: computed here, and only here, for every store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from feedsite.feeds.order import instant

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Stretch:
    """A stretch of time: from `since` to before `until`, in milliseconds since 1970."""

    since: int
    until: int


@dataclass(frozen=True)
class Month(Stretch):
    """A month of a zone."""

    year: int
    month: int


@dataclass(frozen=True)
class Day(Stretch):
    """A day of a zone: 23 to 25 hours as a rule, none where a zone jumped over the date line."""

    date: date


def month_of(ms: int, zone: ZoneInfo) -> Month:
    """The month of the zone in which an instant lies."""
    local = instant(ms).astimezone(zone)
    found = month(local.year, local.month, zone)
    # Where clocks are set back across midnight, the hour that comes again lies in the month that has begun.
    return found if ms < found.until else month(*_next_month(local.year, local.month), zone)


def month(year: int, number: int, zone: ZoneInfo) -> Month:
    """A month of the zone."""
    return Month(_start(date(year, number, 1), zone), _start(date(*_next_month(year, number), 1), zone), year, number)


def months_down(newest: int, oldest: int, zone: ZoneInfo) -> Iterator[Month]:
    """The months from that of instant `newest` down to that of instant `oldest`."""
    at = month_of(newest, zone)
    while at.until > oldest:
        yield at
        year, number = (at.year - 1, 12) if at.month == 1 else (at.year, at.month - 1)
        at = month(year, number, zone)


def year_bounds(year: int, zone: ZoneInfo) -> tuple[int, int]:
    """A year of the zone: its first millisecond and the first of the next."""
    return _start(date(year, 1, 1), zone), _start(date(year + 1, 1, 1), zone)


def day(when: date, zone: ZoneInfo) -> Day:
    """A day of the zone."""
    return Day(_start(when, zone), _start(when + _DAY, zone), when)


def day_of(ms: int, zone: ZoneInfo) -> Day:
    """The day of the zone in which an instant lies."""
    local = instant(ms).astimezone(zone).date()
    found = day(local, zone)
    # As with months: an hour that comes again after midnight lies in the day that has begun.
    return found if ms < found.until else day(local + _DAY, zone)


def days_down(newest: int, oldest: int, zone: ZoneInfo) -> Iterator[Day]:
    """The days from that of instant `newest` down to that of instant `oldest`."""
    at = day_of(newest, zone)
    while at.until > oldest:
        yield at
        at = day(at.date - _DAY, zone)


def _next_month(year: int, number: int) -> tuple[int, int]:
    return (year + 1, 1) if number == 12 else (year, number + 1)


def _start(when: date, zone: ZoneInfo) -> int:
    # Where a clock change removes midnight, fold=0 gives the instant of the change; where it repeats an hour, the
    # first one.
    return (datetime(when.year, when.month, when.day, tzinfo=zone) - _EPOCH) // _MILLISECOND
