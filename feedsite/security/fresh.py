"""A password asked for again before what lets people into an account is changed.

A view says ``fresh_login="accounts.account"``: whoever did not give their password in this login for a while
(setting ``confirm_again_seconds``) is asked for it first, and comes back to the page of that name. So a browser that
was left open is worth less to whoever sits down at it. (OWASP ASVS 5.0, 7.5.1.)
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from pyramid.httpexceptions import HTTPSeeOther

from feedsite.db import utcnow


def is_fresh(request: Any) -> bool:
    """Whether whoever is signed in gave their password a short while ago."""
    window = timedelta(seconds=request.site_settings.confirm_again_seconds)
    return request.identity is not None and request.identity.confirmed > utcnow() - window


def fresh_view(view: Any, info: Any) -> Any:
    """View deriver, inside of the permission: who may do it at all is asked first."""
    back = info.options.get("fresh_login")
    if back is None:
        return view

    def asked(context: Any, request: Any) -> Any:
        if is_fresh(request):
            return view(context, request)
        query = urlencode({"next": request.route_path(back)})
        return HTTPSeeOther(f"{request.route_path('accounts.confirm')}?{query}")

    return asked


fresh_view.options = ("fresh_login",)  # type: ignore[attr-defined]


def includeme(config: Any) -> None:
    """Add the deriver."""
    config.add_view_deriver(fresh_view, name="fresh_login")
