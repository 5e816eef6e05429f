"""Many parts of one feed, each a stretch of time or the acts with some values, by one statement or two."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from feedsite.feeds.order import OrderKey, floor_position
from feedsite.feeds.page import Item
from feedsite.feeds.query import Cell, Facet, FeedQuery, Scope
from feedsite.feeds.stores.sql import statements
from feedsite.feeds.stores.sql.shape import Shape

_EVER = (-(2**63) + 1, 2**63 - 1)

PartTold = tuple[int, int, list[OrderKey]]
"""How many acts a part has, how many did them, and its newest order keys; what is not asked for is 0 or empty."""


class Parts:
    """Asks about parts of one feed.

    Args:
        query, shape: the feed.
        rows: what a statement of the feed finds: called with further values, and with what makes the statement.
        newest: the newest acts of a feed: called with a query and how many.
        dialect: of the database.
    """

    def __init__(
        self,
        query: FeedQuery,
        shape: Shape,
        rows: Callable[..., Sequence[Any]],
        newest: Callable[[FeedQuery, int], Sequence[Item]],
        dialect: str,
    ) -> None:
        self._query, self._rows, self._newest, self._dialect = query, rows, newest, dialect
        # A database that is told of the feed's own time too may go along that, and not along the part's.
        self._shape = replace(shape, since=False, until=False)

    def told(self, cells: Sequence[Cell], size: int, cap: int | None, actors: bool) -> list[PartTold]:
        """What each part holds.

        Args:
            cells: the parts, all with the same facets.
            size: how many of the newest acts.
            cap: count no further; 0: not at all, None: all.
            actors: whether to count who did them.
        """
        names, packed = self._packed(cells)
        if cap and cap > 1 and size and not actors and self._is_of_network(names):
            return self._of_network(cells, names, packed, size, cap)
        asked = statements.PartsAsked(cap=bool(cap), count=cap != 0, actors=actors, newest=size > 0)
        values = {"parts": packed, "size": size, "cap": cap}
        rows = self._rows(values, statements.parts, self._shape, names, self._dialect, asked)
        # Of a feed without any source there is no statement.
        return [(*_parsed(row[1]), _order_keys(row[2])) for row in rows] if rows else [(0, 0, []) for _ in cells]

    def distinct(self, cells: Sequence[Cell], facet: Facet) -> list[int]:
        """How many values of a facet each part has."""
        names, packed = self._packed(cells)
        rows = self._rows({"parts": packed}, statements.distinct_in_parts, self._shape, names, self._dialect, facet)
        return [int(row[1]) for row in rows] if rows else [0] * len(cells)

    def _is_of_network(self, names: tuple[str, ...]) -> bool:
        """Whether they are stretches of time of what somebody's network does, or verbs in them."""
        follows = self._query.scope is Scope.NETWORK and self._shape.sight.follows
        return follows and set(names) <= {Facet.VERB.value}

    def _of_network(
        self, cells: Sequence[Cell], names: tuple[str, ...], packed: str, size: int, cap: int
    ) -> list[PartTold]:
        """What parts of a network's feed hold, which has no index that it is read along in order.

        A part that has fewer acts than are counted is gone through: its newest are among them.
        """
        values = {"parts": packed, "size": size, "cap": cap}
        rows = self._rows(values, statements.few_parts, self._shape, names, self._dialect)
        found = [_parsed(row[1]) for row in rows]
        busy = [cell for cell, (count, _) in zip(cells, found, strict=True) if count >= cap]
        newest = iter(self._newest_of_busy(busy, size))
        return [(count, 0, next(newest) if count >= cap else _order_keys(keys)) for count, keys in found]

    def _newest_of_busy(self, cells: Sequence[Cell], size: int) -> list[list[OrderKey]]:
        """The newest acts of parts of a network's feed that have more than are counted.

        In a stretch of time every few acts of everybody's is one: they are found along the order of time. Where a part
        goes on to the present, that may be long ago: its newest are those of a feed.
        """
        if not cells:
            return []
        if any(until is None for _, until in map(self._within, cells)):
            feeds = [cell.within(self._query) for cell in cells]
            return [[item.key for item in self._newest(feed, size)] for feed in feeds]
        names, packed = self._packed(cells)
        values = {"parts": packed, "size": size}
        rows = self._rows(values, statements.newest_of_busy_parts, self._shape, names, self._dialect)
        return [_order_keys(row[1]) for row in rows]

    def _packed(self, cells: Sequence[Cell]) -> tuple[tuple[str, ...], str]:
        """The facets that parts name, and the parts as their statement takes them."""
        names = tuple(facet.value for facet, _ in cells[0].values)
        rows = [_packed(number, cell, self._within(cell), names) for number, cell in enumerate(cells)]
        return names, json.dumps(rows)

    def _within(self, cell: Cell) -> tuple[int | None, int | None]:
        """The time of a part, in milliseconds, within the feed's own."""
        part = replace(cell, values=()).within(self._query)
        return part.since_ms, part.until_ms


def _packed(number: int, cell: Cell, time: tuple[int | None, int | None], names: tuple[str, ...]) -> list[Any]:
    if tuple(facet.value for facet, _ in cell.values) != names:
        raise ValueError("the parts of one question have the same facets")
    since, until = (end if ms is None else floor_position(ms) for ms, end in zip(time, _EVER, strict=True))
    return [number, since, until, *(value for _, value in cell.values)]


def _parsed(packed: Any) -> Any:
    """What a JSON value holds: SQLite gives the text, PostgreSQL's driver the value."""
    return json.loads(packed) if isinstance(packed, str) else packed


def _order_keys(packed: Any) -> list[OrderKey]:
    return sorted((OrderKey(position, identifier) for position, identifier in _parsed(packed) or ()), reverse=True)
