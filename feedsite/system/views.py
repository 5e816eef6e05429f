"""The administration's page about the system."""

from __future__ import annotations

from typing import Any

from pyramid.view import view_config

from feedsite.security.permissions import Permission
from feedsite.system.presenters import system_view
from feedsite.system.services import SystemService


@view_config(
    route_name="admin.system", renderer="system/status.html", request_method="GET", permission=Permission.ADMINISTER
)
def system(request: Any) -> dict[str, object]:
    """How the site stands, whether the search cluster answers or not."""
    return {"system": system_view(request, request.find_service(SystemService).status())}
