"""Timelines. A view chooses an aggregator, and that is all it does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pyramid.httpexceptions import HTTPFound, HTTPNotFound, HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.view import view_config

from feedsite.feeds import Entity
from feedsite.feeds.aggregators import PublicAggregator
from feedsite.feedsout.heads import explore_head, profile_head, tag_head, thing_head
from feedsite.keeping.presenters import pinned_item
from feedsite.posts.presenters import compose_box
from feedsite.posts.text import tag_name
from feedsite.security.permissions import Permission
from feedsite.suggestions.presenters import suggested
from feedsite.timelines.archive import ArchivePresenter, Month, Past, year_of
from feedsite.timelines.feeds import profile_acts, public_acts, tag_acts, thing_acts
from feedsite.timelines.heat import heat_of, heat_view
from feedsite.timelines.home import FILTERED, FOLLOWS_NOTHING, HomeService
from feedsite.timelines.marks import HOME, posted_mark
from feedsite.timelines.people import LinkLists, ProfilePresenter, person_of, person_views
from feedsite.timelines.presenters import TimelinePresenter, empty_state, home_view, nothing_yet, unread_view
from feedsite.timelines.ranked import HOT_DAYS, HOT_SIZE, RankedPresenter, days, hot
from feedsite.timelines.services import TimelineService
from feedsite.timelines.tags import expect_tag_view, tag_view
from feedsite.timelines.things import expect_thing_view, lead_elsewhere, name_of, thing_of, thing_view
from feedsite.timelines.trends import trend_views
from feedsite.timelines.verbs import verbs_of
from feedsite.web.cursors import cursor_from, first_page_url, page_url
from feedsite.web.presenting import EmptyView
from feedsite.web.redirects import see_other

_ = TranslationStringFactory("feedsite")

_FRONT_SIZE = 10


def _viewer(request: Any) -> Entity | None:
    return None if request.identity is None else request.identity.entity


# -- home ------------------------------------------------------------------------------------------------------------


@view_config(route_name="timelines.front", renderer="timelines/front.html", request_method="GET")
def front(request: Any) -> dict[str, object] | Response:
    """What this site is, with the latest public notes; who is signed in goes home."""
    if request.identity is not None:
        return HTTPSeeOther(request.route_path("timelines.home"))
    latest = request.find_service(TimelineService).read(PublicAggregator(None, verbs=("create",), size=_FRONT_SIZE))
    empty = nothing_yet(request, _("Nothing here yet"), _("Nobody has written anything in public so far."))
    timeline = TimelinePresenter(request, latest).view(_("Latest public notes"), empty=empty)
    return {"timeline": replace(timeline, older_url="")}


@view_config(
    route_name="timelines.home", renderer="timelines/home.html", request_method="GET", permission=Permission.READ_HOME
)
def home(request: Any) -> dict[str, object]:
    """The reader's home, newest first; with ``?new=1`` what they have not read."""
    only_new = request.GET.get("new") == "1"
    page = request.find_service(HomeService).read(request.identity.entity, cursor_from(request), only_new=only_new)
    return {
        "timeline": home_view(request, page, only_new=only_new),
        "people": suggested(request) if page.empty == FOLLOWS_NOTHING else (),
        "compose": compose_box(request, next=request.route_path("timelines.home")),
    }


@view_config(
    route_name="timelines.home_unread",
    renderer="timelines/home_unread.html",
    request_method="GET",
    permission=Permission.READ_HOME,
)
def home_unread(request: Any) -> dict[str, object]:
    """What the reader has not read, oldest first from their mark."""
    home = request.find_service(HomeService).unread(request.identity.entity, cursor_from(request))
    return {"timeline": unread_view(request, home)}


@view_config(route_name="timelines.home_read", request_method="POST", permission=Permission.ARRANGE)
def mark_home_read(request: Any) -> Response:
    """Move the reader's mark to what was on the page."""
    request.find_service(HomeService).mark_read(request.identity.entity, posted_mark(request, HOME))
    return see_other(request, request.route_path("timelines.home"))


@view_config(
    route_name="timelines.home_hot",
    renderer="timelines/home_hot.html",
    request_method="GET",
    permission=Permission.READ_HOME,
)
def home_hot(request: Any) -> dict[str, object]:
    """The best of the last days, ranked by age and the weight of links; it has no further pages."""
    reader = request.identity.entity
    read = request.find_service(TimelineService).read(hot(reader))
    kind = "" if read.page.items else request.find_service(HomeService).why_empty(reader, filtered=True)
    empty = empty_state(request, kind, all_url=request.route_path("timelines.home"))
    return {"timeline": RankedPresenter(request, read).hot(empty), "size": HOT_SIZE, "days": HOT_DAYS}


