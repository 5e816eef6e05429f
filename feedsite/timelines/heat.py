"""How active somebody was on each day of the last 53 weeks: a picture, and the same in words and links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal
from pyramid.i18n import TranslationStringFactory

from feedsite.accounts.models import Person
from feedsite.feeds import Entity, Group, Page
from feedsite.feeds.aggregators import HeatmapAggregator
from feedsite.web.presenting import HeatView, MonthView

_ = TranslationStringFactory("feedsite")

_STEP, _SIDE, _LEVELS = 12, 10, 4


def heat_of(request: Any, person: Person) -> HeatmapAggregator:
    """The days of somebody as the reader may see them, in the reader's zone."""
    viewer = None if request.identity is None else request.identity.entity
    return HeatmapAggregator(Entity("person", person.id), viewer=viewer, zone=request.zone)


def heat_view(request: Any, person: Person, page: Page) -> HeatView | None:
    """The picture of a page of days; None where there is nothing to show."""
    counts = {date.fromisoformat(str(group.value)): group.total for group in page.groups}
    if not counts:
        return None
    busiest = max(counts, key=lambda day: (counts[day], day))
    until = page.as_of.astimezone(heat_of(request, person).zone).date() if page.as_of else max(counts)
    first = until - timedelta(days=until.weekday() + 7 * 52)
    return HeatView(
        label=_label(request, page, counts, busiest),
        ground=_ground(first, until),
        days=_days(counts, first, counts[busiest]),
        months=_months(request, person, page.groups),
    )


def _label(request: Any, page: Page, counts: Mapping[date, int], busiest: date) -> str:
    locale, total = request.locale_name, page.total or 0
    said = {
        "count": format_decimal(total, locale=locale),
        "days": format_decimal(len(counts), locale=locale),
        "most": format_decimal(counts[busiest], locale=locale),
        "day": format_date(busiest, "long", locale=locale),
    }
    text: str = request.localizer.pluralize(
        "${count} activity in the last 53 weeks, on ${day}.",
        "${count} activities in the last 53 weeks, on ${days} days. The busiest one was ${day} with ${most}.",
        total,
        domain="feedsite",
        mapping=said,
    )
    return text


def _ground(first: date, until: date) -> str:
    """All days as one path: a line for each week, which the style sheet cuts into days."""
    weeks = (until - first).days // 7
    lines = [f"M{week * _STEP + _SIDE // 2} 0v{7 * _STEP}" for week in range(weeks)]
    return "".join([*lines, f"M{weeks * _STEP + _SIDE // 2} 0v{(until.weekday() + 1) * _STEP}"])


def _days(counts: Mapping[date, int], first: date, most: int) -> tuple[str, ...]:
    """For each level of activity a path of its days: five elements in place of hundreds."""
    paths = [""] * _LEVELS
    for day, count in sorted(counts.items()):
        week, weekday = divmod((day - first).days, 7)
        level = -(-_LEVELS * count // most) - 1
        paths[level] += f"M{week * _STEP} {weekday * _STEP}h{_SIDE}v{_SIDE}h-{_SIDE}z"
    return tuple(paths)


def _months(request: Any, person: Person, groups: Sequence[Group]) -> tuple[MonthView, ...]:
    """The same by month, newest first, each leading to its acts."""
    sums = {
        month: sum(group.total for group in inside)
        for month, inside in groupby(groups, key=lambda group: str(group.value)[:7])
    }
    most, made = max(sums.values()), []
    for month, total in sums.items():
        year, number = int(month[:4]), int(month[5:])
        made.append(
            MonthView(
                label=format_skeleton("yMMMM", date(year, number, 1), locale=request.locale_name),
                url=request.route_path("timelines.profile_month", handle=person.handle, year=year, month=number),
                count_label=format_decimal(total, locale=request.locale_name),
                level=max(1, round(10 * total / most)),
            )
        )
    return tuple(made)
