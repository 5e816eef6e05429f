"""The best acts of a feed by a score of weight and instant, exact, from few of its acts.

Of acts that links of one weight brought, the best are the newest. So the newest of each weight are asked for, and the
best among them are the best of all: whatever is left out has as many better ones before it. Where links have many
different weights, these are taken in classes; what is left out of a class scores no more than its highest weight would
at the instant where reading stopped, and while that could still be among the best, the class is divided.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from feedsite.feeds.composing.context import Context
from feedsite.feeds.cursor import short_hash
from feedsite.feeds.order import EARLIEST, OrderKey, floor_position, milliseconds, position_ms
from feedsite.feeds.page import Item
from feedsite.feeds.query import Cell, FeedQuery, Scope
from feedsite.feeds.scoring import Rank, Scoring

REMEMBERED = 350
"""Acts that a cursor remembers as shown: 8 characters for each, so that it stays below 4 KB."""
_CLASSES, _PARTS = 8, 4
_BEGINNING = milliseconds(EARLIEST)


@dataclass
class _Stream:
    """The newest acts of a part of the feed that links of some weights brought.

    Args:
        cell: the part.
        weights: ascending; empty: whatever brought them, nothing is weighed.
        at: the key up to which it has been read; None: from the newest on.
        ended: whether there are no more.
    """

    cell: Cell
    weights: tuple[float, ...]
    at: OrderKey | None = None
    ended: bool = False

    @property
    def bounds(self) -> tuple[float, float] | None:
        return (self.weights[0], self.weights[-1]) if self.weights else None

    def could_give(self, worst: Rank, scoring: Scoring) -> bool:
        """Whether an act that has not been read may come before one that has."""
        if self.at is None:
            return True
        heaviest = self.weights[-1] if self.weights else 1.0
        return Rank(scoring.score(heaviest, position_ms(self.at.position)), self.at) > worst

    def divided(self) -> list[_Stream]:
        """The same by fewer weights each."""
        step = math.ceil(len(self.weights) / _PARTS)
        return [replace(self, weights=self.weights[at : at + step]) for at in range(0, len(self.weights), step)]


class Ranking:
    """Finds the best acts of parts of a feed.

    Args:
        context: the page in the making.
        query: the feed.
        scoring: scores its acts.
        below: only what ranks below this (None: all).
        shown: short hashes of acts that are left out.
    """

    def __init__(
        self,
        context: Context[Any],
        query: FeedQuery,
        scoring: Scoring,
        *,
        below: Rank | None = None,
        shown: frozenset[str] = frozenset(),
    ) -> None:
        self._context, self._query, self._scoring = context, query, scoring
        self._below, self._shown = below, shown

    def best(self, cells: Sequence[Cell], size: int) -> list[list[tuple[Rank, Item]]]:
        """The best acts of each part, at most `size`, best first, explained."""
        streams = [stream for cell in cells for stream in self._streams(cell)]
        found: dict[Cell, dict[OrderKey, tuple[Rank, Item]]] = {cell: {} for cell in cells}
        window = size + len(self._shown)
        while streams:
            self._read(streams, window, found)
            streams = [
                part
                for stream in streams
                if not stream.ended and self._is_open(stream, found[stream.cell], size)
                for part in self._next(stream)
            ]
            window *= 2
        return [self._ordered(found[cell])[:size] for cell in cells]

    def _streams(self, cell: Cell) -> list[_Stream]:
        """A stream for each weight; where there are many, for each class of neighbours."""
        context = self._context
        if not context.bringing or self._query.owner is None:
            return [_Stream(cell, ())]
        found = set(context.reader.weights(self._query.owner, context.bringing, self._query.as_of))
        if self._query.scope is Scope.CONCERNS:
            found.add(1.0)
        weights = sorted(found)
        step = math.ceil(len(weights) / _CLASSES) or 1
        return [
            stream
            for at in range(0, len(weights), step)
            if (stream := self._begun(_Stream(cell, tuple(weights[at : at + step])))) is not None
        ]

    def _begun(self, stream: _Stream) -> _Stream | None:
        """The stream from where what ranks below the bound can begin; None: it has nothing there."""
        if self._below is None or not stream.weights:
            return stream
        latest = self._scoring.latest(stream.weights[0], self._below.score)
        if latest < _BEGINNING:
            return None
        return stream if latest == math.inf else replace(stream, at=OrderKey(floor_position(math.ceil(latest) + 1), ""))

    def _next(self, stream: _Stream) -> list[_Stream]:
        if len(stream.weights) < 2:
            return [stream]
        # From the beginning again: what one of its classes has was cut by what another one has.
        parts = (replace(part, at=None) for part in stream.divided())
        return [begun for part in parts if (begun := self._begun(part)) is not None]

    def _is_open(self, stream: _Stream, found: dict[OrderKey, tuple[Rank, Item]], size: int) -> bool:
        best = self._ordered(found)[:size]
        return len(best) < size or stream.could_give(best[-1][0], self._scoring)

    @staticmethod
    def _ordered(found: dict[OrderKey, tuple[Rank, Item]]) -> list[tuple[Rank, Item]]:
        return sorted(found.values(), key=lambda pair: pair[0], reverse=True)

    def _read(
        self, streams: Sequence[_Stream], window: int, found: dict[Cell, dict[OrderKey, tuple[Rank, Item]]]
    ) -> None:
        """A window of each stream; what it gives is explained, scored and kept."""
        answers = self._windows(streams, window)
        explained = iter(self._context.explained([item for items in answers for item in items]))
        for stream, items in zip(streams, answers, strict=True):
            for _ in items:
                item = next(explained)
                rank = Rank(self._scoring.score(item.weight, position_ms(item.key.position)), item.key)
                if self._is_wanted(rank):
                    found[stream.cell][item.key] = (rank, item)
            if items:
                stream.at = items[-1].key
            stream.ended = len(items) < window

    def _windows(self, streams: Sequence[_Stream], window: int) -> list[list[Item]]:
        """The next acts of each stream, all asked for together."""
        reader, whole = self._context.reader, all(stream.at is None for stream in streams)
        cells = list(dict.fromkeys(stream.cell for stream in streams))
        if whole and len(cells) > 1:
            return self._windows_of_cells(streams, window)
        questions = [partial(reader.newest, self._asked(stream), stream.at, window) for stream in streams]
        reader.ahead(*questions)
        return [question() for question in questions]

    def _windows_of_cells(self, streams: Sequence[_Stream], window: int) -> list[list[Item]]:
        """The same where many parts begin: one question for each class of weights."""
        reader, asked = self._context.reader, dict.fromkeys(stream.bounds for stream in streams)
        cells = {bounds: [one.cell for one in streams if one.bounds == bounds] for bounds in asked}
        questions = {
            bounds: partial(reader.cells, self._query.but(weights=bounds), inside, window, 0)
            for bounds, inside in cells.items()
        }
        reader.ahead(*questions.values())
        answers = {
            (bounds, cell): list(answer.items)
            for bounds, inside in cells.items()
            for cell, answer in zip(inside, questions[bounds](), strict=True)
        }
        return [answers[stream.bounds, stream.cell] for stream in streams]

    def _asked(self, stream: _Stream) -> FeedQuery:
        return stream.cell.within(self._query).but(weights=stream.bounds)

    def _is_wanted(self, rank: Rank) -> bool:
        if self._below is not None and rank >= self._below:
            return False
        return not self._shown or short_hash(rank.key.id) not in self._shown
