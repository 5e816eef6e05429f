"""Reporting a note or an account: a page that asks why, and thanks."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPForbidden
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.view import view_config

from feedsite.accounts.models import Person
from feedsite.graph.presenters import person_view
from feedsite.posts.finding import note_of, url_of
from feedsite.posts.models import Note
from feedsite.posts.presenters import NotePresenter
from feedsite.reporting.forms import ReportForm
from feedsite.reporting.services import ReportService
from feedsite.security.permissions import Permission
from feedsite.security.throttle import Throttle
from feedsite.texts.services import TextService
from feedsite.timelines.people import person_of
from feedsite.web.redirects import see_other

_ = TranslationStringFactory("feedsite")


@view_config(
    route_name="reporting.note", renderer="reporting/report.html", request_method="GET", permission=Permission.ARRANGE
)
def report_note_page(request: Any) -> dict[str, object]:
    """Ask what is wrong with a note."""
    return _note_page(request, _reported_note(request), _form(request))


@view_config(
    route_name="reporting.note", renderer="reporting/report.html", request_method="POST", permission=Permission.ARRANGE
)
def report_note(request: Any) -> dict[str, object] | Response:
    """Report a note."""
    note, form = _reported_note(request), _form(request)
    if not form.validate():
        request.response.status = 422
        return _note_page(request, note, form)
    request.find_service(Throttle).hit("report", request.identity.id)
    service = request.find_service(ReportService)
    made = service.report_note(request.identity.key, note, form.reason.data, form.text.data or "", form.named)
    return _thanks(request, made, url_of(request, note))


@view_config(
    route_name="reporting.person", renderer="reporting/report.html", request_method="GET", permission=Permission.ARRANGE
)
def report_person_page(request: Any) -> dict[str, object]:
    """Ask what is wrong with an account."""
    return _person_page(request, _reported_person(request), _form(request))


@view_config(
    route_name="reporting.person",
    renderer="reporting/report.html",
    request_method="POST",
    permission=Permission.ARRANGE,
)
def report_person(request: Any) -> dict[str, object] | Response:
    """Report an account."""
    person, form = _reported_person(request), _form(request)
    if not form.validate():
        request.response.status = 422
        return _person_page(request, person, form)
    request.find_service(Throttle).hit("report", request.identity.id)
    service = request.find_service(ReportService)
    made = service.report_person(request.identity.key, person, form.reason.data, form.text.data or "", form.named)
    return _thanks(request, made, request.route_path("timelines.profile", handle=person.handle))


def _form(request: Any) -> ReportForm:
    return ReportForm.about_rules(request, request.find_service(TextService).rules())


def _reported_note(request: Any) -> Note:
    note = note_of(request)
    if note.author_id == request.identity.id:
        raise HTTPForbidden(_("This is your own note. You can delete it."))
    return note


def _reported_person(request: Any) -> Person:
    person = person_of(request)
    if person.id == request.identity.id:
        raise HTTPForbidden(_("This is your own account."))
    return person


def _note_page(request: Any, note: Note, form: ReportForm) -> dict[str, object]:
    view = NotePresenter(request).views([note])[note.key]
    path = request.route_path("reporting.note", note_id=note.id)
    return {"form": form, "note": view, "person": view.author, "action": path, "back": view.url}


def _person_page(request: Any, person: Person, form: ReportForm) -> dict[str, object]:
    view, path = person_view(request, person), request.route_path("reporting.person", handle=person.handle)
    return {"form": form, "note": None, "person": view, "action": path, "back": view.url}


def _thanks(request: Any, made: bool, back: str) -> Response:
    if made:
        request.flash(_("Thank you. Those who look after this site will look at it."))
    else:
        request.flash(_("You reported this before, and it has not been answered yet."), "info")
    return see_other(request, back)
