"""How new the newest act of each entity, and of what touches it, may be: what a process keeps of it.

The newest acts of a feed come from those whose newest act is newest: a page asks for the acts of a few, however many
its reader follows. A bound may be too high (the act was deleted, or is not this reader's to see), never too low.

What is kept is taken from the index of bounds once, and then follows the record: a row stays laid over from its commit
until ten seconds after the index took it, so whoever reads what is laid over at least that often misses none. After a
longer pause all is forgotten, and taken from the index again.
"""

from __future__ import annotations

import threading
from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from feedsite.feeds.stores.elasticsearch.acts import Act
from feedsite.feeds.stores.elasticsearch.documents import DOES, TOUCHED, bound_key
from feedsite.feeds.stores.elasticsearch.sight import Sources, Tie

NEVER = -1
"""The bound of who has done nothing: every other one is 0 or more."""
_MARGIN_MS = 2_000
"""How much sooner than what is laid over goes it must have been read."""
_LATELY_MS = 15_000
"""Longer than a page takes between asking for bounds and keeping them."""
_LOG = 50_000


@dataclass(frozen=True)
class Chosen:
    """The sources that can have acts in a stretch of a feed.

    Args:
        ties: by the key of their bound.
        floor: no act that is newer than this millisecond comes from another source; None: there is no other.
        top: no act of theirs is newer than this millisecond.
        near: the lowest bound among those that were sought below `high`: where bounds are exact, each of them has an
            act that is as new; None: none was found there.
    """

    ties: Mapping[str, tuple[Tie, ...]]
    floor: int | None
    top: int
    near: int | None = None


@dataclass
class Ranking:
    """Sources in the order of their bounds.

    Args:
        era: of the bounds it was made from.
        at: up to where in the log of changes it is right.
        bounds: by key.
        order: (bound, key), the lowest first.
    """

    era: int
    at: int
    bounds: dict[str, int]
    order: list[tuple[int, str]]

    def raise_(self, key: str, ms: int) -> None:
        """A source's bound is higher now."""
        old = self.bounds.get(key)
        if old is None or old >= ms:
            return
        del self.order[bisect_left(self.order, (old, key))]
        insort(self.order, (ms, key))
        self.bounds[key] = ms


def chosen_of(
    sources: Sources, order: Sequence[tuple[int, str]], high: int | None, low: int, count: int, history: bool
) -> Chosen:
    """The sources to ask for a stretch of a feed.

    Args:
        sources: all of the feed's.
        order: their bounds, the lowest first.
        high: acts are sought that are older than or of this millisecond (None: the newest). All sources with acts
            that are as new may have some.
        low: and not older than this.
        count: how many sources besides.
        history: whether links show what is older than themselves.
    """
    cut = len(order) if high is None else bisect_left(order, (high,))
    least = 0 if history else sources.least_since
    ties: dict[str, tuple[Tie, ...]] = {}
    for at in range(cut, len(order)):
        key = order[at][1]
        if history or sources.since(key) <= (high or 0):
            ties[key] = sources.ties[key]
    below, last, floor = 0, None, None
    for at in range(cut - 1, -1, -1):
        ms, key = order[at]
        if ms < max(low, least, 0):
            break
        if not history and sources.since(key) > ms:
            continue
        if below >= count and ms != last:
            floor = ms
            break
        ties[key], last, below = sources.ties[key], ms, below + 1
    top = order[-1][0] if order else NEVER
    return Chosen(ties, floor, top, last)


