"""Ranked pages: one list, and the rest of a group that has an order of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from feedsite.feeds.aggregators.ranked import RankedAggregator
from feedsite.feeds.composing.context import Context
from feedsite.feeds.composing.ranking import REMEMBERED, Ranking
from feedsite.feeds.cursor import short_hash
from feedsite.feeds.page import Item, Page
from feedsite.feeds.query import Cell
from feedsite.feeds.scoring import Rank

Ranked = list[tuple[Rank, Item]]


def ranked_page(context: Context[RankedAggregator]) -> Page:
    """A page of one ranked list, with the way on and the way back."""
    cursor, size = context.cursor, context.aggregator.size
    # The ranking is of the instant of its first page; who may see what is of now.
    first = context.aggregator.query(cursor.as_of)
    query = context.query.but(since_ms=first.since_ms, until_ms=first.until_ms)
    found = _unshown(context, query, Cell(), size + 1)
    following = ranked_token(context, found[:size]) if len(found) > size else None
    page = context.page(items=tuple(item for _, item in found[:size]), next=following)
    return replace(page, previous=_previous(context))


def ranked_rest(context: Context[RankedAggregator]) -> Page:
    """The acts of a ranked group after those its page showed."""
    cursor, size = context.cursor, context.aggregator.rest_size or context.aggregator.size
    assert cursor.cell is not None
    found = _unshown(context, context.query, cursor.cell, size + 1)
    following = ranked_token(context, found[:size], cursor.cell) if len(found) > size else None
    page = context.page(items=tuple(item for _, item in found[:size]), next=following)
    return replace(page, previous=context.token(None))


def ranked_token(context: Context[RankedAggregator], shown: Ranked, cell: Cell | None = None) -> str:
    """The cursor after acts of a ranking: it remembers what was shown.

    A weight that changes between two pages moves acts up and down; what is remembered comes once all the same, and
    what was not shown yet still comes. When more was shown than a cursor remembers, it goes on below the last act.
    """
    cursor = context.cursor
    # A group's first acts are shown on a page of groups, whose cursor speaks of groups.
    before = cursor.shown if cursor.cell is cell else ()
    hashes = (*before, *(short_hash(item.id) for _, item in shown))
    pages = cursor.pages + 1
    if len(hashes) <= REMEMBERED:
        return context.token(None, shown=hashes, pages=pages, cell=cell)
    last = shown[-1][0]
    return context.token(last.key, score=last.score, shown=hashes[-REMEMBERED:], pages=pages, cell=cell)


def _unshown(context: Context[RankedAggregator], query: Any, cell: Cell, size: int) -> Ranked:
    cursor = context.cursor
    below = None
    if cursor.before is not None and cursor.score is not None:
        below = Rank(cursor.score, cursor.before)
    scoring = context.aggregator.scoring(cursor.as_of)
    ranking = Ranking(context, query, scoring, below=below, shown=frozenset(cursor.shown))
    return ranking.best([cell], size)[0]


def _previous(context: Context[RankedAggregator]) -> str | None:
    """The page just before this one, where the cursor remembers all that was shown; else the first one."""
    cursor, size = context.cursor, context.aggregator.size
    if not cursor.pages:
        return None
    if cursor.before is not None or cursor.pages == 1:
        return context.token(None)
    return context.token(None, shown=cursor.shown[:-size], pages=cursor.pages - 1)
