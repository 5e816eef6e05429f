"""Logins as rows: found by a hash of the cookie's token, ended from anywhere."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from feedsite.accounts.models import LoginSession, Person
from feedsite.db import utcnow
from feedsite.security.identity import Identity, identity_of
from feedsite.settings import Settings

#: How old `last_seen` may get before a request writes it again: one write in five minutes, not one a page.
TOUCH_AFTER = timedelta(minutes=5)


class LoginSessionService:
    """Starts, finds and ends logins."""

    def __init__(self, session: Session, *, idle: timedelta, absolute: timedelta) -> None:
        self._session, self._idle, self._absolute = session, idle, absolute

    def start(self, person_id: str, *, ip: str = "", user_agent: str = "") -> str:
        """Begin a login with a new id; returns the token for the cookie, which is stored nowhere."""
        token = secrets.token_urlsafe(32)
        now = utcnow()
        self._session.execute(
            delete(LoginSession).where(LoginSession.person_id == person_id, LoginSession.expires <= now)
        )
        self._session.add(
            LoginSession(
                id=_hashed(token),
                person_id=person_id,
                created=now,
                last_seen=now,
                confirmed=now,
                expires=now + self._absolute,
                ip=ip[:64],
                user_agent=user_agent[:255],
            )
        )
        self._session.flush()
        self._seen(person_id, now)
        return token

    def find(self, token: str, *, used: bool = True) -> Identity | None:
        """Who is signed in with `token`.

        Args:
            used: somebody is there. A page that asks by itself, every minute, keeps no login from being idle.

        None when it is unknown, ended, too old, idle too long, or its owner leaves. Who is suspended has an identity,
        too: the policy shows it to hardly any page.
        """
        now = utcnow()
        found = self._session.execute(
            select(LoginSession, Person)
            .join(Person, Person.id == LoginSession.person_id)
            .where(LoginSession.id == _hashed(token), LoginSession.expires > now, Person.leaves.is_(None))
        ).one_or_none()
        if found is None or found.LoginSession.last_seen < now - self._idle:
            return None
        login, person = found
        if used and login.last_seen < now - TOUCH_AFTER:
            self._touch(login.id, now)
            self._seen(person.id, now)
        return identity_of(person, login.id, login.confirmed)

    def _touch(self, session_id: str, now: datetime) -> None:
        self._session.execute(
            update(LoginSession)
            .where(LoginSession.id == session_id)
            .values(last_seen=now)
            .execution_options(synchronize_session=False)
        )

    def _seen(self, person_id: str, now: datetime) -> None:
        self._session.execute(
            update(Person)
            .where(Person.id == person_id)
            .values(last_seen=now)
            .execution_options(synchronize_session=False)
        )

    def of(self, person_id: str) -> list[LoginSession]:
        """Somebody's logins that are not over, the last used one first."""
        now = utcnow()
        alive = (LoginSession.expires > now, LoginSession.last_seen >= now - self._idle)
        asked = select(LoginSession).where(LoginSession.person_id == person_id, *alive)
        return list(self._session.scalars(asked.order_by(LoginSession.last_seen.desc(), LoginSession.id)))

    def renew(self, session_id: str) -> str:
        """Note that its owner has just given their password in a login, which gets a new id (OWASP ASVS 5.0, 7.2.4).

        Returns the token for the cookie. Whoever had the old one is signed out.
        """
        token = secrets.token_urlsafe(32)
        values = {"id": _hashed(token), "confirmed": utcnow()}
        changed = update(LoginSession).where(LoginSession.id == session_id).values(values)
        self._session.execute(changed.execution_options(synchronize_session=False))
        return token

    def signed_in(self) -> list[str]:
        """The ids of everybody who has a login, over or not."""
        return list(self._session.scalars(select(LoginSession.person_id).distinct().order_by(LoginSession.person_id)))

    def end_own(self, person_id: str, session_id: str) -> bool:
        """End a login if it is this person's; returns whether it was."""
        own = (LoginSession.id == session_id, LoginSession.person_id == person_id)
        return bool(self._session.execute(delete(LoginSession).where(*own).returning(LoginSession.id)).first())

    def end(self, session_id: str) -> None:
        """End one login; ending it twice is harmless."""
        self._session.execute(delete(LoginSession).where(LoginSession.id == session_id))

    def end_all(self, person_id: str, *, but: str = "") -> int:
        """End every login of a person, except the one with the id `but`; returns how many there were."""
        ended = self._session.execute(
            delete(LoginSession).where(LoginSession.person_id == person_id, LoginSession.id != but)
        )
        return int(getattr(ended, "rowcount", 0))


def _hashed(token: str) -> str:
    # 256 random bits need no slow hash: there is nothing to guess.
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def sessions_from(settings: Settings, session: Session) -> LoginSessionService:
    """The service as the settings describe it."""
    return LoginSessionService(
        session,
        idle=timedelta(seconds=settings.session_idle_seconds),
        absolute=timedelta(seconds=settings.session_absolute_seconds),
    )


def session_service(_context: object, request: Any) -> LoginSessionService:
    """Service factory."""
    return sessions_from(request.site_settings, request.dbsession)
