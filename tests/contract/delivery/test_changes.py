"""What changed on the record is in the index after delivery, and nothing older comes back."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from elasticsearch import Elasticsearch

from feedsite.feeds.stores.elasticsearch.index import Operation
from feedsite.feeds.stores.sql.ledger import Receipt

from tests.contract.delivering import World


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
