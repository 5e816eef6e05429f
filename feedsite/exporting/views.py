"""The page about the export, and the export."""

from __future__ import annotations

import tempfile
from typing import Any

from pyramid.response import FileIter, Response
from pyramid.view import view_config

from feedsite.accounts.services import PeopleService
from feedsite.db import utcnow
from feedsite.exporting.services import ExportService
from feedsite.security.permissions import Permission
from feedsite.security.throttle import Throttle

#: Bytes of a ZIP that are kept in memory; a larger one is a file that has no name.
_IN_MEMORY = 4 * 2**20


@view_config(
    route_name="accounts.export",
    renderer="accounts/export.html",
    request_method="GET",
    permission=Permission.MANAGE_ACCOUNT,
)
def export(request: Any) -> dict[str, object]:
    """What is in it."""
    return {}


@view_config(
    route_name="accounts.export_archive",
    request_method="GET",
    permission=Permission.MANAGE_ACCOUNT,
    fresh_login="accounts.export",
)
def archive(request: Any) -> Response:
    """Everything, as a ZIP to keep."""
    request.find_service(Throttle).hit("export", request.identity.id)
    person = request.find_service(PeopleService).by_id(request.identity.id)
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - the server closes it when it is sent
    request.find_service(ExportService).write(person, file)
    length = file.tell()
    file.seek(0)
    response = Response(content_type="application/zip", app_iter=FileIter(file), content_length=length)
    name = f"{person.handle}-{utcnow():%Y-%m-%d}.zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
