"""What happens at the door: attempts are counted, browsers that were here before are known, people are let in."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlencode

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.interfaces import ISecurityPolicy
from pyramid.response import Response
from pyramid.security import remember

from feedsite.accounts.models import Person
from feedsite.accounts.services import NoticeService, PeopleService, TwoFactorService, email_key
from feedsite.db import utcnow
from feedsite.security.cookies import BACK, DEVICE, SECOND, drop_cookie, read_cookie, write_cookie
from feedsite.security.events import note
from feedsite.security.signing import BadToken, signer
from feedsite.security.throttle import Throttle, address_key
from feedsite.web.redirects import safe_next, see_other

_DEVICE_SECONDS = 2 * 365 * 86_400
#: Between password and code, or the answer to whether somebody wants to come back.
_CODE_SECONDS = 600


def count_attempt(request: Any, person: Person | None, login_text: str) -> None:
    """Count a sign-in by address and by account, before any password is looked at.

    A browser that has signed in to the account before has its own count: strangers who try passwords cannot lock the
    owner out. (OWASP Authentication Cheat Sheet, device cookies.) Raises TooManyRequests.
    """
    throttle = request.find_service(Throttle)
    throttle.hit("login_address", address_key(request.remote_addr))
    account = person.id if person is not None else login_text.lower()
    throttle.hit("login_account", signer(request, "throttle").digest(_device(request, person) or account))


def count_mail(request: Any, email: str) -> None:
    """Count a mail that an address gets because somebody typed it. Raises TooManyRequests."""
    request.find_service(Throttle).hit("mail", signer(request, "throttle").digest(email_key(email)))


def let_in(request: Any, person: Person, *, joined: bool = False) -> Response:
    """Sign somebody in and send them on; a browser that never was here before is told of by mail.

    Who deleted their account is asked whether they want to come back first.

    Args:
        joined: the account was made this moment.
    """
    if person.leaves is not None:
        return _ask_back(request, person)
    if not joined and not _device(request, person):
        notices = request.find_service(NoticeService)
        notices.new_login(person, ip=request.remote_addr or "", user_agent=request.user_agent or "")
    response = see_other(request, request.route_path("timelines.home"))
    if person.state == "suspended":
        response = HTTPSeeOther(request.route_path("appeals.standing"))
    response.headerlist.extend(remember(request, person.id))
    know_browser(request, response, person)
    note(request, "sign up" if joined else "sign in", person=person.id)
    return response


def know_browser(request: Any, response: Response, person: Person) -> None:
    """Have this browser known as one of this person's: its attempts to sign in are counted by themselves."""
    device = signer(request, "device").sign([person.id, secrets.token_urlsafe(12)])
    write_cookie(request, response, DEVICE, device, max_age=_DEVICE_SECONDS)


def confirmed_again(request: Any, response: Response) -> Response:
    """The same answer, for who has just given their password again: their login goes on under a new id."""
    request.registry.getUtility(ISecurityPolicy).renew(request, response)
    return response


def enter(request: Any, person: Person) -> Response:
    """Sign in who gave the right password: at once, or after the code of their second factor."""
    if not request.find_service(TwoFactorService).is_on(person.id):
        return let_in(request, person)
    wanted = safe_next(request, "")
    query = f"?{urlencode({'next': wanted})}" if wanted else ""
    response = HTTPSeeOther(request.route_path("accounts.login_code") + query)
    note(request, "sign in", "half", person=person.id)
    token = signer(request, "second").sign([person.id, _fingerprint(request, person)])
    write_cookie(request, response, SECOND, token, max_age=_CODE_SECONDS)
    return response


def expected(request: Any) -> Person | None:
    """Who gave the right password a moment ago and still has to give a code; None: nobody."""
    return _half_way(request, "second", SECOND)


def _half_way(request: Any, purpose: str, cookie: str) -> Person | None:
    """Who got so far, by a signed cookie of this purpose."""
    try:
        person_id, fingerprint = signer(request, purpose).read(read_cookie(request, cookie), max_age=_CODE_SECONDS)
    except (BadToken, ValueError, TypeError):
        return None
    person: Person | None = request.find_service(PeopleService).by_id(person_id)
    if person is None or not _may_enter(person) or not _still_right(request, person, fingerprint):
        return None
    return person


def _may_enter(person: Person) -> bool:
    return person.leaves is None or person.leaves > utcnow()


def _ask_back(request: Any, person: Person) -> Response:
    response = HTTPSeeOther(request.route_path("leaving.back"))
    note(request, "sign in", "half", person=person.id)
    token = signer(request, "back").sign([person.id, _fingerprint(request, person)])
    write_cookie(request, response, BACK, token, max_age=_CODE_SECONDS)
    return response


def returning(request: Any) -> Person | None:
    """Who signed in a moment ago to an account that they deleted, and may come back; None: nobody."""
    person = _half_way(request, "back", BACK)
    return None if person is None or person.leaves is None else person


def no_longer_returning(request: Any, response: Response) -> Response:
    """The same answer, with which the question is forgotten."""
    drop_cookie(request, response, BACK)
    return response


def no_longer_expected(request: Any, response: Response) -> Response:
    """The same answer, with which the first half of signing in is forgotten."""
    drop_cookie(request, response, SECOND)
    return response


def _fingerprint(request: Any, person: Person) -> str:
    # A password that was changed meanwhile is no half of signing in any more.
    return signer(request, "second").digest(person.password_hash or "")


def _still_right(request: Any, person: Person, fingerprint: object) -> bool:
    return signer(request, "second").knows(person.password_hash or "", fingerprint)


def _device(request: Any, person: Person | None) -> str:
    try:
        owner, nonce = signer(request, "device").read(read_cookie(request, DEVICE), max_age=_DEVICE_SECONDS)
    except (BadToken, ValueError, TypeError):
        return ""
    return f"device:{nonce}" if person is not None and owner == person.id else ""
