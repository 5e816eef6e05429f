"""A person's years and months. A view chooses an aggregator, and that is all it does."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.view import view_config

from feedsite.timelines.archive import ArchivePresenter, Month, Past, year_of
from feedsite.timelines.people import ProfilePresenter, person_of
from feedsite.timelines.presenters import TimelinePresenter
from feedsite.timelines.services import TimelineService
from feedsite.timelines.verbs import verbs_of
from feedsite.web.cursors import cursor_from


@view_config(route_name="timelines.profile_year", renderer="timelines/profile_year.html", request_method="GET")
def profile_year(request: Any) -> dict[str, object]:
    """A year of what a person did: each month with its newest act."""
    year, person = year_of(request.matchdict), person_of(request)
    head, past = ProfilePresenter(request, person), Past.of_person(request, person)
    head.expect()
    read = request.find_service(TimelineService).read(past.year(year))
    archive = ArchivePresenter(request, person.handle)
    return {
        "profile": head.view(),
        "year": year,
        "crumbs": archive.crumbs(year),
        "sections": archive.sections(read, year),
        "empty": None if read.page.groups else archive.nothing(),
    }


@view_config(route_name="timelines.profile_month", renderer="timelines/profile_month.html", request_method="GET")
def profile_month(request: Any) -> dict[str, object]:
    """A month of what a person did, newest first; with ``?verb=`` the acts of one verb."""
    month, person, verb = Month.of(request.matchdict), person_of(request), request.GET.get("verb", "")
    head, past, timelines = ProfilePresenter(request, person), Past.of_person(request, person), _timelines(request)
    archive, cursor = ArchivePresenter(request, person.handle), cursor_from(request)
    if not verb or verb in verbs_of(request.registry):
        timelines.expect(past.month(month, verb), cursor)
    head.expect()
    by_verb = timelines.groups(past.by_verb(month))
    tabs = archive.tabs(month, by_verb, verb)
    if verb and verb not in verbs_of(request.registry) and not any(tab.current for tab in tabs):
        raise HTTPNotFound
    read = timelines.read(past.month(month, verb), cursor)
    title = month.title(request.locale_name)
    empty = None if read.page.items else archive.nothing(month if by_verb else None)
    timeline = TimelinePresenter(request, read).view(title, empty=empty, label_hidden=True)
    crumbs = archive.crumbs(month.year, with_year=True)
    return {"profile": head.view(), "title": title, "timeline": timeline, "tabs": tabs, "crumbs": crumbs}


def _timelines(request: Any) -> TimelineService:
    service: TimelineService = request.find_service(TimelineService)
    return service
