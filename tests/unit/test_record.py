"""What the record knows of its projection, without any index: in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from feedsite.feeds import Activity, Actor, Manager, Object
from feedsite.feeds.stores.generation import LIVE, NEXT, OLD, Generation
from feedsite.feeds.stores.sql import SqlStore, sql_engine
from feedsite.feeds.stores.sql.ledger import Ledger, Parcel, Receipt
from feedsite.feeds.stores.sql.tracking import Changed

START = 1_795_000_000_000
FIRST = Generation("aaaaaaaaaaaa", LIVE, START, rule="two")
SECOND = Generation("bbbbbbbbbbbb", NEXT, START, rule="two")
FOLLOW = ("person:ana", "follow", "person:bob", "")


class Desk:
    """A record in memory, and its clock."""

    def __init__(self) -> None:
        self.now = START
        self.store = SqlStore("sqlite://", clock=lambda _: self.now)
        self.manager = Manager(store=self.store)

    @contextmanager
    def record(self) -> Iterator[Ledger]:
        with self.store.record(write=True) as record:
            yield record

    def has(self, *generations: Generation) -> None:
        with self.record() as record:
            for generation in generations:
                assert record.add(generation)

    def post(self, act_id: str) -> None:
        self.manager.add_activity_feed(Activity("add", Actor("ana", "person"), Object("x", "project"), id=act_id))

    def claim(self, *targets: Generation, **options: Any) -> list[Parcel]:
        with self.record() as record:
            return record.claim(targets, 100, 30_000, **options)

    def mark(self, *receipts: Receipt) -> None:
        with self.record() as record:
            assert record.mark(receipts) == []

    def deliver(self, *targets: Generation) -> None:
        """All that is behind is taken."""
        for parcel in self.claim(*targets):
            self.mark(Receipt(parcel, tuple(target.id for target in targets)))

    def noted(self) -> int:
        with self.record() as record:
            overlay = record.overlay(1000)
            assert overlay is not None
            return len(overlay)


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.store.close()


@pytest.fixture
def tracked(desk: Desk) -> Desk:
    """A record with a live generation."""
    desk.has(FIRST)
    return desk


# -- noting


def test_where_there_is_no_index_nothing_is_noted(desk: Desk) -> None:
    desk.post("a")
    desk.manager.follow("ana", "bob")
    assert (desk.noted(), len(desk.store.take_changed())) == (0, 0)


def test_every_change_is_noted_with_its_version(tracked: Desk) -> None:
    tracked.post("a")
    tracked.manager.follow("ana", "bob")
    tracked.manager.un_follow("ana", "bob")
    tracked.manager.delete_activity("a")
    with tracked.record() as record:
        overlay = record.overlay(10)
    assert overlay is not None
    assert [(row["id"], row["version"], row["deleted"]) for row in overlay.acts] == [("a", 2, True)]
    assert [(row["entity"], row["version"], row["deleted"]) for row in overlay.links] == [("person:bob", 2, True)]
    assert tracked.store.take_changed() == Changed(("a",), (FOLLOW,))
    assert not tracked.store.take_changed()


def test_what_changes_nothing_is_not_noted(tracked: Desk) -> None:
    tracked.post("a")
    tracked.manager.follow("ana", "bob")
    tracked.deliver(FIRST)
    tracked.store.take_changed()
    tracked.post("a")
    tracked.manager.follow("ana", "bob")
    tracked.manager.un_follow("ana", "nobody")
    tracked.manager.delete_activity("unknown")
    with tracked.record() as record:
        assert record.behind().count == 0
    assert not tracked.store.take_changed()


def test_what_is_undone_is_noted(tracked: Desk) -> None:
    like = Activity("like", Actor("ana", "person"), Object("7", "note"))
    tracked.manager.perform(like)
    tracked.manager.undo("like", "ana", like.activity_object)
    tracked.manager.perform(like)
    assert tracked.noted() == 2


def test_a_transaction_that_fails_leaves_nothing_noted(tracked: Desk) -> None:
    def fail() -> None:
        with tracked.store.writing() as writer:
            writer.add([Activity("add", Actor("ana", "person"), Object("x", "project"), id="a")])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (tracked.noted(), len(tracked.store.take_changed())) == (0, 0)


def test_the_index_is_asked_about_once_in_a_transaction(tracked: Desk) -> None:
    """However many writers it has: the site makes several in a request."""
    from feedsite.db import counting_statements, make_engine

    engine = make_engine("sqlite://")
    tracked.store.tables.metadata.create_all(engine)
    with counting_statements() as count, engine.begin() as connection:
        feeds = Manager(store=SqlStore(connection=lambda: connection))
        for other in ("bob", "cleo", "dora"):
            feeds.follow("ana", other)
    assert sum("feeds_generations" in statement for statement in count.statements) == 1
    engine.dispose()


def test_keys_that_nobody_takes_do_not_pile_up(tracked: Desk) -> None:
    tracked.manager.add_activities(
        Activity("add", Actor("ana", "person"), Object("x", "project"), id=f"a{number}") for number in range(1500)
    )
    assert len(tracked.store.take_changed()) == 1000


def test_the_version_of_what_somebody_holds_grows_with_their_links(tracked: Desk) -> None:
    def versions() -> dict[str, int]:
        with tracked.record() as record:
            return record.holder_versions(["person:ana", "person:bob", "person:eve"])

    assert versions() == {}
    tracked.manager.follow("ana", "bob")
    assert versions() == {"person:ana": 1}
    tracked.manager.set_weight("ana", _person("bob"), 2)
    tracked.manager.follow("ana", "bob")
    assert versions() == {"person:ana": 2}
    tracked.manager.block("ana", "bob")
    assert versions() == {"person:ana": 3, "person:bob": 1}
    tracked.manager.un_follow("ana", "bob")
    tracked.manager.un_block("ana", "bob")
    assert versions() == {"person:ana": 5, "person:bob": 2}


def _person(name: str) -> Any:
    return Actor(name, "person").entity


# -- settling


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


# -- claims and marks


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


# -- generations


def test_a_slot_has_one_generation(tracked: Desk) -> None:
    with tracked.record() as record:
        assert not record.add(Generation("cccccccccccc", LIVE, START))
        assert record.generations() == {LIVE: FIRST}


def test_a_description_is_changed_by_who_knew_the_last_one(tracked: Desk) -> None:
    from dataclasses import replace

    with tracked.record() as record:
        assert record.update_generation(replace(FIRST, links_uuid="one", rev=2))
        assert not record.update_generation(replace(FIRST, links_uuid="two", rev=2))
        assert record.generations()[LIVE].links_uuid == "one"


def test_at_the_switch_what_the_new_one_has_counts(tracked: Desk) -> None:
    tracked.post("a")
    tracked.deliver(FIRST)
    tracked.has(SECOND)
    tracked.post("b")
    (only_live,) = (parcel for parcel in tracked.claim(FIRST) if parcel.key == ("b",))
    tracked.mark(Receipt(only_live, (FIRST.id,)))
    late = tracked.claim(SECOND)
    with tracked.record() as record:
        assert record.switch(SECOND)
        assert not record.switch(SECOND)
        assert {one.id: (one.slot, one.whole) for one in record.every_generation()} == {
            FIRST.id: (OLD, False),
            SECOND.id: (LIVE, True),
        }
        assert record.behind().count == 2
    # Sent to the new one when it was still beside: it has it, wherever it stands now. The old one counts no more.
    tracked.mark(Receipt(late[0], (SECOND.id,)), Receipt(late[1], (FIRST.id,)))
    with tracked.record() as record:
        assert record.behind().count == 1


def test_with_the_last_generation_what_was_noted_goes(tracked: Desk) -> None:
    tracked.post("a")
    with tracked.record() as record:
        record.forget(FIRST)
        assert record.is_settled()
    tracked.post("b")
    assert tracked.noted() == 0


def test_a_writer_with_an_old_snapshot_notes_too_much_rather_than_too_little(postgresql_url: str) -> None:
    """In REPEATABLE READ it may not see a generation that was made since it began."""
    engine = sql_engine(postgresql_url)
    store = SqlStore(engine=engine, names=("snapshot_f", "snapshot_n"))
    store.create()
    try:
        snapshots = engine.execution_options(isolation_level="REPEATABLE READ")
        with snapshots.begin() as connection:
            borrowed = SqlStore(connection=lambda: connection, names=("snapshot_f", "snapshot_n"))
            with borrowed.reading() as reader:
                assert reader.verbs() == []
            with store.record(write=True) as record:
                assert record.add(FIRST)
            Manager(store=borrowed).follow("ana", "bob")
        with store.record() as record:
            assert len(record.overlay(10) or ()) == 1
    finally:
        store.tables.metadata.drop_all(engine)
        engine.dispose()
