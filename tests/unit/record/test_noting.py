"""Every change is noted for the index, with its version, in the transaction that makes it."""

from __future__ import annotations

from typing import Any

import pytest

from feedsite.feeds import Activity, Actor, Manager, Object
from feedsite.feeds.stores.sql import SqlStore
from feedsite.feeds.stores.sql.tracking import Changed

from tests.unit.record.desk import FIRST, FOLLOW, Desk


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
