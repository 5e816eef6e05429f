"""The queue of reports: who waits longest, what is said, and the answer."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.view import view_config

from feedsite.accounts.services import PeopleService
from feedsite.keyset import Rows
from feedsite.moderation.services import Actor
from feedsite.reporting.forms import AnswerForm, ReportFilterForm
from feedsite.reporting.models import Report
from feedsite.reporting.presenters import ReportPresenter
from feedsite.reporting.services import ReportFilter, ReportService
from feedsite.security.permissions import Permission
from feedsite.web.places import Cursors

_ = TranslationStringFactory("feedsite")

_SIZE = 50


@view_config(
    route_name="admin.reports", renderer="reporting/queue.html", request_method="GET", permission=Permission.MODERATE
)
def queue(request: Any) -> dict[str, object]:
    """Reports, filtered; the unanswered ones with who waits longest first."""
    return _queue_page(request, AnswerForm.blank(request))


@view_config(
    route_name="admin.reports", renderer="reporting/queue.html", request_method="POST", permission=Permission.MODERATE
)
def answer_several(request: Any) -> dict[str, object] | Response:
    """Answer the reports that are ticked, all alike."""
    form, chosen = AnswerForm.of(request), request.POST.getall("report")[:_SIZE]
    if not chosen:
        form.refuse_all(_("Tick the reports that this answer is for."))
    if form.validate() and chosen:
        return _answered(request, form, chosen, request.route_path("admin.reports"))
    request.response.status = 422
    return _queue_page(request, form, frozenset(chosen))


@view_config(
    route_name="admin.report", renderer="reporting/detail.html", request_method="GET", permission=Permission.MODERATE
)
def report(request: Any) -> dict[str, object]:
    """One report: what it is about, in whose words, and what to do."""
    return _report_page(request, _asked(request), AnswerForm.blank(request))


@view_config(
    route_name="admin.report", renderer="reporting/detail.html", request_method="POST", permission=Permission.MODERATE
)
def answer(request: Any) -> dict[str, object] | Response:
    """Answer one report."""
    form, found = AnswerForm.of(request), _asked(request)
    if form.validate():
        return _answered(request, form, [found.id], request.route_path("admin.report", report_id=found.id))
    request.response.status = 422
    return _report_page(request, found, form)


@view_config(route_name="admin.report_claim", request_method="POST", permission=Permission.MODERATE)
def claim(request: Any) -> Response:
    """Say that one looks at a report."""
    found, service = _asked(request), request.find_service(ReportService)
    if not service.claim(Actor.of(request.identity), found.id):
        request.flash(_("Somebody else has taken or answered this report."), "info")
    return HTTPSeeOther(request.route_path("admin.report", report_id=found.id))


@view_config(route_name="admin.report_release", request_method="POST", permission=Permission.MODERATE)
def release(request: Any) -> Response:
    """Give a report back to the queue."""
    found, service = _asked(request), request.find_service(ReportService)
    if not service.release(Actor.of(request.identity), found.id):
        request.flash(_("Nobody has taken this report, or it is answered."), "info")
    return HTTPSeeOther(request.route_path("admin.report", report_id=found.id))


def _asked(request: Any) -> Report:
    found: Report | None = request.find_service(ReportService).find(request.matchdict["report_id"])
    if found is None:
        raise HTTPNotFound(request.translate(_("There is no such report.")))
    return found


def _answered(request: Any, form: AnswerForm, ids: list[str], back: str) -> Response:
    service = request.find_service(ReportService)
    number = service.answer(Actor.of(request.identity), ids, form.answer.data, form.comment.data)
    said = request.localizer.pluralize(
        "${count} report is answered.", "${count} reports are answered.", number, domain="feedsite"
    )
    request.flash(said.replace("${count}", str(number)))
    return HTTPSeeOther(back)


def _queue_page(request: Any, form: AnswerForm, ticked: frozenset[str] = frozenset()) -> dict[str, object]:
    filters = ReportFilterForm.of_query(request)
    rows: Rows[Report] = Rows(())
    asked = ReportFilter(filters.state.data or "", filters.reason.data or "", filters.about.data or "")
    cursors = Cursors(request, "reports", asked)
    if filters.validate():
        rows = request.find_service(ReportService).page(asked, cursors.place(), size=_SIZE)
    # Whether there is somebody of this name is asked only where it is not plain to see.
    if asked.about and not rows.rows and request.find_service(PeopleService).by_handle(asked.about) is None:
        filters.refuse("about", _("Nobody has this handle."))
    if filters.errors:
        request.response.status = 400
    return {
        "filters": filters,
        "form": form,
        "reports": ReportPresenter(request, rows.rows).views(),
        "ticked": ticked,
        "pages": cursors.urls(rows),
    }


def _report_page(request: Any, found: Report, form: AnswerForm) -> dict[str, object]:
    (view,) = ReportPresenter(request, [found]).views()
    return {
        "report": view,
        "about": request.find_service(ReportService).count_about(found.subject),
        "form": form,
    }
