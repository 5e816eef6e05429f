"""A route that the matrix does not know; included by the test that the matrix notices."""

from __future__ import annotations

from typing import Any

from pyramid.response import Response

from feedsite.security.permissions import Permission


def includeme(config: Any) -> None:
    """``/unheard-of``, for whoever may read their home."""
    config.add_route("unheard.of", "/unheard-of")
    config.add_view(
        lambda request: Response("ok"),
        route_name="unheard.of",
        request_method=("GET", "POST"),
        permission=Permission.READ_HOME,
    )
