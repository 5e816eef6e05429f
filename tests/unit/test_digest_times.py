"""When digests are due: at one hour of the reader's clocks, whatever is done to them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsite.notifications.digests import next_digest

ZONES = ("America/Los_Angeles", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Apia", "Europe/Madrid", "UTC")


@given(
    after=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    zone=st.sampled_from(ZONES),
    every=st.sampled_from(("daily", "weekly")),
    hour=st.integers(0, 23),
)
def test_it_is_the_next_such_hour(after: datetime, zone: str, every: str, hour: int) -> None:
    due = next_digest(after, zone, every, hour)
    local = due.astimezone(ZoneInfo(zone))
    # 25 and 23 hours, and an hour that the clocks leave out.
    assert timedelta(0) < due - after <= timedelta(days=1 if every == "daily" else 7, hours=2)
    assert local.hour in (hour, (hour + 1) % 24)
    assert every == "daily" or local.weekday() == 0


@pytest.mark.parametrize(
    ("after", "zone", "due"),
    [
        ("2026-11-25T06:59:59+00:00", "Europe/Madrid", "2026-11-25T07:00:00+00:00"),
        ("2026-11-25T07:00:00+00:00", "Europe/Madrid", "2026-11-26T07:00:00+00:00"),
        # The last Sunday of March: the same hour of the clocks comes 23 hours later.
        ("2026-03-28T07:00:00+00:00", "Europe/Madrid", "2026-03-29T06:00:00+00:00"),
        ("2026-11-25T18:00:00+00:00", "Pacific/Apia", "2026-11-25T19:00:00+00:00"),
        ("2026-11-25T02:15:00+00:00", "Asia/Kathmandu", "2026-11-26T02:15:00+00:00"),
    ],
)
def test_by_the_clocks_of_the_zone(after: str, zone: str, due: str) -> None:
    assert next_digest(datetime.fromisoformat(after), zone, "daily", 8) == datetime.fromisoformat(due)
