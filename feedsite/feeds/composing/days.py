"""Pages of days: with their newest acts, or with one actor's verbs and the things they were done to."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from feedsite.feeds.aggregators.days import DayAggregator
from feedsite.feeds.calendar import Day, days_down
from feedsite.feeds.composing.context import Context
from feedsite.feeds.composing.groups import INNER, groups_of, known_verbs, next_token
from feedsite.feeds.composing.stretches import Counted, asked, cut, group_of, newest_first, newest_stretches
from feedsite.feeds.page import Group, Page
from feedsite.feeds.query import Cell, Facet, Period
from feedsite.feeds.stores.base import CellAnswer, Head

_DAY = Period.DAY.value


def day_page(context: Context[DayAggregator]) -> Page:
    """A page of whole days."""
    days, following = cut(context, newest_stretches(context, days_down, context.aggregator.size + 1))
    if Facet.VERB in context.aggregator.levels:
        groups = _with_verbs(context, days)
    else:
        groups = [group_of(context, _DAY, one.date.isoformat(), _cell(one), answer) for one, answer in days]
    return context.page(kind="groups", groups=tuple(groups), next=following)


def _cell(day: Day, verb: str | None = None) -> Cell:
    return Cell(() if verb is None else ((Facet.VERB, verb),), day.since, day.until)


def _with_verbs(context: Context[DayAggregator], days: list[Counted[Day]]) -> list[Group]:
    """Every day with a group for each of its verbs, the verb with the newest act first."""
    pairs = [(day, verb) for day, _ in days for verb in known_verbs(context)]
    cells = [_cell(day, verb) for day, verb in pairs]
    found = [
        (day, cell, answer)
        for (day, _), cell, answer in zip(pairs, cells, asked(context, cells), strict=True)
        if answer.count
    ]
    made = _verb_groups(context, [(cell, answer) for _, cell, answer in found])
    groups = []
    for day, counted in days:
        inside = newest_first(group for (owner, _, _), group in zip(found, made, strict=True) if owner == day)
        total, exact = context.total(counted.count)
        latest = counted.items[0].key
        groups.append(Group(_DAY, day.date.isoformat(), (), tuple(inside), total, exact, latest=latest))
    return groups


def _verb_groups(context: Context[DayAggregator], found: list[tuple[Cell, CellAnswer]]) -> list[Group]:
    """What was done on a day in one verb: how often, to how many things, and to which of them last."""
    cells, size = [cell for cell, _ in found], context.aggregator.inner_size
    reader, query = context.reader, context.query
    heads_of = [partial(_heads, context, cell) for cell in cells]
    reader.ahead(*heads_of, lambda: reader.distinct(query, cells, Facet.OBJECT))
    heads = [ask() for ask in heads_of]
    things_of = reader.distinct(query, cells, Facet.OBJECT)
    kept = [(cell, head) for cell, several in zip(cells, heads, strict=True) for head in several[:size]]
    things = iter(
        groups_of(
            context,
            [replace(cell, values=(*cell.values, (Facet.OBJECT, head.value))) for cell, head in kept],
            [head for _, head in kept],
        )
    )
    made = []
    for (cell, answer), several, number in zip(found, heads, things_of, strict=True):
        inside = tuple(next(things) for _ in several[:size])
        group = group_of(context, Facet.VERB.value, cell.values[0][1], cell, answer)
        more = next_token(context, several[:size], (), INNER, cell) if len(several) > size else None
        made.append(replace(group, items=(), groups=inside, more=more, distinct=number))
    return made


def _heads(context: Context[DayAggregator], cell: Cell) -> list[Head]:
    wanted = context.aggregator.inner_size + 1
    return context.reader.heads(cell.within(context.query), Facet.OBJECT, None, wanted, frozenset())
