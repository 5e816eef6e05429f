"""ElasticFeeds' way to a feed on the same node: its mapping and the shape of its query, written afresh.

One document an act, with people and things as inner objects; a feed is one boolean query with a clause for each link:
the id, the type, and published since the link began. What it does around that (fetching the links, making dicts) is not
counted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from elasticsearch import Elasticsearch

from bench.network import BEGAN, Network, Reader

INDEX = "elasticfeeds"
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


def make(client: Elasticsearch, rows: Iterable[dict[str, Any]]) -> None:
    """Make its index and fill it with the acts of a record."""
    settings = {"number_of_shards": 1, "number_of_replicas": 0, "queries.cache.enabled": False}
    client.options(request_timeout=60).indices.create(index=INDEX, mappings=MAPPING, settings={"index": settings})
    for lines in _batches(rows):
        answer = client.options(request_timeout=60).bulk(operations=lines, filter_path="errors")
        assert not answer["errors"]
    client.options(request_timeout=60).indices.refresh(index=INDEX)


def _batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[Any]]:
    lines: list[Any] = []
    for row in rows:
        actor, thing = (dict(zip(("type", "id"), row[end].split(":", 1), strict=True)) for end in ("actor", "object"))
        published = datetime.fromtimestamp((row["position"] >> 20) / 1000, UTC).isoformat(timespec="milliseconds")
        body = json.loads(row["body"]) if row["body"] else {}
        lines += [
            {"index": {"_index": INDEX, "_id": row["id"]}},
            {"published": published, "type": row["verb"], "actor": actor, "object": thing, "extra": body.get("extra")},
        ]
        if len(lines) >= 2 * _BATCH:
            yield lines
            lines = []
    if lines:
        yield lines


def query(reader: Reader) -> dict[str, Any]:
    """Its query for somebody's feed."""
    since = {"range": {"published": {"gte": BEGAN.isoformat()}}}

    def link(field: str, kind: str, one: str) -> dict[str, Any]:
        return {"bool": {"must": [{"term": {f"{field}.id": one}}, {"term": {f"{field}.type": kind}}, since]}}

    followed = [link("actor", "person", one) for one in reader.follows]
    watched = [link("object", "note", one) for one in reader.watches]
    return {"bool": {"should": [*followed, *watched]}}


def flat(client: Elasticsearch, reader: Reader, size: int) -> list[dict[str, Any]]:
    """The documents of the first page: newest first."""
    sort = [{"published": {"order": "desc"}}]
    answer = client.search(index=INDEX, query=query(reader), sort=sort, size=size)
    return [hit["_source"] | {"id": hit["_id"]} for hit in answer["hits"]["hits"]]


def by_month_and_verb(client: Elasticsearch, reader: Reader) -> dict[str, Any]:
    """Its groups by year, month and verb: aggregations inside each other, with the newest acts of each."""
    newest = {"top_hits": {"size": 3, "sort": [{"published": {"order": "desc"}}]}}
    verbs = {"terms": {"field": "type"}, "aggs": {"newest": newest}}
    months = {"date_histogram": {"field": "published", "calendar_interval": "month"}, "aggs": {"verbs": verbs}}
    answer = client.search(index=INDEX, query=query(reader), size=0, aggs={"months": months})
    found: dict[str, Any] = answer["aggregations"]
    return found


def readers_that_fit(network: Network, limit: int) -> list[Reader]:
    """Those whose query the node takes: three clauses a link."""
    return [reader for reader in network.readers if 3 * (len(reader.follows) + len(reader.watches)) < limit]
