"""Headers that every answer carries, whoever made it: pages, errors, static files, and what went wrong completely."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from pyramid.response import Response

from feedsite.security.cookies import SESSION, cookie_name
from feedsite.settings import Settings, settings_of

log = logging.getLogger(__name__)

#: Nothing is allowed but what stands here.
CONTENT_SECURITY_POLICY: Mapping[str, str] = {
    "default-src": "'none'",
    "base-uri": "'none'",
    "connect-src": "'self'",
    "font-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "img-src": "'self'",
    "manifest-src": "'self'",
    "object-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
}

#: Routes whose pages no cache may keep at all, the browser's own included.
_NO_STORE_FEATURES = ("accounts.", "admin.", "appeals.", "pictures.")

_LAST_RESORT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Something went wrong</title>
<h1>Something went wrong</h1><p>The site could not answer. Please try again in a moment.</p></html>
"""


def fixed_headers(settings: Settings) -> dict[str, str]:
    """The headers that do not depend on the request."""
    headers = {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in CONTENT_SECURITY_POLICY.items()),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
    if settings.is_https:
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    return headers


def headers_tween(handler: Callable[[Any], Response], registry: Any) -> Callable[[Any], Response]:
    """The outermost tween: what reaches the browser has passed here."""
    headers = fixed_headers(settings_of(registry))

    def tween(request: Any) -> Response:
        try:
            response = handler(request)
        except Exception as error:
            if _will_be_tried_again(request, error):
                raise
            log.exception("no error page could be made")
            response = Response(_LAST_RESORT, status=500, content_type="text/html", charset="utf-8")
        response.headers.update(headers)
        _set_caching(request, response)
        return response

    return tween


def _will_be_tried_again(request: Any, error: Exception) -> bool:
    from pyramid_retry import is_error_retryable

    return bool(is_error_retryable(request, error))


def _set_caching(request: Any, response: Response) -> None:
    if "Cache-Control" in response.headers:
        return
    route = getattr(request, "matched_route", None)
    if route is not None and route.name.startswith(_NO_STORE_FEATURES):
        response.headers["Cache-Control"] = "no-store"
        return
    personal = cookie_name(request, SESSION) in request.cookies or "Set-Cookie" in response.headers
    response.headers["Cache-Control"] = "private, no-cache" if personal else "no-cache"
    # Nobody's pages are in the language that the browser asks for.
    response.vary = (*(response.vary or ()), "Cookie", "Accept-Language")


def includeme(config: Any) -> None:
    """Put the tween outside of everything."""
    config.add_tween(
        "feedsite.security.headers.headers_tween",
        over=(
            "feedsite.observability.observe_tween",
            "pyramid_tm.tm_tween_factory",
            "pyramid.tweens.excview_tween_factory",
        ),
    )
