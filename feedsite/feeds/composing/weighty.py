"""Pages of days: those that have something, newest first, the heaviest links first inside a day."""

from __future__ import annotations

from itertools import islice

from feedsite.feeds.aggregators.ranked import RankedAggregator
from feedsite.feeds.calendar import Day, day_of, days_down
from feedsite.feeds.composing.context import Context
from feedsite.feeds.composing.ranked import Ranked, ranked_token
from feedsite.feeds.composing.ranking import Ranking
from feedsite.feeds.order import EARLIEST, OrderKey, floor_position, milliseconds, position_ms
from feedsite.feeds.page import Group, Page
from feedsite.feeds.query import Cell, Period
from feedsite.feeds.stores.base import CellAnswer

_STRETCH, _SPARE, _ACTS = 36, 2, 64
_BEGINNING = milliseconds(EARLIEST)


def weighty_day_page(context: Context[RankedAggregator]) -> Page:
    """A page of whole days, each with its best acts, its total and the way to the rest."""
    size, wanted = context.aggregator.size, context.aggregator.activities_per_group
    found = _days(context, size + 1)
    days, following = found[:size], None
    if len(found) > size:
        following = context.token(OrderKey(floor_position(days[-1].since), ""), pages=context.cursor.pages + 1)
    cells = [Cell((), day.since, day.until) for day in days]
    ranking = Ranking(context, context.query, context.aggregator.scoring(context.cursor.as_of))
    reader = context.reader
    reader.ahead(lambda: _counted(context, cells), lambda: ranking.best(cells, wanted + 1))
    best, answers = ranking.best(cells, wanted + 1), _counted(context, cells)
    groups = [_group(context, *parts) for parts in zip(days, cells, answers, best, strict=True)]
    return context.page(kind="groups", groups=tuple(groups), next=following)


def _counted(context: Context[RankedAggregator], cells: list[Cell]) -> list[CellAnswer]:
    """How much each day has, and its newest act."""
    return context.reader.cells(context.query, cells, 1, context.aggregator.count_cap) if cells else []


def _group(context: Context[RankedAggregator], day: Day, cell: Cell, answer: CellAnswer, best: Ranked) -> Group:
    wanted = context.aggregator.activities_per_group
    total, exact = context.total(answer.count)
    return Group(
        level=Period.DAY.value,
        value=day.date.isoformat(),
        items=tuple(item for _, item in best[:wanted]),
        total=total,
        total_is_exact=exact,
        more=ranked_token(context, best[:wanted], cell) if len(best) > wanted else None,
        latest=answer.items[0].key,
    )


def _days(context: Context[RankedAggregator], size: int) -> list[Day]:
    """The newest days that have something.

    A stretch of the calendar is asked for what each day has, and the feed for its newest acts: where days are busy the
    one tells many days, where they are far apart the other does.
    """
    reader, query = context.reader, context.query
    zone, at = context.aggregator.zone, context.cursor.before
    found: dict[Day, None] = {}
    while len(found) < size:
        ends = [query.as_of + 1, query.until_ms, None if at is None else position_ms(at.position)]
        newest = min(ms for ms in ends if ms is not None) - 1
        stretch = list(islice(days_down(newest, _BEGINNING, zone), min(size + _SPARE, _STRETCH)))
        cells = [Cell((), day.since, day.until) for day in stretch]
        reader.ahead(
            lambda at=at: reader.newest(query, at, _ACTS),  # type: ignore[misc]
            lambda cells=cells: reader.cells(query, cells, 0, 1),  # type: ignore[misc]
        )
        acts = reader.newest(query, at, _ACTS)
        answers = reader.cells(query, cells, 0, 1)
        known = [day_of(position_ms(act.key.position), zone) for act in acts]
        told = [day for day, answer in zip(stretch, answers, strict=True) if answer.count]
        if len(acts) < _ACTS:
            found.update(dict.fromkeys(known))
            break
        # Down to where is everything known? The acts reach down to a day; the stretch goes on from there, unless all
        # of them lie above it.
        down = min(known[-1].since, stretch[-1].since) if known[-1].since <= stretch[0].until else known[-1].since
        reached = {one for one in (*known, *told) if one.since >= down}
        found.update(dict.fromkeys(sorted(reached, key=lambda one: one.since, reverse=True)))
        at = OrderKey(floor_position(down), "")
    return list(found)[:size]
