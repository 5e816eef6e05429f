"""The queue of appeals, and the answer."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPForbidden, HTTPNotFound, HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.view import view_config

from feedsite.appeals.forms import AnswerForm, AppealFilterForm
from feedsite.appeals.presenters import appeal_views
from feedsite.appeals.services import AppealService
from feedsite.appeals.wording import REFUSALS
from feedsite.keyset import Rows
from feedsite.moderation.models import Sanction
from feedsite.moderation.ranks import Actor, NotAllowed
from feedsite.security.permissions import Permission
from feedsite.web.places import Cursors

_ = TranslationStringFactory("feedsite")


@view_config(
    route_name="admin.appeals", renderer="appeals/queue.html", request_method="GET", permission=Permission.MODERATE
)
def queue(request: Any) -> dict[str, object]:
    """Appeals, filtered; those that wait with the longest first."""
    form = AppealFilterForm.of_query(request)
    rows: Rows[Sanction] = Rows(())
    cursors = Cursors(request, "appeals", form.state.data)
    if form.validate():
        rows = request.find_service(AppealService).page(form.state.data, cursors.place())
    else:
        request.response.status = 400
    return {
        "form": form,
        "appeals": appeal_views(request, rows.rows),
        "pages": cursors.urls(rows),
    }


@view_config(
    route_name="admin.appeal", renderer="appeals/detail.html", request_method="GET", permission=Permission.MODERATE
)
def appeal(request: Any) -> dict[str, object]:
    """One appeal: what was done and why, what the person says, and the answer."""
    return _appeal_page(request, _asked(request), AnswerForm.blank(request))


@view_config(
    route_name="admin.appeal", renderer="appeals/detail.html", request_method="POST", permission=Permission.MODERATE
)
def answer(request: Any) -> dict[str, object] | Response:
    """Answer it."""
    form, found = AnswerForm.of(request), _asked(request)
    if not form.validate():
        request.response.status = 422
        return _appeal_page(request, found, form)
    service = request.find_service(AppealService)
    try:
        waited = service.answer(Actor.of(request.identity), found.id, form.answer.data, form.comment.data)
    except NotAllowed as error:
        raise HTTPForbidden(request.translate(REFUSALS[error.rule])) from None
    if waited:
        request.flash(_("The appeal is answered, and the person is told."))
    else:
        request.flash(_("Somebody has answered this appeal already."), "info")
    return HTTPSeeOther(request.route_path("admin.appeal", sanction_id=found.id))


def _asked(request: Any) -> Sanction:
    found: Sanction | None = request.find_service(AppealService).find(request.matchdict["sanction_id"])
    if found is None:
        raise HTTPNotFound(request.translate(_("There is no such appeal.")))
    return found


def _appeal_page(request: Any, found: Sanction, form: AnswerForm) -> dict[str, object]:
    (view,) = appeal_views(request, [found])
    others = request.find_service(AppealService).is_for_others(Actor.of(request.identity), found)
    return {"appeal": view, "form": form, "is_for_others": others}
