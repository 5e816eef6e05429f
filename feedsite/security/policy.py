"""The security policy: who is asking, whether they may, and how they are remembered."""

from __future__ import annotations

from typing import Any

from pyramid.interfaces import ISecurityPolicy
from pyramid.request import RequestLocalCache
from pyramid.response import Response
from pyramid.security import Allowed, Denied

from feedsite.security.cookies import SESSION, VISITOR, drop_cookie, read_cookie, write_cookie
from feedsite.security.identity import Identity, identity_of
from feedsite.security.permissions import PREDICATES, Permission, is_hidden
from feedsite.security.sessions import LoginSessionService

_LONGEST_TOKEN = 128
#: Routes that an open page asks by itself.
ASKED_BY_PAGES = frozenset({"notifications.counters"})

#: All that somebody sees who is suspended: how they stand, what they say to it, and the way out. Everywhere else their
#: browser is nobody's.
OPEN_TO_SUSPENDED = frozenset({"appeals.standing", "appeals.appeal", "accounts.logout"})


class Hidden(Denied):
    """Refused, and nobody is told that there is anything: the page says 404."""


class SecurityPolicy:
    """Login sessions in SQL for who; the map of predicates for whether."""

    def __init__(self) -> None:
        self._identities: RequestLocalCache = RequestLocalCache(self._load)

    def _load(self, request: Any) -> Identity | None:
        token = read_cookie(request, SESSION)
        if not token or len(token) > _LONGEST_TOKEN:
            return None
        route = getattr(request, "matched_route", None)
        used = route is None or route.name not in ASKED_BY_PAGES
        found: Identity | None = request.find_service(LoginSessionService, context=None).find(token, used=used)
        return found

    def identity(self, request: Any) -> Identity | None:
        """The person behind a request; read once, and only when something asks.

        Who is suspended is nobody, except where `OPEN_TO_SUSPENDED` says so.
        """
        found: Identity | None = self._identities.get_or_create(request)
        if found is not None and found.state == "suspended" and not _is_open_to_suspended(request):
            return None
        return found

    def is_suspended(self, request: Any) -> bool:
        """Whether the browser is that of somebody who signed in and is suspended."""
        found: Identity | None = self._identities.get_or_create(request)
        return found is not None and found.state == "suspended"

    def login_id(self, request: Any) -> str | None:
        """The id of the browser's login, whoever is suspended or not; None: it is not signed in."""
        found: Identity | None = self._identities.get_or_create(request)
        return None if found is None else found.session_id

    def authenticated_userid(self, request: Any) -> str | None:
        """The person's id."""
        identity = self.identity(request)
        return None if identity is None else identity.id

    def permits(self, request: Any, context: object, permission: Permission) -> Allowed | Denied:
        """Whether the person may do it. Nobody who is not signed in may do anything that needs a permission."""
        if permission is Permission.READ_STYLE_GUIDE and not request.site_settings.is_production:
            return Allowed("anybody may, in development")
        identity = self.identity(request)
        if identity is None:
            return Denied("not signed in")
        if PREDICATES[permission](identity):
            return Allowed(permission.value)
        refused = Hidden if is_hidden(permission, identity) else Denied
        return refused(f"{identity.role}, {identity.state}: may not {permission.value}")

    def remember(self, request: Any, userid: str, **kw: Any) -> list[tuple[str, str]]:
        """Start a login for a person; returns the cookies. Whatever login the browser had before ends."""
        service: LoginSessionService = request.find_service(LoginSessionService, context=None)
        before = self._identities.get_or_create(request)
        if before is not None:
            service.end(before.session_id)
        token = service.start(userid, ip=request.remote_addr or "", user_agent=request.user_agent or "")
        response = Response()
        seconds = request.site_settings.session_absolute_seconds
        write_cookie(request, response, SESSION, token, max_age=seconds)
        drop_cookie(request, response, VISITOR)
        return _cookies(response)

    def renew(self, request: Any, response: Response) -> None:
        """Give the request's login a new id, as its owner has just given their password; `response` brings it."""
        identity = self.identity(request)
        if identity is not None:
            token = request.find_service(LoginSessionService, context=None).renew(identity.session_id)
            write_cookie(request, response, SESSION, token, max_age=request.site_settings.session_absolute_seconds)

    def forget(self, request: Any, **kw: Any) -> list[tuple[str, str]]:
        """End the request's login; returns the cookies that say so."""
        identity = self.identity(request)
        if identity is not None:
            request.find_service(LoginSessionService, context=None).end(identity.session_id)
        response = Response()
        drop_cookie(request, response, SESSION)
        drop_cookie(request, response, VISITOR)
        return _cookies(response)

    def without_database(self, request: Any) -> None:
        """From here on the request asks no database who it is: who is not known by now is nobody.

        For error pages, which are made when the database may be what failed.
        """
        self._identities.get_or_create(request, creator=lambda _request: None)

    def assume(self, request: Any, identity: Identity | None) -> None:
        """From here on the request is somebody's who is not there (None: nobody's), whoever its cookie says: what is
        made with it is what they would see."""
        self._identities.set(request, identity)


def act_for(request: Any, person: Any) -> None:
    """Make a request that nobody sent (of a command) a person's, for what is made in their name: mails to them; and one
    that a token of theirs came with."""
    request.registry.getUtility(ISecurityPolicy).assume(request, identity_of(person))


def act_as(request: Any, identity: Identity | None) -> None:
    """Answer a request as if this person (None: nobody) had asked: for feeds, which know no cookie.

    Before anything asks who it is: what was found out until then stays as it was.
    """
    request.registry.getUtility(ISecurityPolicy).assume(request, identity)


def _is_open_to_suspended(request: Any) -> bool:
    route = getattr(request, "matched_route", None)
    return route is not None and route.name in OPEN_TO_SUSPENDED


def _cookies(response: Response) -> list[tuple[str, str]]:
    return [(name, value) for name, value in response.headerlist if name == "Set-Cookie"]
