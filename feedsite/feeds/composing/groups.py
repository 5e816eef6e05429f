"""Pages of groups by a facet: one group for each thing, person or verb, newest first."""

from __future__ import annotations

from typing import Any

from feedsite.feeds.composing.context import Context
from feedsite.feeds.cursor import short_hash
from feedsite.feeds.names import Entity
from feedsite.feeds.order import OrderKey
from feedsite.feeds.page import Group, Page
from feedsite.feeds.query import Cell, Facet, FeedQuery
from feedsite.feeds.stores.base import Head

PAGES_REMEMBERED = 20


def facet_page(context: Context[Any]) -> Page:
    """A page of groups of one facet with their totals and newest acts."""
    facet: Facet = context.aggregator.levels[0]
    size, shown = context.aggregator.size, context.cursor.shown
    heads = unseen_heads(context, context.query, facet, context.cursor.before, shown, size + 1)
    groups = _groups(context, facet, heads[:size])
    following = None
    if len(heads) > size:
        following = next_token(context, heads[:size], shown)
    return context.page(kind="groups", groups=tuple(groups), next=following)


def unseen_heads(
    context: Context[Any], query: FeedQuery, facet: Facet, before: OrderKey | None, shown: tuple[str, ...], size: int
) -> list[Head]:
    """The heads of the next groups: older than `before`, less the groups shown on earlier pages.

    A cursor remembers the groups of 20 pages. Of older ones it is known that they had an act between the instant the
    first
    page was read at and the cursor; groups that still have one there are taken as shown.
    """
    found: list[Head] = []
    at = before
    while len(found) < size:
        heads = context.reader.heads(query, facet, at, size - len(found), frozenset(shown))
        found += _not_before(context, query, facet, heads, before)
        if len(heads) < size - len(found) or not heads:
            break
        at = heads[-1].item.key
        shown = (*shown, *(short_hash(head.value) for head in heads))
    return found


def _not_before(
    context: Context[Any], query: FeedQuery, facet: Facet, heads: list[Head], before: OrderKey | None
) -> list[Head]:
    if before is None or context.cursor.pages <= PAGES_REMEMBERED or not heads:
        return heads
    newer = query.but(since_ms=None, until_ms=context.cursor.as_of + 1)
    first_ms = before.position >> 20
    cells = [Cell(((facet, head.value),), since_ms=first_ms + 1) for head in heads]
    answers = context.reader.cells(newer, cells, 0, 1)
    return [head for head, answer in zip(heads, answers, strict=True) if not answer.count]


def next_token(context: Context[Any], heads: list[Head], shown: tuple[str, ...], section: str = "") -> str:
    """The cursor after a page of groups: the last head, and the groups of the last 20 pages."""
    kept = (*shown, *(short_hash(head.value) for head in heads))[-PAGES_REMEMBERED * context.aggregator.size :]
    pages = context.cursor.pages + 1
    return context.token(heads[-1].item.key, shown=kept, pages=pages, section=section)


def _groups(context: Context[Any], facet: Facet, heads: list[Head]) -> list[Group]:
    if not heads:
        return []
    aggregator = context.aggregator
    cells = [Cell(((facet, head.value),)) for head in heads]
    extra = aggregator.activities_per_group if aggregator.activities_per_group > 1 else 0
    answers = context.reader.cells(context.query, cells, extra, aggregator.count_cap)
    made = []
    for head, cell, answer in zip(heads, cells, answers, strict=True):
        items = answer.items or (head.item,)
        total, exact = context.total(answer.count)
        made.append(
            Group(
                level=facet.value,
                value=head.value if facet is Facet.VERB else Entity.from_key(head.value),
                items=items,
                total=total,
                total_is_exact=exact,
                more=context.more(cell, items) if answer.count > len(items) else None,
                latest=head.item.key,
            )
        )
    return made
