"""Flat pages: acts in order, and the rest of a group."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from feedsite.feeds.aggregators.notification import NotificationAggregator
from feedsite.feeds.composing.context import Context
from feedsite.feeds.order import OrderKey
from feedsite.feeds.page import Item, Page
from feedsite.feeds.query import FeedQuery


def flat_page(context: Context[Any]) -> Page:
    """A page of acts in the feed's order, with the way on and the way back."""
    size = context.aggregator.size
    found = _read(context, context.query, context.cursor.before, size + 1, forwards=True)
    items = found[:size]
    following = context.token(items[-1].key) if len(found) > size else None
    return context.page(items=tuple(items), next=following, previous=_previous(context, items))


def _read(context: Context[Any], query: FeedQuery, at: OrderKey | None, size: int, *, forwards: bool) -> list[Item]:
    newest_first = (context.aggregator.order == "newest") == forwards
    return context.reader.newest(query, at, size) if newest_first else context.reader.oldest(query, at, size)


def _previous(context: Context[Any], items: list[Item]) -> str | None:
    """The page just before this one: where it begins is found by reading the other way; short, it is the first page."""
    if context.cursor.before is None:
        return None
    size = context.aggregator.size
    edge = items[0].key if items else context.cursor.before
    behind = _read(context, context.query, edge, size + 1, forwards=False)
    return context.token(behind[size].key if len(behind) > size else None)


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
