"""The past of a reader's network by year and month, in their zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal
from pyramid.httpexceptions import HTTPNotFound
from pyramid.i18n import TranslationStringFactory

from feedsite.feeds import Entity, Group
from feedsite.feeds.aggregators import CursorAggregator, YearMonthAggregator, YearMonthTypeAggregator
from feedsite.feeds.calendar import month as month_of
from feedsite.feeds.order import instant
from feedsite.timelines.items import ItemPresenter
from feedsite.timelines.services import Timeline
from feedsite.timelines.verbs import verbs_of
from feedsite.web.presenting import ArchiveView, EmptyView, LinkView, MonthView, SectionView, TabView, YearView
from feedsite.web.wording import compact

_ = TranslationStringFactory("feedsite")

#: Years that have a page: each instant of theirs is one the engine takes, in every zone.
YEARS = range(1701, 2200)
_SIZE = 20


@dataclass(frozen=True)
class Month:
    """A month of the calendar, as a page's address names it."""

    year: int
    number: int

    @classmethod
    def of(cls, matched: dict[str, str]) -> Month:
        """The month of an address; raises HTTPNotFound where the calendar has none."""
        year, number = year_of(matched), int(matched["month"])
        if not 1 <= number <= 12:
            raise HTTPNotFound
        return cls(year, number)

    def title(self, locale: str) -> str:
        """The month with its year, in words."""
        return str(format_skeleton("yMMMM", date(self.year, self.number, 1), locale=locale))

    def acts(self, reader: Entity, zone: str, verb: str = "") -> CursorAggregator:
        """What happened in it, newest first."""
        return CursorAggregator(reader, size=_SIZE, verbs=(verb,) if verb else (), **self._bounds(zone))

    def by_verb(self, reader: Entity, zone: str) -> YearMonthTypeAggregator:
        """How much of what happened in it."""
        return YearMonthTypeAggregator(reader, activities_per_group=1, **self._bounds(zone))

    def _bounds(self, zone: str) -> dict[str, Any]:
        here = month_of(self.year, self.number, ZoneInfo(zone))
        return {"since": instant(here.since), "until": instant(here.until), "zone": zone, "include_history": True}


def year_of(matched: dict[str, str]) -> int:
    """The year of an address; raises HTTPNotFound for one that no page can have."""
    year = int(matched["year"])
    if year not in YEARS:
        raise HTTPNotFound
    return year


def year_acts(reader: Entity, year: int, zone: str) -> YearMonthAggregator:
    """A year's months, each with its newest act."""
    return YearMonthAggregator(reader, year, zone=zone, include_history=True, activities_per_group=1)


class ArchivePresenter:
    """Shows years and months to the reader of a request."""

    def __init__(self, request: Any) -> None:
        self._request, self._locale = request, request.locale_name

    def archive(self, years: Sequence[Group], empty: EmptyView | None = None) -> ArchiveView:
        """Every year with every month that has something."""
        most = max((month.total for year in years for month in year.groups), default=1)
        exact = all(year.total_is_exact for year in years)
        note = "" if exact else self._request.translate(_("A figure with a plus sign is counted no further."))
        return ArchiveView(
            label=self._request.translate(_("Archive")),
            years=tuple(self._year(year, most) for year in years),
            empty=empty,
            note=note,
        )

    def sections(self, timeline: Timeline, year: int) -> tuple[SectionView, ...]:
        """A year's months: the newest act of each and the way to the rest."""
        items = ItemPresenter(self._request, timeline)
        groups = [month for group in timeline.page.groups for month in group.groups]
        return tuple(self._section(Month(year, int(str(group.value))), group, items) for group in groups)

    def tabs(self, month: Month, years: Sequence[Group], chosen: str) -> tuple[TabView, ...]:
        """The month's verbs as tabs with their counts; the first one is all of them."""
        path = self._month_path(month)
        groups = [verb for year in years for inner in year.groups for verb in inner.groups]
        known = verbs_of(self._request.registry)
        tabs = [TabView(self._request.translate(_("All")), path, not chosen)]
        for group in groups:
            name = str(group.value)
            title = self._request.translate(known[name].title)
            count = compact(group.total, self._locale) if group.total_is_exact else f"{compact(group.total + 1)}+"
            tabs.append(TabView(title, f"{path}?{urlencode({'verb': name})}", name == chosen, count))
        return tuple(tabs)

    def _year(self, group: Group, most: int) -> YearView:
        year = int(str(group.value))
        return YearView(
            label=str(year),
            url=self._request.route_path("timelines.archive_year", year=year),
            count_label=count_label(self._request, group),
            months=tuple(self._month(Month(year, int(str(inner.value))), inner, most) for inner in group.groups),
        )

    def _month(self, month: Month, group: Group, most: int) -> MonthView:
        return MonthView(
            label=self._name(month),
            url=self._month_path(month),
            count_label=figure(group, self._locale),
            level=max(1, round(10 * group.total / most)),
        )

    def _section(self, month: Month, group: Group, items: ItemPresenter) -> SectionView:
        text = self._request.localizer.translate(_("All of ${month}"), mapping={"month": month.title(self._locale)})
        return SectionView(
            anchor=f"month-{month.number}",
            label=self._name(month),
            items=items.views(group.items),
            count_label=count_label(self._request, group),
            more=LinkView(text, self._month_path(month)),
        )

    def _name(self, month: Month) -> str:
        return format_date(date(month.year, month.number, 1), "LLLL", locale=self._locale)

    def _month_path(self, month: Month) -> str:
        path: str = self._request.route_path("timelines.archive_month", year=month.year, month=month.number)
        return path


def count_label(request: Any, group: Group) -> str:
    """How many acts a group has, in words: "12 activities"."""
    text: str = request.localizer.pluralize(
        "${count} activity",
        "${count} activities",
        group.total,
        domain="feedsite",
        mapping={"count": figure(group, request.locale_name)},
    )
    return text


def figure(group: Group, locale: str) -> str:
    """How many acts a group has, as a figure; with a plus sign where it is counted no further."""
    number = group.total if group.total_is_exact else group.total + 1
    return format_decimal(number, locale=locale) + ("" if group.total_is_exact else "+")
