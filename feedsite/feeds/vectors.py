"""How near vectors are to each other: in Python, in one order of operations, so that every store says the same."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from heapq import heappush, heappushpop

from feedsite.feeds.page import Item
from feedsite.feeds.scoring import Rank

_SINGLE = 2.0**-24


def unit(vector: Sequence[float]) -> tuple[float, ...] | None:
    """The vector of length 1 in the same direction; None: all of its numbers are 0, it has none."""
    largest = max(map(abs, vector), default=0.0)
    if not largest:
        return None
    # Of the largest number first: squares of what is very large or very small are no numbers any more.
    scaled = [value / largest for value in vector]
    length = math.hypot(*scaled)
    return tuple(value / length for value in scaled)


class Nearest:
    """Gathers the acts whose vectors point the most in one direction: the greatest cosine first, then the newest.

    What has no vector, one of another number of dimensions, or one without direction never belongs to them.

    Args:
        vector: the direction.
        size: how many are kept.
    """

    def __init__(self, vector: Sequence[float], size: int) -> None:
        self.towards, self._size = unit(vector), size
        self._best: list[tuple[Rank, Item]] = []

    def cosine(self, vector: Sequence[float] | None) -> float | None:
        """How near a vector is, from -1 to 1; None: it cannot be said."""
        if self.towards is None or vector is None or len(vector) != len(self.towards):
            return None
        direction = unit(vector)
        if direction is None:
            return None
        return math.fsum(one * other for one, other in zip(direction, self.towards, strict=True))

    def add(self, items: Iterable[Item]) -> None:
        """Consider acts; each is given once."""
        for item in items:
            cosine = self.cosine(item.vector)
            if cosine is None:
                continue
            entry = (Rank(cosine, item.key), item)
            if len(self._best) < self._size:
                heappush(self._best, entry)
            else:
                heappushpop(self._best, entry)

    @property
    def items(self) -> list[Item]:
        """The nearest of them, the nearest first."""
        return [item for _, item in sorted(self._best, key=_rank, reverse=True)]

    def is_whole(self, cosines: Iterable[float]) -> bool:
        """Whether nothing is missing among the nearest, given the cosines of what an index of single precision found.

        What it left out is no nearer than the farthest of these, but for what single precision can be wrong by: half a
        unit in the last place (2**-24) for each number and each sum, twice over.
        """
        if len(self._best) < self._size or self.towards is None:
            return False
        slack = (4 * len(self.towards) + 16) * _SINGLE
        return self._best[0][0].score > min(cosines, default=math.inf) + slack


def _rank(entry: tuple[Rank, Item]) -> Rank:
    return entry[0]
