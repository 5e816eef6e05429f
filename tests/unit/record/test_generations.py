"""The generations of the index: their slots, the switch, and the end of the last one."""

from __future__ import annotations

from feedsite.feeds import Manager
from feedsite.feeds.stores.generation import LIVE, OLD, Generation
from feedsite.feeds.stores.sql import SqlStore, sql_engine
from feedsite.feeds.stores.sql.ledger import Receipt

from tests.unit.record.desk import FIRST, SECOND, START, Desk


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
