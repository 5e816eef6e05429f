"""Several workers, writers and transactions at once: each row is delivered, and sent once."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from feedsite.feeds import Manager
from feedsite.feeds.stores.sql import SqlStore

from tests.contract.delivering import World
from tests.contract.delivery.conditions import LONG_AGO, on_postgresql


def test_several_workers_send_each_row_once(world: World) -> None:
    for number in range(300):
        world.post(f"act{number}", at=LONG_AGO if number % 3 else None)
    workers = [world.another_delivery() for _ in range(4)]
    with ThreadPoolExecutor(len(workers)) as pool:
        # One of them may find nothing left for it while the others are still sending.
        sent = sum(done.sent for done in pool.map(lambda worker: worker.deliver(batch=7), workers))
    sent += world.delivery.deliver().sent
    assert sent == 300
    assert set(Counter((one.name, one.version) for one in world.index.sent).values()) == {1}
    assert len(world.live().buckets) == 2
    assert world.is_equal()


def test_workers_and_writers_at_once_end_equal(world: World) -> None:
    over = threading.Event()

    def work() -> None:
        delivery = world.another_delivery()
        while not over.is_set():
            delivery.deliver(batch=5)

    def write(who: str) -> None:
        manager = Manager(store=world.another_store())
        for number in range(25):
            world.post(f"{who}{number}", by=who, manager=manager)
            manager.follow(who, f"other{number % 5}")
            manager.un_follow(who, f"other{(number + 1) % 5}")
            if number % 2:
                manager.delete_activity(f"{who}{number}")

    with ThreadPoolExecutor() as pool:
        workers = [pool.submit(work) for _ in range(2)]
        for done in [pool.submit(write, who) for who in ("ana", "bob", "cleo")]:
            done.result(120)
        over.set()
        for done in workers:
            done.result(60)
    world.delivery.deliver()
    assert world.behind() == 0
    assert world.is_equal()


def test_a_transaction_that_commits_late_is_delivered(world: World) -> None:
    on_postgresql(world)
    # The first act of a verb has others of that verb wait for it; the next one within a minute lets the bounds of its
    # entities reach so far ahead that nobody waits for them.
    world.post("first")
    world.post("second")
    world.delivery.deliver()
    with world.engine.connect() as connection:
        with connection.begin():
            slow = Manager(store=SqlStore(connection=lambda: connection, names=world.names))
            world.post("slow", manager=slow)
            world.post("quick")
            assert world.delivery.deliver().sent == 1
            world.let_pass(20)
            world.delivery.deliver()
        assert world.behind() == 1
    assert world.delivery.deliver().sent == 1
    assert world.is_equal()


def test_what_somebody_claimed_and_never_sent_is_sent_when_the_lease_is_over(world: World) -> None:
    """The sender was killed; so it is when it was killed between sending and marking."""
    world.post("a")
    with world.on_record() as record:
        assert len(record.claim([world.live()], 10, 30_000)) == 1
    assert world.delivery.deliver().sent == 0
    assert world.behind() == 1
    world.let_pass(31)
    assert world.delivery.deliver().sent == 1
    assert world.is_equal()


def test_what_was_committed_and_never_delivered_is_found(world: World) -> None:
    """The process was killed right after its commit."""
    world.post("a")
    world.manager.follow("ana", "bob")
    fresh = World(world.engine, world.url, world.prefix)
    assert fresh.delivery.deliver().sent == 2
    assert world.is_equal()
