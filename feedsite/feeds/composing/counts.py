"""Pages of figures: how many acts each day has, and how many each verb, actor or thing."""

from __future__ import annotations

from typing import Any

from feedsite.feeds.aggregators.counts import CountAggregator, HeatmapAggregator
from feedsite.feeds.calendar import Day, days_down
from feedsite.feeds.composing.context import GROUPS_REMEMBERED, Context
from feedsite.feeds.cursor import short_hash
from feedsite.feeds.names import Entity
from feedsite.feeds.order import OrderKey
from feedsite.feeds.page import Group, Page
from feedsite.feeds.query import Cell, Facet, FeedQuery, Period


def heat_page(context: Context[HeatmapAggregator]) -> Page:
    """All days that have something, newest first; the total is theirs."""
    days = _days(context)[::-1]
    counts = context.reader.spread(context.query, [(day.since, day.until) for day in days])
    groups = [
        Group(
            level=Period.DAY.value,
            value=day.date.isoformat(),
            total=count,
            more=context.token(None, cell=Cell((), day.since, day.until)),
        )
        for day, count in zip(reversed(days), reversed(counts), strict=True)
        if count
    ]
    return context.page(kind="groups", groups=tuple(groups), total=sum(counts))


def _days(context: Context[HeatmapAggregator]) -> list[Day]:
    query = context.query
    assert query.since_ms is not None
    assert query.until_ms is not None
    if query.until_ms <= query.since_ms:
        return []
    return list(days_down(query.until_ms - 1, query.since_ms, context.aggregator.zone))


def count_page(context: Context[CountAggregator]) -> Page:
    """The values with the most acts; later pages go on with those not shown yet.

    What happens after the first page was read is not counted on later ones, so that they go on where it ended.
    """
    facet: Any = context.aggregator.levels[0]
    size, cursor, query, reader = context.aggregator.size, context.cursor, _until_then(context), context.reader
    wanted = size * (cursor.pages + 1) + 1
    reader.ahead(lambda: reader.tally(query, facet, wanted), lambda: reader.distinct(query, [Cell()], facet))
    tally = reader.tally(query, facet, wanted)
    (total,) = reader.distinct(query, [Cell()], facet)
    shown = frozenset(cursor.shown)
    rest = [
        (value, acts) for value, acts in tally if short_hash(value) not in shown and _is_after(context, value, acts)
    ]
    groups = [_group(context, facet, value, acts) for value, acts in rest[:size]]
    following = _following(context, rest[:size]) if len(rest) > size else None
    return context.page(kind="groups", groups=tuple(groups), next=following, total=total)


def _until_then(context: Context[CountAggregator]) -> FeedQuery:
    query, end = context.query, context.cursor.as_of + 1
    return query.but(until_ms=end if query.until_ms is None else min(end, query.until_ms))


def _is_after(context: Context[CountAggregator], value: str, acts: int) -> bool:
    """Whether a value stands after the cursor's; only asked where that remembers no further back."""
    before = context.cursor.before
    if before is None or context.remembers_all:
        return True
    return (-acts, value) > (-before.position, before.id)


def _following(context: Context[CountAggregator], page: list[tuple[str, int]]) -> str:
    shown = (*context.cursor.shown, *(short_hash(value) for value, _ in page))
    value, acts = page[-1]
    return context.token(
        OrderKey(acts, value),
        shown=shown[-GROUPS_REMEMBERED:],
        pages=context.cursor.pages + 1,
    )


def _group(context: Context[CountAggregator], facet: Facet, value: str, acts: int) -> Group:
    return Group(
        level=facet.value,
        value=value if facet is Facet.VERB else Entity.from_key(value),
        total=acts,
        more=context.token(None, cell=Cell(((facet, value),), until_ms=context.cursor.as_of + 1)),
    )
