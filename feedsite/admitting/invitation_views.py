"""Invitations: made, listed, revoked, and who joined by one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.view import view_config

from feedsite.accounts.models import Invitation
from feedsite.accounts.services import InvitationService
from feedsite.admitting.forms import InviteForm
from feedsite.admitting.presenters import invitation_views, joined_views
from feedsite.security.permissions import Permission
from feedsite.web.places import Cursors

_ = TranslationStringFactory("feedsite")


@view_config(
    route_name="admin.invitations",
    renderer="admitting/invitations.html",
    request_method="GET",
    permission=Permission.MODERATE,
)
def invitations(request: Any) -> dict[str, object]:
    """Invitations, newest first, and the form for another one."""
    return _page(request, InviteForm.blank(request))


@view_config(
    route_name="admin.invitations",
    renderer="admitting/invitations.html",
    request_method="POST",
    permission=Permission.MODERATE,
)
def invite(request: Any) -> dict[str, object] | Response:
    """Make an invitation, and show it."""
    form = InviteForm.of(request)
    if form.validate():
        made = request.find_service(InvitationService).make(
            request.identity.key,
            uses=form.uses.data or 1,
            lifetime=timedelta(days=form.days.data or 1),
            email=form.email.data or "",
            note=form.note.data or "",
        )
        request.flash(_("The invitation is made. Whoever has its link can join."))
        return HTTPSeeOther(request.route_path("admin.invitation", invitation_id=made.id))
    request.response.status = 422
    return _page(request, form)


@view_config(
    route_name="admin.invitation",
    renderer="admitting/invitation.html",
    request_method="GET",
    permission=Permission.MODERATE,
)
def invitation(request: Any) -> dict[str, object]:
    """One invitation: its link, and who joined by it."""
    found = _asked(request)
    cursors = Cursors(request, "joined", found.id)
    rows = request.find_service(InvitationService).joined(found.id, cursors.place())
    (view,) = invitation_views(request, [found])
    return {
        "invitation": view,
        "joined": joined_views(request, rows.rows),
        "pages": cursors.urls(rows),
    }


@view_config(route_name="admin.invitation_revoke", request_method="POST", permission=Permission.MODERATE)
def revoke(request: Any) -> Response:
    """End an invitation; who joined by it stays."""
    found = _asked(request)
    if request.find_service(InvitationService).revoke(request.identity.key, found.id):
        request.flash(_("The invitation is revoked: nobody joins with it any more."))
    else:
        request.flash(_("This invitation was over already."), "info")
    return HTTPSeeOther(request.route_path("admin.invitation", invitation_id=found.id))


def _asked(request: Any) -> Invitation:
    found: Invitation | None = request.find_service(InvitationService).find(request.matchdict["invitation_id"])
    if found is None:
        raise HTTPNotFound(request.translate(_("There is no such invitation.")))
    return found


def _page(request: Any, form: InviteForm) -> dict[str, object]:
    cursors = Cursors(request, "invitations")
    rows = request.find_service(InvitationService).page(cursors.place())
    return {
        "form": form,
        "invitations": invitation_views(request, rows.rows),
        "mode": request.site_settings.sign_up,
        "pages": cursors.urls(rows),
    }
