"""A manager at the address of an Elasticsearch node, as a program without a site uses it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from feedsite.feeds import Activity, Actor, Manager, NotSupported, Object
from feedsite.feeds.aggregators import UnAggregated, YearMonthTypeAggregator
from feedsite.feeds.stores.elasticsearch.alone import ElasticStoreAlone


@pytest.fixture
def manager(elasticsearch_url: str, elasticsearch_prefix: str, tmp_path: Path) -> Iterator[Manager]:
    """A manager with a record in a file."""
    name = f"{elasticsearch_prefix}-{secrets.token_hex(4)}"
    names = (f"{name}-feeds", f"{name}-network")
    made = Manager(*names, url=elasticsearch_url, record=f"sqlite:///{tmp_path / 'record.sqlite'}")
    yield made
    made.close()


def _store(manager: Manager) -> ElasticStoreAlone:
    assert isinstance(manager.store, ElasticStoreAlone)
    return manager.store


def _write(manager: Manager) -> None:
    manager.follow("carlos", "carlos")
    manager.follow("carlos", "mark")
    manager.add_activity_feed(Activity("add", Actor("carlos", "person"), Object("project_a", "project")))
    manager.add_activity_feed(Activity("blog", Actor("mark", "person"), Object("project_a", "project")))


def test_what_is_written_is_read_at_once(manager: Manager) -> None:
    fallen_back: list[str] = []
    _store(manager)._fallen_back = fallen_back.append
    _write(manager)
    assert [act["type"] for act in manager.get_feeds(UnAggregated("carlos"))] == ["blog", "add"]
    months = manager.get_feeds(YearMonthTypeAggregator("carlos"))
    assert months[0]["total"] == 2
    assert fallen_back == []


def test_the_index_has_it_and_says_so(manager: Manager) -> None:
    _write(manager)
    store = _store(manager)
    with store.record.record() as record:
        assert record.behind().count == 0
    store.runtime.client.indices.refresh(index=f"{store.runtime.names.feeds},{store.runtime.names.network}")
    verbs = {"size": 0, "aggs": {"verbs": {"terms": {"field": "verb", "order": {"_key": "asc"}}}}}
    found = manager.execute_raw_feeds_query(verbs)["aggregations"]["verbs"]["buckets"]
    assert [(bucket["key"], bucket["doc_count"]) for bucket in found] == [("add", 1), ("blog", 1)]
    followed = manager.execute_raw_network_query({"query": {"term": {"follower": "person:carlos"}}})["hits"]["hits"]
    assert sorted(hit["_source"]["entity"] for hit in followed) == ["person:carlos", "person:mark"]


def test_with_the_cluster_away_the_record_answers_and_keeps_what_is_written(tmp_path: Path) -> None:
    # Nobody listens on port 1.
    manager = Manager("away", "awaynet", url="http://127.0.0.1:1", record=f"sqlite:///{tmp_path / 'record.sqlite'}")
    try:
        _write(manager)
        assert [act["type"] for act in manager.get_feeds(UnAggregated("carlos"))] == ["blog", "add"]
    finally:
        manager.close()


def test_with_a_wiped_cluster_the_record_answers_until_a_rebuild(manager: Manager, tmp_path: Path) -> None:
    _write(manager)
    first = _store(manager)
    with first.record.record() as record:
        first.runtime.index.drop(record.generations()["live"])
    names = (first.runtime.names.feeds, first.runtime.names.network)
    # Another program, later.
    url = first.runtime.client.transport.node_pool.all()[0].base_url
    other = Manager(*names, url=url, record=f"sqlite:///{tmp_path / 'record.sqlite'}")
    try:
        other.add_activity_feed(Activity("like", Actor("mark", "person"), Object("project_a", "project")))
        assert [act["type"] for act in other.get_feeds(UnAggregated("carlos"))] == ["like", "blog", "add"]
        _store(other).delivery.rebuild()
        fallen_back: list[str] = []
        _store(other)._fallen_back = fallen_back.append
        assert [act["type"] for act in other.get_feeds(UnAggregated("carlos"))] == ["like", "blog", "add"]
        assert fallen_back == []
    finally:
        other.close()


def test_sql_knows_no_raw_queries() -> None:
    with pytest.raises(NotSupported, match="execute_raw_network_query needs a store on Elasticsearch"):
        Manager().execute_raw_network_query({})
