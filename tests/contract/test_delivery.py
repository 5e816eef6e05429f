"""Delivery on a real node: whatever happens, the index ends up as the record says."""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from elasticsearch import Elasticsearch
from sqlalchemy import Engine

from feedsite.feeds import Manager
from feedsite.feeds.delivery import DeliveryRefused
from feedsite.feeds.errors import StoreUnavailable
from feedsite.feeds.stores.elasticsearch import mapping
from feedsite.feeds.stores.elasticsearch.documents import act_name
from feedsite.feeds.stores.elasticsearch.index import Operation
from feedsite.feeds.stores.generation import NEXT, OLD, Generation
from feedsite.feeds.stores.sql import SqlStore, sql_engine
from feedsite.feeds.stores.sql.ledger import Receipt
from feedsite.feeds.stores.sql.tracking import Changed

from tests.contract.delivering import World
from tests.nodes import index_names
from tests.sick_cluster import SickCluster

_numbers = itertools.count(1)
LONG_AGO = datetime(1969, 7, 20, tzinfo=UTC)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database of each kind."""
    if request.param == "sqlite":
        engine = sql_engine(f"sqlite:///{tmp_path_factory.mktemp('delivery') / 'record.sqlite'}")
    else:
        engine = sql_engine(request.getfixturevalue("postgresql_url"))
    yield engine
    engine.dispose()


@pytest.fixture
def empty(database: Engine, elasticsearch_url: str, elasticsearch_prefix: str) -> Iterator[World]:
    """A record without an index."""
    made = World(database, elasticsearch_url, f"{elasticsearch_prefix}-d{next(_numbers)}")
    yield made
    made.remove()


@pytest.fixture
def world(empty: World) -> World:
    """A record with an index that is whole."""
    empty.delivery.create(layout="two")
    empty.index.sent.clear()
    return empty


@pytest.fixture
def client(elasticsearch_url: str) -> Elasticsearch:
    """The node, asked directly."""
    return Elasticsearch(elasticsearch_url)


def on_postgresql(world: World) -> None:
    """Leave the test out where two transactions cannot write at once at all."""
    if world.engine.dialect.name == "sqlite":
        pytest.xfail("SQLite has one writer at a time")


# -- the first generation


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


# -- what changed


def test_what_was_written_is_delivered_and_then_forgotten(world: World) -> None:
    world.post("a")
    world.manager.follow("ana", "bob")
    changed = world.store.take_changed()
    assert len(changed) == 2
    assert world.delivery.deliver(changed=changed, budget_s=30).sent == 2
    assert world.versions() == {"a": (1, False)}
    assert (world.behind(), world.noted()) == (0, 2)
    world.let_pass(11)
    assert world.noted() == 0
    world.delivery.deliver()
    with world.store.record() as record:
        assert record.is_settled()
    assert len(world.index.sent) == 2


def test_everything_that_can_happen_to_a_row_is_delivered(world: World) -> None:
    world.post("a", extra={"n": 1})
    world.post("b")
    world.manager.follow("ana", "bob")
    world.manager.watch("ana", "x", "project")
    world.delivery.deliver()
    world.edit("a", {"n": 2})
    world.manager.delete_activity("b")
    world.manager.un_follow("ana", "bob")
    world.manager.set_weight("ana", "bob", 3)
    world.delivery.deliver()
    assert world.versions() == {"a": (2, False), "b": (2, True)}
    world.manager.follow("ana", "bob")
    world.delivery.deliver()
    assert world.is_equal()


def test_what_changes_on_its_way_is_sent_again(world: World) -> None:
    world.post("a", extra={"n": 1})
    world.index.before = lambda: world.edit("a", {"n": 2})
    assert world.delivery.deliver().sent == 2
    assert [operation.version for operation in world.index.sent] == [1, 2]
    assert world.is_equal()


def test_an_older_delivery_that_comes_later_changes_nothing(world: World) -> None:
    """Its sender was held up for longer than its lease."""
    world.post("a")
    with world.on_record() as record:
        (parcel,) = record.claim([world.live()], 10, 1_000)
    world.let_pass(2)
    world.manager.delete_activity("a")
    world.delivery.deliver()
    late = world.delivery.layouts.operation(world.live(), "act", parcel.row)
    assert [outcome.result for outcome in world.index.bulk([late])] == ["taken"]
    with world.on_record() as record:
        record.mark([Receipt(parcel, (world.live().id,))])
    assert world.versions() == {"a": (2, True)}
    assert world.behind() == 0
    assert world.is_equal()


def redelivered_after(world: World, wait: Callable[[], None]) -> None:
    """Delete an act, wait, and have its older version delivered once more."""
    world.post("a")
    with world.store.record() as record:
        row = next(row for row in record.acts_before(None, 10) if row["id"] == "a")
    world.delivery.deliver()
    world.manager.delete_activity("a")
    world.delivery.deliver()
    wait()
    # A real deletion is forgotten after this; the next write to the shard is when it notices.
    world.post("b")
    world.delivery.deliver()
    world.index.refresh(world.live())
    world.index.bulk([world.delivery.layouts.operation(world.live(), "act", row)])
    assert world.versions()["a"] == (2, True)


def forgets_deletions_at_once(world: World, client: Elasticsearch) -> None:
    client.indices.put_settings(index=f"{world.prefix}-f-*", settings={"index": {"gc_deletes": "100ms"}})


def test_a_deleted_act_does_not_come_back(world: World, client: Elasticsearch) -> None:
    world.post("first")
    world.delivery.deliver()
    forgets_deletions_at_once(world, client)
    redelivered_after(world, lambda: time.sleep(1))


def test_a_real_deletion_would_be_forgotten(world: World, client: Elasticsearch) -> None:
    """Why there are tombstones: with a deletion in their place the older version comes back."""
    world.post("a")
    world.delivery.deliver()
    forgets_deletions_at_once(world, client)
    (sent,) = world.index.sent
    world.index.bulk([Operation(sent.index, sent.name, 2, None)])
    # The shard's clock for this moves once a second.
    time.sleep(2.5)
    world.index.refresh(world.live())
    world.index.bulk([sent])
    assert world.versions() == {"a": (1, False)}


@pytest.mark.drill
@pytest.mark.timeout(300)
def test_a_deleted_act_does_not_come_back_after_more_than_a_minute(world: World) -> None:
    """As it is by default: the server forgets deletions after sixty seconds."""
    redelivered_after(world, lambda: time.sleep(75))


# -- several at once


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
    # The first act of a verb has others of that verb wait for it.
    world.post("first")
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


# -- a sick cluster


@pytest.mark.parametrize("illness", ["busy", "unavailable", "silent", "away"])
def test_a_sick_cluster_leaves_rows_behind(world: World, illness: str) -> None:
    host, port = world.url.removeprefix("http://").split(":")
    with SickCluster((host, int(port))) as cluster:
        delivery = world.another_delivery(world.another_index(cluster.url))
        world.post("first")
        assert delivery.deliver().sent == 1
        cluster.illness = illness
        world.post("a")
        done = delivery.deliver(changed=world.store.take_changed(), budget_s=0.3)
        assert (done.sent, done.refused) == (0, 0)
        assert done.problem
        assert world.behind() == 1
        assert delivery.refused() == []
        cluster.illness = "well"
        assert delivery.deliver().sent == 1
    assert world.is_equal()


def test_a_delivery_in_a_request_never_raises(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.post("a")
    world.index.before = lambda: 1 / 0  # type: ignore[assignment,return-value]
    done = world.delivery.deliver(changed=world.store.take_changed())
    assert (done.sent, done.left) == (0, 1)
    assert "ZeroDivisionError" in caplog.text


# -- what is refused


@pytest.fixture
def old_mapping(monkeypatch: pytest.MonkeyPatch, empty: World) -> World:
    """An index that was made before links could carry something extra."""
    with monkeypatch.context() as patch:
        patch.delitem(mapping.LINKS, "extra")
        empty.delivery.create(layout="two")
    return empty


def with_extra(world: World) -> None:
    from feedsite.feeds.network import link

    world.manager.add_network_link(link("ana", "follow", "odd", extra={"list": "friends"}))


def test_what_is_refused_is_set_aside_and_the_rest_goes_on(old_mapping: World) -> None:
    world = old_mapping
    with_extra(world)
    world.manager.follow("ana", "bob")
    world.post("a")
    done = world.delivery.deliver()
    assert (done.sent, done.refused, done.left) == (2, 1, 0)
    (refused,) = world.delivery.refused()
    assert refused.key == ("person:ana", "follow", "person:odd", "")
    assert "extra" in refused.reason
    # It is not tried again by itself; pages take it from the record, however long that lasts.
    assert world.delivery.deliver().refused == 0
    world.let_pass(60)
    assert world.noted() == 1
    verified = world.delivery.verify()
    assert (verified.differences, verified.waiting) == (0, 1)
    assert world.delivery.retry_refused() == 1
    assert world.delivery.deliver().refused == 1


def test_a_new_version_of_what_was_refused_is_tried(old_mapping: World) -> None:
    world = old_mapping
    with_extra(world)
    world.delivery.deliver()
    world.manager.un_follow("ana", "odd")
    assert world.delivery.deliver().sent == 1
    assert world.is_equal()


def test_a_rebuild_takes_what_the_old_mapping_refused(old_mapping: World) -> None:
    world = old_mapping
    with_extra(world)
    world.delivery.deliver()
    world.delivery.rebuild()
    assert world.delivery.refused() == []
    assert world.is_equal()


def test_what_is_refused_while_an_index_is_filled_is_set_aside(empty: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with_extra(empty)
    empty.post("a")
    monkeypatch.delitem(mapping.LINKS, "extra")
    assert empty.delivery.create(layout="two").whole
    assert [one.key[2] for one in empty.delivery.refused()] == ["person:odd"]
    assert empty.noted() == 1


# -- another cluster


def test_an_index_that_is_gone_is_not_made_again(world: World, client: Elasticsearch) -> None:
    world.post("a")
    world.delivery.deliver()
    (bucket,) = world.live().buckets
    name = world.index.names.acts(world.live(), bucket)
    world.post("b")
    # Right before the rows are sent: the look at the cluster was good.
    world.index.before = lambda: client.indices.delete(index=name) and None
    done = world.delivery.deliver()
    assert (done.sent, done.refused, done.left) == (0, 0, 1)
    assert "index_not_found" in done.problem
    assert name not in index_names(world.url, world.prefix)
    assert "rebuild" in world.delivery.deliver().problem
    with pytest.raises(DeliveryRefused, match="rebuild"):
        world.delivery.verify()
    with pytest.raises(DeliveryRefused, match="rebuild"):
        world.delivery.create()
    world.delivery.rebuild()
    assert world.is_equal()
    assert world.versions() == {"a": (1, False), "b": (1, False)}


def test_an_index_of_the_same_name_is_another_one(world: World, client: Elasticsearch) -> None:
    world.post("a")
    world.delivery.deliver()
    (bucket,) = world.live().buckets
    client.indices.delete(index=world.index.names.acts(world.live(), bucket))
    world.index.make_bucket(world.live(), bucket)
    world.post("b")
    assert not world.index.matches(world.live())
    assert "rebuild" in world.another_delivery().deliver().problem


# -- rebuilding


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
    assert aliased == set(world.index.names.every(live))
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


# -- comparing


@pytest.fixture
def full(world: World) -> World:
    """An index with a few rows, settled."""
    for number in range(5):
        world.post(f"a{number}", extra={"n": number})
        world.manager.follow("ana", f"p{number}")
    world.delivery.deliver()
    world.let_pass(20)
    world.delivery.deliver()
    world.index.sent.clear()
    return world


def spoil(world: World, act_id: str, version: int, document: dict[str, Any] | None) -> None:
    (bucket,) = world.live().buckets
    name = act_name(act_id)
    world.index.bulk([Operation(world.index.names.acts(world.live(), bucket), name, version, document)])


def document_of(world: World, act_id: str) -> dict[str, Any]:
    (bucket,) = world.live().buckets
    place = (world.index.names.acts(world.live(), bucket), act_name(act_id))
    (found,) = world.index.get([place])
    assert found is not None
    return found.source


def test_what_differs_is_found_and_put_right(full: World) -> None:
    world = full
    spoil(world, "a0", 1, None)
    spoil(world, "a1", 1, {**document_of(world, "a1"), "actor": "person:eve"})
    spoil(world, "a2", 7, document_of(world, "a2"))
    stranger = {**document_of(world, "a3"), "id": "stranger"}
    spoil(world, "stranger", 1, stranger)
    found = world.delivery.verify()
    assert (found.missing, found.different, found.extra, found.waiting) == (1, 2, 1, 0)
    assert found.compared == 11
    assert not found.is_equal
    assert "act a0: missing" in found.examples
    repaired = world.delivery.verify(repair=True)
    assert (repaired.differences, repaired.repaired) == (4, 4)
    assert world.is_equal()
    # What the index was ahead of has passed it, on the record too.
    assert world.versions()["a2"] == (8, False)


def test_an_act_that_was_deleted_on_the_record_only_is_found(full: World) -> None:
    with full.on_record() as record:
        record.connection.execute(full.store.tables.acts.update().values(deleted=True, body=None))
    assert full.delivery.verify().extra == 5
    assert full.delivery.verify(repair=True).is_equal
    assert full.is_equal()


def test_what_is_on_its_way_is_no_difference(full: World) -> None:
    full.post("fresh")
    full.manager.delete_activity("a0")
    full.manager.un_follow("ana", "p0")
    found = full.delivery.verify()
    assert (found.differences, found.waiting) == (0, 3)


# -- buckets


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


def test_a_cluster_that_is_away_says_so(world: World) -> None:
    nowhere = world.another_delivery(world.another_index("http://127.0.0.1:9"))
    status = nowhere.status()
    assert status.problem
    assert [one.matches for one in status.generations] == [None]
    with pytest.raises(StoreUnavailable):
        nowhere.verify()
