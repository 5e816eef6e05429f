"""A page that goes wrong in the way its address says; included by the tests of the error pages."""

from __future__ import annotations

import sqlite3
from typing import Any

import psycopg
from pyramid.httpexceptions import HTTPForbidden, HTTPGone, HTTPNotFound, HTTPServiceUnavailable
from pyramid.response import Response
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from feedsite.feeds.errors import InvalidCursor, StoreUnavailable
from feedsite.security import public
from feedsite.security.throttle import TooManyRequests

KINDS: dict[str, BaseException] = {
    "forbidden": HTTPForbidden("Only on Sundays."),
    "missing": HTTPNotFound(),
    "gone": HTTPGone(),
    "cursor": InvalidCursor(field="cursor", value="x", rule="as it was given"),
    "often": TooManyRequests(90),
    "store": StoreUnavailable("secret detail"),
    "unavailable": HTTPServiceUnavailable(),
    "mistake": RuntimeError("secret detail"),
    "away": OperationalError("SELECT", {}, psycopg.OperationalError("secret detail")),
    "refused": DBAPIError("SELECT", {}, sqlite3.ProgrammingError("secret detail")),
}


def trouble(request: Any) -> Response:
    """Go wrong."""
    kind = request.matchdict["kind"]
    if kind == "sql":
        request.dbsession.execute(text("SELECT no_such_column"))
    if kind == "who":
        assert request.identity is None or request.identity.id
        raise RuntimeError("secret detail")
    raise KINDS[kind]


def includeme(config: Any) -> None:
    """``/trouble/{kind}``, for everybody."""
    public.PUBLIC_ROUTES = public.PUBLIC_ROUTES | {"trouble"}
    config.add_route("trouble", "/trouble/{kind}")
    config.add_view(trouble, route_name="trouble", request_method="GET")
