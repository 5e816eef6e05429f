"""Pages of the calendar: months that have something, newest first, with their verbs where asked."""

from __future__ import annotations

from itertools import groupby

from feedsite.feeds.aggregators.dates import YearMonthAggregator
from feedsite.feeds.calendar import Month, months_down
from feedsite.feeds.composing.context import Context
from feedsite.feeds.composing.groups import known_verbs
from feedsite.feeds.composing.stretches import (
    Counted,
    asked,
    bounded_stretches,
    cut,
    group_of,
    latest_stretches,
    newest_first,
    newest_stretches,
)
from feedsite.feeds.page import Group, Page
from feedsite.feeds.query import Cell, Facet
from feedsite.feeds.stores.base import CellAnswer

Made = list[tuple[Month, Group]]


def month_page(context: Context[YearMonthAggregator]) -> Page:
    """A page of whole months, in their years."""
    size, with_verbs = context.aggregator.size, Facet.VERB in context.aggregator.levels
    bounded = bounded_stretches(context, months_down)
    if with_verbs:
        # The present month may have nothing yet: one more than a page shows.
        likely = bounded or latest_stretches(context, months_down, size + 1)
        context.reader.ahead(
            lambda: newest_stretches(context, months_down, size + 1), lambda: _verb_answers(context, likely)
        )
    months, following = cut(context, newest_stretches(context, months_down, size + 1))
    groups = _in_years(_with_verbs(context, months) if with_verbs else _plain(context, months))
    return context.page(kind="groups", groups=tuple(groups), next=following)


def _plain(context: Context[YearMonthAggregator], months: list[Counted[Month]]) -> Made:
    return [
        (month, group_of(context, "month", month.month, Cell((), month.since, month.until), answer))
        for month, answer in months
    ]


def _with_verbs(context: Context[YearMonthAggregator], months: list[Counted[Month]]) -> Made:
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
                inner.append(group_of(context, "type", verb, cell, answer))
        inner = newest_first(inner)
        total, exact = context.total(counted.count)
        made.append((month, Group("month", month.month, (), tuple(inner), total, exact, latest=inner[0].latest)))
    return made


def _verb_answers(context: Context[YearMonthAggregator], months: list[Month]) -> list[tuple[Cell, CellAnswer]]:
    verbs = known_verbs(context)
    cells = [Cell(((Facet.VERB, verb),), month.since, month.until) for month in months for verb in verbs]
    return list(zip(cells, asked(context, cells), strict=True))


def _in_years(months: Made) -> list[Group]:
    years = []
    for year, inside in groupby(months, key=lambda pair: pair[0].year):
        groups = tuple(group for _, group in inside)
        total, exact = sum(group.total for group in groups), all(group.total_is_exact for group in groups)
        years.append(Group("year", year, (), groups, total, exact, latest=groups[0].latest))
    return years
