"""A feed in stretches, newest first, each with the few sources that can have acts in it.

The acts of one stretch are those of the sources whose bounds are highest, down to the highest bound that was left out:
of what is strictly newer than that, nothing is missing. Where a stretch holds too few (bounds were too high, links are
about some verbs only, the feed is filtered), the next one goes on below with more sources, and soon with all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from feedsite.feeds.order import OrderKey, floor_position, position_ms
from feedsite.feeds.query import FeedQuery, Scope
from feedsite.feeds.stores.elasticsearch.asking import Search
from feedsite.feeds.stores.elasticsearch.bounds import Chosen, chosen_of
from feedsite.feeds.stores.elasticsearch.clauses import Clause, all_of, terms, written
from feedsite.feeds.stores.elasticsearch.client import making_sense
from feedsite.feeds.stores.elasticsearch.compile import EVER, Stretch, limits
from feedsite.feeds.stores.elasticsearch.reaching import Band
from feedsite.feeds.stores.elasticsearch.sight import Sights, Sources
from feedsite.feeds.stores.elasticsearch.sitting import Sitting

_AT_ONCE = 10_000
_SPARE, _LEAST, _WIDER, _FILTERED = 5, 1, 8, 8
_FEW, _FEWER = 256, 4


class Pruner:
    """Cuts feeds into stretches.

    Args:
        sitting: one state of the record, and the way to the index.
    """

    def __init__(self, sitting: Sitting) -> None:
        self._sitting = sitting

    def newest(self, query: FeedQuery, sights: Sights, edge: OrderKey | None, size: int) -> Iterator[Band]:
        """The stretches of a feed, newest first, for whoever needs so many acts older than `edge`."""
        sources = self._sources(query, sights)
        low, high = limits(query)
        if edge is not None:
            high = min(high, edge.position + 1)
        history = query.history and query.scope is Scope.NETWORK
        count = max(_LEAST, size + _SPARE)
        if query.where or query.touching or query.words or query.ids or query.freshness is not None:
            count *= _FILTERED
        while sources is not None:
            top = None if high >= EVER[1] else position_ms(high - 1)
            chosen = self._choose(sources, top, position_ms(low), count, history)
            if chosen is None:
                break
            reach = high
            if query.scope is Scope.NETWORK:
                reach = min(high, floor_position(chosen.top + 1))
            if chosen.floor is None or floor_position(chosen.floor + 1) <= low:
                yield Band(Stretch(chosen.ties, None, reach), edge, len(chosen.ties) <= _FEW, chosen.near)
                return
            bottom = floor_position(chosen.floor + 1)
            if bottom < high:
                yield Band(Stretch(chosen.ties, bottom, reach), edge, at_once=True)
                edge, high = OrderKey(bottom, ""), bottom
            count *= _WIDER
        yield Band(None, edge)

    def oldest(self, query: FeedQuery, sights: Sights, edge: OrderKey | None) -> Band:
        """The feed for whoever reads upwards from `edge`: only sources with something as new matter."""
        sources = self._sources(query, sights)
        low, _ = limits(query)
        low = low if edge is None else max(low, edge.position)
        if sources is None or position_ms(low) <= 0:
            return Band(None, edge)
        # No act is newer than its source's bound; links that are younger than this show what is newer still.
        chosen = self._choose(sources, position_ms(low), EVER[1], 0, True)
        return Band(None, edge) if chosen is None else Band(Stretch(chosen.ties), edge)

    def known_since(self, query: FeedQuery, sights: Sights) -> Stretch | None:
        """The few sources with anything as new as a feed's beginning; None: they are not few, or not known."""
        sources, low = self._sources(query, sights), position_ms(limits(query)[0])
        if sources is None or low <= 0 or not self._sitting.keeps_bounds:
            return None
        chosen = self._sitting.bounds.reaching(sources, low, len(sources.ties) // _FEWER)
        return None if chosen is None else Stretch(chosen.ties, counted=True)

    def _sources(self, query: FeedQuery, sights: Sights) -> Sources | None:
        """The sources that a feed has; None: it has none that are bounded."""
        # What concerns a reader is fetched as one window: badge and pane wait for no bounds.
        if not self._sitting.generation.bounds_uuid or query.scope is not Scope.NETWORK:
            return None
        sources = sights.owner.network
        return sources if sources.ties else None

    def _choose(self, sources: Sources, high: int | None, low: int, count: int, history: bool) -> Chosen | None:
        sitting = self._sitting
        if not sitting.keeps_bounds:
            return self._asked(sources, high, low, count, history)
        missing = sitting.bounds.missing(sources)
        if missing:
            self._fetch(missing)
        return sitting.bounds.choose(sources, high, low, count, history)

    # Bounds from the index

    def _fetch(self, keys: list[str]) -> None:
        """Let the process know these bounds."""
        sitting = self._sitting
        parts = [keys[at : at + _AT_ONCE] for at in range(0, len(keys), _AT_ONCE)]
        found: dict[str, int] = {}
        for rows in sitting.asker.together([lambda part=part: self._bounds(terms("key", part)) for part in parts]):  # type: ignore[misc]
            found.update((key, ms) for ms, key in rows)
        sitting.bounds.put(sitting.generation.id, keys, found, sitting.now)

    def _asked(self, sources: Sources, high: int | None, low: int, count: int, history: bool) -> Chosen | None:
        """As `Bounds.choose`, from what the index says now."""
        among = _among_all(sources)
        lowest = max(low, 0)
        below: list[Clause] = [] if high is None else [{"range": {"newest": {"lt": high}}}]
        if lowest:
            below.append({"range": {"newest": {"gte": lowest}}})
        asks = []
        if high is not None:
            asks.append(lambda: self._bounds(all_of([among, {"range": {"newest": {"gte": high}}}])))
        # Ties at the end are not seen whole: one more than is needed tells where they begin.
        if count:
            asks.append(lambda: self._bounds(all_of([among, *below]), count + 1))
        parts = self._sitting.asker.together(asks)
        if high is not None and len(parts[0]) == _AT_ONCE:
            return None
        order = sorted(row for rows in parts for row in rows)
        left_out = order[0][0] if count and len(parts[-1]) > count else None
        chosen = chosen_of(sources, order, high, low, count + 1, history)
        if left_out is None:
            return chosen
        return replace(chosen, floor=max(left_out, -1 if chosen.floor is None else chosen.floor))

    def _bounds(self, clause: Clause, size: int = _AT_ONCE) -> list[tuple[int, str]]:
        """Bounds and their keys, the highest first."""
        sitting = self._sitting
        body = {
            "query": clause,
            "size": min(size, _AT_ONCE),
            "sort": [{"newest": "desc"}, {"key": "asc"}],
            "_source": False,
            "stored_fields": "_none_",
            "track_total_hits": False,
        }
        search = Search((sitting.names.bounds(sitting.generation),), body)
        with making_sense():
            return [(int(ms), str(key)) for ms, key in sitting.asker.ask([search])[0].sorts]


def _among_all(sources: Sources) -> Clause:
    """Whoever is among the sources: written once, however often it is asked."""
    if sources.clause is None:
        sources.clause = written(terms("key", sources.ties))
    return sources.clause
