"""Views of home in which strong links count: what is hot, and day by day. Nothing else re-ranks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from babel.dates import format_date
from pyramid.i18n import TranslationStringFactory

from feedsite.feeds import Entity, Group
from feedsite.feeds.aggregators import DateWeightAggregator, DecayRankedAggregator
from feedsite.feeds.calendar import day_of
from feedsite.feeds.order import position_ms
from feedsite.timelines.archive import count_label
from feedsite.timelines.presenters import TimelinePresenter
from feedsite.timelines.services import Timeline
from feedsite.web.cursors import first_page_url, page_url
from feedsite.web.presenting import EmptyView, LinkView, SectionPageView, SectionView, TimelineView

_ = TranslationStringFactory("feedsite")

#: The best of the last days that hot shows.
HOT_SIZE, HOT_DAYS = 50, 14
#: An act over a link of weight 2 is as hot as one of now over a link of weight 1 when it is so old.
_HOT_SCALE = "3d"
#: 20 items a page.
_DAYS, _A_DAY, _REST = 5, 4, 20


def hot(reader: Entity) -> DecayRankedAggregator:
    """The best of a reader's network in the last days, by age and the weight of links."""
    window = f"{HOT_DAYS}d"
    return DecayRankedAggregator(reader, _HOT_SCALE, window=window, include_history=True, size=HOT_SIZE)


def days(reader: Entity, zone: str) -> DateWeightAggregator:
    """A reader's network day by day in their zone, the strongest links first inside a day."""
    return DateWeightAggregator(
        reader, zone=zone, include_history=True, size=_DAYS, activities_per_group=_A_DAY, rest_size=_REST
    )


class RankedPresenter:
    """Shows rankings to the reader of a request."""

    def __init__(self, request: Any, timeline: Timeline) -> None:
        self._request, self._timeline = request, timeline
        self._pages = TimelinePresenter(request, timeline)

    def hot(self, empty: EmptyView | None) -> TimelineView:
        """What is hot: one list, without further pages."""
        view = self._pages.view(_("Hot in what you follow"), empty=empty, label_hidden=True)
        return replace(view, older_url="", newer_url="", first_url="")

    def days(self, empty: EmptyView | None) -> SectionPageView:
        """A page of days."""
        view = self._pages.view(_("By day"))
        sections = tuple(self._section(group) for group in self._timeline.page.groups)
        places = {name: getattr(view, name) for name in ("here", "older_url", "newer_url", "first_url")}
        return SectionPageView(sections, view.label, empty=empty, **places)

    def rest(self, empty: EmptyView | None) -> TimelineView:
        """The acts of a day after those that its page showed."""
        view = self._pages.view(self.rest_title(), empty=empty, label_hidden=True)
        return replace(view, newer_url="", first_url=first_page_url(self._request))

    def rest_title(self) -> str:
        """The day that the rest is of, in words."""
        items = self._timeline.page.items
        if not items:
            rest: str = self._request.translate(_("The rest of it"))
            return rest
        return self._title(day_of(position_ms(items[0].key.position), self._zone).date)

    @property
    def _zone(self) -> Any:
        return days(self._request.identity.entity, self._request.zone).zone

    def _section(self, group: Group) -> SectionView:
        when = date.fromisoformat(str(group.value))
        title, url = self._title(when), page_url(self._request, group.more)
        text = self._request.localizer.translate(_("More of ${day}"), mapping={"day": title})
        return SectionView(
            anchor=f"day-{when.isoformat()}",
            label=title,
            items=self._pages.items.views(group.items),
            count_label=count_label(self._request, group),
            more=None if url is None else LinkView(text, url),
        )

    def _title(self, when: date) -> str:
        return format_date(when, "full", locale=self._request.locale_name)