@view_config(
    route_name="timelines.home_days",
    renderer="timelines/home_days.html",
    request_method="GET",
    permission=Permission.READ_HOME,
)
def home_days(request: Any) -> dict[str, object]:
    """Day by day, the strongest links first inside a day; a day's cursor leads to the rest of it."""
    reader = request.identity.entity
    read = request.find_service(TimelineService).read(days(reader, request.zone), cursor_from(request))
    presenter, is_rest = RankedPresenter(request, read), read.page.kind == "activities"
    kind = "" if read.page.groups or read.page.items else FILTERED
    if kind and not is_rest:
        kind = request.find_service(HomeService).why_empty(reader, filtered=bool(request.GET.get("cursor")))
    empty = empty_state(request, kind, all_url=first_page_url(request))
    return {"rest": presenter.rest(empty), "page": None} if is_rest else {"rest": None, "page": presenter.days(empty)}


# -- the past --------------------------------------------------------------------------------------------------------


@view_config(
    route_name="timelines.archive",
    renderer="timelines/archive.html",
    request_method="GET",
    permission=Permission.READ_HOME,
)
def archive(request: Any) -> dict[str, object]:
    """Every year and month that has something, with counts."""
    reader = request.identity.entity
    years = request.find_service(TimelineService).years(reader, request.zone)
    kind = "" if years else request.find_service(HomeService).why_empty(reader)
    return {"archive": ArchivePresenter(request).archive(years, empty_state(request, kind))}


@view_config(
    route_name="timelines.archive_year",
    renderer="timelines/archive_year.html",
    request_method="GET",
    permission=Permission.READ_HOME,
)
def archive_year(request: Any) -> dict[str, object]:
    """A year: each month with its newest act."""
    year, archive = year_of(request.matchdict), ArchivePresenter(request)
    read = request.find_service(TimelineService).read(Past.of_reader(request).year(year))
    return {
        "year": year,
        "tabs": archive.year_tabs(year, "newest"),
        "sections": archive.sections(read, year),
        "empty": None if read.page.groups else _nothing_then(request),
    }


@view_config(
    route_name="timelines.archive_types",
    renderer="timelines/archive_types.html",
    request_method="GET",
    permission=Permission.READ_HOME,
)
def archive_types(request: Any) -> dict[str, object]:
    """A year: each month with its verbs and how much of each."""
    year, archive = year_of(request.matchdict), ArchivePresenter(request)
    groups = request.find_service(TimelineService).groups(Past.of_reader(request).year_by_verb(year))
    empty = None if groups else _nothing_then(request)
    return {"year": year, "tabs": archive.year_tabs(year, "types"), "archive": archive.by_verb(groups, empty)}


def _nothing_then(request: Any) -> EmptyView | None:
    """What a year of a reader's network says that has nothing."""
    reader = request.identity.entity
    kind = request.find_service(HomeService).why_empty(reader, filtered=True)
    return empty_state(request, kind, all_url=request.route_path("timelines.archive"))


@view_config(
    route_name="timelines.archive_month",
    renderer="timelines/archive_month.html",
    request_method="GET",
    permission=Permission.READ_HOME,
)
def archive_month(request: Any) -> dict[str, object]:
    """A month, newest first; with ``?verb=`` the acts of one verb."""
    month, verb = Month.of(request.matchdict), request.GET.get("verb", "")
    timelines, past, cursor = request.find_service(TimelineService), Past.of_reader(request), cursor_from(request)
    if not verb or verb in verbs_of(request.registry):
        timelines.expect(past.month(month, verb), cursor)
    by_verb = timelines.groups(past.by_verb(month))
    tabs = ArchivePresenter(request).tabs(month, by_verb, verb)
    if verb and verb not in verbs_of(request.registry) and not any(tab.current for tab in tabs):
        raise HTTPNotFound
    read = timelines.read(past.month(month, verb), cursor)
    all_url = tabs[0].url if by_verb else request.route_path("timelines.archive")
    empty = None if read.page.items else empty_state(request, FILTERED, all_url=all_url)
    title = month.title(request.locale_name)
    timeline = TimelinePresenter(request, read).view(title, empty=empty, label_hidden=True)
    return {"timeline": timeline, "title": title, "year": month.year, "tabs": tabs}


# -- people ----------------------------------------------------------------------------------------------------------


