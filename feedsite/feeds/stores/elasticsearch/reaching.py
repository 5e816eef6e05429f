"""How many indexes are asked at once, and which first: a busy month holds a page, a quiet feed needs many.

What is decided here decides how long a page takes, never what is on it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from feedsite.feeds.order import OrderKey, position_ms
from feedsite.feeds.query import FeedQuery
from feedsite.feeds.stores.elasticsearch.acts import Act
from feedsite.feeds.stores.elasticsearch.compile import Stretch
from feedsite.feeds.stores.generation import Bucket

_FIRST_ACTS, _NEXT_BUCKETS = 50_000, 3
TOGETHER = 40
"""Indexes that are asked together at most, where few acts are expected in them all."""
# Indexes are sorted newest first: who reads upwards goes through all that there is.
_FIRST_UPWARDS = 100_000

Name = tuple[str, str]


@dataclass(frozen=True)
class Band:
    """A stretch of a feed that is read from one end.

    Args:
        stretch: its sources and ends; None: all of the feed.
        edge: where reading begins: acts beyond this key; None: at the feed's own end.
        at_once: whether its indexes are asked together, because few acts are expected in them all.
        near: its sources have acts as new as this millisecond, as far as is known: those are asked for first.
    """

    stretch: Stretch | None
    edge: OrderKey | None
    at_once: bool = False
    near: int | None = None


@dataclass
class Reach:
    """Whose feeds did not find enough in the few indexes that were asked first: as many as they needed are asked
    together next time.

    Args:
        limit: how many are remembered.
    """

    limit: int = 10_000
    _far: dict[Name, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, name: Name) -> int:
        """How many indexes were needed the last time; 0: the few that are asked first."""
        return self._far.get(name, 0)

    def note(self, name: Name, width: int) -> None:
        """Remember how many it were."""
        with self._lock:
            if not width:
                self._far.pop(name, None)
                return
            if name not in self._far and len(self._far) >= self.limit:
                self._far.clear()
            self._far[name] = width


@dataclass
class Spans:
    """The steps in which the buckets of one feed are asked.

    Args:
        buckets: in the order in which they are read.
        newest: newest first.
        band: the part of the feed that is read, where it is known.
        of_one: whether the feed is of one entity: few acts, found without much ado.
        far: how many buckets are asked first, where few are known not to be enough; 0: that is not known.
    """

    buckets: Sequence[Bucket]
    newest: bool
    band: Band | None = None
    of_one: bool = False
    far: int = 0

    def __iter__(self) -> Iterator[Sequence[Bucket]]:
        """Buckets to ask together, one step after the other."""
        together = self.of_one or (self.band is not None and self.band.at_once)
        at, width = 0, self.far or self.first
        while at < len(self.buckets):
            yield self.buckets[at : at + width]
            at, width = at + width, TOGETHER if together else width * _NEXT_BUCKETS

    @property
    def first(self) -> int:
        """How many are asked first where nothing else is known."""
        band, buckets = self.band, self.buckets
        if band is not None and band.near is not None:
            return min(TOGETHER, max(1, sum(bucket.until > band.near for bucket in buckets)))
        if band is not None and band.at_once:
            return TOGETHER
        most, acts, width = _FIRST_ACTS if self.newest else _FIRST_UPWARDS, 0, 0
        while width < len(buckets) and (acts == 0 or acts + buckets[width].acts <= most):
            acts += buckets[width].acts
            width += 1
        return width

    def note(self, reach: Reach, name: Name, found: Sequence[Act], size: int) -> None:
        """Remember how many of the buckets hold enough of a feed of one entity."""
        if not self.of_one or not self.buckets:
            return
        needed = TOGETHER
        if len(found) >= size:
            last = position_ms(found[size - 1].key.position)
            # One more: the next month begins, and the page reaches into the one before.
            needed = 2 + sum(bucket.since > last for bucket in self.buckets)
        reach.note(name, 0 if needed <= self.first + 1 else min(needed, TOGETHER))


def name_of(query: FeedQuery) -> Name:
    """What a feed is remembered by: its newest part and all of it are two."""
    return f"{query.scope.value} {query.since_ms is None}", query.owner.key if query.owner else ""
