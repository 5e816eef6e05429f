"""Deleting one's account, and coming back."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.security import forget
from pyramid.view import view_config

from feedsite.accounts.entering import let_in, no_longer_returning, returning
from feedsite.accounts.models import Person
from feedsite.db import utcnow
from feedsite.leaving.forms import LeaveForm
from feedsite.leaving.services import LeavingService
from feedsite.moderation.services import NotAllowed
from feedsite.security.events import note
from feedsite.security.permissions import Permission
from feedsite.web.presenting import TimeView
from feedsite.web.wording import time_view

_ = TranslationStringFactory("feedsite")


@view_config(
    route_name="leaving.leave",
    renderer="leaving/leave.html",
    request_method=("GET", "POST"),
    permission=Permission.MANAGE_ACCOUNT,
    fresh_login="leaving.leave",
)
def leave(request: Any) -> dict[str, object] | Response:
    """What happens to who goes; and going."""
    form, leaving = LeaveForm.of(request), request.find_service(LeavingService)
    form.expected = request.identity.handle
    if request.method == "POST":
        if form.validate():
            try:
                leaving.leave(request.identity.id)
            except NotAllowed:
                form.refuse_all(_("You are the last admin of this site: make somebody else an admin first."))
            else:
                note(request, "leave")
                return _gone(request)
        request.response.status = 422
    return {"form": form, "days": leaving.terms.grace.days, "reserved": request.site_settings.handle_reserved_days}


def _gone(request: Any) -> Response:
    headers = forget(request)
    request.flash(_("Your account is deleted. To come back, sign in."))
    response = HTTPSeeOther(request.route_path("timelines.front"), headers=headers)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@view_config(route_name="leaving.back", renderer="leaving/back.html", request_method=("GET", "POST"))
def back(request: Any) -> dict[str, object] | Response:
    """For who signed in to an account that they deleted: it is there again if they want to."""
    person = returning(request)
    if person is None:
        return HTTPSeeOther(request.route_path("accounts.login"))
    if request.method == "POST" and request.find_service(LeavingService).come_back(person.id):
        note(request, "come back", person=person.id)
        request.flash(_("Welcome back. Everything is as it was before."))
        return no_longer_returning(request, let_in(request, person))
    return {"handle": person.handle, "until": _until(request, person)}


def _until(request: Any, person: Person) -> TimeView:
    return time_view(person.leaves or utcnow(), utcnow(), request.zone, request.locale_name)
