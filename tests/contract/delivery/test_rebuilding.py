"""A rebuild answers in place of the old generation, whatever is written or goes wrong meanwhile."""

from __future__ import annotations

import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from elasticsearch import Elasticsearch

from feedsite.feeds import Manager
from feedsite.feeds.stores.generation import NEXT, OLD, Generation
from feedsite.feeds.stores.sql.ledger import Receipt

from tests.contract.delivering import World
from tests.contract.delivery.conditions import LONG_AGO
from tests.nodes import index_names


def test_a_rebuild_answers_in_place_of_the_old_one(world: World, client: Elasticsearch) -> None:
    world.post("a")
    world.post("b")
    world.manager.delete_activity("b")
    world.delivery.deliver()
    old = world.live()
    verified = world.delivery.rebuild()
    assert verified.is_equal
    live = world.live()
    assert live.id != old.id
    assert live.whole
    # What changed lately is sent to the new one as well, tombstones too.
    assert world.versions() == {"a": (1, False), "b": (2, True)}
    assert all(old.id not in name for name in index_names(world.url, world.prefix))
    aliased = {*client.indices.get_alias(name=f"{world.prefix}-f"), *client.indices.get_alias(name=f"{world.prefix}-n")}
    assert aliased == {*world.index.names.all_acts(live), world.index.names.links(live)}
    assert world.is_equal()


def test_a_rebuild_while_everybody_writes_ends_equal(world: World) -> None:
    for number in range(500):
        world.post(f"old{number}", at=LONG_AGO if number % 2 else None)
    world.delivery.deliver()
    over = threading.Event()

    def write(who: str) -> int:
        manager, delivery = Manager(store=world.another_store()), world.another_delivery()
        for number in itertools.count():
            if over.is_set():
                return number
            world.post(f"{who}{number}", by=who, manager=manager)
            manager.delete_activity(f"old{number}")
            manager.follow(who, f"other{number % 7}")
            manager.un_follow(who, f"other{(number + 3) % 7}")
            delivery.deliver(changed=manager.store.take_changed(), budget_s=5)
            time.sleep(0.01)
        return 0

    with ThreadPoolExecutor() as pool:
        writers = [pool.submit(write, who) for who in ("ana", "bob")]
        old = world.live()
        try:
            world.delivery.rebuild()
        finally:
            over.set()
        assert all(writer.result(60) > 3 for writer in writers)
    world.delivery.deliver()
    assert world.live().id != old.id
    assert world.behind() == 0
    assert world.is_equal()


def test_an_interrupted_rebuild_goes_on(world: World) -> None:
    world.post("a")
    world.delivery.deliver()

    def fail() -> None:
        raise KeyboardInterrupt

    world.index.before = fail
    with pytest.raises(KeyboardInterrupt):
        world.delivery.rebuild()
    with world.store.record() as record:
        following = record.generations()[NEXT]
    world.post("b")
    world.manager.delete_activity("a")
    assert world.delivery.deliver().sent == 2
    assert (world.behind(), world.behind(NEXT)) == (0, 0)
    world.delivery.rebuild()
    assert world.live().id == following.id
    assert world.is_equal()


def test_a_rebuild_afresh_throws_away_what_was_left(world: World) -> None:
    world.post("a")
    made = world.live()
    with world.on_record() as record:
        record.add(Generation("0123456789ab", NEXT, made.made, rule="two"))
    world.delivery.rebuild(afresh=True)
    with world.store.record() as record:
        assert [one.slot for one in record.every_generation()] == ["live"]
    assert world.live().id != "0123456789ab"
    assert world.is_equal()


def test_a_delivery_to_the_old_generation_is_not_taken_for_one_to_the_new(world: World) -> None:
    """The slots move while a row is on its way."""
    world.post("a")
    old = world.live()
    with world.on_record() as record:
        following = Generation("abcdefabcdef", NEXT, old.made, rule="two")
        record.add(following)
        (parcel,) = record.claim([old], 10, 30_000)
        assert record.switch(following)
        record.mark([Receipt(parcel, (old.id,))])
        assert record.behind().count == 1
        assert [one.slot for one in record.every_generation() if one.id == old.id] == [OLD]
