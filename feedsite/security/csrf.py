"""Cross-site request forgery: a token in every form, and a look at where the request comes from.

The token is a keyed hash of the login session, or, before somebody signs in, of a random visitor cookie that is set
when the first form is shown. Nothing is stored, and signing in or out makes every older token worthless.
"""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlsplit

from pyramid.exceptions import BadCSRFOrigin
from pyramid.interfaces import ICSRFStoragePolicy
from pyramid.viewderivers import INGRESS, csrf_view
from zope.interface import implementer

from feedsite.security.cookies import VISITOR, read_cookie, write_cookie
from feedsite.security.signing import BadToken, signer

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


@implementer(ICSRFStoragePolicy)
class CSRFPolicy:
    """Tokens bound to the login session or to the visitor cookie."""

    def new_csrf_token(self, request: Any) -> str:
        """The token of this browser. A new one comes with a new session, so there is nothing to renew."""
        return self.get_csrf_token(request)

    def get_csrf_token(self, request: Any) -> str:
        """The token for this page's forms; the first one gives an anonymous browser its visitor cookie."""
        return self._token(request, self._subject(request) or self._new_visitor(request))

    def check_csrf_token(self, request: Any, supplied_token: str) -> bool:
        """Whether the token that came with a form is this browser's."""
        subject = self._subject(request)
        if subject is None:
            return False
        return signer(request, "csrf").knows(subject, supplied_token)

    def _subject(self, request: Any) -> str | None:
        login = request.login_id
        if login is not None:
            return f"session:{login}"
        given = getattr(request, "_feedsite_visitor", None)
        if given is not None:
            return f"visitor:{given}"
        try:
            return f"visitor:{signer(request, 'visitor').read(read_cookie(request, VISITOR))}"
        except BadToken:
            return None

    def _new_visitor(self, request: Any) -> str:
        visitor = secrets.token_urlsafe(24)
        request._feedsite_visitor = visitor
        cookie = signer(request, "visitor").sign(visitor)
        request.add_response_callback(lambda req, response: write_cookie(req, response, VISITOR, cookie))
        return f"visitor:{visitor}"

    def _token(self, request: Any, subject: str) -> str:
        return signer(request, "csrf").digest(subject)


def origin_view(view: Any, info: Any) -> Any:
    """View deriver: an unsafe request that says it comes from another site is refused, over http as well.

    Pyramid's own check (under this one) also refuses requests over https that say nothing at all.
    """
    if info.exception_only or info.options.get("require_csrf") is False:
        return view

    def checked(context: Any, request: Any) -> Any:
        if request.method not in _SAFE_METHODS:
            origin = request.headers.get("Origin")
            if origin is not None and not _is_own(request, origin):
                raise BadCSRFOrigin("the request comes from another site")
            if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
                raise BadCSRFOrigin("the browser says that the request comes from another site")
        return view(context, request)

    return checked


origin_view.options = ("require_csrf",)  # type: ignore[attr-defined]


def _is_own(request: Any, origin: str) -> bool:
    if origin == "null":
        return False
    own = urlsplit(request.site_settings.site_url)
    given = urlsplit(origin)
    return (given.scheme, given.netloc) in {(own.scheme, own.netloc), (request.scheme, request.host)}


def includeme(config: Any) -> None:
    """Check every unsafe request, before asking whether it is permitted."""
    config.set_csrf_storage_policy(CSRFPolicy())
    config.set_default_csrf_options(require_csrf=True)
    config.add_view_deriver(csrf_view, under=INGRESS, over="secured_view")
    config.add_view_deriver(origin_view, under=INGRESS, over="csrf_view")
