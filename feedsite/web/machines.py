"""Addresses for machines: health, robots, whom to tell about a security problem."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from feedsite.accounts.models import Person
from feedsite.db import utcnow

_ROBOTS = """User-agent: *
Disallow: /home
Disallow: /archive
Disallow: /notifications
Disallow: /settings/
Disallow: /admin/
Disallow: /login
Disallow: /join
"""


def _text(body: str, status: int = 200) -> Response:
    response = Response(body, status=status, content_type="text/plain", charset="utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response


@view_config(route_name="machines.health", request_method="GET")
def health(request: Any) -> Response:
    """Whether the process answers. Nothing else is asked: a restart would not mend a database."""
    return _text("ok\n")


@view_config(route_name="machines.ready", request_method="GET")
def ready(request: Any) -> Response:
    """Whether pages can be served: the database answers and has our tables."""
    try:
        request.dbsession.execute(select(Person.id).limit(1))
    except SQLAlchemyError:
        return _text("the database does not answer, or is not migrated\n", status=503)
    return _text("ok\n")


@view_config(route_name="machines.robots", request_method="GET")
def robots(request: Any) -> Response:
    """What search engines should leave alone."""
    return _text(_ROBOTS)


@view_config(route_name="machines.security", request_method="GET")
def security(request: Any) -> Response:
    """Whom to tell about a security problem (RFC 9116)."""
    settings = request.site_settings
    if not settings.contact_email:
        raise HTTPNotFound
    expires = (utcnow() + timedelta(days=180)).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = (
        f"Contact: mailto:{settings.contact_email}",
        f"Expires: {expires.isoformat().replace('+00:00', 'Z')}",
        f"Preferred-Languages: {settings.default_locale}",
        f"Canonical: {settings.site_url}/.well-known/security.txt",
    )
    return _text("\n".join(lines) + "\n")
