"""What people see when something is wrong: a page in the site's frame, with a plain sentence and a way on."""

from __future__ import annotations

import contextlib
import logging
from typing import Any
from urllib.parse import urlencode

from pyramid.exceptions import BadCSRFOrigin, BadCSRFToken, PredicateMismatch
from pyramid.httpexceptions import HTTPClientError, HTTPForbidden, HTTPNotFound, HTTPSeeOther, HTTPServerError
from pyramid.i18n import TranslationStringFactory
from pyramid.interfaces import ISecurityPolicy
from pyramid.renderers import render_to_response
from pyramid.response import Response
from pyramid.view import exception_view_config, forbidden_view_config, notfound_view_config
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from feedsite.db import is_unavailable
from feedsite.feeds.errors import InvalidCursor, StoreUnavailable
from feedsite.security.events import note
from feedsite.security.policy import Hidden
from feedsite.security.throttle import TooManyRequests
from feedsite.web.cursors import first_page_url
from feedsite.web.plurals import counted
from feedsite.web.presenting import LinkView

log = logging.getLogger(__name__)

_ = TranslationStringFactory("feedsite")

#: What each status says when whoever raised it said nothing better: (title, message).
SENTENCES = {
    400: (_("This request makes no sense"), _("The site could not make sense of what the browser sent.")),
    403: (_("Not allowed"), _("You may not do this.")),
    404: (_("Not found"), _("There is nothing at this address, or nothing that you may see.")),
    405: (_("Not possible here"), _("This address cannot be used in this way.")),
    410: (_("Gone"), _("What was here has been deleted.")),
    413: (_("Too large"), _("What the browser sent is too large for this site.")),
    429: (_("Too many requests"), _("You are faster than this site allows.")),
    500: (_("Something went wrong"), _("The site made a mistake. It has been noted, and it is not your fault.")),
    503: (_("Not available right now"), _("The site cannot answer this at the moment. Please try again shortly.")),
}

_RETRY_SECONDS = 5


def error_page(
    request: Any,
    status: int,
    *,
    title: str | None = None,
    message: str | None = None,
    links: tuple[LinkView, ...] = (),
    headers: dict[str, str] | None = None,
) -> Response:
    """An error in the site's frame.

    Args:
        status: the HTTP status.
        title, message: sentences; by default those of `SENTENCES`.
        links: where to go from here; a link to the front page is always there.
        headers: further headers.
    """
    known_title, known_message = SENTENCES.get(status, SENTENCES[400 if status < 500 else 500])
    if status >= 500:
        # The database may be what failed: the page must not ask it anything.
        request.registry.getUtility(ISecurityPolicy).without_database(request)
        with contextlib.suppress(AttributeError):
            request.notification_pane = None
    home = LinkView(text=request.translate(_("Go to the start page")), url=request.route_path("timelines.front"))
    values = {
        "status": status,
        "title": request.translate(title or known_title),
        "message": request.translate(message or known_message),
        "links": (*links, home),
    }
    response = render_to_response("errors/error.html", values, request=request)
    response.status_int = status
    response.headers.update(headers or {})
    response.headers.setdefault("Cache-Control", "no-store")
    return response


@exception_view_config(HTTPClientError)
@exception_view_config(HTTPServerError)
def http_error(error: Any, request: Any) -> Response:
    """Any 4xx or 5xx that the code raises; its `detail`, when given, is the message."""
    headers = {"Retry-After": error.headers["Retry-After"]} if "Retry-After" in error.headers else None
    return error_page(request, error.status_int, message=error.detail, headers=headers)


@notfound_view_config()
def not_found(error: Any, request: Any) -> Response:
    """404, or 405 when the address exists and the method does not."""
    allowed = _methods(request) if isinstance(error, PredicateMismatch) else set()
    if allowed and request.method not in allowed:
        return error_page(request, 405, headers={"Allow": ", ".join(sorted(allowed))})
    # Pyramid's own detail is the path; a sentence is what a view of ours said.
    detail = error.detail if isinstance(error, HTTPNotFound) and " " in str(error.detail or "") else None
    return error_page(request, 404, message=detail)


def _methods(request: Any) -> set[str]:
    """The methods that the matched route answers."""
    route = request.matched_route
    found: set[str] = set()
    for view in request.registry.introspector.get_category("views") or ():
        introspectable = view["introspectable"]
        if route is not None and introspectable["route_name"] == route.name:
            methods = introspectable["request_methods"] or ()
            found.update((methods,) if isinstance(methods, str) else methods)
    return found | {"HEAD"} if "GET" in found else found


