"""Reading feeds from the index, with what it may not show yet laid over from the record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from feedsite.feeds.cursor import short_hash
from feedsite.feeds.names import SITE_ALL, Entity
from feedsite.feeds.order import OrderKey, position_ms
from feedsite.feeds.page import Item
from feedsite.feeds.query import Cell, Facet, FeedQuery, Scope
from feedsite.feeds.stores.base import CellAnswer, FeedReader, Head, Tally
from feedsite.feeds.stores.elasticsearch.acts import Act
from feedsite.feeds.stores.elasticsearch.asking import Answer, Search
from feedsite.feeds.stores.elasticsearch.client import making_sense
from feedsite.feeds.stores.elasticsearch.compile import Compiled, compiled
from feedsite.feeds.stores.elasticsearch.documents import ACT_SOURCE
from feedsite.feeds.stores.elasticsearch.layout import overlapping
from feedsite.feeds.stores.elasticsearch.links import LinkReader
from feedsite.feeds.stores.elasticsearch.nearest import nearest_here
from feedsite.feeds.stores.elasticsearch.rules import Rules
from feedsite.feeds.stores.elasticsearch.sight import NOBODY, Held, Sights
from feedsite.feeds.stores.elasticsearch.sitting import Sitting
from feedsite.feeds.stores.elasticsearch.spreading import spread, spread_here
from feedsite.feeds.stores.elasticsearch.tallying import Question, distinct, distinct_here, tallied, tallied_here

_WINDOW, _WIDER, _WIDEST = 128, 4, 8192
_HITS = 10_000
"""Documents that one search gives at most (`index.max_result_window`)."""
_ACTORS = 65_535
"""Distinct actors that one search counts; Elasticsearch gives at most 65,536 groups."""
_FIRST_ACTS, _NEXT_BUCKETS = 1_000_000, 3


@dataclass(frozen=True)
class Feed:
    """One query, ready to be asked.

    Args:
        query: as it was asked.
        compiled: as the index takes it.
        rules: judge what is found.
        fresh: the acts of the record that are laid over and belong to it, newest first.
    """

    query: FeedQuery
    compiled: Compiled
    rules: Rules
    fresh: tuple[Act, ...]


class IndexReader(LinkReader):
    """Answers what a page asks, from the index and what is laid over it.

    Args:
        sitting: one state of the record, and the way to the index.
        record: the record's own reader, for what is of identity: which acts stand, which verbs there are.
    """

    def __init__(self, sitting: Sitting, record: FeedReader) -> None:
        super().__init__(sitting)
        self._record = record
        self._verbs: list[str] | None = None
        self._weighed: dict[tuple[Held, tuple[float, float]], Held] = {}

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

    def nearest(self, query: FeedQuery, vector: Sequence[float], size: int) -> list[Item]:
        """The nearest acts, by the index where it has vectors of that many dimensions, else by the record."""
        feed, found = self._feed(query), None
        if self._sitting.generation.vector_dims == len(vector):
            found = nearest_here(feed, vector, size, partial(self._nearest, feed))
        return self._record.nearest(query, vector, size) if found is None else found

    def _nearest(self, feed: Feed, towards: list[float], size: int) -> list[Act]:
        indexes = tuple(name for span in self._spans(feed.compiled, None, True) for name in span)
        if not indexes:
            return []
        knn = {"field": "vector", "query_vector": towards, "k": size, "num_candidates": size}
        body = {"knn": {**knn, "filter": feed.compiled.clause}, "size": size, "_source": list(ACT_SOURCE)}
        return self._acts(self._sitting.asker.ask([Search(indexes, body)])[0])

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

    def cells(
        self, query: FeedQuery, cells: Sequence[Cell], size: int, cap: int | None, actors: bool = False
    ) -> list[CellAnswer]:
        """Counts and newest acts of many parts of a feed, all in one round trip where the index can count them."""
        feeds = [self._feed(cell.within(query)) for cell in cells]
        return self._sitting.asker.together(
            [lambda feed=feed: self._cell(feed, size, cap, actors) for feed in feeds]  # type: ignore[misc]
        )

    def count(self, query: FeedQuery, cap: int | None) -> int:
        """How many acts a feed has, counted to `cap`."""
        return self._cell(self._feed(query), 0, cap, actors=False).count

    def count_values(self, query: FeedQuery, facet: Facet, cap: int) -> int:
        """How many values of a facet a feed has, counted to `cap`."""
        return len(self.heads(query, facet, None, cap, frozenset()))

    def tally(self, query: FeedQuery, facet: Facet, size: int, kinds: tuple[str, ...] = ()) -> Tally:
        """The values of a facet with the most acts."""
        feed = self._feed(query)
        question = self._question(feed, facet, size, kinds)
        if not feed.compiled.exact:
            return tallied_here(question, self._every(feed))
        return tallied(self._sitting.asker, question, feed.fresh)

    def distinct(self, query: FeedQuery, cells: Sequence[Cell], facet: Facet) -> list[int]:
        """How many values of a facet each part has, all parts in one round trip as a rule."""
        feeds = [self._feed(cell.within(query)) for cell in cells]
        return self._sitting.asker.together(partial(self._values_of, feed, facet) for feed in feeds)

    def _values_of(self, feed: Feed, facet: Facet) -> int:
        question = self._question(feed, facet, 0, ())
        if not feed.compiled.exact:
            return distinct_here(question, self._every(feed))
        return distinct(self._sitting.asker, question, feed.fresh)

    def _question(self, feed: Feed, facet: Facet, size: int, kinds: tuple[str, ...]) -> Question:
        return Question(self._everywhere(feed), feed.compiled.clause, facet, size, kinds)

    def spread(self, query: FeedQuery, stretches: Sequence[tuple[int, int]]) -> list[int]:
        """How many acts each stretch of time has, in one search."""
        within = [(since, until) for since, until in stretches if since < until]
        if not within:
            return [0] * len(stretches)
        feed = self._feed(Cell((), within[0][0], within[-1][1]).within(query))
        if not feed.compiled.exact:
            return spread_here(stretches, self._every(feed))
        return spread(self._sitting.asker, self._everywhere(feed), feed.compiled.clause, stretches, feed.fresh)

    # Of identity: the record's

    def verbs(self) -> list[str]:
        """Every verb that was ever stored."""
        if self._verbs is None:
            self._verbs = self._record.verbs()
        return self._verbs

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
        return self._ordered(self._feed(query), edge, size, newest=newest)

    def _ordered(self, feed: Feed, edge: OrderKey | None, size: int, *, newest: bool = True) -> list[Act]:
        found = self._found(feed, edge, size, newest) if size > 0 else []
        beyond = [act for act in feed.fresh if edge is None or (act.key < edge if newest else act.key > edge)]
        return sorted([*found, *beyond], key=lambda act: act.key, reverse=newest)[:size]

    def _found(self, feed: Feed, edge: OrderKey | None, size: int, newest: bool) -> list[Act]:
        """What the index has, a span of buckets after the other, judged, until there is enough."""
        found: list[Act] = []
        for indexes in self._spans(feed.compiled, edge, newest):
            at = edge
            while len(found) < size:
                wanted = size - len(found)
                # What the query finds too much is asked for along.
                asked = min(wanted if feed.compiled.exact else wanted + max(wanted, 10), _HITS)
                body = {**_in_order(feed.compiled, newest), "size": asked, "track_total_hits": False}
                if at is not None:
                    body["search_after"] = [at.position, at.id]
                hits = self._acts(self._sitting.asker.ask([Search(indexes, body)])[0])
                found += [act for act in hits if feed.rules.admit(act)]
                if len(hits) < asked:
                    break
                at = hits[-1].key
            if len(found) >= size:
                break
        return found[:size]

    def _acts(self, answer: Answer) -> list[Act]:
        with making_sense():
            return [Act.of(source) for source in answer.sources]

    def _spans(self, query: Compiled, edge: OrderKey | None, newest: bool) -> Iterator[tuple[str, ...]]:
        """The indexes to search, few first: a busy month holds a page, a quiet network needs many."""
        low, high = query.low, query.high
        if edge is not None:
            low, high = (low, min(high, edge.position + 1)) if newest else (max(low, edge.position), high)
        if query.nothing or low >= high:
            return
        generation, names = self._sitting.generation, self._sitting.names
        ordered = reversed(generation.buckets) if newest else generation.buckets
        buckets = overlapping(ordered, position_ms(low), position_ms(high - 1) + 1)
        width, at = 0, 0
        while at < len(buckets):
            if width == 0:
                acts = 0
                while at + width < len(buckets) and (width == 0 or acts + buckets[at + width].acts <= _FIRST_ACTS):
                    acts += buckets[at + width].acts
                    width += 1
            yield tuple(names.acts(generation, bucket) for bucket in buckets[at : at + width])
            at, width = at + width, max(width, 1) * _NEXT_BUCKETS

    # Counting

    def _cell(self, feed: Feed, size: int, cap: int | None, actors: bool) -> CellAnswer:
        if not feed.compiled.exact:
            return self._counted_one_by_one(feed, size, cap, actors)
        answer = self._counted(feed, size, cap, actors)
        acts = sorted([*self._acts(answer), *feed.fresh], key=lambda act: act.key, reverse=True)
        names = set(answer.keys("actors")) if actors and answer.aggregations else set()
        distinct = len(names | {act.actor for act in feed.fresh}) if actors else 0
        count = answer.total + len(feed.fresh) if cap != 0 else 0
        items = tuple(act.item(feed.query) for act in acts[:size])
        return CellAnswer(count if cap is None else min(count, cap), items, distinct)

    def _everywhere(self, feed: Feed) -> tuple[str, ...]:
        """Every index that can have acts of a feed."""
        return tuple(name for span in self._spans(feed.compiled, None, True) for name in span)

    def _counted(self, feed: Feed, size: int, cap: int | None, actors: bool) -> Answer:
        indexes = self._everywhere(feed)
        if not indexes:
            return Answer((), 0, {})
        total = {None: True, 0: False}.get(cap, cap)
        body = {**_in_order(feed.compiled, True), "size": size, "track_total_hits": total}
        if actors:
            body["aggs"] = {"actors": {"terms": {"field": "actor", "size": _ACTORS}}}
        return self._sitting.asker.ask([Search(indexes, body)])[0]

    def _counted_one_by_one(self, feed: Feed, size: int, cap: int | None, actors: bool) -> CellAnswer:
        """Counts by judging every act: where links begin at many different times inside the part."""
        acts = self._every(feed, None if cap is None else max(size, cap))
        counted = acts if cap is None else acts[:cap]
        items = tuple(act.item(feed.query) for act in acts[:size])
        return CellAnswer(len(counted), items, len({act.actor for act in counted}) if actors else 0)

    def _every(self, feed: Feed, limit: int | None = None) -> list[Act]:
        """All acts of a feed, or the first so many, newest first."""
        acts: list[Act] = []
        while limit is None or len(acts) < limit:
            step = _WIDEST if limit is None else min(limit - len(acts), _WIDEST)
            more = self._ordered(feed, acts[-1].key if acts else None, step)
            acts += more
            if len(more) < step:
                break
        return acts

    # What a query needs

    def _feed(self, query: FeedQuery) -> Feed:
        sights = self._sights(query)
        rules = Rules(query, sights)
        overlay = self._sitting.overlay
        fresh = tuple(act for act in overlay.standing if rules.admit(act))
        return Feed(query, compiled(query, sights, overlay.ids), rules, fresh)

    def _sights(self, query: FeedQuery) -> Sights:
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


def _in_order(query: Compiled, newest: bool) -> dict[str, Any]:
    direction = "desc" if newest else "asc"
    return {
        "query": query.clause,
        "sort": [{"position": direction}, {"id": direction}],
        "_source": list(ACT_SOURCE),
    }
