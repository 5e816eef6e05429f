"""From a description to a page: which questions a store is asked, and how its answers become the one envelope."""

from __future__ import annotations

from typing import Any

from feedsite.feeds.aggregators.base import Aggregator
from feedsite.feeds.aggregators.notification import NotificationAggregator
from feedsite.feeds.composing.context import Context
from feedsite.feeds.composing.flat import flat_page, rest_of_group
from feedsite.feeds.composing.groups import INNER, facet_page, inner_page
from feedsite.feeds.composing.months import month_page
from feedsite.feeds.composing.notices import notice_page
from feedsite.feeds.cursor import CursorCodec
from feedsite.feeds.page import Page
from feedsite.feeds.query import Period
from feedsite.feeds.stores.base import FeedReader

__all__ = ["Context", "compose"]


def compose(reader: FeedReader, aggregator: Aggregator, cursor: str | None, codec: CursorCodec) -> Page:
    """A page of a feed.

    Raises:
        InvalidCursor: the cursor is not one of this feed's.
    """
    context: Context[Any] = Context.begin(reader, aggregator, cursor, codec)
    if context.cursor.cell is not None and context.cursor.section == INNER:
        return inner_page(context)
    if context.cursor.cell is not None:
        return rest_of_group(context)
    if isinstance(aggregator, NotificationAggregator):
        return notice_page(context)
    if not aggregator.levels:
        return flat_page(context)
    if isinstance(aggregator.levels[0], Period):
        return month_page(context)
    return facet_page(context)
