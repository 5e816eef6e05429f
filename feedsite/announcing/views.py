"""The administration's pages of announcements, and dismissing one."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.view import view_config

from feedsite.announcing.forms import AnnouncementForm
from feedsite.announcing.models import Announcement
from feedsite.announcing.presenters import announcement_view
from feedsite.announcing.services import AnnouncementRefused, AnnouncementService
from feedsite.announcing.wording import REFUSALS
from feedsite.moderation.services import Actor
from feedsite.security.permissions import Permission
from feedsite.web.places import Cursors
from feedsite.web.redirects import see_other

_ = TranslationStringFactory("feedsite")


@view_config(
    route_name="admin.announcements",
    renderer="announcing/list.html",
    request_method="GET",
    permission=Permission.ADMINISTER,
)
def announcements(request: Any) -> dict[str, object]:
    """Every announcement, newest first, and the form for another one."""
    return _list_page(request, AnnouncementForm.blank(request))


@view_config(
    route_name="admin.announcements",
    renderer="announcing/list.html",
    request_method="POST",
    permission=Permission.ADMINISTER,
)
def write(request: Any) -> dict[str, object] | Response:
    """Announce something."""
    form, service = AnnouncementForm.of(request), request.find_service(AnnouncementService)
    if form.validate():
        starts, ends = form.instants(request.zone)
        try:
            service.write(Actor.of(request.identity), form.text.data, form.kind.data, starts=starts, ends=ends)
        except AnnouncementRefused as refused:
            _tell(form, refused)
        else:
            request.flash(_("It is announced."))
            return HTTPSeeOther(request.route_path("admin.announcements"))
    request.response.status = 422
    return _list_page(request, form)


@view_config(
    route_name="admin.announcement",
    renderer="announcing/edit.html",
    request_method="GET",
    permission=Permission.ADMINISTER,
)
def announcement(request: Any) -> dict[str, object]:
    """One announcement, to change it."""
    found = _asked(request)
    return {"form": AnnouncementForm.about(request, found), "announcement": announcement_view(request, found)}


@view_config(
    route_name="admin.announcement",
    renderer="announcing/edit.html",
    request_method="POST",
    permission=Permission.ADMINISTER,
)
def change(request: Any) -> dict[str, object] | Response:
    """Change an announcement."""
    found, form = _asked(request), AnnouncementForm.of(request)
    shown = announcement_view(request, found)
    if form.validate():
        actor, instants = Actor.of(request.identity), form.instants(request.zone)
        service = request.find_service(AnnouncementService)
        try:
            service.change(actor, found, form.text.data, form.kind.data, *instants)
        except AnnouncementRefused as refused:
            _tell(form, refused)
        else:
            request.flash(_("The announcement is changed."))
            return HTTPSeeOther(request.route_path("admin.announcements"))
    request.response.status = 422
    return {"form": form, "announcement": shown}


@view_config(route_name="admin.announcement_withdraw", request_method="POST", permission=Permission.ADMINISTER)
def withdraw(request: Any) -> Response:
    """Take an announcement off all pages."""
    if request.find_service(AnnouncementService).withdraw(Actor.of(request.identity), _asked(request)):
        request.flash(_("The announcement is withdrawn."))
    else:
        request.flash(_("This announcement was over already."), "info")
    return HTTPSeeOther(request.route_path("admin.announcements"))


@view_config(route_name="announcing.dismiss", request_method="POST", permission=Permission.MANAGE_ACCOUNT)
def dismiss(request: Any) -> Response:
    """Show the reader an announcement no more. One that is over needs nothing."""
    request.find_service(AnnouncementService).dismiss(request.identity.id, request.matchdict["announcement_id"])
    return see_other(request, request.route_path("timelines.front"))


def _asked(request: Any) -> Announcement:
    found: Announcement | None = request.find_service(AnnouncementService).find(request.matchdict["announcement_id"])
    if found is None:
        raise HTTPNotFound(request.translate(_("There is no such announcement.")))
    return found


def _tell(form: AnnouncementForm, refused: AnnouncementRefused) -> None:
    sentence = REFUSALS[refused.field]
    if refused.field:
        form.refuse(refused.field, sentence)
    else:
        form.refuse_all(sentence)


def _list_page(request: Any, form: AnnouncementForm) -> dict[str, object]:
    cursors = Cursors(request, "announcements")
    rows = request.find_service(AnnouncementService).page(cursors.place())
    return {
        "form": form,
        "announcements": [announcement_view(request, row) for row in rows.rows],
        "pages": cursors.urls(rows),
    }
