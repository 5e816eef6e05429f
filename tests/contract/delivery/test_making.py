"""The first generation and its buckets: an index is made of all that the record has."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from feedsite.feeds import Manager
from feedsite.feeds.stores.sql import SqlStore
from feedsite.feeds.stores.sql.tracking import Changed

from tests.contract.delivering import World
from tests.contract.delivery.conditions import LONG_AGO, on_postgresql


def test_without_an_index_nothing_is_noted(empty: World) -> None:
    empty.post("a")
    empty.manager.follow("ana", "bob")
    assert empty.noted() == 0
    assert empty.store.take_changed() == Changed()
    assert empty.delivery.deliver().sent == 0


def test_the_first_generation_has_everything(empty: World) -> None:
    empty.post("a")
    empty.post("b", at=LONG_AGO)
    empty.manager.follow("ana", "bob")
    empty.post("c")
    empty.manager.delete_activity("c")
    made = empty.delivery.create(layout="two")
    assert made.whole
    assert empty.versions() == {"a": (1, False), "b": (1, False)}
    assert [bucket.acts for bucket in empty.live().buckets] == [1, 1]
    assert empty.is_equal()
    assert empty.delivery.create().id == made.id


def test_making_it_goes_on_where_it_was_interrupted(empty: World) -> None:
    empty.post("a")

    def fail() -> None:
        raise KeyboardInterrupt

    empty.index.before = fail
    with pytest.raises(KeyboardInterrupt):
        empty.delivery.create(layout="two")
    interrupted = empty.live()
    assert not interrupted.whole
    empty.post("b")
    assert empty.delivery.create().id == interrupted.id
    assert empty.live().whole
    assert empty.is_equal()


def test_a_writer_who_saw_no_index_is_waited_for(empty: World) -> None:
    """It began before the first generation, and commits while that is made."""
    on_postgresql(empty)
    empty.store.create()
    with empty.engine.connect() as connection, ThreadPoolExecutor() as pool:
        with connection.begin():
            writer = Manager(store=SqlStore(connection=lambda: connection, names=empty.names))
            empty.post("slow", manager=writer)
            made = pool.submit(empty.delivery.create, layout="two")
            time.sleep(1.5)
            assert not made.done()
        assert made.result(60).whole
    assert empty.versions() == {"slow": (1, False)}


def test_the_next_month_has_its_index_before_it_begins(empty: World) -> None:
    empty.post("a")
    empty.delivery.create()
    assert _has_this_month_and_the_next(empty)
    empty.let_pass(40 * 86_400)
    assert not _has_this_month_and_the_next(empty)
    empty.delivery.tend()
    assert _has_this_month_and_the_next(empty)


def _has_this_month_and_the_next(world: World) -> bool:
    now = datetime.fromtimestamp(time.time() + world.ahead_ms / 1000, UTC)
    following = datetime(now.year + now.month // 12, now.month % 12 + 1, 1, tzinfo=UTC)
    names = {bucket.name for bucket in world.live().buckets}
    return {f"{now:%Y-%m}", f"{following:%Y-%m}"} <= names


def test_a_bucket_that_two_need_at_once_is_made_once(world: World) -> None:
    world.post("a", at=LONG_AGO)
    deliveries = [world.another_delivery() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda one: one.layouts.reaching(world.live(), -1).bucket_at(-1), deliveries))
    assert len({bucket.uuid for bucket in made if bucket}) == 1
    assert world.index.matches(world.live())
