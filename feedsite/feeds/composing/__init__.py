"""From a description to a page: which questions a store is asked, and how its answers become the one envelope."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from feedsite.feeds.aggregators.base import Aggregator
from feedsite.feeds.aggregators.counts import CountAggregator, HeatmapAggregator, TrendingAggregator
from feedsite.feeds.aggregators.notification import NotificationAggregator
from feedsite.feeds.aggregators.ranked import RankedAggregator
from feedsite.feeds.aggregators.semantic import SemanticAggregator
from feedsite.feeds.aggregators.watched import WatchedAggregator
from feedsite.feeds.composing.context import Context
from feedsite.feeds.composing.counts import count_page, heat_page
from feedsite.feeds.composing.days import day_page
from feedsite.feeds.composing.flat import flat_page, rest_of_group
from feedsite.feeds.composing.groups import INNER, facet_page, inner_page
from feedsite.feeds.composing.months import month_page
from feedsite.feeds.composing.notices import notice_page
from feedsite.feeds.composing.ranked import ranked_page, ranked_rest
from feedsite.feeds.composing.remembered import Remembered
from feedsite.feeds.composing.semantic import semantic_page
from feedsite.feeds.composing.trends import trend_page
from feedsite.feeds.composing.watched import watched_page
from feedsite.feeds.composing.weighty import weighty_day_page
from feedsite.feeds.cursor import CursorCodec
from feedsite.feeds.page import Page
from feedsite.feeds.query import Period
from feedsite.feeds.stores.base import FeedReader

__all__ = ["Context", "Remembered", "compose"]

_OF_KIND: tuple[tuple[type[Aggregator], Callable[[Context[Any]], Page]], ...] = (
    (NotificationAggregator, notice_page),
    (HeatmapAggregator, heat_page),
    (CountAggregator, count_page),
    (TrendingAggregator, trend_page),
    (WatchedAggregator, watched_page),
)
"""Aggregators whose pages are made in a way of their own; the others go by their levels."""


def compose(
    reader: FeedReader,
    aggregator: Aggregator,
    cursor: str | None,
    codec: CursorCodec,
    remembered: Remembered | None = None,
) -> Page:
    """A page of a feed.

    Args:
        reader: one state of the store.
        aggregator: the description of the feed.
        cursor: where the page begins; None: the first page.
        codec: reads and makes cursors.
        remembered: figures that may be a minute old; None: all are counted anew.

    Raises:
        InvalidCursor: the cursor is not one of this feed's.
    """
    context: Context[Any] = Context.begin(reader, aggregator, cursor, codec, remembered or Remembered())
    if isinstance(aggregator, RankedAggregator):
        return _ranked(context)
    if isinstance(aggregator, SemanticAggregator):
        return semantic_page(context)
    if context.cursor.cell is not None and context.cursor.section == INNER:
        return inner_page(context)
    if context.cursor.cell is not None:
        return rest_of_group(context)
    for kind, page_of in _OF_KIND:
        if isinstance(aggregator, kind):
            return page_of(context)
    if not aggregator.levels:
        return flat_page(context)
    if aggregator.levels[0] is Period.DAY:
        return day_page(context)
    if isinstance(aggregator.levels[0], Period):
        return month_page(context)
    return facet_page(context)


def _ranked(context: Context[Any]) -> Page:
    if context.cursor.cell is not None:
        return ranked_rest(context)
    return weighty_day_page(context) if context.aggregator.levels else ranked_page(context)