@view_config(route_name="timelines.profile", renderer="timelines/profile.html", request_method="GET")
def profile(request: Any) -> dict[str, object]:
    """What one person did, newest first, as far as the reader may see it."""
    person = person_of(request)
    head = ProfilePresenter(request, person)
    head.expect()
    timelines, cursor = request.find_service(TimelineService), cursor_from(request)
    days = heat_of(request, person)
    if cursor is None:
        timelines.expect(days)
    read = timelines.read(profile_acts(person.id, _viewer(request)), cursor)
    label = request.localizer.translate(_("What ${name} did"), mapping={"name": person.name})
    empty = nothing_yet(request, _("Nothing here yet"), _("There is nothing here that you may see."))
    return {
        "meta": profile_head(request, person),
        "profile": head.view("notes"),
        "pinned": pinned_item(request, person),
        "heat": heat_view(request, person, timelines.page(days)) if cursor is None else None,
        "timeline": TimelinePresenter(request, read).view(label, empty=empty, label_hidden=True),
    }


@view_config(route_name="timelines.following", renderer="timelines/people.html", request_method="GET")
@view_config(route_name="timelines.followers", renderer="timelines/people.html", request_method="GET")
def people(request: Any) -> dict[str, object]:
    """Whom somebody follows, or who follows them; the newest link first."""
    person, name = person_of(request), request.matched_route.name.removeprefix("timelines.")
    head = ProfilePresenter(request, person)
    head.expect()
    found, following = LinkLists(request, person, name).read()
    return {
        "profile": head.view(name),
        "name": name,
        "people": person_views(request, found),
        "here": request.path_qs,
        "pages": {
            "older_url": page_url(request, following) or "",
            "newer_url": "",
            "first_url": first_page_url(request) if request.GET.get("cursor") else "",
        },
    }


# -- everybody -------------------------------------------------------------------------------------------------------


@view_config(route_name="timelines.tag", renderer="timelines/tag.html", request_method="GET")
def tag(request: Any) -> dict[str, object]:
    """What was written under a tag."""
    given = request.matchdict["tag"]
    name = tag_name(given)
    if name is None:
        raise HTTPNotFound
    if name != given:
        raise HTTPFound(request.route_path("timelines.tag", tag=name))
    expect_tag_view(request, name)
    read = request.find_service(TimelineService).read(tag_acts(name, _viewer(request)), cursor_from(request))
    label = request.localizer.translate(_("Latest with #${tag}"), mapping={"tag": name})
    empty = nothing_yet(request, _("Nothing here yet"), _("Nobody has used this tag in a note that you may see."))
    timeline = TimelinePresenter(request, read).view(label, empty=empty, label_hidden=True)
    return {"meta": tag_head(request, name), "tag": tag_view(request, name), "timeline": timeline}


@view_config(route_name="timelines.thing", renderer="timelines/thing.html", request_method="GET")
def thing(request: Any) -> dict[str, object]:
    """What touched a thing of any type. What nothing touched that the reader may see, and they do not watch, is not
    there."""
    lead_elsewhere(request)
    entity = thing_of(request)
    expect_thing_view(request, entity)
    cursor = cursor_from(request)
    read = request.find_service(TimelineService).read(thing_acts(entity, _viewer(request)), cursor)
    name = name_of(entity, read)
    head = thing_view(request, entity, name)
    if not read.page.items and cursor is None and not (head.watch and head.watch.on):
        raise HTTPNotFound
    label = request.localizer.translate(_("Latest with ${name}"), mapping={"name": name})
    empty = nothing_yet(request, _("Nothing here yet"), _("Nothing has happened to it that you may see."))
    timeline = TimelinePresenter(request, read).view(label, empty=empty, label_hidden=True)
    return {"meta": thing_head(request, entity, name), "thing": head, "timeline": timeline}


@view_config(route_name="timelines.explore", renderer="timelines/explore.html", request_method="GET")
def explore(request: Any) -> dict[str, object]:
    """What everybody writes in public, and whom one could follow."""
    timelines, viewer = request.find_service(TimelineService), _viewer(request)
    timelines.expect_active_people(viewer)
    timelines.expect_trending(viewer)
    read = timelines.read(public_acts(viewer), cursor_from(request))
    empty = nothing_yet(request, _("Nothing here yet"), _("Nobody has written anything in public so far."))
    return {
        "meta": explore_head(request),
        "timeline": TimelinePresenter(request, read).view(_("Latest from everybody"), empty=empty),
        "people": suggested(request),
        "trends": trend_views(request, timelines.trending(viewer)),
    }
