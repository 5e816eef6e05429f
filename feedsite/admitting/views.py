"""The queue of those who wait to be let in."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.view import view_config

from feedsite.accounts.services import JoiningService
from feedsite.admitting.forms import DecisionForm
from feedsite.admitting.presenters import decided_said, waiting_views
from feedsite.admitting.services import AdmissionService
from feedsite.moderation.ranks import Actor
from feedsite.security.permissions import Permission
from feedsite.web.places import Cursors

_ = TranslationStringFactory("feedsite")

_SIZE = 50


@view_config(
    route_name="admin.joining", renderer="admitting/queue.html", request_method="GET", permission=Permission.MODERATE
)
def queue(request: Any) -> dict[str, object]:
    """Who waits, the longest first."""
    return _page(request, DecisionForm.blank(request))


@view_config(
    route_name="admin.joining", renderer="admitting/queue.html", request_method="POST", permission=Permission.MODERATE
)
def decide(request: Any) -> dict[str, object] | Response:
    """Let in, or not, everybody who is ticked."""
    form, chosen = DecisionForm.of(request), request.POST.getall("person")[:_SIZE]
    if not chosen:
        form.refuse_all(_("Tick the people whom this is for."))
    if not form.validate() or not chosen:
        request.response.status = 422
        return _page(request, form, frozenset(chosen))
    service, decision = request.find_service(AdmissionService), form.decision.data
    done = service.decide(Actor.of(request.identity), decision, chosen, form.reason.data or "")
    for sentence, kind in decided_said(request, done, decision):
        request.flash(sentence, kind)
    return HTTPSeeOther(request.route_path("admin.joining"))


def _page(request: Any, form: DecisionForm, ticked: frozenset[str] = frozenset()) -> dict[str, object]:
    cursors = Cursors(request, "joining")
    rows = request.find_service(JoiningService).queue(cursors.place(), size=_SIZE)
    return {
        "form": form,
        "waiting": waiting_views(request, rows.rows),
        "ticked": ticked,
        "mode": request.site_settings.sign_up,
        "pages": cursors.urls(rows),
    }
