"""The audit log: filtered, page by page, and as a table to keep."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.view import view_config

from feedsite.accounts.services import PeopleService
from feedsite.admin.forms import AuditFilterForm
from feedsite.admin.presenters import audit_keys, audit_views
from feedsite.db import utcnow
from feedsite.keyset import Rows
from feedsite.moderation.audit import LOG, AuditFilter, AuditService
from feedsite.moderation.export import AuditTable
from feedsite.security.permissions import Permission
from feedsite.security.throttle import Throttle
from feedsite.web.places import Cursors

_ = TranslationStringFactory("feedsite")


@view_config(
    route_name="admin.audit", renderer="admin/audit.html", request_method="GET", permission=Permission.MODERATE
)
def audit(request: Any) -> dict[str, object]:
    """The audit log, filtered, newest first."""
    form = AuditFilterForm.of_query(request)
    asked = form.asked(request.find_service(PeopleService), request.zone)
    return _page(request, form, asked)


@view_config(
    route_name="admin.audit_export",
    renderer="admin/audit.html",
    request_method="POST",
    permission=Permission.MODERATE,
)
def export(request: Any) -> dict[str, object] | Response:
    """What the filter shows, as CSV. That it was taken is a row of the log itself."""
    form = AuditFilterForm.of_query(request)
    asked = form.asked(request.find_service(PeopleService), request.zone)
    if asked is None:
        return _page(request, form, asked)
    request.find_service(Throttle).hit("audit_export", request.identity.id)
    now = utcnow()
    shown = {name: str(value) for name, value in asdict(asked).items() if value is not None}
    request.find_service(AuditService).record(request.identity.key, "audit export", LOG, after=shown)
    # The row about the export is not in it, nor what comes while it is read.
    pieces = request.find_service(AuditTable).pieces(replace(asked, until=_earlier(asked.until, now)))
    response = Response(content_type="text/csv", charset="utf-8", app_iter=pieces)
    response.headers["Content-Disposition"] = f'attachment; filename="audit-{now:%Y-%m-%d}.csv"'
    return response


def _earlier(given: datetime | None, now: datetime) -> datetime:
    return now if given is None else min(given, now)


def _page(request: Any, form: AuditFilterForm, asked: AuditFilter | None) -> dict[str, object]:
    cursors = Cursors(request, "audit", asked)
    rows = Rows(()) if asked is None else request.find_service(AuditService).page(asked, cursors.place())
    if asked is None:
        request.response.status = 400
    people = request.find_service(PeopleService).by_key(audit_keys(rows.rows))
    return {
        "form": form,
        "rows": audit_views(request, rows.rows, people),
        "pages": cursors.urls(rows),
        "export_url": request.route_path("admin.audit_export", _query=_filter_of(request)),
    }


def _filter_of(request: Any) -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.GET.items() if name in AuditFilterForm.NAMES and value]
