"""Bounds of entities are never too low, whatever was written, and cheap for who is heard of all the time."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select

from feedsite.feeds import Activity, Actor, Manager, Object
from feedsite.feeds.order import floor_position
from feedsite.feeds.stores.sql import SqlStore
from feedsite.feeds.stores.sql.bounds import MINUTE
from feedsite.feeds.testing import Clock, Network
from feedsite.feeds.testing.contract import MakeStore
from feedsite.feeds.testing.histories import RENOTIFY, History, histories

# The databases and their emptied stores are those of the contract.
from tests.contract.test_sql import in_memory, memory, on_postgresql, postgresql  # noqa: F401


@pytest.fixture(params=["in_memory", "on_postgresql"])
def make_store(request: pytest.FixtureRequest) -> MakeStore:
    """A function that gives an empty store: on SQLite, and on PostgreSQL."""
    store: MakeStore = request.getfixturevalue(request.param)
    return store


def _all(store: SqlStore) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], int]]:
    """The bounds, and what they must reach at least, by role and entity."""
    tables = store.tables
    least: dict[tuple[str, str], int] = {}
    with store.record() as record:
        bounds = {(row.role, row.entity): row.position for row in record.connection.execute(select(tables.bounds))}
        acts = select(tables.acts.c.actor, tables.acts.c.position).where(~tables.acts.c.deleted)
        touches = select(tables.touches.c.entity, tables.touches.c.position)
        for role, rows in (("acts", acts), ("touched", touches)):
            for entity, position in record.connection.execute(rows):
                least[role, entity] = max(position, least.get((role, entity), position))
    return bounds, least


def _too_low(store: SqlStore) -> dict[tuple[str, str], int]:
    bounds, least = _all(store)
    return {key: position for key, position in least.items() if bounds.get(key, position - 1) < position}


@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(steps=histories)
def test_no_bound_is_ever_too_low(make_store: MakeStore, steps: list[Any]) -> None:
    """Posts of now, of the past and of the future, edits that touch other things, likes undone and done again."""
    clock = Clock()
    store = make_store(clock)
    History(Manager(store=store, renotify=RENOTIFY), clock).play(steps)
    assert isinstance(store, SqlStore)
    assert _too_low(store) == {}


def test_a_bound_is_exact_where_nobody_writes_all_the_time(make_store: MakeStore) -> None:
    store, clock = _store(make_store)
    network = Network(Manager(store=store), clock)
    for hours in (0, 1, 2):
        clock.forward(hours=hours)
        network.post("ana", on="n1")
    bounds, least = _all(store)
    assert bounds == least


def test_who_writes_every_second_has_a_bound_that_is_written_once_a_minute(make_store: MakeStore) -> None:
    store, clock = _store(make_store)
    network = Network(Manager(store=store), clock)
    seen = []
    for _ in range(240):
        network.post("ana", on="n1")
        seen.append(_all(store)[0]["acts", "person:ana"])
    assert len(set(seen)) <= 5
    assert _too_low(store) == {}
    # Rounded up, and by no more than it takes.
    assert all(bound <= floor_position(clock.ms) + 2 * MINUTE for bound in seen)


def test_a_bound_that_is_high_enough_is_not_locked(on_postgresql: MakeStore) -> None:  # noqa: F811
    """Who writes about the same hot thing does not wait until everybody else who does has committed."""
    store, clock = _store(on_postgresql)
    network = Network(Manager(store=store), clock)
    for _ in range(3):
        network.post("ana", on="n1")
    second = threading.Thread(target=lambda: network.post("cy", on="n1"))
    with store.writing() as first:
        first.add([_act("bo", "n1", clock)])
        second.start()
        second.join(30)
        waits = second.is_alive()
    second.join()
    assert not waits


def _act(actor: str, note: str, clock: Clock, act_id: str | None = None) -> Activity:
    return Activity("create", Actor(actor, "person"), Object(note, "note"), clock.now, id=act_id)


def _store(make_store: MakeStore) -> tuple[SqlStore, Clock]:
    clock = Clock()
    store = make_store(clock)
    assert isinstance(store, SqlStore)
    return store, clock


def test_no_bound_is_too_low_where_many_write_at_once(
    on_postgresql: MakeStore,  # noqa: F811
) -> None:
    """Four writers about the same people and things, each at other instants, some of which are undone."""
    store, clock = _store(on_postgresql)
    manager = Manager(store=store)
    start, failed = clock.now, []

    def write(number: int) -> None:
        try:
            for at in range(25):
                published = start + timedelta(seconds=(at * 37 + number * 11) % 600)
                act = Activity("create", Actor("ana", "person"), Object(f"n{at % 3}", "note"), published)
                with store.writing() as writer:
                    writer.add([act])
                    if at % 5 == number:
                        raise _ChangedMind
        except _ChangedMind:
            write_on = Activity("create", Actor("ana", "person"), Object("n9", "note"), start + timedelta(hours=number))
            manager.add_activity_feed(write_on)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert _too_low(store) == {}


class _ChangedMind(Exception):
    """A transaction that is rolled back."""


def test_a_file_from_before_there_were_bounds_gets_them(tmp_path: Path) -> None:
    url, clock = f"sqlite:///{tmp_path / 'old.sqlite'}", Clock()
    old = SqlStore(url, clock=clock)
    network = Network(Manager(store=old), clock)
    for name in ("ana", "bo", "ana"):
        network.post(name, on="n1")
    with old.record(write=True) as record:
        record.connection.exec_driver_sql("DROP TABLE feeds_bounds")
    old.close()
    new = SqlStore(url, clock=clock)
    new.create()
    bounds, least = _all(new)
    assert bounds == least != {}
    new.close()
