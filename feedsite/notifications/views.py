"""The notifications page, one group of it, and what a reader says of it."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPBadRequest, HTTPNotFound, HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.view import view_config

from feedsite.feeds import Manager
from feedsite.feeds.aggregators import NotificationAggregator
from feedsite.notifications.digests import DigestService
from feedsite.notifications.models import EVERY
from feedsite.notifications.presenters import digest_view, kind_views, list_view, pane_view, tab_views
from feedsite.notifications.services import SAYINGS, TABS, NotificationService
from feedsite.notifications.tokens import groups_of
from feedsite.requesting.presenters import waiting_link
from feedsite.security.permissions import Permission
from feedsite.timelines.marks import NOTIFICATIONS_READ, posted_mark
from feedsite.timelines.presenters import TimelinePresenter
from feedsite.timelines.verbs import verbs_of
from feedsite.web.cursors import cursor_from
from feedsite.web.presenting import PaneView
from feedsite.web.redirects import see_other

_ = TranslationStringFactory("feedsite")


@view_config(
    route_name="notifications.list",
    renderer="notifications/list.html",
    request_method="GET",
    permission=Permission.READ_NOTIFICATIONS,
)
def notifications(request: Any) -> dict[str, object]:
    """New and Earlier. Opening the first page moves *seen*: the badge is empty, New stays New."""
    tab = request.GET.get("tab", "all")
    if tab not in TABS:
        raise HTTPNotFound
    service, reader, cursor = request.find_service(NotificationService), request.identity.entity, cursor_from(request)
    page = service.read(reader, cursor, tab=tab)
    if tab == "all" and cursor is None and page.upto is not None:
        service.see(reader, page.upto)
    view = list_view(request, page, tab=tab, just_marked="marked" in request.GET)
    return {"notifications": view, "tabs": tab_views(request, tab), "waiting": waiting_link(request)}


@view_config(
    route_name="notifications.group",
    renderer="notifications/group.html",
    request_method="GET",
    permission=Permission.READ_NOTIFICATIONS,
)
def group(request: Any) -> dict[str, object]:
    """Everybody in one group. Opening it reads it."""
    service, key, reader = request.find_service(NotificationService), request.matchdict["key"], request.identity.entity
    fresh = service.new_of(reader, key)
    service.expect(fresh)
    timeline = service.group(reader, key, cursor_from(request))
    if not timeline.page.items:
        raise HTTPNotFound
    service.opened(reader, service.groups(fresh))
    return {
        "timeline": TimelinePresenter(request, timeline).view(_("Everybody in this notification"), label_hidden=True)
    }


@view_config(route_name="notifications.read", request_method="POST", permission=Permission.ARRANGE)
def mark_read(request: Any) -> Response:
    """Mark what was on the page as read."""
    mark = posted_mark(request, NOTIFICATIONS_READ)
    request.find_service(NotificationService).mark_read(request.identity.entity, mark)
    return HTTPSeeOther(request.route_path("notifications.list", _query={"marked": "1"}))


@view_config(route_name="notifications.undo", request_method="POST", permission=Permission.ARRANGE)
def undo(request: Any) -> Response:
    """Take the last "mark all as read" back."""
    request.find_service(NotificationService).undo(request.identity.entity)
    return HTTPSeeOther(request.route_path("notifications.list"))


@view_config(route_name="notifications.groups", request_method="POST", permission=Permission.ARRANGE)
def say(request: Any) -> Response:
    """Say something of one group (its button carries it), or of all that are chosen."""
    done = next((name for name in SAYINGS if name in request.POST), str(request.POST.get("do", "")))
    if done not in SAYINGS:
        raise HTTPBadRequest(_("This form is not one that the site gave you. Load the page again."))
    given = request.POST.getall(done if done in request.POST else "group")
    if not given:
        request.flash(_("Choose some notifications first."), "info")
    request.find_service(NotificationService).say(request.identity.entity, done, groups_of(given))
    return see_other(request, request.route_path("notifications.list"))


@view_config(
    route_name="notifications.settings",
    renderer="notifications/settings.html",
    request_method=("GET", "POST"),
    permission=Permission.MANAGE_ACCOUNT,
)
def settings(request: Any) -> dict[str, object] | Response:
    """Which kinds of notifications the reader wants."""
    service, reader = request.find_service(NotificationService), request.identity.entity
    verbs = tuple(verbs_of(request.registry))
    if request.method == "POST":
        wanted = set(request.POST.getall("wanted"))
        service.want_all_but(reader, [verb.name for verb in verbs if verb.name not in wanted])
        request.flash(_("Your settings are saved."))
        return HTTPSeeOther(request.route_path("notifications.settings"))
    kinds = kind_views(request, verbs, service.unwanted(reader))
    return {"kinds": kinds, "digest": digest_view(request), "form": None}


@view_config(route_name="notifications.digest", request_method="POST", permission=Permission.MANAGE_ACCOUNT)
def digest(request: Any) -> Response:
    """How often the reader is mailed what is new."""
    every = str(request.POST.get("every", ""))
    if every not in ("off", *EVERY):
        raise HTTPBadRequest(_("Choose how often you want the mail: never, every day or every week."))
    request.find_service(DigestService).choose(request.identity.id, request.zone, every)
    request.flash(_("Your settings are saved."))
    return HTTPSeeOther(request.route_path("notifications.settings"))


def announce_pane(request: Any, feeds: Manager) -> None:
    """Have the pane fetched along with what a signed-in reader's page asks first."""
    if request.method not in ("GET", "HEAD") or request.identity is None:
        return
    asks_for_counters = request.matched_route is not None and request.matched_route.name == "notifications.counters"
    made: list[NotificationAggregator] = []

    def pane(manager: Manager) -> None:
        # Looked up when somebody wants to know, and once: the service needs the manager that is being made.
        if not made:
            made.append(request.find_service(NotificationService).pane_of(request.identity.entity))
        if not asks_for_counters:
            manager.get_page(made[0])
        manager.count_badge(made[0])

    feeds.expect(pane)


def notification_pane(request: Any) -> PaneView | None:
    """The pane beside every signed-in page (``request.notification_pane``); None when nobody is signed in."""
    if request.identity is None or request.is_suspended:
        return None
    timeline, badge = request.find_service(NotificationService).pane(request.identity.entity)
    return pane_view(request, timeline, badge)
