"""ElasticFeeds' way to a feed on the same node: its mapping and the shape of its query, written afresh.

One document an act, with people and things as inner objects; a feed is one boolean query with a clause for each link:
the id, the type, and published since the link began. What it does around that (fetching the links, making dicts) is not
counted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from typing import Any

from elasticsearch import Elasticsearch

from bench.contenders.serving import DEEP, SIZE, Contender, serve
from bench.world import END, START, Act, World

from tests import nodes

_BATCH = 5000


def _entity() -> dict[str, Any]:
    properties = {"id": {"type": "keyword"}, "type": {"type": "keyword"}, "extra": {"type": "object", "enabled": False}}
    return {"properties": properties}


MAPPING = {
    "properties": {
        "published": {"type": "date"},
        "type": {"type": "keyword"},
        "actor": _entity(),
        "object": _entity(),
        "origin": _entity(),
        "target": _entity(),
        "extra": {"type": "object", "enabled": False},
    }
}


class ElasticFeeds(Contender):
    """Its query on the node at `where["node"]`."""

    def __init__(self, world: World, where: dict[str, str]) -> None:
        super().__init__(world, where)
        self.client = Elasticsearch(where["node"], request_timeout=120)
        self.index = f"{where['prefix']}elasticfeeds"

    def load(self, progress: Callable[[int], None]) -> None:
        """Make its index and fill it."""
        settings = {"number_of_shards": 1, "number_of_replicas": 0, "queries.cache.enabled": False}
        self.client.indices.create(index=self.index, mappings=MAPPING, settings={"index": settings})
        acts = self.world.acts()
        while chunk := list(islice(acts, _BATCH)):
            lines = [
                line for act in chunk for line in ({"index": {"_index": self.index, "_id": act.id}}, _document(act))
            ]
            answer = self.client.bulk(operations=lines, filter_path="errors")
            if answer["errors"]:
                raise RuntimeError("the node refused documents")
            progress(len(chunk))
        self.client.indices.refresh(index=self.index)

    def size(self) -> int:
        """Its index."""
        found = nodes.ask(f"{self.where['node']}/{self.index}/_stats/store")
        return int(found["_all"]["primaries"]["store"]["size_in_bytes"])

    def home(self, at: int) -> Iterable[str]:
        """The documents of the first page, newest first."""
        return self._page(at, 0)

    def deep(self, at: int) -> Iterable[str]:
        """Page 25: it pages by offset."""
        return self._page(at, (DEEP - 1) * SIZE)

    def _page(self, at: int, first: int) -> list[str]:
        sort = [{"published": {"order": "desc"}}]
        answer = self.client.search(index=self.index, query=self._query(at), sort=sort, size=SIZE, from_=first)
        return [hit["_id"] for hit in answer["hits"]["hits"]]

    def groups(self, at: int) -> Iterable[str]:
        """Its groups by year, month and verb: aggregations inside each other, with the newest acts of each."""
        newest = {"top_hits": {"size": 3, "sort": [{"published": {"order": "desc"}}]}}
        verbs = {"terms": {"field": "type"}, "aggs": {"newest": newest}}
        months = {"date_histogram": {"field": "published", "calendar_interval": "month"}, "aggs": {"verbs": verbs}}
        answer = self.client.search(index=self.index, query=self._query(at), size=0, aggs={"months": months})
        return [month["key_as_string"] for month in answer["aggregations"]["months"]["buckets"]]

    def profile(self, at: int) -> Iterable[str]:
        """What somebody did, newest first."""
        who = (self.world.celebrity, self.world.lonely)[at]
        query = {"bool": {"must": _is("actor", who)}}
        sort = [{"published": {"order": "desc"}}]
        answer = self.client.search(index=self.index, query=query, sort=sort, size=SIZE)
        return [hit["_id"] for hit in answer["hits"]["hits"]]

    def write(self, at: int) -> Iterable[str]:
        """One document."""
        ms = int(END.timestamp() * 1000)
        note = f"note:{at}"
        act = Act(ms, "", "create", self.world.writers[at], note, None, (), ())
        self.client.index(index=self.index, document=_document(act))
        return []

    @cache  # noqa: B019 - the process has one contender
    def _query(self, at: int) -> dict[str, Any]:
        since = {"range": {"published": {"gte": START.isoformat()}}}
        return {
            "bool": {"should": [{"bool": {"must": [*_is("actor", one), since]}} for one in self.reader(at).followed]}
        }


def _is(field: str, key: str) -> list[dict[str, Any]]:
    kind, _, identifier = key.partition(":")
    return [{"term": {f"{field}.id": identifier}}, {"term": {f"{field}.type": kind}}]


def _document(act: Act) -> dict[str, Any]:
    published = datetime.fromtimestamp(act.ms / 1000, UTC).isoformat(timespec="milliseconds")
    ends = {"actor": act.actor, "object": act.object, "target": act.target}
    parts = {name: dict(zip(("type", "id"), key.split(":", 1), strict=True)) for name, key in ends.items() if key}
    extra = {"about": act.about, "audience": act.audience}
    return {"published": published, "type": act.verb, "extra": json.loads(json.dumps(extra)), **parts}


if __name__ == "__main__":
    serve(ElasticFeeds)
