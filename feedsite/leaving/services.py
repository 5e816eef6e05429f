"""Leaving and coming back; who is to be taken out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, select
from sqlalchemy.orm import Session

from feedsite.accounts.models import Person
from feedsite.db import utcnow
from feedsite.feeds import Entity, Manager
from feedsite.mail.services import MailService
from feedsite.moderation.removing import RemovalService
from feedsite.moderation.services import EVERYBODY
from feedsite.security.sessions import LoginSessionService

_AT_ONCE = 500


@dataclass(frozen=True)
class Terms:
    """How long what is kept.

    Args:
        grace: how long somebody who left may come back.
        unconfirmed: after how long accounts go whose address was never confirmed; None: never.
    """

    grace: timedelta
    unconfirmed: timedelta | None


class LeavingService:
    """Lets people go, and come back. The caller's transaction holds it all, or nothing.

    Args:
        feeds: hides what is theirs by a mute of everybody's, as a suspension does.
        logins, mails: what ends with leaving.
        removal: knows who may not go.
        terms: how long.
    """

    def __init__(
        self,
        session: Session,
        feeds: Manager,
        logins: LoginSessionService,
        mails: MailService,
        removal: RemovalService,
        terms: Terms,
    ) -> None:
        self._session, self._feeds, self._logins, self._mails = session, feeds, logins, mails
        self._removal, self.terms = removal, terms

    def leave(self, person_id: str) -> datetime:
        """Delete somebody's account: nothing of it is shown, and every login ends. Again, it changes nothing.

        Returns until when they may come back. Raises NotAllowed for the last admin.
        """
        person = self._removal.may_go(person_id)
        if person.leaves is not None:
            return person.leaves
        person.leaves = utcnow() + self.terms.grace
        self._logins.end_all(person.id)
        self._feeds.mute(EVERYBODY, Entity("person", person.id))
        self._mails.drop(person)
        self._tell(person, "leaving.left", until=person.leaves.isoformat(timespec="seconds"))
        return person.leaves

    def come_back(self, person_id: str) -> bool:
        """Take it back: everything is as it was before; returns whether there was something to take back in time."""
        person = self._session.get(Person, person_id, with_for_update=True, populate_existing=True)
        if person is None or person.leaves is None or person.leaves <= utcnow():
            return False
        person.leaves = None
        if person.state != "suspended":
            self._feeds.un_mute(EVERYBODY, Entity("person", person.id))
        self._tell(person, "leaving.back")
        return True

    def _tell(self, person: Person, kind: str, **more: str) -> None:
        if person.email is not None:
            at = utcnow().isoformat(timespec="seconds")
            data = {"handle": person.handle, "zone": person.zone, "at": at, **more}
            self._mails.write(kind, person.email, person=person, data=data, though_leaving=True)

    # Who is to be taken out

    def due(self, seen: Collection[str] = ()) -> list[str]:
        """The ids of some of those whose time to come back is over, but for those in `seen`."""
        return self._some(self._is_due(), seen)

    def unconfirmed(self, seen: Collection[str] = ()) -> list[str]:
        """The ids of some of those who joined long ago and never confirmed an address, but for those in `seen`."""
        return self._some(self._is_unconfirmed(), seen)

    def count_due(self) -> int:
        """How many `due` there are."""
        return self._session.scalar(select(func.count()).where(self._is_due())) or 0

    def count_unconfirmed(self) -> int:
        """How many `unconfirmed` there are."""
        return self._session.scalar(select(func.count()).where(self._is_unconfirmed())) or 0

    def _some(self, wanted: ColumnElement[bool], seen: Collection[str]) -> list[str]:
        found = select(Person.id).where(wanted, Person.id.not_in(sorted(seen))).limit(_AT_ONCE)
        return list(self._session.scalars(found.order_by(Person.id)))

    def _is_due(self) -> ColumnElement[bool]:
        return Person.leaves <= utcnow()

    def _is_unconfirmed(self) -> ColumnElement[bool]:
        if self.terms.unconfirmed is None:
            return false()
        theirs = (Person.state == "unverified", Person.email.is_(None), Person.role == "member")
        return and_(*theirs, Person.leaves.is_(None), Person.created < utcnow() - self.terms.unconfirmed)

    def give_up(self, person_id: str) -> bool:
        """Let an account go at once that was never confirmed; returns whether it still is none."""
        person = self._session.get(Person, person_id, with_for_update=True, populate_existing=True)
        if person is None or person.state != "unverified" or person.email is not None:
            return False
        person.leaves = utcnow()
        self._feeds.mute(EVERYBODY, Entity("person", person.id))
        return True


def leaving_service(_context: object, request: Any) -> LeavingService:
    """Service factory."""
    settings = request.site_settings
    days = settings.unconfirmed_days
    return LeavingService(
        request.dbsession,
        request.find_service(Manager),
        request.find_service(LoginSessionService),
        request.find_service(MailService),
        request.find_service(RemovalService),
        Terms(timedelta(days=settings.leave_days), timedelta(days=days) if days else None),
    )