@dataclass
class Bounds:
    """The bounds that a process keeps, of one generation.

    Args:
        limit: how many are kept.
    """

    limit: int = 1_000_000
    _known: dict[str, int] = field(default_factory=dict)
    _log: list[str] = field(default_factory=list)
    _log_start: int = 0
    _era: int = 0
    _generation: str = ""
    _followed: float = float("-inf")
    _lately: tuple[dict[str, int], dict[str, int]] = field(default_factory=lambda: ({}, {}))
    _turned: float = float("-inf")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def follow(self, generation: str, acts: Iterable[Act], now: int, overlap_ms: int) -> None:
        """Take up what is laid over at an instant.

        Args:
            generation: the live one's id.
            acts: that are laid over and stand.
            now: the record's clock when it said so, in milliseconds.
            overlap_ms: for how long rows are laid over once the index took them.
        """
        raised: dict[str, int] = {}
        for act in acts:
            ms = max(act.key.position >> 20, 0)
            for key in (bound_key(DOES, act.actor), *(bound_key(TOUCHED, end) for end in act.touches)):
                raised[key] = max(ms, raised.get(key, 0))
        with self._lock:
            if generation != self._generation or now - self._followed > overlap_ms - _MARGIN_MS:
                self._forget(generation)
            self._followed = max(self._followed, now)
            if now - self._turned > _LATELY_MS:
                self._lately, self._turned = ({}, self._lately[0]), now
            lately = self._lately[0]
            for key, ms in raised.items():
                lately[key] = max(ms, lately.get(key, 0))
                if self._known.get(key, ms) < ms:
                    self._known[key] = ms
                    self._log.append(key)
            self._trim()

    def _forget(self, generation: str) -> None:
        self._generation, self._followed = generation, float("-inf")
        self._known, self._log, self._log_start = {}, [], 0
        self._era += 1

    def _trim(self) -> None:
        if len(self._log) > _LOG:
            gone = len(self._log) // 2
            del self._log[:gone]
            self._log_start += gone
        if len(self._known) > self.limit:
            self._forget(self._generation)

    def put(self, generation: str, asked: Iterable[str], found: Mapping[str, int], now: int) -> None:
        """Keep bounds that the index gave.

        Args:
            generation: whose they are.
            asked: the keys that were asked for: those that were not found have no acts.
            found: bounds by key.
            now: the record's clock when the page began that asked.
        """
        with self._lock:
            if generation != self._generation or self._followed - now > _LATELY_MS - 5_000:
                return
            for key in asked:
                lately = max(part.get(key, NEVER) for part in self._lately)
                self._known.setdefault(key, max(found.get(key, NEVER), lately))

    def missing(self, sources: Sources) -> list[str]:
        """The keys of sources whose bounds are not known."""
        with self._lock:
            if self._ranked(sources) is not None:
                return []
            return [key for key in sources.ties if key not in self._known]

    def choose(self, sources: Sources, high: int | None, low: int, count: int, history: bool) -> Chosen | None:
        """See `chosen_of`; None: the bounds of some are not known."""
        with self._lock:
            ranking = self._ranked(sources)
            if ranking is None:
                if any(key not in self._known for key in sources.ties):
                    return None
                bounds = {key: self._known[key] for key in sources.ties}
                order = sorted((ms, key) for key, ms in bounds.items())
                ranking = Ranking(self._era, self._log_start + len(self._log), bounds, order)
                sources.ranking = ranking
            return chosen_of(sources, ranking.order, high, low, count, history)

    def reaching(self, sources: Sources, since: int, most: int) -> Chosen | None:
        """The sources with anything as new as a millisecond; None: more than `most`, or their bounds are unknown."""
        with self._lock:
            ranking = self._ranked(sources)
            if ranking is None or len(ranking.order) - bisect_left(ranking.order, (since,)) > most:
                return None
            return chosen_of(sources, ranking.order, since, 2**62, 0, history=True)

    def _ranked(self, sources: Sources) -> Ranking | None:
        """The ranking of sources as of now, where it was made before."""
        ranking = sources.ranking
        if not isinstance(ranking, Ranking) or ranking.era != self._era or ranking.at < self._log_start:
            return None
        for key in self._log[ranking.at - self._log_start :]:
            ranking.raise_(key, self._known[key])
        ranking.at = self._log_start + len(self._log)
        return ranking