@forbidden_view_config()
def forbidden(error: HTTPForbidden, request: Any) -> Response:
    """To the sign-in page for who is not signed in; 403 with the reason for who is, or 404 if existence is private.

    Who is suspended goes to the page that says so.
    """
    if request.identity is None and request.is_suspended:
        return HTTPSeeOther(request.route_path("appeals.standing"))
    if request.identity is None:
        back = request.path_qs if request.method in ("GET", "HEAD") else ""
        query = f"?{urlencode({'next': back})}" if back else ""
        return HTTPSeeOther(request.route_path("accounts.login") + query)
    note(request, "permission", "refused")
    if isinstance(error.result, Hidden):
        return error_page(request, 404)
    return error_page(request, 403, message=_reason(error, request))


def _reason(error: HTTPForbidden, request: Any) -> str:
    # Raised by a view with a sentence, or by the policy with a result that is none for people.
    if error.result is None and error.detail:
        return str(error.detail)
    state = request.identity.state
    if request.identity.waiting:
        return _("You can do this when the people who look after this site have let you in.")
    if state == "unverified":
        return _("You can do this when your e-mail address is confirmed.")
    if state == "limited":
        return _("Your account is limited by the people who look after this site, so you may not do this.")
    return _("Your account has no right to do this.")


@exception_view_config(BadCSRFToken)
@exception_view_config(BadCSRFOrigin)
def bad_csrf(error: Exception, request: Any) -> Response:
    """A form that was open too long, belongs to another login, or comes from another site."""
    note(request, "form", "refused", why="origin" if isinstance(error, BadCSRFOrigin) else "token")
    links: tuple[LinkView, ...] = ()
    if request.identity is None:
        links = (LinkView(text=request.translate(_("Sign in")), url=request.route_path("accounts.login")),)
    message = _(
        "This form is no longer good: you signed in or out since it was opened, or it comes from another site. "
        "Go back, load the page again and repeat what you did. Nothing was changed."
    )
    return error_page(request, 400, title=_("Please try again"), message=message, links=links)


@exception_view_config(InvalidCursor)
def bad_cursor(error: Exception, request: Any) -> Response:
    """An address whose cursor was changed, cut, or made for another list."""
    note(request, "cursor", "refused")
    link = LinkView(text=request.translate(_("Go to the first page")), url=first_page_url(request), primary=True)
    message = _("This address points into a list in a way that does not fit it. It may have been cut or changed.")
    return error_page(request, 400, title=_("This page does not exist"), message=message, links=(link,))


@exception_view_config(TooManyRequests)
def too_many(error: TooManyRequests, request: Any) -> Response:
    """429 with the wait, in words and in `Retry-After`."""
    message = wait_sentence(request, error)
    return error_page(request, 429, message=message, headers={"Retry-After": str(error.retry_after)})


def wait_sentence(request: Any, error: TooManyRequests) -> str:
    """How long to wait, as a sentence. That a limit was met is noted."""
    note(request, "limit", "refused")
    minutes = -(-error.retry_after // 60)
    return counted(
        request,
        "You did this very often in a short time. Please wait ${minutes} minute and try again.",
        "You did this very often in a short time. Please wait ${minutes} minutes and try again.",
        minutes,
        minutes=minutes,
    )


def slow_down(request: Any, error: TooManyRequests) -> str:
    """Make the answer of a form that is shown again a 429 with the wait; returns the sentence for it."""
    request.response.status_int = 429
    request.response.headers["Retry-After"] = str(error.retry_after)
    return wait_sentence(request, error)


@exception_view_config(StoreUnavailable)
@exception_view_config(PoolTimeout)
@exception_view_config(DBAPIError)
def database_error(error: Exception, request: Any) -> Response:
    """503 when the store or the database is busy or away; any other refusal of the database is our mistake."""
    if isinstance(error, DBAPIError) and not is_unavailable(error):
        return unexpected(error, request)
    log.warning("not available: %s", type(error).__name__)
    return error_page(request, 503, headers={"Retry-After": str(_RETRY_SECONDS)})


@exception_view_config(Exception)
def unexpected(error: Exception, request: Any) -> Response:
    """Our mistake: the log has it all, the page nothing of it."""
    log.error("unexpected error", exc_info=error)
    return error_page(request, 500)


def includeme(config: Any) -> None:
    """Register the pages."""
    config.scan(__name__)
