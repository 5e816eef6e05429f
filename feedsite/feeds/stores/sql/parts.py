"""Many parts of one feed, each a stretch of time or the acts with some values, by one statement or two."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from feedsite.feeds.order import OrderKey, floor_position
from feedsite.feeds.query import Cell, Facet, Scope
from feedsite.feeds.stores.sql import statements
from feedsite.feeds.stores.sql.shape import Shape

_EVER = (-(2**63) + 1, 2**63 - 1)

PartTold = tuple[int, int, list[OrderKey]]
"""How many acts a part has, how many did them, and its newest order keys; what is not asked for is 0 or empty."""


@dataclass(frozen=True)
class Parts:
    """Asks about parts of one feed.

    Args:
        rows: what a statement of the feed finds: called with further values, and with what makes the statement.
        scope, shape: of the feed.
        dialect: of the database.
    """

    rows: Callable[..., Sequence[Any]]
    scope: Scope
    shape: Shape
    dialect: str

    def told(self, cells: Sequence[Cell], size: int, cap: int | None, actors: bool) -> list[PartTold]:
        """What each part holds.

        Args:
            cells: the parts, all with the same facets.
            size: how many of the newest acts.
            cap: count no further; 0: not at all, None: all.
            actors: whether to count who did them.
        """
        names, packed = _packed_parts(cells)
        if cap and cap > 1 and size and not actors and self._is_of_network(cells, names):
            return self._of_network(cells, size, cap)
        asked = statements.PartsAsked(cap=bool(cap), count=cap != 0, actors=actors, newest=size > 0)
        values = {"parts": packed, "size": size, "cap": cap}
        rows = self.rows(values, statements.parts, self.shape, names, self.dialect, asked)
        # Of a feed without any source there is no statement.
        return [(*_parsed(row[1]), _order_keys(row[2])) for row in rows] if rows else [(0, 0, []) for _ in cells]

    def distinct(self, cells: Sequence[Cell], facet: Facet) -> list[int]:
        """How many values of a facet each part has."""
        names, packed = _packed_parts(cells)
        rows = self.rows({"parts": packed}, statements.distinct_in_parts, self.shape, names, self.dialect, facet)
        return [int(row[1]) for row in rows] if rows else [0] * len(cells)

    def _is_of_network(self, cells: Sequence[Cell], names: tuple[str, ...]) -> bool:
        """Whether they are stretches of time of what somebody's network does, and verbs in them."""
        bounded = all(cell.since_ms is not None and cell.until_ms is not None for cell in cells)
        follows = self.scope is Scope.NETWORK and self.shape.sight.follows
        return follows and bounded and set(names) <= {Facet.VERB.value}

    def _of_network(self, cells: Sequence[Cell], size: int, cap: int) -> list[PartTold]:
        """What parts of a network's feed hold, which has no index that it is read along in order.

        A part that has fewer acts than are counted is gone through. In any other every few acts of everybody's is one:
        its newest are found along the order of time.
        """
        names, packed = _packed_parts(cells)
        values = {"parts": packed, "size": size, "cap": cap}
        rows = self.rows(values, statements.few_parts, self.shape, names, self.dialect)
        found = [_parsed(row[1]) for row in rows]
        busy = [cell for cell, (count, _) in zip(cells, found, strict=True) if count >= cap]
        newest: Iterator[Any] = iter(())
        if busy:
            values["parts"] = _packed_parts(busy)[1]
            rows = self.rows(values, statements.newest_of_busy_parts, self.shape, names, self.dialect)
            newest = iter([row[1] for row in rows])
        return [(count, 0, _order_keys(next(newest) if count >= cap else keys)) for count, keys in found]


def _packed_parts(cells: Sequence[Cell]) -> tuple[tuple[str, ...], str]:
    """The facets that parts name, and the parts as their statement takes them."""
    names = tuple(facet.value for facet, _ in cells[0].values)
    return names, json.dumps([_packed(number, cell, names) for number, cell in enumerate(cells)])


def _packed(number: int, cell: Cell, names: tuple[str, ...]) -> list[Any]:
    if tuple(facet.value for facet, _ in cell.values) != names:
        raise ValueError("the parts of one question have the same facets")
    since = _EVER[0] if cell.since_ms is None else floor_position(cell.since_ms)
    until = _EVER[1] if cell.until_ms is None else floor_position(cell.until_ms)
    return [number, since, until, *(value for _, value in cell.values)]


def _parsed(packed: Any) -> Any:
    """What a JSON value holds: SQLite gives the text, PostgreSQL's driver the value."""
    return json.loads(packed) if isinstance(packed, str) else packed


def _order_keys(packed: Any) -> list[OrderKey]:
    return sorted((OrderKey(position, identifier) for position, identifier in _parsed(packed) or ()), reverse=True)
