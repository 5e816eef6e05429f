"""Counting the acts of a feed by stretches of time, however many, in one search."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from feedsite.feeds.order import position_ms
from feedsite.feeds.stores.elasticsearch.acts import Act
from feedsite.feeds.stores.elasticsearch.asking import Asker, Search
from feedsite.feeds.stores.elasticsearch.clauses import Clause
from feedsite.feeds.stores.elasticsearch.client import making_sense

Stretches = Sequence[tuple[int, int]]


def spread(
    asker: Asker, indexes: tuple[str, ...], clause: Clause, stretches: Stretches, fresh: Sequence[Act]
) -> list[int]:
    """How many acts each stretch has, of what indexes have and of acts laid over that they do not count.

    Args:
        asker: asks.
        indexes: where; none: only what is laid over counts.
        clause: what finds the acts, and no others.
        stretches: first and end (exclusive) in milliseconds since 1970, ascending.
        fresh: the acts laid over.

    Raises Pending while the answer is missing.
    """
    counts = spread_here(stretches, fresh)
    if not indexes:
        return counts
    # `published` is in milliseconds, which a double holds exactly; a position would be rounded.
    ranges = [
        {"key": str(at), "from": since, "to": until} for at, (since, until) in enumerate(stretches) if since < until
    ]
    aggregations = {"stretches": {"range": {"field": "published", "ranges": ranges}}}
    body = {"query": clause, "size": 0, "track_total_hits": False, "aggs": aggregations}
    answer = asker.ask([Search(indexes, body)])[0]
    with making_sense():
        for bucket in answer.aggregations["stretches"]["buckets"]:
            counts[int(bucket["key"])] += int(bucket["doc_count"])
    return counts


def spread_here(stretches: Stretches, acts: Sequence[Act]) -> list[int]:
    """How many of some acts each stretch has."""
    counts, starts = [0] * len(stretches), [since for since, _ in stretches]
    for act in acts:
        ms = position_ms(act.key.position)
        # The last stretch that begins by then: those without any length begin where the next one does.
        at = bisect_right(starts, ms) - 1
        if at >= 0 and ms < stretches[at][1]:
            counts[at] += 1
    return counts
