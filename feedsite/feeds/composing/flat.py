"""Flat pages: acts in order, and the rest of a group."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from feedsite.feeds.aggregators.notification import NotificationAggregator
from feedsite.feeds.composing.context import Context
from feedsite.feeds.order import OrderKey
from feedsite.feeds.page import Item, Page
from feedsite.feeds.query import FeedQuery

_TIES = 4
"""Acts around a cursor that are asked for besides a page: the one it names, and those of its very instant."""


def flat_page(context: Context[Any]) -> Page:
    """A page of acts in the feed's order, with the way on and the way back."""
    size, before = context.aggregator.size, context.cursor.before
    around = [lambda: _around(context, before)] if before is not None else []
    context.reader.ahead(lambda: _onwards(context), *around, lambda: _total(context))
    found = _onwards(context)
    items = found[:size]
    following = context.token(items[-1].key) if len(found) > size else None
    previous = _previous(context, items)
    return context.page(items=tuple(items), next=following, previous=previous, total=_total(context))


def _total(context: Context[Any]) -> int | None:
    """How many acts the feed has, where its pages say so."""
    return context.reader.count(context.query, None) if context.aggregator.counts_all else None


def _onwards(context: Context[Any]) -> list[Item]:
    return _read(context, context.query, context.cursor.before, context.aggregator.size + 1, forwards=True)


def _read(context: Context[Any], query: FeedQuery, at: OrderKey | None, size: int, *, forwards: bool) -> list[Item]:
    newest_first = (context.aggregator.order == "newest") == forwards
    return context.reader.newest(query, at, size) if newest_first else context.reader.oldest(query, at, size)


def _previous(context: Context[Any], items: list[Item]) -> str | None:
    """The page just before this one: where it begins is found by reading the other way; short, it is the first page."""
    before, size = context.cursor.before, context.aggregator.size
    if before is None:
        return None
    edge, around = items[0].key if items else before, _around(context, before)
    newest_first = context.aggregator.order == "newest"
    behind = [item for item in around if (item.key > edge if newest_first else item.key < edge)]
    if len(behind) <= size and len(around) > size + _TIES:
        # More acts share the cursor's instant than were asked for.
        behind = _read(context, context.query, edge, size + 1, forwards=False)
    return context.token(behind[size].key if len(behind) > size else None)


def _around(context: Context[Any], before: OrderKey) -> list[Item]:
    """The acts at a cursor's instant and on its other side: asked for without waiting for the page itself."""
    newest_first = context.aggregator.order == "newest"
    edge = OrderKey(before.position if newest_first else before.position + 1, "")
    return _read(context, context.query, edge, context.aggregator.size + 1 + _TIES, forwards=False)


def rest_of_group(context: Context[Any]) -> Page:
    """The acts of one group after those its page showed, newest first."""
    cursor, size = context.cursor, context.aggregator.size
    assert cursor.cell is not None
    query = context.query
    if isinstance(context.aggregator, NotificationAggregator) and cursor.section:
        query = context.aggregator.section_query(query.as_of, cursor.section)
    found = context.reader.newest(cursor.cell.within(query), cursor.before, size + 1)
    items = found[:size]
    following = None
    if len(found) > size:
        following = context.token(items[-1].key, cell=cursor.cell, section=cursor.section)
    return replace(context.page(items=tuple(items), next=following), previous=context.token(None))
