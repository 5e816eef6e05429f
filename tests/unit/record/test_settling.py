"""What was noted is laid over until the index shows it, then forgotten."""

from __future__ import annotations

from feedsite.feeds.stores.generation import LIVE, NEXT

from tests.unit.record.desk import FIRST, SECOND, Desk


def test_a_row_is_laid_over_until_the_index_shows_it(tracked: Desk) -> None:
    tracked.post("a")
    tracked.now += 3_600_000
    assert tracked.noted() == 1
    tracked.deliver(FIRST)
    tracked.now += 9_000
    assert tracked.noted() == 1
    tracked.now += 2_000
    assert tracked.noted() == 0


def test_too_many_rows_are_not_laid_over(tracked: Desk) -> None:
    for number in range(3):
        tracked.post(f"a{number}")
        tracked.manager.follow("ana", f"p{number}")
    with tracked.record() as record:
        assert record.overlay(5) is None
        assert len(record.overlay(6) or ()) == 6


def test_only_what_is_settled_is_forgotten(tracked: Desk) -> None:
    tracked.post("old")
    tracked.deliver(FIRST)
    tracked.now += 20_000
    tracked.post("young")
    tracked.deliver(FIRST)
    tracked.post("behind")
    with tracked.record() as record:
        assert not record.is_settled()
        assert record.purge() == 1
        assert len(record.overlay(10) or ()) == 2
    tracked.now += 20_000
    tracked.deliver(FIRST)
    tracked.now += 20_000
    with tracked.record() as record:
        record.purge()
        assert record.is_settled()


def test_what_the_next_generation_lacks_is_not_forgotten(tracked: Desk) -> None:
    tracked.post("a")
    tracked.deliver(FIRST)
    tracked.has(SECOND)
    tracked.now += 20_000
    with tracked.record() as record:
        assert record.purge() == 0
        assert (record.behind(LIVE).count, record.behind(NEXT).count) == (0, 1)
    tracked.deliver(SECOND)
    tracked.now += 20_000
    with tracked.record() as record:
        assert record.purge() == 1
