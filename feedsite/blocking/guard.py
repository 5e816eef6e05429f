"""Where blocks act: before everything else for networks, where accounts are made for both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyramid.interfaces import ISecurityPolicy
from pyramid.renderers import render_to_response
from pyramid.response import Response

from feedsite.blocking.services import REMEMBERED, Kept
from feedsite.remembering import remembered_in

#: Whoever watches over the site asks these, and a restart would mend nothing.
_FOR_MACHINES = ("/healthz", "/readyz", "/metrics", "/static/")


def blocks_tween(handler: Callable[[Any], Response], registry: Any) -> Callable[[Any], Response]:
    """A tween: a plain page with 403 for who comes from a network to which everything is refused."""
    remembered = remembered_in(registry, REMEMBERED)

    def tween(request: Any) -> Response:
        # As the server gave it: whether it is text is looked at further in.
        if request.environ.get("PATH_INFO", "").startswith(_FOR_MACHINES):
            return handler(request)
        kept: Kept = remembered.fresh(registry["feedsite.engine"])
        if kept.of_address(request.remote_addr) == "everything":
            return _refused(request)
        return handler(request)

    return tween


def _refused(request: Any) -> Response:
    # Who it is, nobody asks: the page costs no statement.
    request.registry.getUtility(ISecurityPolicy).without_database(request)
    response = render_to_response("blocking/refused.html", {}, request=request)
    response.status_int = 403
    response.headers["Cache-Control"] = "no-store"
    return response


def sign_up_is_refused(request: Any, email: str) -> bool:
    """Whether nobody may make an account from the request's network, or with an e-mail address of this domain."""
    kept: Kept = remembered_in(request.registry, REMEMBERED).kept
    return bool(kept.of_address(request.remote_addr)) or kept.has_domain_of(email)


def domain_is_refused(request: Any, email: str) -> bool:
    """Whether accounts may not have an e-mail address of this domain."""
    kept: Kept = remembered_in(request.registry, REMEMBERED).kept
    return kept.has_domain_of(email)
