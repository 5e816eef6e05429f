"""What is erased is nowhere: in no row of the record, in no document of the index, and not after a restore."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select

from feedsite.feeds import Activity, Actor, Entity, Manager, Object
from feedsite.feeds.activity import Origin, Target
from feedsite.feeds.aggregators import PublicAggregator
from feedsite.feeds.stores.elasticsearch.client import Access
from feedsite.feeds.stores.elasticsearch.layout import Names
from feedsite.feeds.stores.elasticsearch.runtime import Runtime
from feedsite.feeds.stores.elasticsearch.store import ElasticStore
from feedsite.feeds.stores.sql import SqlStore, default_tables, sql_engine
from feedsite.feeds.stores.sql.tables import Tables

from tests.contract.delivering import World
from tests.contract.delivery.conftest import client, database, empty, world

__all__ = ["client", "database", "empty", "world"]
NAME = "zz-eve-zz"
EVE = Entity("person", NAME)


def _live(manager: Manager) -> None:
    """She does things and others do things with her; some of it is undone, deleted, ended."""
    for name in (NAME, "ana"):
        manager.follow(name, "bo", extra={"of": name})
        manager.follow("bo", name)
        manager.perform(Activity("like", Actor(name), Object("1", "note")))
        manager.add_activity_feed(Activity("follow", Actor("bo"), Object(name, "person"), id=f"o-{len(name)}"))
    manager.watch("ana", NAME, "person")
    manager.un_watch("ana", NAME, "person")
    manager.mute(Entity("site", "all"), NAME)
    manager.undo("like", NAME, Entity("note", "1"))
    manager.add_activity_feed(Activity("create", Actor(NAME), Object("2", "note"), id="gone", audience=(EVE,)))
    manager.delete_activity("gone")
    manager.add_activity_feed(
        Activity(
            "reply",
            Actor("bo"),
            Object("3", "note"),
            id="beside",
            activity_target=Target(NAME, "person", {"name": NAME}),
            activity_origin=Origin(NAME, "person"),
            about=(EVE,),
            audience=(EVE,),
            gate=EVE,
        )
    )


def _everything(engine: Engine, tables: Tables) -> str:
    with engine.connect() as connection:
        return json.dumps(
            [[table.name, [list(row) for row in connection.execute(select(table))]] for table in _of(tables)]
        )


def _of(tables: Tables) -> list[Any]:
    return list(tables.metadata.sorted_tables)


def test_no_row_and_no_document_has_anything_of_an_erased_person(world: World, client: Any) -> None:
    _live(world.manager)
    world.delivery.deliver()
    assert NAME in _everything(world.engine, world.store.tables)
    world.manager.erase_entity(NAME)
    assert NAME not in _everything(world.engine, world.store.tables)
    world.delivery.deliver()
    names = world.index.names
    alias = f"{names.feeds},{names.network}"
    client.indices.refresh(index=alias)
    found = client.search(index=alias, query={"match_all": {}}, size=1000).body
    assert found["hits"]["total"]["value"] >= 10
    assert NAME not in json.dumps(found)
    assert world.is_equal()
    assert NAME not in _everything(world.engine, world.store.tables)


def test_links_that_the_index_still_has_are_on_no_page(world: World) -> None:
    """They were delivered and shown; that they are erased is not delivered yet."""
    world.manager.follow("ana", NAME)
    world.manager.follow("ana", "bo")
    world.manager.add_activity_feed(Activity("add", Actor("bo"), Object("1", "note")))
    world.delivery.deliver()
    world.index.refresh(world.live())
    world.let_pass(3600)
    world.delivery.deliver()
    assert world.noted() == 0
    fallen_back: list[str] = []
    runtime = Runtime(Access.from_url(world.url), Names(f"{world.prefix}-f", f"{world.prefix}-n"))
    manager = Manager(store=ElasticStore(world.another_store(), runtime, fallen_back=fallen_back.append))
    assert (manager.count_following("ana"), manager.count_followers(NAME)) == (2, 1)
    world.manager.erase_entity(NAME)
    assert [row.entity.id for row in manager.following("ana").links] == ["bo"]
    assert [link["linked_activity"]["activity_id"] for link in manager.get_network("ana")] == ["bo"]
    assert (manager.count_following("ana"), manager.count_followers(NAME)) == (1, 0)
    assert manager.followers(NAME).links == ()
    assert fallen_back == []
    runtime.close()


def test_a_backup_that_is_brought_back_reaches_no_index(world: World) -> None:
    """Rows of before the erasure are in the record again, and are delivered, or a new index is made from them."""
    tables = world.store.tables
    _live(world.manager)
    with world.engine.connect() as connection:
        saved = {table: [dict(row._mapping) for row in connection.execute(select(table))] for table in _of(tables)}
    world.manager.erase_entity(NAME)
    world.delivery.deliver()
    (kept,) = world.manager.erasures()
    for again in ("deliver", "rebuild"):
        with world.engine.begin() as connection:
            for table in _of(tables):
                if table not in (tables.generations, tables.erased):
                    connection.execute(table.delete())
                    if saved[table]:
                        connection.execute(insert(table), saved[table])
        assert NAME in _everything(world.engine, tables)
        world.index.sent.clear()
        getattr(world.delivery, again)()
        assert world.index.sent
        assert NAME not in json.dumps([one.document for one in world.index.sent])
    assert world.manager.erasures() == [kept]
    world.manager.erase_again([])
    assert NAME not in _everything(world.engine, tables)


def test_who_writes_while_somebody_is_erased_leaves_nothing_behind(make_postgresql: Callable[[], str]) -> None:
    """Their transaction began before the erasure and ends after it began."""
    engine = sql_engine(make_postgresql())
    default_tables().metadata.create_all(engine)
    store = SqlStore(engine=engine)
    manager, erased = Manager(store=store), threading.Event()

    def erase() -> None:
        manager.erase_entity(NAME)
        erased.set()

    eraser = threading.Thread(target=erase)
    try:
        with store.writing() as writer:
            assert writer.add([Activity("create", Actor("bo"), Object("1", "note"))])
            eraser.start()
            assert not erased.wait(0.2)
            assert writer.add([Activity("create", Actor(NAME), Object("2", "note"), id="late")])
        eraser.join(30)
        assert erased.is_set()
        assert NAME not in _everything(engine, store.tables)
        assert [item.actor.id for item in manager.get_page(PublicAggregator()).items] == ["bo"]
    finally:
        eraser.join(30)
        engine.dispose()


@pytest.mark.parametrize("times", [1, 2])
def test_a_second_list_from_elsewhere_is_heeded_beside_the_own_one(times: int) -> None:
    one, other = Manager(), Manager()
    one.erase_entity("eve")
    other.erase_entity("mallory")
    for _ in range(times):
        one.erase_again(other.erasures())
    assert len(one.erasures()) == 2
    assert not one.follow("ana", "mallory")
    assert not one.follow("ana", "eve")
    assert one.follow("ana", "bo")
