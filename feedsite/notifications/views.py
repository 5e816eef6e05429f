"""The notifications page, one group of it, and what a reader says of it."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.view import view_config

from feedsite.feeds import Manager
from feedsite.feeds.aggregators import NotificationAggregator
from feedsite.notifications.presenters import list_view, pane_view
from feedsite.notifications.services import NotificationService
from feedsite.security.permissions import Permission
from feedsite.timelines.marks import NOTIFICATIONS_READ, posted_mark
from feedsite.timelines.presenters import TimelinePresenter
from feedsite.web.cursors import cursor_from
from feedsite.web.presenting import PaneView

_ = TranslationStringFactory("feedsite")


@view_config(
    route_name="notifications.list",
    renderer="notifications/list.html",
    request_method="GET",
    permission=Permission.READ_NOTIFICATIONS,
)
def notifications(request: Any) -> dict[str, object]:
    """New and Earlier. Opening the first page moves *seen*: the badge is empty, New stays New."""
    service, reader, cursor = request.find_service(NotificationService), request.identity.entity, cursor_from(request)
    page = service.read(reader, cursor)
    if cursor is None and page.upto is not None:
        service.see(reader, page.upto)
    return {"notifications": list_view(request, page, just_marked="marked" in request.GET)}


@view_config(
    route_name="notifications.group",
    renderer="notifications/group.html",
    request_method="GET",
    permission=Permission.READ_NOTIFICATIONS,
)
def group(request: Any) -> dict[str, object]:
    """Everybody in one group."""
    service, key = request.find_service(NotificationService), request.matchdict["key"]
    timeline = service.group(request.identity.entity, key, cursor_from(request))
    if not timeline.page.items:
        raise HTTPNotFound
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


def announce_pane(request: Any, feeds: Manager) -> None:
    """Have the pane fetched along with what a signed-in reader's page asks first."""
    if request.method not in ("GET", "HEAD") or request.identity is None:
        return
    made: list[NotificationAggregator] = []

    def pane(manager: Manager) -> None:
        # Looked up when somebody wants to know, and once: the service needs the manager that is being made.
        if not made:
            made.append(request.find_service(NotificationService).pane_of(request.identity.entity))
        manager.get_page(made[0])
        manager.count_badge(made[0])

    feeds.expect(pane)


def notification_pane(request: Any) -> PaneView | None:
    """The pane beside every signed-in page (``request.notification_pane``); None when nobody is signed in."""
    if request.identity is None:
        return None
    timeline, badge = request.find_service(NotificationService).pane(request.identity.entity)
    return pane_view(request, timeline, badge)
