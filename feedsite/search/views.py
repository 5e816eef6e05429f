"""The page that people, notes and tags are found on."""

from __future__ import annotations

from typing import Any

from pyramid.view import view_config

from feedsite.search.presenters import Asked, SearchPresenter
from feedsite.security.throttle import Throttle, address_key


@view_config(route_name="search.search", renderer="search/search.html", request_method="GET")
def search(request: Any) -> dict[str, object]:
    """Find what the reader typed."""
    asked = Asked.of(request)
    if asked.query is not None:
        who = address_key(request.client_addr) if request.identity is None else request.identity.id
        request.find_service(Throttle).hit("search", who)
    if asked.refusal is not None:
        request.response.status = 422
    return {"search": SearchPresenter(request, asked).view()}
