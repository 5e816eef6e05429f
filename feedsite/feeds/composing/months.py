"""Pages of the calendar: months that have something, newest first, with their verbs where asked."""

from __future__ import annotations

from itertools import groupby, islice

from feedsite.feeds.aggregators.dates import YearMonthAggregator
from feedsite.feeds.calendar import Month, months_down
from feedsite.feeds.composing.context import Context
from feedsite.feeds.composing.groups import known_verbs
from feedsite.feeds.order import OrderKey, floor_position, position_ms
from feedsite.feeds.page import Group, Page
from feedsite.feeds.query import Cell, Facet
from feedsite.feeds.stores.base import CellAnswer

_AT_ONCE = 36


def month_page(context: Context[YearMonthAggregator]) -> Page:
    """A page of whole months, in their years."""
    size, bounded = context.aggregator.size, _bounded(context)
    if bounded and Facet.VERB in context.aggregator.levels:
        context.reader.ahead(lambda: _months(context, size + 1), lambda: _verb_answers(context, bounded))
    found = _months(context, size + 1)
    months = found[:size]
    following = None
    if len(found) > size:
        following = context.token(OrderKey(floor_position(months[-1][0].since), ""), pages=context.cursor.pages + 1)
    groups = _in_years(
        _with_verbs(context, months) if Facet.VERB in context.aggregator.levels else _plain(context, months)
    )
    return context.page(kind="groups", groups=tuple(groups), next=following)


def _months(context: Context[YearMonthAggregator], size: int) -> list[tuple[Month, CellAnswer]]:
    """The newest months that have something; where a long stretch has nothing, the next act tells where to go on."""
    before, query = context.cursor.before, context.query
    bounded = _bounded(context)
    if bounded is not None:
        answers = _answers(context, [Cell((), month.since, month.until) for month in bounded])
        return [(month, answer) for month, answer in zip(bounded, answers, strict=True) if answer.count][:size]
    context.reader.ahead(lambda: context.reader.oldest(query, None, 1), lambda: context.reader.newest(query, before, 1))
    oldest = context.reader.oldest(query, None, 1)
    newest = context.reader.newest(query, before, 1)
    found: list[tuple[Month, CellAnswer]] = []
    while newest and oldest and len(found) < size:
        first, last = (position_ms(rows[0].key.position) for rows in (newest, oldest))
        months = list(islice(months_down(first, last, context.aggregator.zone), _AT_ONCE))
        answers = _answers(context, [Cell((), month.since, month.until) for month in months])
        found += [(month, answer) for month, answer in zip(months, answers, strict=True) if answer.count]
        if len(months) < _AT_ONCE:
            break
        newest = context.reader.newest(query, OrderKey(floor_position(months[-1].since), ""), 1)
    return found[:size]


def _bounded(context: Context[YearMonthAggregator]) -> list[Month] | None:
    """The months of a feed that has bounds in time not far apart: nothing need be asked to know them."""
    query, before = context.query, context.cursor.before
    if query.since_ms is None or query.until_ms is None:
        return None
    last = query.until_ms - 1 if before is None else min(query.until_ms, position_ms(before.position)) - 1
    if last < query.since_ms:
        return []
    months = list(islice(months_down(last, query.since_ms, context.aggregator.zone), _AT_ONCE + 1))
    return months if len(months) <= _AT_ONCE else None


def _answers(context: Context[YearMonthAggregator], cells: list[Cell]) -> list[CellAnswer]:
    aggregator = context.aggregator
    return context.reader.cells(context.query, cells, aggregator.activities_per_group, aggregator.count_cap)


def _group(
    context: Context[YearMonthAggregator], level: str, value: int | str, cell: Cell, answer: CellAnswer
) -> Group:
    total, exact = context.total(answer.count)
    return Group(
        level=level,
        value=value,
        items=answer.items,
        total=total,
        total_is_exact=exact,
        more=context.more(cell, answer.items) if answer.count > len(answer.items) else None,
        latest=answer.items[0].key,
    )


Made = list[tuple[Month, Group]]


def _plain(context: Context[YearMonthAggregator], months: list[tuple[Month, CellAnswer]]) -> Made:
    return [
        (month, _group(context, "month", month.month, Cell((), month.since, month.until), answer))
        for month, answer in months
    ]


def _with_verbs(context: Context[YearMonthAggregator], months: list[tuple[Month, CellAnswer]]) -> Made:
    """Every month with a group for each of its verbs, the verb with the newest act first."""
    if not months:
        return []
    verbs = known_verbs(context)
    answers = iter(_verb_answers(context, [month for month, _ in months]))
    made = []
    for month, counted in months:
        inner = []
        for verb in verbs:
            cell, answer = next(answers)
            if answer.count:
                inner.append(_group(context, "type", verb, cell, answer))
        inner.sort(key=lambda group: group.latest or OrderKey(0, ""), reverse=True)
        total, exact = context.total(counted.count)
        made.append((month, Group("month", month.month, (), tuple(inner), total, exact, latest=inner[0].latest)))
    return made


def _verb_answers(context: Context[YearMonthAggregator], months: list[Month]) -> list[tuple[Cell, CellAnswer]]:
    verbs = known_verbs(context)
    cells = [Cell(((Facet.VERB, verb),), month.since, month.until) for month in months for verb in verbs]
    return list(zip(cells, _answers(context, cells), strict=True))


def _in_years(months: Made) -> list[Group]:
    years = []
    for year, inside in groupby(months, key=lambda pair: pair[0].year):
        groups = tuple(group for _, group in inside)
        total, exact = sum(group.total for group in groups), all(group.total_is_exact for group in groups)
        years.append(Group("year", year, (), groups, total, exact, latest=groups[0].latest))
    return years
