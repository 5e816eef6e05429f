"""Pages of what is near in meaning."""

from __future__ import annotations

from dataclasses import replace

from feedsite.feeds.aggregators.semantic import SemanticAggregator
from feedsite.feeds.composing.context import Context
from feedsite.feeds.cursor import short_hash
from feedsite.feeds.page import Page


def semantic_page(context: Context[SemanticAggregator]) -> Page:
    """A page of the nearest acts that were not shown yet, until there were as many as the aggregator says."""
    aggregator, cursor = context.aggregator, context.cursor
    shown, size = cursor.shown, aggregator.size
    nearest = context.reader.nearest(context.query, aggregator.query_vector, aggregator.k)
    # A cursor remembers all of them: what comes nearer meanwhile, or goes, moves nothing that was shown.
    found = [item for item in nearest if short_hash(item.id) not in shown][: aggregator.k - len(shown)]
    items, following = found[:size], None
    if len(found) > size:
        hashes = (*shown, *(short_hash(item.id) for item in items))
        following = context.token(None, shown=hashes, pages=cursor.pages + 1)
    previous = None
    if cursor.pages:
        before = shown[: -size if cursor.pages > 1 else 0]
        previous = context.token(None, shown=before, pages=cursor.pages - 1)
    return replace(context.page(items=tuple(items), next=following), previous=previous)
