"""Answers from the newest acts that concern a reader, fetched once for a page.

The list, the badge and the pane ask many questions about the same few acts. The newest of them are fetched together;
what can be told from them alone is told without asking again, and only the rest goes to the index.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import takewhile

from feedsite.feeds.cursor import short_hash
from feedsite.feeds.order import OrderKey, position_ms
from feedsite.feeds.page import Item
from feedsite.feeds.query import Cell, Facet, FeedQuery, Scope
from feedsite.feeds.stores.base import CellAnswer, FeedReader, Head
from feedsite.feeds.stores.elasticsearch.acts import Act
from feedsite.feeds.stores.elasticsearch.asking import Pending
from feedsite.feeds.stores.elasticsearch.compile import limits
from feedsite.feeds.stores.elasticsearch.counting import IndexReader
from feedsite.feeds.stores.elasticsearch.sitting import Sitting


@dataclass(frozen=True)
class Window:
    """The newest acts that concern a reader.

    Args:
        base: the query for them.
        acts: newest first.
        size: how many were asked for: as many as there are, there may be others.
    """

    base: FeedQuery
    acts: list[Act]
    size: int


@dataclass(frozen=True)
class Part:
    """The acts of a query that its window shows.

    Args:
        acts: newest first.
        whole: whether the query has no others.
        query: the query.
    """

    acts: Sequence[Act]
    whole: bool
    query: FeedQuery


class WindowReader(IndexReader):
    """An index reader that looks into a window first.

    Args:
        sitting, record: see IndexReader.
        window: how many acts are fetched; 0: no window.
    """

    def __init__(self, sitting: Sitting, record: FeedReader, window: int) -> None:
        super().__init__(sitting, record)
        self._size = window
        self._windows: list[Window] = []
        # Of the windows that were asked for, whether their acts are here or not.
        self._named_bases: list[FeedQuery] = []
        self._groups: dict[tuple[int, tuple[str, ...]], dict[str, list[Act]]] = {}

    def newest(self, query: FeedQuery, before: OrderKey | None, size: int) -> list[Item]:
        """The newest acts of a feed, all older than `before`."""
        part = self._part(query, before)
        if part is not None:
            acts = [act for act in part.acts if before is None or act.key < before]
            if part.whole or len(acts) >= size:
                return [act.item(query) for act in acts[:size]]
        return super().newest(query, before, size)

    def oldest(self, query: FeedQuery, after: OrderKey | None, size: int) -> list[Item]:
        """The oldest acts of a feed, all newer than `after`."""
        part = self._part(query)
        if part is not None and part.whole:
            acts = [act for act in reversed(part.acts) if after is None or act.key > after]
            return [act.item(query) for act in acts[:size]]
        return super().oldest(query, after, size)

    def heads(
        self, query: FeedQuery, facet: Facet, before: OrderKey | None, size: int, shown: frozenset[str]
    ) -> list[Head]:
        """The newest act of each value of a facet, newest first."""
        if before is not None and query.scope is Scope.CONCERNS and self._size:
            # What these groups hold will be asked next, and that looks into the window.
            with suppress(Pending):
                self._window(query)
        part = self._part(query, before)
        if part is not None:
            found: dict[str, Act] = {}
            for act in part.acts:
                value = act.value(facet, query.ungrouped)
                if value is not None and (before is None or act.key < before) and short_hash(value) not in shown:
                    found.setdefault(value, act)
            if part.whole or len(found) >= size:
                return [Head(value, act.item(query)) for value, act in list(found.items())[:size]]
        return super().heads(query, facet, before, size, shown)

    def cells(
        self, query: FeedQuery, cells: Sequence[Cell], size: int, cap: int | None, actors: bool = False
    ) -> list[CellAnswer]:
        """Counts and newest acts of many parts of a feed; those that the window shows wholly are not asked for."""
        parts = [self._part(cell.within(query)) for cell in cells]
        told = [self._cell_of(part, size, cap, actors) for part in parts]
        # The newest of most are in the window: of those the index only counts the others.
        counted = [at for at, answer in enumerate(told) if answer is None and _holds(parts[at], size)]
        rest = [at for at, answer in enumerate(told) if answer is None and not _holds(parts[at], size)]
        for at, answer in self._asked(
            query, cells, {**dict.fromkeys(rest, size), **dict.fromkeys(counted, 0)}, cap, actors
        ):
            told[at] = replace(answer, items=_items(parts[at], size)) if at in counted else answer
        return [answer for answer in told if answer is not None]

    def _asked(
        self, query: FeedQuery, cells: Sequence[Cell], sizes: dict[int, int], cap: int | None, actors: bool
    ) -> Iterator[tuple[int, CellAnswer]]:
        """The index's answers about some of the cells, by their numbers, with as many acts as each needs."""
        by_size: dict[int, list[int]] = {}
        for at, size in sizes.items():
            by_size.setdefault(size, []).append(at)
        ask = super().cells
        questions = [partial(ask, query, [cells[at] for at in ats], size, cap, actors) for size, ats in by_size.items()]
        for ats, answers in zip(by_size.values(), self._sitting.asker.together(questions), strict=True):
            yield from zip(ats, answers, strict=True)

    def count(self, query: FeedQuery, cap: int | None) -> int:
        """How many acts a feed has, counted to `cap`."""
        part = self._part(query)
        answer = self._cell_of(part, 0, cap, actors=False)
        return super().count(query, cap) if answer is None else answer.count

    def _cell_of(self, part: Part | None, size: int, cap: int | None, actors: bool) -> CellAnswer | None:
        if part is None or not (part.whole or (cap is not None and len(part.acts) >= max(size, cap))):
            return None
        counted = part.acts[:cap]
        return CellAnswer(len(counted), _items(part, size), len({act.actor for act in counted}) if actors else 0)

    # The window

    def _part(self, query: FeedQuery, before: OrderKey | None = None) -> Part | None:
        """What the window shows of a query; None: there is no window, or a later page does without it."""
        if query.scope is not Scope.CONCERNS or self._size == 0:
            return None
        # A later page lies beyond the window as a rule: it does not wait for it.
        if before is not None and not any(window.base == self._named(query) for window in self._windows):
            return None
        window = self._window(query)
        acts = window.acts
        rules = self._feed(query).rules
        low, high = limits(query)
        whole = len(acts) < window.size or low > acts[-1].key.position or low >= high
        # Newest first: what is older than the query's beginning need not be judged.
        known = list(takewhile(lambda act: act.key.position >= low, self._candidates(query, acts)))
        return Part([act for act in known if rules.admit(act)], whole, query)

    def _candidates(self, query: FeedQuery, acts: list[Act]) -> Sequence[Act]:
        """The acts of a window that a question about one group can mean."""
        values = query.where.get(Facet.NOTICE, ())
        if len(values) != 1:
            return acts
        name = (id(acts), query.ungrouped)
        if name not in self._groups:
            groups: dict[str, list[Act]] = {}
            for act in acts:
                groups.setdefault(act.value(Facet.NOTICE, query.ungrouped) or "", []).append(act)
            self._groups[name] = groups
        return self._groups[name].get(values[0], ())

    def _window(self, query: FeedQuery) -> Window:
        base = self._named(query)
        found = next((window for window in self._windows if window.base == base), None)
        if found is None:
            self._named_bases.append(base)
            found = Window(base, self.acts(base, None, self._size), self._size)
            self._windows.append(found)
        return found

    def _named(self, query: FeedQuery) -> FeedQuery:
        """The base of a query's window: from its marker on, but where all of it is asked for anyway."""
        base = _base(query)
        everything = base.but(since_ms=None)
        return everything if everything in self._named_bases else base


def _holds(part: Part | None, size: int) -> bool:
    return part is not None and len(part.acts) >= size > 0


def _items(part: Part | None, size: int) -> tuple[Item, ...]:
    return () if part is None else tuple(act.item(part.query) for act in part.acts[:size])


def _base(query: FeedQuery) -> FeedQuery:
    """The query without what the questions about one reader differ in.

    Pane and badge ask for what is new alone: whoever has read up to yesterday has no use for the months before.
    """
    fresh = query.freshness
    least = None if fresh is None or not fresh.new else fresh.read_least
    return query.but(
        where={},
        without={},
        touching=(),
        words=(),
        object_types=(),
        since_ms=None if least is None else position_ms(least),
        until_ms=None,
        ungrouped=(),
        freshness=None,
        ids=(),
        weights=None,
    )
