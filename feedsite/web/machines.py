"""Addresses for machines: health, figures, robots, whom to tell about a security problem."""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST
from pyramid.httpexceptions import HTTPNotFound
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from feedsite.accounts.models import Person
from feedsite.db import utcnow
from feedsite.indexing.services import IndexService
from feedsite.mail.services import MailService
from feedsite.metrics import Reading, metrics_of

_ROBOTS = """User-agent: *
Disallow: /home
Disallow: /archive
Disallow: /feeds/
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
    """Whether pages can be served: the database answers and has our tables; and how the search index stands."""
    try:
        request.dbsession.execute(select(Person.id).limit(1))
        index = request.find_service(IndexService).state()
    except SQLAlchemyError:
        return _text("the database does not answer, or is not migrated\n", status=503)
    # Without its index the site serves the same pages from the database: it is ready, and says what is amiss.
    return _text("ok\n" if index == "off" else f"ok\nindex: {index}\n")


@view_config(route_name="machines.metrics", request_method="GET")
def metrics(request: Any) -> Response:
    """Figures for Prometheus, for whoever has the token; in production there is no such page without one."""
    settings = request.site_settings
    if not settings.metrics_token and settings.is_production:
        raise HTTPNotFound
    if settings.metrics_token and not _has_token(request, settings.metrics_token):
        refusal = _text("a bearer token is needed\n", status=401)
        refusal.headers["WWW-Authenticate"] = 'Bearer realm="metrics"'
        return refusal
    try:
        mails = request.find_service(MailService).readings()
        readings = [*request.find_service(IndexService).readings(), *mails, _database_up(1)]
    except SQLAlchemyError:
        readings = [_database_up(0)]
    answer = _text("")
    answer.body = metrics_of(request.registry).text(readings)
    answer.headers["Content-Type"] = CONTENT_TYPE_LATEST
    return answer


def _has_token(request: Any, token: str) -> bool:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())


def _database_up(value: float) -> Reading:
    return Reading("feedsite_database_up", "Whether the database answered just now.", {"": value})


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
