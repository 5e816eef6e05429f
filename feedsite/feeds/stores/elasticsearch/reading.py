"""Reading feeds from the index, with what it may not show yet laid over from the record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

from feedsite.feeds.cursor import short_hash
from feedsite.feeds.names import SITE_ALL, Entity
from feedsite.feeds.order import OrderKey, position_ms
from feedsite.feeds.page import Item
from feedsite.feeds.query import Facet, FeedQuery, Scope
from feedsite.feeds.stores.base import FeedReader, Head
from feedsite.feeds.stores.elasticsearch import reaching
from feedsite.feeds.stores.elasticsearch.acts import Act
from feedsite.feeds.stores.elasticsearch.asking import Answer, Search
from feedsite.feeds.stores.elasticsearch.client import making_sense
from feedsite.feeds.stores.elasticsearch.compile import Compiled, Stretch, compiled
from feedsite.feeds.stores.elasticsearch.documents import ACT_SOURCE
from feedsite.feeds.stores.elasticsearch.layout import overlapping
from feedsite.feeds.stores.elasticsearch.links import LinkReader
from feedsite.feeds.stores.elasticsearch.nearest import nearest_here
from feedsite.feeds.stores.elasticsearch.pruning import Pruner
from feedsite.feeds.stores.elasticsearch.reaching import Band, Spans, name_of
from feedsite.feeds.stores.elasticsearch.rules import Rules
from feedsite.feeds.stores.elasticsearch.sight import NOBODY, Held, Sights
from feedsite.feeds.stores.elasticsearch.sitting import Sitting
from feedsite.feeds.stores.generation import Bucket

_WINDOW, _WIDER, _WIDEST = 128, 4, 8192
_HITS = 10_000
"""Documents that one search gives at most (`index.max_result_window`)."""
_SPARE = 4
"""Acts that are asked for besides where few of those that are found may be refused."""


@dataclass
class Feed:
    """One query, ready to be asked.

    Args:
        query: as it was asked.
        sights: the links that decide about it.
        rules: judge what is found.
        fresh: the acts of the record that are laid over and belong to it, newest first.
        laid_over: ids of the acts that the index is not believed about.
    """

    query: FeedQuery
    sights: Sights
    rules: Rules
    fresh: tuple[Act, ...]
    laid_over: tuple[str, ...]

    @cached_property
    def compiled(self) -> Compiled:
        """As the index takes it."""
        return compiled(self.query, self.sights, self.laid_over)

    def part(self, stretch: Stretch | None) -> Compiled:
        """A stretch of it as the index takes it; None: all of it."""
        return self.compiled if stretch is None else compiled(self.query, self.sights, self.laid_over, stretch)


class OrderedReader(LinkReader):
    """Gives the acts of feeds in order, from the index and what is laid over it.

    Args:
        sitting: one state of the record, and the way to the index.
        record: the record's own reader, for what is of identity: which acts stand, which verbs there are.
    """

    def __init__(self, sitting: Sitting, record: FeedReader) -> None:
        super().__init__(sitting)
        self._record = record
        self._verbs: list[str] | None = None
        self._weighed: dict[tuple[Held, tuple[float, float]], Held] = {}
        self._pruner = Pruner(sitting)
        # What was worked out for a question that is asked again once another one has its answer; by the query itself.
        self._feeds: dict[int, Feed] = {}
        self._known: dict[tuple[int, OrderKey | None, int, bool], tuple[FeedQuery, list[Act]]] = {}
        self._acts: dict[int, list[Act]] = {}

    def now(self) -> int:
        """The record's clock."""
        return self._record.now()

    def ahead(self, *questions: Callable[[], object]) -> None:
        """Ask questions together that will be asked one after the other."""
        self._sitting.asker.together(questions)

    # The three questions

    def newest(self, query: FeedQuery, before: OrderKey | None, size: int) -> list[Item]:
        """The newest acts of a feed, all older than `before`."""
        return [act.item(query) for act in self.acts(query, before, size)]

    def oldest(self, query: FeedQuery, after: OrderKey | None, size: int) -> list[Item]:
        """The oldest acts of a feed, all newer than `after`."""
        return [act.item(query) for act in self.acts(query, after, size, newest=False)]

    def begun(self, query: FeedQuery) -> int | None:
        """Where the first index begins in which a feed can have acts: to ask costs more than a few months too many."""
        feed = self._feed(query)
        buckets = self._buckets(feed.compiled, None, False)
        instants = [*(bucket.since for bucket in buckets[:1]), *(position_ms(act.key.position) for act in feed.fresh)]
        return min(instants, default=None)

    def nearest(self, query: FeedQuery, vector: Sequence[float], size: int) -> list[Item]:
        """The nearest acts, by the index where it has vectors of that many dimensions, else by the record."""
        feed, found = self._feed(query), None
        if self._sitting.generation.vector_dims == len(vector):
            found = nearest_here(feed, vector, size, partial(self._nearest, feed))
        return self._record.nearest(query, vector, size) if found is None else found

    def _nearest(self, feed: Feed, towards: list[float], size: int) -> list[Act]:
        indexes = self._everywhere(feed.compiled)
        if not indexes:
            return []
        knn = {"field": "vector", "query_vector": towards, "k": size, "num_candidates": size}
        body = {"knn": {**knn, "filter": feed.compiled.clause}, "size": size, "_source": list(ACT_SOURCE)}
        return self._made(self._sitting.asker.ask([Search(indexes, body)])[0].sources)

    def heads(
        self, query: FeedQuery, facet: Facet, before: OrderKey | None, size: int, shown: frozenset[str]
    ) -> list[Head]:
        """The newest act of each value of a facet, by windows of acts, each without the values found before."""
        found: dict[str, Act] = {}
        passed: set[str] = set()
        window, at = max(_WINDOW, size * 2), before
        while len(found) < size:
            rest = query.excluding(facet, tuple(sorted(found.keys() | passed)))
            acts = self.acts(rest, at, window)
            for act in acts:
                value = act.value(facet, query.ungrouped)
                if value is None or value in found or value in passed:
                    continue
                if short_hash(value) in shown:
                    passed.add(value)
                elif len(found) < size:
                    found[value] = act
            if len(acts) < window:
                break
            at, window = acts[-1].key, min(window * _WIDER, _WIDEST)
        return [Head(value, act.item(query)) for value, act in found.items()]

    def count_values(self, query: FeedQuery, facet: Facet, cap: int) -> int:
        """How many values of a facet a feed has, counted to `cap`."""
        return len(self.heads(query, facet, None, cap, frozenset()))

    # Of identity: the record's

    def verbs(self) -> list[str]:
        """Every verb that was ever stored."""
        if self._verbs is None:
            self._verbs = self._record.verbs()
        return self._verbs

    def followed_by(self, followers: Sequence[str], each: int) -> list[tuple[Entity, str]]:
        """Whom each of some people follows."""
        return self._record.followed_by(followers, each)

    def things(self, kind: str, beginning: str, after: str, size: int) -> list[Entity]:
        """The things of a type whose ids begin with a text."""
        return self._record.things(kind, beginning, after, size)

    def standing(self, verb: str, actor: Entity, objects: Sequence[Entity]) -> set[Entity]:
        """For which of the objects the actor's act of this verb stands."""
        return self._record.standing(verb, actor, objects)

    def get(self, ids: Sequence[str]) -> dict[str, Item]:
        """Acts by id that stand."""
        return self._record.get(ids)

    # Acts in order

    def acts(self, query: FeedQuery, edge: OrderKey | None, size: int, *, newest: bool = True) -> list[Act]:
        """The first acts of a feed on one side of a key, in order: at most `size`.

        Args:
            query: the feed.
            edge: the key that they come after in that order; None: from the beginning.
            size: how many.
            newest: newest first, all older than the edge; else oldest first, all newer.
        """
        name = (id(query), edge, size, newest)
        if name not in self._known:
            # The query is kept too: as long as it lives, no other one has its `id`.
            self._known[name] = query, self._ordered(self._feed(query), edge, size, newest=newest)
        return list(self._known[name][1])

    def _ordered(self, feed: Feed, edge: OrderKey | None, size: int, *, newest: bool = True) -> list[Act]:
        found = self._found(feed, edge, size, newest) if size > 0 else []
        beyond = [act for act in feed.fresh if edge is None or (act.key < edge if newest else act.key > edge)]
        return sorted([*found, *beyond], key=lambda act: act.key, reverse=newest)[:size]

    def _found(self, feed: Feed, edge: OrderKey | None, size: int, newest: bool) -> list[Act]:
        """What the index has, a stretch and a span of buckets after the other, judged, until there is enough."""
        found: list[Act] = []
        reach, name = self._sitting.reach, name_of(feed.query)
        for band in self._bands(feed, edge, size, newest):
            query = feed.part(band.stretch)
            buckets = self._buckets(query, band.edge, newest)
            # A later page waits for one step: it is read by fewer, and often reaches further back.
            far = 0
            if query.of_one and newest:
                far = reaching.TOGETHER if band.edge is not None else reach.of(name)
            spans = Spans(buckets, newest, band, query.of_one, far)
            for span in spans:
                found += self._among(feed, query, self._names(span), band.edge, size - len(found), newest)
                if len(found) >= size:
                    break
            if newest and band.edge is None:
                spans.note(reach, name, found, size)
            if len(found) >= size:
                break
        return found[:size]

    def _bands(self, feed: Feed, edge: OrderKey | None, size: int, newest: bool) -> Iterable[Band]:
        if newest:
            return self._pruner.newest(feed.query, feed.sights, edge, size)
        return [self._pruner.oldest(feed.query, feed.sights, edge)]

    def _among(
        self, feed: Feed, query: Compiled, indexes: tuple[str, ...], edge: OrderKey | None, size: int, newest: bool
    ) -> list[Act]:
        """The first acts in some indexes that belong to a feed."""
        found: list[Act] = []
        at = edge
        while len(found) < size:
            wanted = size - len(found)
            # What the query finds too much is asked for along.
            spare = 0 if query.exact else max(wanted, 10) if query.loose else _SPARE
            asked = min(wanted + spare, _HITS)
            body = {**in_order(query, newest), "size": asked, "track_total_hits": False}
            if at is not None:
                body["search_after"] = [at.position, at.id]
            hits = self._acts_of(self._sitting.asker.ask([Search(indexes, body)])[0])
            found += [act for act in hits if feed.rules.admit(act)]
            if len(hits) < asked:
                break
            at = hits[-1].key
        return found

    def _acts_of(self, answer: Answer) -> list[Act]:
        # The asker keeps its answers, so that each has an `id` of its own.
        if id(answer) not in self._acts:
            self._acts[id(answer)] = self._made(answer.sources)
        return self._acts[id(answer)]

    def _made(self, sources: Iterable[Mapping[str, Any]]) -> list[Act]:
        with making_sense():
            return [Act.of(source) for source in sources]

    def _buckets(self, query: Compiled, edge: OrderKey | None, newest: bool) -> list[Bucket]:
        """The stretches of time that can have acts of a query beyond a key, in the order in which it is read."""
        low, high = query.low, query.high
        if edge is not None:
            low, high = (low, min(high, edge.position + 1)) if newest else (max(low, edge.position), high)
        if query.nothing or low >= high:
            return []
        buckets = self._sitting.generation.buckets
        return overlapping(reversed(buckets) if newest else buckets, position_ms(low), position_ms(high - 1) + 1)

    def _names(self, buckets: Iterable[Bucket]) -> tuple[str, ...]:
        names, generation = self._sitting.names, self._sitting.generation
        return tuple(names.acts(generation, bucket) for bucket in buckets)

    def _everywhere(self, query: Compiled) -> tuple[str, ...]:
        """Every index that can have acts of a feed."""
        return self._names(self._buckets(query, None, True))

    # What a query needs

    def _feed(self, query: FeedQuery) -> Feed:
        if id(query) not in self._feeds:
            self._feeds[id(query)] = self._made_ready(query)
        return self._feeds[id(query)]

    def _made_ready(self, query: FeedQuery) -> Feed:
        sights = self._sights(query)
        rules = Rules(query, sights)
        overlay = self._sitting.overlay
        fresh = tuple(act for act in overlay.standing if rules.admit(act))
        return Feed(query, sights, rules, fresh, overlay.ids)

    def _sights(self, query: FeedQuery) -> Sights:
        if query.with_muted:
            return Sights(NOBODY, NOBODY, NOBODY)
        owner = query.owner.key if query.owner and query.scope in (Scope.NETWORK, Scope.CONCERNS) else ""
        viewer = query.viewer.key if query.viewer else ""
        held = self.held([owner, viewer, SITE_ALL])
        sights = Sights(held.get(owner, NOBODY), held.get(viewer, NOBODY), held[SITE_ALL]).at(query)
        return sights if query.weights is None else replace(sights, owner=self._weighing(sights.owner, query.weights))

    def _weighing(self, owner: Held, weights: tuple[float, float]) -> Held:
        # Asked again for every question about the same links: sorting out thousands of them is done once.
        key = (owner, weights)
        if key not in self._weighed:
            self._weighed[key] = owner.weighing(weights)
        return self._weighed[key]


def in_order(query: Compiled, newest: bool) -> dict[str, Any]:
    """A search for the acts of a feed in order."""
    direction = "desc" if newest else "asc"
    return {
        "query": query.clause,
        "sort": [{"position": direction}, {"id": direction}],
        "_source": list(ACT_SOURCE),
    }
