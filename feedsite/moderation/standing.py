"""How somebody stands: the sanctions they were told of, and what they say to them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedsite.accounts.models import Person
from feedsite.accounts.services import NoticeService
from feedsite.db import utcnow
from feedsite.moderation.audit import AuditService
from feedsite.moderation.models import Sanction
from feedsite.personal import ERASED

#: How long a suspension can be taken back by a moderator, and a sanction be appealed; the letters say it in words.
REVERSIBLE = timedelta(days=30)

MAX_APPEAL = 1000
_SHOWN = 50


class AppealRefused(Exception):
    """Why somebody cannot appeal.

    Args:
        field: "sanction" or "appeal".
        rule: what is right.
    """

    def __init__(self, field: str, rule: str) -> None:
        self.field = field
        super().__init__(f"{field}: {rule}")


class StandingService:
    """Keeps sanctions and tells people of them. The caller's transaction holds the act, its sanction and its mail.

    Args:
        session: whose transaction it is.
        notices: writes the mails.
        audit: has a row for each appeal.
    """

    def __init__(self, session: Session, notices: NoticeService, audit: AuditService) -> None:
        self._session, self._notices, self._audit = session, notices, audit

    def impose(
        self, actor: str, person: Person, kind: str, reason: str, *, rule: str = "", told: bool = True
    ) -> Sanction:
        """Keep a sanction, and tell the person by mail.

        Args:
            actor: key of who imposes it, or ``command line``.
            kind: one of `KINDS`.
            reason: the person reads it.
            rule: the site's rule that it names, by number and title; empty: none.
            told: False where another mail says it.
        """
        made = Sanction(
            person_id=person.id, kind=kind, reason=reason, rule=rule[:140], imposed=utcnow(), imposed_by=actor
        )
        self._session.add(made)
        self._session.flush()
        if told:
            self._notices.write(person, f"moderation.{kind}", reason=reason, rule=made.rule)
        return made

    def lift(self, sanction: Sanction) -> None:
        """Note that a sanction is over; an appeal that waits is answered by that."""
        sanction.lifted = utcnow()
        if sanction.waits:
            sanction.answer, sanction.answered = "lifted", sanction.lifted

    def reinstated(self, person: Person, kind: str, reason: str, *, told: bool = True) -> None:
        """Note that somebody is limited or suspended no more, and tell them.

        Args:
            kind: "limit" or "suspend".
            reason: the person reads it.
            told: False where another mail says it.
        """
        for sanction in self._session.scalars(self._of(person.id).where(Sanction.kind == kind, _in_force())):
            self.lift(sanction)
        if told:
            self._notices.write(person, "moderation.reinstated", reason=reason)

    def of(self, person_id: str) -> list[Sanction]:
        """Somebody's newest sanctions, the last one first."""
        return list(self._session.scalars(self._of(person_id).limit(_SHOWN)))

    def latest(self, person_id: str, kind: str) -> Sanction | None:
        """Somebody's newest sanction of a kind, in force or not."""
        return self._session.scalar(self._of(person_id).where(Sanction.kind == kind).limit(1))

    def appeal(self, person_id: str, sanction_id: str, text: str) -> Sanction:
        """Say something to a sanction of one's own: once, within 30 days, while it is in force.

        Args:
            text: 1 to `MAX_APPEAL` characters.

        Raises AppealRefused.
        """
        asked = select(Sanction).where(Sanction.id == sanction_id, Sanction.person_id == person_id).with_for_update()
        sanction = self._session.scalar(asked.execution_options(populate_existing=True))
        if sanction is None or not may_appeal(sanction, utcnow()):
            raise AppealRefused("sanction", "one in force, not older than 30 days, that was not appealed before")
        if not text.strip() or len(text) > MAX_APPEAL:
            raise AppealRefused("appeal", f"1 to {MAX_APPEAL} characters")
        sanction.appeal, sanction.appealed = text.strip(), utcnow()
        after = {"sanction": sanction.kind}
        self._audit.record(sanction.key, "appeal", sanction.key, after=after, reason=sanction.appeal)
        return sanction

    def forget(self, key: str) -> bool:
        """Take somebody out who imposed or answered; what was imposed on them goes with their account."""
        for column in (Sanction.imposed_by, Sanction.answered_by):
            changed = update(Sanction).where(column == key).values({column: ERASED})
            self._session.execute(changed.execution_options(synchronize_session=False))
        return False

    def _of(self, person_id: str) -> Any:
        newest = (Sanction.imposed.desc(), Sanction.id.desc())
        return select(Sanction).where(Sanction.person_id == person_id).order_by(*newest)


def may_appeal(sanction: Sanction, now: datetime) -> bool:
    """Whether who was sanctioned may still say something to it."""
    return sanction.lifted is None and sanction.appealed is None and now < sanction.imposed + REVERSIBLE


def is_final(sanction: Sanction, now: datetime) -> bool:
    """Whether a suspension has stood for so long that only an admin takes it back."""
    return sanction.kind == "suspend" and now >= sanction.imposed + REVERSIBLE


def _in_force() -> Any:
    return Sanction.lifted.is_(None)


def standing_service(_context: object, request: Any) -> StandingService:
    """Service factory."""
    return StandingService(request.dbsession, request.find_service(NoticeService), request.find_service(AuditService))
