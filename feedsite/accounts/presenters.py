"""What the pages about accounts show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pyramid.i18n import TranslationStringFactory

from feedsite.accounts.models import LoginSession
from feedsite.accounts.user_agents import browser_name
from feedsite.db import utcnow
from feedsite.web.presenting import TimeView
from feedsite.web.wording import time_view

_ = TranslationStringFactory("feedsite")


@dataclass(frozen=True)
class LoginView:
    """A browser that is signed in.

    Attributes:
        id: what the form that ends it sends.
        browser: as in "Firefox, Linux".
        ip: where it signed in from.
        is_this: it is the one that shows the page.
    """

    id: str
    browser: str
    ip: str
    since: TimeView
    seen: TimeView
    is_this: bool


def login_views(request: Any, logins: Iterable[LoginSession]) -> list[LoginView]:
    """Somebody's logins; the one that shows the page first."""
    now, zone, locale = utcnow(), request.zone, request.locale_name
    views = [
        LoginView(
            id=login.id,
            browser=browser_name(login.user_agent) or request.translate(_("An unknown browser")),
            ip=login.ip,
            since=time_view(login.created, now, zone, locale),
            seen=time_view(login.last_seen, now, zone, locale),
            is_this=login.id == request.identity.session_id,
        )
        for login in logins
    ]
    return sorted(views, key=lambda view: not view.is_this)
