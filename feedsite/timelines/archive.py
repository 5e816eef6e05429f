"""The past of a reader's network, or of one person, by year and month in the reader's zone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal
from pyramid.httpexceptions import HTTPNotFound
from pyramid.i18n import TranslationStringFactory

from feedsite.accounts.models import Person
from feedsite.db import utcnow
from feedsite.feeds import Entity, Group
from feedsite.feeds.aggregators import CursorAggregator, YearMonthAggregator, YearMonthTypeAggregator
from feedsite.feeds.calendar import month as month_of
from feedsite.feeds.order import instant
from feedsite.timelines.items import ItemPresenter
from feedsite.timelines.services import Timeline
from feedsite.timelines.verbs import verbs_of
from feedsite.web.plurals import counted
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


@dataclass(frozen=True)
class Past:
    """Whose past a page is about: a reader's network, or one person as the reader may see them.

    Args:
        owner: the reader, or the person.
        zone: the reader's.
        options: of the aggregators that read it.
    """

    owner: Entity
    zone: str
    options: Mapping[str, Any]

    @classmethod
    def of_reader(cls, request: Any) -> Past:
        """The network of who is signed in."""
        return cls(request.identity.entity, request.zone, {"include_history": True})

    @classmethod
    def of_person(cls, request: Any, person: Person) -> Past:
        """What somebody did."""
        viewer = None if request.identity is None else request.identity.entity
        return cls(Entity("person", person.id), request.zone, {"scope": "actor", "viewer": viewer})

    def year(self, year: int) -> YearMonthAggregator:
        """A year's months, each with its newest act."""
        return YearMonthAggregator(self.owner, year, zone=self.zone, activities_per_group=1, **self.options)

    def year_by_verb(self, year: int) -> YearMonthTypeAggregator:
        """A year's months, each with its verbs."""
        return YearMonthTypeAggregator(self.owner, year, zone=self.zone, activities_per_group=1, **self.options)

    def month(self, month: Month, verb: str = "") -> CursorAggregator:
        """What happened in a month, newest first."""
        verbs = (verb,) if verb else ()
        return CursorAggregator(self.owner, size=_SIZE, verbs=verbs, **self._bounds(month))

    def by_verb(self, month: Month) -> YearMonthTypeAggregator:
        """How much of what happened in it."""
        return YearMonthTypeAggregator(self.owner, activities_per_group=1, **self._bounds(month))

    def _bounds(self, month: Month) -> dict[str, Any]:
        here = month_of(month.year, month.number, ZoneInfo(self.zone))
        return {"since": instant(here.since), "until": instant(here.until), "zone": self.zone, **self.options}


def year_of(matched: dict[str, str]) -> int:
    """The year of an address; raises HTTPNotFound for one that no page can have."""
    year = int(matched["year"])
    if year not in YEARS:
        raise HTTPNotFound
    return year


class ArchivePresenter:
    """Shows years and months to the reader of a request.

    Args:
        request: of the page.
        handle: of the person whose past it is; empty: it is that of the reader's network.
    """

    def __init__(self, request: Any, handle: str = "") -> None:
        self._request, self._locale, self._handle = request, request.locale_name, handle

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

    def by_verb(self, years: Sequence[Group], empty: EmptyView | None = None) -> ArchiveView:
        """A year's months, each with its verbs and how much of each."""
        months = [(int(str(year.value)), month) for year in years for month in year.groups]
        most = max((verb.total for _, month in months for verb in month.groups), default=1)
        exact = all(year.total_is_exact for year in years)
        return ArchiveView(
            label=self._request.translate(_("Archive")),
            years=tuple(self._verbs_of(Month(year, int(str(group.value))), group, most) for year, group in months),
            empty=empty,
            note="" if exact else self._request.translate(_("A figure with a plus sign is counted no further.")),
        )

    def year_tabs(self, year: int, current: str) -> tuple[TabView, ...]:
        """The views of a year of the reader's network.

        Args:
            year: which.
            current: the one that is open: "newest" or "types".
        """
        newest = self._request.route_path("timelines.archive_year", year=year)
        types = self._request.route_path("timelines.archive_types", year=year)
        return (
            TabView(self._request.translate(_("By month")), newest, current == "newest"),
            TabView(self._request.translate(_("By type")), types, current == "types"),
        )

    def crumbs(self, year: int, *, with_year: bool = False) -> tuple[LinkView, ...]:
        """The way back to a person's page, and the years beside this one; with `with_year` the year itself."""
        now = utcnow().astimezone(ZoneInfo(self._request.zone)).year
        whole = self._request.translate(_("All activity"))
        profile = LinkView(whole, self._request.route_path("timelines.profile", handle=self._handle))
        years = (year,) if with_year else (year - 1, year + 1)
        shown = (one for one in years if one in YEARS and one <= max(now, year))
        return (profile, *(LinkView(str(one), self._year_path(one)) for one in shown))

    def nothing(self, month: Month | None = None) -> EmptyView:
        """What a stretch of a person's past says that has nothing.

        Args:
            month: one that has something, of which a filter hides all.
        """
        translate = self._request.translate
        if month is not None:
            text = translate(_("There is something, but this filter hides all of it."))
            links = (LinkView(translate(_("Show all")), self._month_path(month), primary=True),)
            return EmptyView("filtered", translate(_("Nothing behind this filter")), text, links)
        profile = self._request.route_path("timelines.profile", handle=self._handle)
        links = (LinkView(translate(_("All activity")), profile, primary=True),)
        text = translate(_("There is nothing here that you may see."))
        return EmptyView("nothing-yet", translate(_("Nothing here yet")), text, links)

    def _verbs_of(self, month: Month, group: Group, most: int) -> YearView:
        path, known = self._month_path(month), verbs_of(self._request.registry)
        return YearView(
            label=month.title(self._locale),
            url=path,
            count_label=count_label(self._request, group),
            months=tuple(
                MonthView(
                    label=self._request.translate(known[str(verb.value)].title),
                    url=f"{path}?{urlencode({'verb': str(verb.value)})}",
                    count_label=figure(verb, self._locale),
                    level=max(1, round(10 * verb.total / most)),
                )
                for verb in group.groups
            ),
        )

    def _year(self, group: Group, most: int) -> YearView:
        year = int(str(group.value))
        return YearView(
            label=str(year),
            url=self._year_path(year),
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
        return self._path("month", year=month.year, month=month.number)

    def _year_path(self, year: int) -> str:
        return self._path("year", year=year)

    def _path(self, name: str, **parts: int) -> str:
        whose = ("profile", {"handle": self._handle}) if self._handle else ("archive", {})
        path: str = self._request.route_path(f"timelines.{whose[0]}_{name}", **whose[1], **parts)
        return path


def count_label(request: Any, group: Group) -> str:
    """How many acts a group has, in words: "12 activities"."""
    return counted(
        request, "${count} activity", "${count} activities", group.total, count=figure(group, request.locale_name)
    )


def figure(group: Group, locale: str) -> str:
    """How many acts a group has, as a figure; with a plus sign where it is counted no further."""
    number = group.total if group.total_is_exact else group.total + 1
    return format_decimal(number, locale=locale) + ("" if group.total_is_exact else "+")
