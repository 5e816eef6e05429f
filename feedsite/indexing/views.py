"""The administration's page about the search index."""

from __future__ import annotations

import logging
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.view import view_config

from feedsite.indexing.presenters import status_view
from feedsite.indexing.services import IndexService
from feedsite.security.permissions import Permission
from feedsite.web.plurals import counted

_ = TranslationStringFactory("feedsite")
log = logging.getLogger(__name__)


@view_config(
    route_name="admin.index", renderer="indexing/status.html", request_method="GET", permission=Permission.ADMINISTER
)
def status(request: Any) -> dict[str, object]:
    """How the index stands: generations, sizes, what waits, what was refused and why."""
    found = request.find_service(IndexService).status()
    return {"status": status_view(request, found)}


@view_config(route_name="admin.index_retry", request_method="POST", permission=Permission.ADMINISTER)
def retry(request: Any) -> Response:
    """Let what the cluster refused be delivered again."""
    rows = request.find_service(IndexService).retry_refused()
    log.info("%d refused rows are delivered again, asked for by %s", rows, request.identity.key)
    sentence = counted(request, "${rows} row is tried again.", "${rows} rows are tried again.", rows, rows=rows)
    request.flash(sentence if rows else _("Nothing is set aside any more."), "" if rows else "info")
    return HTTPSeeOther(request.route_path("admin.index"))
