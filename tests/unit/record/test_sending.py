"""Claims, marks and refusals: who sends a row, and what the record learns of it."""

from __future__ import annotations

from feedsite.feeds.stores.generation import LIVE, Generation
from feedsite.feeds.stores.sql.ledger import Receipt
from feedsite.feeds.stores.sql.tracking import Changed

from tests.unit.record.desk import FIRST, FOLLOW, SECOND, START, Desk


def test_what_somebody_is_sending_is_left_to_them(tracked: Desk) -> None:
    tracked.post("a")
    assert len(tracked.claim(FIRST)) == 1
    assert tracked.claim(FIRST) == []
    tracked.now += 30_001
    assert len(tracked.claim(FIRST)) == 1


def test_only_what_is_asked_for_is_claimed(tracked: Desk) -> None:
    for act_id in ("a", "b"):
        tracked.post(act_id)
    for other in ("bob", "cleo"):
        tracked.manager.follow("ana", other)
    claimed = tracked.claim(FIRST, only=Changed(("b", "gone"), (FOLLOW,)))
    assert [parcel.key for parcel in claimed] == [("b",), FOLLOW]


def test_a_parcel_goes_to_those_that_lack_it(tracked: Desk) -> None:
    tracked.post("a")
    tracked.deliver(FIRST)
    tracked.has(SECOND)
    tracked.post("b")
    targets = {parcel.key[0]: [one.slot for one in parcel.targets] for parcel in tracked.claim(FIRST, SECOND)}
    assert targets == {"a": ["next"], "b": ["live", "next"]}


def test_a_generation_that_is_not_in_its_slot_gets_nothing(tracked: Desk) -> None:
    tracked.post("a")
    assert tracked.claim(SECOND) == []
    assert tracked.claim(Generation("cccccccccccc", LIVE, START)) == []


def test_what_changed_meanwhile_stays_behind(tracked: Desk) -> None:
    tracked.post("a")
    (parcel,) = tracked.claim(FIRST)
    tracked.manager.delete_activity("a")
    tracked.mark(Receipt(parcel, (FIRST.id,)))
    (again,) = tracked.claim(FIRST)
    assert (parcel.version, again.version) == (1, 2)


def test_a_mark_takes_nothing_back(tracked: Desk) -> None:
    """The older delivery ends after the newer one."""
    tracked.post("a")
    (slow,) = tracked.claim(FIRST)
    tracked.now += 30_001
    tracked.manager.delete_activity("a")
    tracked.deliver(FIRST)
    tracked.mark(Receipt(slow, (FIRST.id,)))
    with tracked.record() as record:
        assert record.behind().count == 0


def test_what_could_not_be_sent_is_free_again(tracked: Desk) -> None:
    tracked.post("a")
    (parcel,) = tracked.claim(FIRST)
    tracked.mark(Receipt(parcel))
    assert len(tracked.claim(FIRST)) == 1


def test_a_lease_that_is_another_s_by_now_stays(tracked: Desk) -> None:
    tracked.post("a")
    (slow,) = tracked.claim(FIRST)
    tracked.now += 30_001
    assert len(tracked.claim(FIRST)) == 1
    tracked.mark(Receipt(slow))
    assert tracked.claim(FIRST) == []


# -- what is refused


def test_what_is_refused_waits_for_somebody_to_look(tracked: Desk) -> None:
    tracked.post("a")
    (parcel,) = tracked.claim(FIRST)
    tracked.mark(Receipt(parcel, refused="it is too strange"))
    assert tracked.claim(FIRST) == []
    with tracked.record() as record:
        (refused,) = record.refused()
        backlog = record.behind()
        assert record.purge() == 0
    assert (refused.kind, refused.key, refused.reason, refused.attempts) == ("act", ("a",), "it is too strange", 1)
    assert (backlog.count, backlog.oldest_ms, backlog.refused) == (0, None, 1)
    tracked.now += 3_600_000
    assert tracked.noted() == 1
    with tracked.record() as record:
        assert record.retry_refused() == 1
    assert len(tracked.claim(FIRST)) == 1


def test_a_new_version_is_not_refused_for_the_old_one(tracked: Desk) -> None:
    tracked.post("a")
    (parcel,) = tracked.claim(FIRST)
    tracked.manager.delete_activity("a")
    tracked.mark(Receipt(parcel, refused="it is too strange"))
    with tracked.record() as record:
        assert record.refused() == []
    assert len(tracked.claim(FIRST)) == 1


def test_the_oldest_of_what_is_behind_tells_its_age(tracked: Desk) -> None:
    tracked.post("a")
    tracked.now += 5_000
    tracked.manager.follow("ana", "bob")
    with tracked.record() as record:
        assert record.behind().oldest_ms == START
        assert record.behind().count == 2
