"""Everything the store does to indexes besides reading feeds: making, filling, checking and dropping them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from elasticsearch import BadRequestError, Elasticsearch

from feedsite.feeds.errors import StoreUnavailable
from feedsite.feeds.stores.elasticsearch.client import answering, making_sense
from feedsite.feeds.stores.elasticsearch.layout import Names
from feedsite.feeds.stores.elasticsearch.mapping import acts_index, bounds_index, links_index
from feedsite.feeds.stores.generation import LIVE, Bucket, Generation

#: A bulk request is cut where it passes this: the server's own limit is 100 MB, and small ones can be shared out.
BULK_BYTES = 5 * 2**20
#: Seconds for a bulk request and for making an index; a deadline of the context may be nearer.
BULK_SECONDS, MAKE_SECONDS = 20.0, 30.0
# How long an operation of a bulk request may wait for its shard. By itself Elasticsearch waits for a minute, and one
# shard that has no node would keep back what is on its way to all the others.
_SHARD_WAIT = "5s"
_PAGE = 1000
# Over templates that somebody made for everything (`*`).
_PRIORITY = 900
# It follows from the act's body, which is compared; newer servers do not give it back anyway.
_WITHOUT_VECTORS = {"excludes": ["vector"]}
_LINK_SORT = ("follower", "kind", "entity", "verbs")

Result = Literal["taken", "refused", "later"]


@dataclass(frozen=True)
class Operation:
    """A document to be stored, or deleted, in its version.

    Args:
        index: the index's name.
        name: the document's `_id`.
        version: the row's.
        document: None: delete the document for real.
    """

    index: str
    name: str
    version: int
    document: dict[str, Any] | None

    def lines(self) -> str:
        """As a bulk request has it."""
        meta = {"_index": self.index, "_id": self.name, "version": self.version, "version_type": "external_gte"}
        if self.document is None:
            return json.dumps({"delete": meta})
        return f"{json.dumps({'index': meta})}\n{json.dumps(self.document, separators=(',', ':'))}"


@dataclass(frozen=True)
class Outcome:
    """What the cluster said about an operation.

    Args:
        result: `taken` (it has this version or a newer one), `refused` (it will never take it as it is), `later`.
        reason: the cluster's words; empty for what was taken.
        missing: whether the index is not there.
    """

    result: Result
    reason: str = ""
    missing: bool = False


@dataclass(frozen=True)
class Found:
    """A document as the index has it.

    Args:
        name: its `_id`.
        sort: where it stands in the order of the scan.
        version: the row's version that it shows.
        source: the document.
    """

    name: str
    sort: tuple[Any, ...]
    version: int
    source: dict[str, Any]


class Index:
    """The indexes of one store on a cluster. Every method raises StoreUnavailable.

    Args:
        client: see `connect`.
        feed_index, network_index: what the names of the indexes begin with.
    """

    def __init__(self, client: Elasticsearch, feed_index: str = "feeds", network_index: str = "network") -> None:
        self.names = Names(feed_index, network_index)
        self._client = client

    # Making

    def make(self, generation: Generation) -> Generation:
        """Make the indexes of links and bounds, and what keeps a cluster from making a generation's indexes by itself.

        Returns the generation with the indexes' UUIDs, one revision on. Harmless when they are there.
        """
        with answering():
            self._making.indices.put_index_template(
                name=f"{self.names.feeds}-{generation.id}",
                index_patterns=[f"{self.names.feeds}-{generation.id}-*", self.names.links(generation)],
                priority=_PRIORITY,
                # A write to an index that is gone is an error: never a new index with a guessed mapping.
                allow_auto_create=False,
                template={},
            )
        alias = self.names.network if generation.slot == LIVE else None
        uuid = self._make(self.names.links(generation), links_index(generation.id), generation, alias)
        bounds = self._make(self.names.bounds(generation), bounds_index(generation.id), generation, None)
        return replace(generation, links_uuid=uuid, bounds_uuid=bounds, rev=generation.rev + 1)

    def make_bucket(self, generation: Generation, bucket: Bucket) -> Bucket:
        """Make a bucket's index; returns the bucket with its UUID. Harmless when it is there."""
        alias = self.names.feeds if generation.slot == LIVE else None
        body = acts_index(generation.id, generation.vector_dims)
        return replace(bucket, uuid=self._make(self.names.acts(generation, bucket), body, generation, alias))

    def _make(self, name: str, body: dict[str, Any], generation: Generation, alias: str | None) -> str:
        aliases: dict[str, Any] = {} if alias is None else {alias: {}}
        with answering():
            try:
                made = self._making.indices.create(index=name, aliases=aliases, **body, wait_for_active_shards=1)
                if not made["shards_acknowledged"]:
                    raise StoreUnavailable(f"the index {name} was made, but has no shard yet", kind="busy")
            except BadRequestError as error:
                if error.error != "resource_already_exists_exception":
                    reason = _reason(error.body.get("error") if isinstance(error.body, dict) else None)
                    raise StoreUnavailable(f"the index {name} cannot be made: {reason}", kind="request") from error
        found = self._identities(name).get(name)
        if found is None or found[1] != generation.id:
            raise StoreUnavailable(f"the index {name} is there, and is not this generation's", kind="missing")
        return found[0]

    def drop(self, generation: Generation) -> None:
        """Delete all indexes of a generation. Harmless when they are gone."""
        with answering():
            there = sorted(self._identities(*self._patterns(generation)))
            if there:
                self._making.indices.delete(index=there, ignore_unavailable=True)
            template = f"{self.names.feeds}-{generation.id}"
            self._making.options(ignore_status=404).indices.delete_index_template(name=template)

    def move_aliases(self, live: Generation, old: Iterable[Generation] = ()) -> None:
        """Let the two aliases point at the live generation's indexes and at none of the old ones, in one step."""
        actions: list[dict[str, Any]] = []
        for generation in old:
            for name in self._identities(*self._patterns(generation)):
                alias = self.names.network if name == self.names.links(generation) else self.names.feeds
                actions.append({"remove": {"index": name, "alias": alias, "must_exist": False}})
        actions += [{"add": {"index": name, "alias": self.names.feeds}} for name in self.names.all_acts(live)]
        actions.append({"add": {"index": self.names.links(live), "alias": self.names.network}})
        with answering():
            self._making.indices.update_aliases(actions=actions)

    # Whether it is the one that the record means

    def matches(self, generation: Generation) -> bool:
        """Whether every index of a generation's layout is there, with its UUID and the generation in its mapping."""
        if not generation.links_uuid:
            return False
        expected = {self.names.acts(generation, bucket): bucket.uuid for bucket in generation.buckets}
        expected[self.names.links(generation)] = generation.links_uuid
        if generation.bounds_uuid:
            expected[self.names.bounds(generation)] = generation.bounds_uuid
        with answering():
            there = self._identities(*self._patterns(generation))
        return all(there.get(name) == (uuid, generation.id) for name, uuid in expected.items())

    def _patterns(self, generation: Generation) -> tuple[str, str]:
        # With a wildcard what is missing is left out; without one it is an error.
        return f"{self.names.feeds}-{generation.id}-*", f"{self.names.links(generation)}*"

    def _identities(self, *patterns: str) -> dict[str, tuple[str, str]]:
        """The UUID and the generation of each index."""
        with answering():
            answer = self._client.indices.get(
                index=list(patterns), filter_path="*.settings.index.uuid,*.mappings._meta"
            )
        with making_sense():
            return {
                name: (one["settings"]["index"]["uuid"], one.get("mappings", {}).get("_meta", {}).get("generation", ""))
                for name, one in answer.body.items()
            }

    # Filling

    def bulk(self, operations: Sequence[Operation]) -> list[Outcome]:
        """Do operations, in as many requests as their size asks for; gives the outcome of each.

        Raises StoreUnavailable when the cluster does not answer: then any of them may have been done, or none.
        """
        outcomes: list[Outcome] = []
        part: list[str] = []
        size = 0
        for operation in operations:
            lines = operation.lines()
            if part and size + len(lines) > BULK_BYTES:
                outcomes += self._bulk(part)
                part, size = [], 0
            part.append(lines)
            size += len(lines)
        return outcomes + self._bulk(part)

    def _bulk(self, part: list[str]) -> list[Outcome]:
        if not part:
            return []
        try:
            with answering():
                client = self._client.options(request_timeout=BULK_SECONDS)
                # Lines that are text already are sent as they are.
                lines: list[Any] = list(part)
                answer = client.bulk(operations=lines, timeout=_SHARD_WAIT, filter_path="items.*.status,items.*.error")
        except StoreUnavailable as error:
            if error.kind != "request":
                raise
            # The request itself is refused: what spoils it is found by halves, and the rest goes on.
            if len(part) == 1:
                return [Outcome("refused", str(error))]
            middle = len(part) // 2
            return self._bulk(part[:middle]) + self._bulk(part[middle:])
        with making_sense():
            items = answer.body.get("items", [])
            if len(items) != len(part):
                raise ValueError("answers are missing")
            return [_outcome(next(iter(item.values()))) for item in items]

    # Checking

    def scan_acts(self, generation: Generation, bucket: Bucket) -> Iterator[Found]:
        """All documents of a bucket, newest first, tombstones among them."""
        return self._scan(self.names.acts(generation, bucket), [{"position": "desc"}, {"id": "desc"}])

    def scan_links(self, generation: Generation) -> Iterator[Found]:
        """All documents of links in the order of their keys, tombstones among them."""
        return self._scan(self.names.links(generation), [{name: "asc"} for name in _LINK_SORT])

    def scan_bounds(self, generation: Generation) -> Iterator[Found]:
        """All bounds in the order of their keys."""
        return self._scan(self.names.bounds(generation), [{"key": "asc"}])

    def _scan(self, index: str, sort: list[dict[str, str]]) -> Iterator[Found]:
        # No point in time: the keys of a document never change, so whatever stands throughout is met once.
        after: list[Any] | None = None
        while True:
            hits = self._page(index, sort, after)
            for hit in hits:
                yield Found(hit["_id"], tuple(hit["sort"]), hit["_version"], hit["_source"])
            if len(hits) < _PAGE:
                return
            after = hits[-1]["sort"]

    def _page(self, index: str, sort: list[dict[str, str]], after: list[Any] | None) -> list[dict[str, Any]]:
        with answering():
            hits: list[dict[str, Any]] = self._patient.search(
                index=index,
                query={"match_all": {}},
                sort=sort,
                search_after=after,
                size=_PAGE,
                source=_WITHOUT_VECTORS,
                version=True,
                track_total_hits=False,
                allow_partial_search_results=False,
            ).body["hits"]["hits"]
        return hits

    def get(self, wanted: Sequence[tuple[str, str]]) -> list[Found | None]:
        """Documents as they are now, whether or not a search shows them yet: (index, `_id`) of each."""
        found: list[Found | None] = []
        for at in range(0, len(wanted), _PAGE):
            docs = [{"_index": index, "_id": name} for index, name in wanted[at : at + _PAGE]]
            with answering():
                answer = self._patient.mget(docs=docs, source_excludes=["vector"]).body["docs"]
            for doc in answer:
                if "error" in doc:
                    raise StoreUnavailable(_reason(doc["error"]), kind="missing")
                found.append(Found(doc["_id"], (), doc["_version"], doc["_source"]) if doc["found"] else None)
        return found

    def count(self, index: str) -> int:
        """How many documents of an index stand."""
        with answering():
            number: int = self._patient.count(index=index, query={"term": {"deleted": False}}).body["count"]
        return number

    def refresh(self, generation: Generation) -> None:
        """Let searches see all that was delivered to a generation."""
        with answering():
            self._making.indices.refresh(index=self.names.every(generation))

    # For whoever looks after it

    def health(self) -> dict[str, Any]:
        """The cluster's name, its colour (`status`) and how many nodes it has."""
        with answering():
            answer = self._client.cluster.health(filter_path="cluster_name,status,number_of_nodes,unassigned_shards")
        return dict(answer.body)

    def sizes(self, generation: Generation) -> dict[str, tuple[int, int]]:
        """Documents (tombstones among them) and bytes, without copies, of each index that is there."""
        with answering():
            answer = self._patient.indices.stats(
                index=list(self._patterns(generation)),
                metric=["docs", "store"],
                filter_path="indices.*.primaries.docs.count,indices.*.primaries.store.size_in_bytes",
            )
        indices: dict[str, Any] = answer.body.get("indices", {})
        return {
            name: (one["primaries"]["docs"]["count"], one["primaries"]["store"]["size_in_bytes"])
            for name, one in sorted(indices.items())
        }

    @property
    def _making(self) -> Elasticsearch:
        return self._client.options(request_timeout=MAKE_SECONDS)

    @property
    def _patient(self) -> Elasticsearch:
        return self._client.options(request_timeout=BULK_SECONDS)


def _outcome(item: dict[str, Any]) -> Outcome:
    status, error = item["status"], item.get("error")
    # 409: it has a newer version already. 404 without an error: there was nothing to delete.
    if status < 300 or status == 409 or (status == 404 and error is None):
        return Outcome("taken")
    missing = status == 404
    # What is said about the index (it is gone, read only, its disk is full) is not about the row.
    if missing or status in (401, 403, 429) or status >= 500:
        return Outcome("later", _reason(error), missing)
    return Outcome("refused", _reason(error))


def _reason(error: Any) -> str:
    """The cluster's words, with their cause, cut to a line."""
    if not isinstance(error, dict):
        return "no reason was given"
    words = [str(error.get("type", "")), str(error.get("reason", ""))]
    if isinstance(cause := error.get("caused_by"), dict):
        words.append(str(cause.get("reason", "")))
    return ": ".join(word for word in words if word).replace("\n", " ")[:500]
