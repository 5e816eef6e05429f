"""How one's account stands, for its owner: all that somebody sees who is suspended."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.view import view_config

from feedsite.appeals.forms import AppealForm
from feedsite.appeals.presenters import sanction_view
from feedsite.moderation.standing import AppealRefused, StandingService
from feedsite.security.permissions import Permission

_ = TranslationStringFactory("feedsite")


@view_config(
    route_name="appeals.standing",
    renderer="appeals/standing.html",
    request_method="GET",
    permission=Permission.READ_STANDING,
)
def standing(request: Any) -> dict[str, object]:
    """Everything that was done about the account, and what can be said to it."""
    return _page(request)


@view_config(
    route_name="appeals.appeal",
    renderer="appeals/standing.html",
    request_method="POST",
    permission=Permission.READ_STANDING,
)
def appeal(request: Any) -> dict[str, object] | Response:
    """Say something to a sanction, once."""
    form = AppealForm.of(request)
    if form.validate():
        service = request.find_service(StandingService)
        try:
            service.appeal(request.identity.id, form.sanction.data or "", form.appeal.data or "")
        except AppealRefused:
            form.refuse_all(_("To this you cannot say anything any more: it is over, too old, or you did already."))
        else:
            request.flash(_("Thank you. Somebody will look at it and answer by mail, and here."))
            return HTTPSeeOther(request.route_path("appeals.standing"))
    request.response.status = 422
    return _page(request, form)


def _page(request: Any, form: AppealForm | None = None) -> dict[str, object]:
    sanctions = request.find_service(StandingService).of(request.identity.id)
    return {
        "me": request.identity,
        "sanctions": [sanction_view(request, one) for one in sanctions],
        "form": form,
        "forms": {one.id: _form_for(request, one.id, form) for one in sanctions},
        "contact": request.site_settings.contact_email,
    }


def _form_for(request: Any, sanction_id: str, posted: AppealForm | None) -> AppealForm:
    """The form below one sanction: what was posted for it, or blank. Each has ids of its own."""
    if posted is not None and posted.sanction.data == sanction_id:
        form = posted
    else:
        form = AppealForm.blank(request, sanction=sanction_id)
    for field in form:
        field.id = field.label.field_id = f"{field.name}-{sanction_id}"
    return form
