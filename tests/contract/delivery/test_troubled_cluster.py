"""A cluster that is sick, away, or another one than it was: nothing is lost, and nothing else is mistaken for it."""

from __future__ import annotations

import pytest
from elasticsearch import Elasticsearch

from feedsite.feeds.delivery import DeliveryRefused
from feedsite.feeds.errors import StoreUnavailable
from feedsite.feeds.order import milliseconds
from feedsite.feeds.stores.elasticsearch.mapping import acts_index

from tests.contract.delivering import World
from tests.contract.delivery.conditions import LONG_AGO
from tests.nodes import index_names
from tests.sick_cluster import SickCluster


@pytest.mark.parametrize("illness", ["busy", "unavailable", "failing", "redirect", "silent", "away"])
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


def test_a_shard_that_has_no_node_keeps_back_its_own_rows_alone(world: World, client: Elasticsearch) -> None:
    past = world.index.names.acts(world.live(), world.live().planned(milliseconds(LONG_AGO)))
    nowhere = "routing.allocation.require._name"
    body = acts_index(world.live().id)
    body["settings"]["index"][nowhere] = "nowhere"
    client.indices.create(index=past, **body, wait_for_active_shards="0")
    world.post("old", at=LONG_AGO)
    world.post("a")
    done = world.delivery.deliver()
    assert (done.sent, done.refused, done.left) == (1, 0, 1)
    assert "unavailable_shards" in done.problem
    client.indices.put_settings(index=past, settings={f"index.{nowhere}": None})
    client.cluster.health(index=past, wait_for_status="yellow", wait_for_no_initializing_shards=True)
    assert world.delivery.deliver().sent == 1
    assert world.is_equal()


def test_a_delivery_in_a_request_never_raises(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.post("a")
    world.index.before = lambda: 1 / 0  # type: ignore[assignment,return-value]
    done = world.delivery.deliver(changed=world.store.take_changed())
    assert (done.sent, done.left) == (0, 1)
    assert "ZeroDivisionError" in caplog.text


def test_a_cluster_that_is_away_says_so(world: World) -> None:
    nowhere = world.another_delivery(world.another_index("http://127.0.0.1:9"))
    status = nowhere.status()
    assert status.problem
    assert [one.matches for one in status.generations] == [None]
    with pytest.raises(StoreUnavailable):
        nowhere.verify()


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
