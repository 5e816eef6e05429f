"""The reference model's rankings, to be read as the specification: by score, by day and score, by nearness."""

from __future__ import annotations

from feedsite.feeds.aggregators.ranked import RankedAggregator
from feedsite.feeds.aggregators.semantic import SemanticAggregator
from feedsite.feeds.order import OrderKey, instant
from feedsite.feeds.testing.model import Act, Model
from feedsite.feeds.vectors import Nearest


def ranked(model: Model, aggregator: RankedAggregator, now: int) -> list[Act]:
    """The whole feed by its score, the best first; of equal scores the newer act first.

    Args:
        now: the instant at which the first page is read, milliseconds since 1970.
    """
    scoring = aggregator.scoring(now)

    def rank(act: Act) -> tuple[float, OrderKey]:
        return scoring.score(model.weight(act, aggregator), act.ms), act.key

    return sorted(model.feed(aggregator), key=rank, reverse=True)


def days(model: Model, aggregator: RankedAggregator, now: int) -> list[tuple[str, list[str]]]:
    """(date, ids by score) of each day of the zone that has something, the newest day first."""
    found: dict[str, list[str]] = {}
    for act in ranked(model, aggregator, now):
        found.setdefault(instant(act.ms).astimezone(aggregator.zone).date().isoformat(), []).append(act.key.id)
    return sorted(found.items(), reverse=True)


def nearest(model: Model, aggregator: SemanticAggregator) -> list[Act]:
    """The acts whose vectors are nearest, the nearest first; of equally near ones the newer first."""
    near = Nearest(aggregator.query_vector, 0)
    found = [(near.cosine(act.activity.vector), act.key, act) for act in model.feed(aggregator)]
    kept = [(cosine, key, act) for cosine, key, act in found if cosine is not None]
    return [act for _, _, act in sorted(kept, reverse=True)][: aggregator.k]
