"""Counts and newest acts of parts of a feed: told by the index where it can, else by judging act after act."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from feedsite.feeds.query import Cell, Facet, FeedQuery, Scope
from feedsite.feeds.stores.base import CellAnswer, Tally
from feedsite.feeds.stores.elasticsearch.acts import Act
from feedsite.feeds.stores.elasticsearch.asking import Answer, Search
from feedsite.feeds.stores.elasticsearch.compile import Compiled
from feedsite.feeds.stores.elasticsearch.grid import MOST_ACTS, NOTHING, Grid, Told, grids
from feedsite.feeds.stores.elasticsearch.reaching import Spans, name_of
from feedsite.feeds.stores.elasticsearch.reading import Feed, OrderedReader, in_order
from feedsite.feeds.stores.elasticsearch.spreading import spread, spread_here
from feedsite.feeds.stores.elasticsearch.tallying import Question, distinct, distinct_here, tallied, tallied_here

_WIDEST = 8192
_ACTORS = 65_535
"""Distinct actors that one search counts; Elasticsearch gives at most 65,536 groups."""


class IndexReader(OrderedReader):
    """Answers how much a feed and its parts hold."""

    def cells(
        self, query: FeedQuery, cells: Sequence[Cell], size: int, cap: int | None, actors: bool = False
    ) -> list[CellAnswer]:
        """Counts and newest acts of many parts of a feed, all in one round trip where the index can count them."""
        feeds = [self._feed(cell.within(query)) for cell in cells]
        together = [] if size > MOST_ACTS else [grid for grid in grids(cells) if _is_cheap(query, grid)]
        answers: dict[int, CellAnswer] = {}

        def ask(grid: Grid) -> None:
            found = self._of_grid(grid, query, feeds, size, cap, actors)
            answers.update(found)
            self._sitting.asker.together([partial(ask_one, at) for at in grid.cells if at not in found])

        def ask_one(at: int) -> None:
            answers[at] = self._cell(feeds[at], size, cap, actors)

        single = set(range(len(cells))).difference(*(grid.cells for grid in together))
        questions: list[Callable[[], None]] = [lambda grid=grid: ask(grid) for grid in together]  # type: ignore[misc]
        questions += [lambda at=at: ask_one(at) for at in sorted(single)]  # type: ignore[misc]
        self._sitting.asker.together(questions)
        return [answers[at] for at in range(len(cells))]

    def count(self, query: FeedQuery, cap: int | None) -> int:
        """How many acts a feed has, counted to `cap`."""
        return self._cell(self._feed(query), 0, cap, actors=False).count

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
        return Question(self._everywhere(feed.compiled), feed.compiled.clause, facet, size, kinds)

    def spread(self, query: FeedQuery, stretches: Sequence[tuple[int, int]]) -> list[int]:
        """How many acts each stretch of time has, in one search."""
        within = [(since, until) for since, until in stretches if since < until]
        if not within:
            return [0] * len(stretches)
        feed = self._feed(Cell((), within[0][0], within[-1][1]).within(query))
        if not feed.compiled.exact:
            return spread_here(stretches, self._every(feed))
        return spread(self._sitting.asker, self._everywhere(feed.compiled), feed.compiled.clause, stretches, feed.fresh)

    # Counting

    def _of_grid(
        self, grid: Grid, query: FeedQuery, feeds: Sequence[Feed], size: int, cap: int | None, actors: bool
    ) -> dict[int, CellAnswer]:
        """The parts of a grid, as far as the index can count them together."""
        compiled = self._countable(self._feed(grid.within(query)))
        if not compiled.exact:
            return {}
        aggregations = grid.aggregations(size, actors=actors)
        body = {"query": compiled.clause, "size": 0, "track_total_hits": False, "aggs": aggregations}
        answer = self._searched(compiled, body)
        told = grid.told(answer, actors=actors) if answer.aggregations else dict.fromkeys(grid.cells, NOTHING)

        def of(at: int, part: Told) -> CellAnswer:
            names = part.actors | {act.actor for act in feeds[at].fresh}
            return _answer(feeds[at], part.count, self._made(part.newest), size, cap, len(names) if actors else 0)

        return {at: of(at, part) for at, part in told.items()}

    def _cell(self, feed: Feed, size: int, cap: int | None, actors: bool) -> CellAnswer:
        compiled = self._countable(feed)
        if not compiled.exact:
            return self._counted_one_by_one(feed, size, cap, actors)
        total = {None: True, 0: False}.get(cap, cap)
        body = {**in_order(compiled, True), "size": size, "track_total_hits": total}
        if actors:
            body["aggs"] = {"actors": {"terms": {"field": "actor", "size": _ACTORS}}}
        if cap and not actors:
            total, sources = self._newest_first(feed, compiled, body, max(cap, size))
            return _answer(feed, total, self._made(sources[:size]), size, cap)
        answer = self._searched(compiled, body)
        names = set(answer.keys("actors")) if actors and answer.aggregations else set()
        distinct = len(names | {act.actor for act in feed.fresh}) if actors else 0
        return _answer(feed, answer.total, self._made(answer.sources), size, cap, distinct)

    def _newest_first(
        self, feed: Feed, query: Compiled, body: dict[str, Any], enough: int
    ) -> tuple[int, list[dict[str, Any]]]:
        """How many acts a feed has and its newest, from the few newest indexes where those hold enough."""
        buckets, reach = self._buckets(query, None, True), self._sitting.reach
        name = (
            "counted",
            f"{name_of(feed.query)} {sorted((facet.value, values) for facet, values in feed.query.where.items())}",
        )
        together = query.of_one or bool(reach.of(name))
        first = len(buckets) if together else Spans(buckets, newest=True).first
        total = 0
        sources: list[dict[str, Any]] = []
        for span in (buckets[:first], buckets[first:]):
            if span and total < enough:
                answer = self._sitting.asker.ask([Search(self._names(span), body)])[0]
                total, sources = total + answer.total, [*sources, *answer.sources]
        if first < len(buckets) and total < enough:
            # Next time all are asked together.
            reach.note(name, len(buckets))
        return total, sources

    def _searched(self, query: Compiled, body: dict[str, Any]) -> Answer:
        indexes = self._everywhere(query)
        return self._sitting.asker.ask([Search(indexes, body)])[0] if indexes else Answer((), 0, {})

    def _countable(self, feed: Feed) -> Compiled:
        """The feed as the index can count it: where most of its sources have nothing so new, without those."""
        stretch = self._pruner.known_since(feed.query, feed.sights)
        return feed.part(stretch)

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


def _is_cheap(query: FeedQuery, grid: Grid) -> bool:
    """Whether going through all acts of a grid costs less than asking for its parts, which end when they have enough.

    The acts of a month, or of a few things, are few; those of everybody, or of all times, are not.
    """
    if any(facet is not Facet.VERB for facet in grid.facets):
        return True
    bounded = grid.since_ms is not None or query.since_ms is not None
    return bounded and query.scope is not Scope.EVERYBODY


def _answer(feed: Feed, told: int, found: Sequence[Act], size: int, cap: int | None, actors: int = 0) -> CellAnswer:
    """What the index says of a part, and what is laid over it."""
    acts = sorted([*found, *feed.fresh], key=lambda act: act.key, reverse=True)
    count = told + len(feed.fresh) if cap != 0 else 0
    items = tuple(act.item(feed.query) for act in acts[:size])
    return CellAnswer(count if cap is None else min(count, cap), items, actors)
