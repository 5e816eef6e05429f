"""What happens at the door: attempts are counted, browsers that were here before are known, people are let in."""

from __future__ import annotations

import secrets
from typing import Any

from pyramid.response import Response
from pyramid.security import remember

from feedsite.accounts.models import Person
from feedsite.accounts.services import NoticeService, email_key
from feedsite.security.cookies import DEVICE, read_cookie, write_cookie
from feedsite.security.signing import BadToken, signer
from feedsite.security.throttle import Throttle, address_key
from feedsite.web.redirects import see_other

_DEVICE_SECONDS = 2 * 365 * 86_400


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

    Args:
        joined: the account was made this moment.
    """
    if not joined and not _device(request, person):
        notices = request.find_service(NoticeService)
        notices.new_login(person, ip=request.remote_addr or "", user_agent=request.user_agent or "")
    response = see_other(request, request.route_path("timelines.home"))
    response.headerlist.extend(remember(request, person.id))
    device = signer(request, "device").sign([person.id, secrets.token_urlsafe(12)])
    write_cookie(request, response, DEVICE, device, max_age=_DEVICE_SECONDS)
    return response


def _device(request: Any, person: Person | None) -> str:
    try:
        owner, nonce = signer(request, "device").read(read_cookie(request, DEVICE), max_age=_DEVICE_SECONDS)
    except (BadToken, ValueError, TypeError):
        return ""
    return f"device:{nonce}" if person is not None and owner == person.id else ""
