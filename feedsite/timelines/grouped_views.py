"""A reader's network in groups: by thing, by person, by type, by what they watch. A view chooses an aggregator."""

from __future__ import annotations

from functools import partial
from typing import Any

from pyramid.i18n import TranslationStringFactory
from pyramid.view import view_config

from feedsite.feeds.aggregators import CollapseAggregator, RecentTypeAggregator, WatchedAggregator
from feedsite.security.permissions import Permission
from feedsite.timelines.home import Grouped, HomeService, Maker
from feedsite.timelines.presenters import TimelinePresenter, only_new_toggle
from feedsite.timelines.sections import SectionPresenter, empty_groups
from feedsite.web.cursors import cursor_from, first_page_url

_ = TranslationStringFactory("feedsite")

_CARDS, _TYPES, _THINGS = 20, 10, 5


def _read(request: Any, make: Maker) -> Grouped:
    """The page of groups that an address asks for; with ``?new=1`` of what the reader has not read."""
    only_new = request.GET.get("new") == "1"
    grouped: Grouped = request.find_service(HomeService).grouped(
        request.identity.entity, make, cursor_from(request), only_new=only_new
    )
    return grouped


def _cards(request: Any, field: str, label: str) -> dict[str, object]:
    grouped = _read(request, partial(CollapseAggregator, collapse_field=field, size=_CARDS))
    presenter = TimelinePresenter(request, grouped.timeline)
    if grouped.timeline.page.kind == "activities":
        return {
            "groups": None,
            "rest": presenter.rest(first_page_url(request)),
            "heading": presenter.rest_heading(field),
        }
    groups = presenter.groups(label, empty=empty_groups(request, grouped.empty), toggle=only_new_toggle(request))
    return {"groups": groups, "rest": None}


@view_config(
    route_name="timelines.home_objects",
    renderer="timelines/home_cards.html",
    request_method="GET",
    permission=Permission.READ_HOME,
)
def home_objects(request: Any) -> dict[str, object]:
    """One card a thing: the newest act and how many more; a card's cursor leads to the rest of it."""
    return {"current": "objects", "title": _("Home by thing"), **_cards(request, "object", _("By thing"))}


@view_config(
    route_name="timelines.home_people",
    renderer="timelines/home_cards.html",
    request_method="GET",
    permission=Permission.READ_HOME,
)
def home_people(request: Any) -> dict[str, object]:
    """One card a person: what they did last and how much more; a card's cursor leads to the rest of it."""
    return {"current": "people", "title": _("Home by person"), **_cards(request, "actor", _("By person"))}


@view_config(
    route_name="timelines.home_types",
    renderer="timelines/home_types.html",
    request_method="GET",
    permission=Permission.READ_HOME,
)
def home_types(request: Any) -> dict[str, object]:
    """A section a verb with its newest acts; a section's cursor leads to the rest of it."""
    grouped = _read(request, partial(RecentTypeAggregator, activities_per_group=2, size=_TYPES))
    presenter = SectionPresenter(request, grouped.timeline)
    if grouped.timeline.page.kind == "activities":
        return {"page": None, **presenter.rest()}
    empty = empty_groups(request, grouped.empty)
    return {"page": presenter.by_verb(_("By type"), empty=empty, toggle=only_new_toggle(request)), "rest": None}


@view_config(
    route_name="timelines.watching",
    renderer="timelines/watching.html",
    request_method="GET",
    permission=Permission.READ_HOME,
)
def watching(request: Any) -> dict[str, object]:
    """A section a watched thing, split by verb; a verb's cursor leads to the rest of it."""
    grouped = _read(request, partial(WatchedAggregator, activities_per_group=1, size=_THINGS))
    presenter = SectionPresenter(request, grouped.timeline)
    if grouped.timeline.page.kind == "activities":
        return {"page": None, **presenter.rest()}
    empty = empty_groups(request, grouped.empty)
    return {"page": presenter.by_thing(_("What you watch"), empty=empty, toggle=only_new_toggle(request)), "rest": None}
