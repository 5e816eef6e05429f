"""The administration: its start page, and people."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.view import view_config

from feedsite.accounts.models import Person
from feedsite.accounts.services import PeopleService
from feedsite.admin.forms import PeopleFilterForm, SeveralForm
from feedsite.admin.presenters import account_view, count_links, several_said
from feedsite.admin.services import SIZE, PeopleDirectory
from feedsite.admitting.services import AdmissionService
from feedsite.keyset import Rows
from feedsite.moderation.services import Actor, ModerationService
from feedsite.security.permissions import Permission
from feedsite.texts.services import TextService
from feedsite.web.places import Cursors

_ = TranslationStringFactory("feedsite")


@view_config(
    route_name="admin.start", renderer="admin/start.html", request_method="GET", permission=Permission.MODERATE
)
def start(_request: Any) -> dict[str, object]:
    """Every page of the administration that the reader may open, and what waits there."""
    return {}


@view_config(
    route_name="admin.people", renderer="admin/people.html", request_method="GET", permission=Permission.MODERATE
)
def people(request: Any) -> dict[str, object]:
    """Everybody, searched, filtered, in an order, page by page."""
    return _people_page(request, _offered(request, SeveralForm.blank(request)))


@view_config(
    route_name="admin.people", renderer="admin/people.html", request_method="POST", permission=Permission.MODERATE
)
def act_on_several(request: Any) -> dict[str, object] | Response:
    """Do one thing about everybody who is ticked; who may not be acted on is left as they are, and named."""
    form, chosen = _offered(request, SeveralForm.of(request)), request.POST.getall("person")[:SIZE]
    if not chosen:
        form.refuse_all(_("Tick the people whom this is for."))
    if not form.validate() or not chosen:
        request.response.status = 422
        return _people_page(request, form, frozenset(chosen))
    service, actor = request.find_service(ModerationService), Actor.of(request.identity)
    if form.act.data == "approve":
        done = request.find_service(AdmissionService).decide(actor, "approve", chosen, form.reason.data)
    else:
        done = service.act_on_several(actor, form.act.data, chosen, form.reason.data, form.named)
    for sentence, kind in several_said(request, done, request.find_service(PeopleService)):
        request.flash(sentence, kind)
    return HTTPSeeOther(request.path_qs)


def _offered(request: Any, form: SeveralForm) -> SeveralForm:
    return form.offer(request, request.find_service(TextService).known_rules())


def _people_page(request: Any, several: SeveralForm, ticked: frozenset[str] = frozenset()) -> dict[str, object]:
    form = PeopleFilterForm.of_query(request)
    directory = request.find_service(PeopleDirectory)
    rows: Rows[Person] = Rows(())
    asked = form.asked(request.zone) if form.validate() else None
    cursors = Cursors(request, "people", asked, form.sort.data)
    if asked is not None:
        rows = directory.page(asked, form.sort.data, cursors.place())
    else:
        request.response.status = 400
    return {
        "form": form,
        "several": several,
        "ticked": ticked,
        "people": [account_view(request, person) for person in rows.rows],
        "counts": count_links(request, directory.counts()),
        "pages": cursors.urls(rows),
    }
