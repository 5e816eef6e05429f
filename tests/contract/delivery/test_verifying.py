"""Record and index are compared: what differs is found and put right."""

from __future__ import annotations

from typing import Any

import pytest

from feedsite.feeds import Manager
from feedsite.feeds.aggregators import UnAggregated
from feedsite.feeds.network import link_name
from feedsite.feeds.stores.elasticsearch.client import Access
from feedsite.feeds.stores.elasticsearch.documents import act_name
from feedsite.feeds.stores.elasticsearch.index import Operation
from feedsite.feeds.stores.elasticsearch.runtime import Runtime
from feedsite.feeds.stores.elasticsearch.store import ElasticStore

from tests.contract.delivering import World


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


def test_what_processes_keep_of_links_is_put_right_too(full: World) -> None:
    world = full
    world.post("p0s", by="p0")
    world.delivery.deliver()
    site = Manager(store=ElasticStore(world.store, Runtime(Access.from_url(world.url), world.index.names)))

    def feed() -> list[str]:
        return [act["id"] for act in site.get_feeds(UnAggregated("ana", include_history=True))]

    key = ("person:ana", "follow", "person:p0", "")
    world.index.bulk([Operation(world.index.names.links(world.live()), link_name(*key), 1, None)])
    world.index.refresh(world.live())
    assert feed() == []
    assert world.delivery.verify(repair=True).repaired == 1
    assert feed() == ["p0s"]


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
