"""Answering appeals: by somebody who did not impose the sanction, where there is somebody else."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedsite.accounts.models import Person
from feedsite.accounts.services import NoticeService
from feedsite.db import utcnow
from feedsite.keyset import Order, Place, Rows
from feedsite.moderation.audit import AuditService
from feedsite.moderation.models import ANSWERS, Sanction
from feedsite.moderation.ranks import Actor, NotAllowed, Ranks, checked
from feedsite.moderation.services import ModerationService
from feedsite.security.permissions import RANKS

#: What is asked for: those that wait, those with an answer, or all.
FILTERS = ("waiting", *ANSWERS, "all")

_MANY = 100
_OLDEST_FIRST = Order((Sanction.appealed, Sanction.id))
_NEWEST_FIRST = Order((Sanction.appealed, Sanction.id), descending=True)


class AppealService:
    """Lists appeals and answers them.

    Args:
        session: whose transaction it all belongs to.
        ranks, moderation, notices, audit: the services it uses.
    """

    def __init__(
        self,
        session: Session,
        ranks: Ranks,
        moderation: ModerationService,
        notices: NoticeService,
        audit: AuditService,
    ) -> None:
        self._session, self._ranks, self._moderation = session, ranks, moderation
        self._notices, self._audit = notices, audit

    def page(self, asked: str, place: Place | None = None, *, size: int = 50) -> Rows[Sanction]:
        """A page of appeals: those that wait with the longest first, the others newest first.

        Args:
            asked: one of `FILTERS`.

        Raises ValueError when the place is none of this list.
        """
        statement = select(Sanction).where(Sanction.appealed.is_not(None))
        if asked != "all":
            statement = statement.where(Sanction.answer == ("" if asked == "waiting" else asked))
        order = _OLDEST_FIRST if asked == "waiting" else _NEWEST_FIRST
        return order.page(self._session, statement, place, size)

    def count_waiting(self) -> int:
        """How many appeals wait for an answer, a hundred at most."""
        some = select(Sanction.id).where(Sanction.appealed.is_not(None), Sanction.answer == "").limit(_MANY).subquery()
        return self._session.scalar(select(func.count()).select_from(some)) or 0

    def find(self, sanction_id: str) -> Sanction | None:
        """An appealed sanction by its id."""
        found = self._session.get(Sanction, sanction_id)
        return found if found is not None and found.appealed is not None else None

    def waiting_of(self, person_id: str) -> Sanction | None:
        """The appeal of somebody's that has waited longest."""
        asked = select(Sanction).where(Sanction.person_id == person_id, Sanction.appealed.is_not(None))
        return self._session.scalar(asked.where(Sanction.answer == "").order_by(Sanction.appealed).limit(1))

    def is_for_others(self, actor: Actor, sanction: Sanction) -> bool:
        """Whether somebody else has to answer: the actor imposed it, and there is somebody else who can."""
        if actor.person_id is None or sanction.imposed_by != actor.key:
            return False
        person = self._session.get_one(Person, sanction.person_id)
        above = [role for role, rank in RANKS.items() if rank > RANKS[person.role]]
        others = select(Person.id).where(
            Person.role.in_([role for role in above if role != "member"]),
            Person.state == "active",
            Person.password_hash.is_not(None),
            Person.id.not_in((actor.person_id, person.id)),
        )
        return self._session.scalar(others.limit(1)) is not None

    def answer(self, actor: Actor, sanction_id: str, answer: str, comment: str) -> bool:
        """Answer an appeal; the person is told.

        Args:
            actor: who answers, of a higher rank than the person.
            answer: `upheld` (the sanction stays) or `lifted` (it is taken back).
            comment: why, 1 to `ranks.MAX_REASON` characters; the person reads it.

        Returns whether it waited. Raises NotAllowed.
        """
        checked(comment)
        if answer not in ANSWERS:
            raise NotAllowed("act", f"one of {', '.join(ANSWERS)}")
        asked = select(Sanction).where(Sanction.id == sanction_id, Sanction.appealed.is_not(None)).with_for_update()
        sanction = self._session.scalar(asked.execution_options(populate_existing=True))
        if sanction is None:
            raise NotAllowed("nobody", "there is no such appeal")
        person = self._ranks.ready(actor, sanction.person_id, comment).person
        if not sanction.waits:
            return False
        if self.is_for_others(actor, sanction):
            raise NotAllowed("imposer", "whoever imposed it leaves the answer to somebody else")
        if answer == "lifted":
            self._moderation.lift(actor, sanction, comment)
        sanction.answer, sanction.answered = answer, utcnow()
        sanction.answered_by, sanction.comment = actor.key, comment.strip()
        states = {"before": {"appeal": "waiting"}, "after": {"appeal": answer, "sanction": sanction.kind}}
        self._audit.record(actor.key, "answer appeal", person.key, **states, reason=sanction.comment)
        self._notices.write(person, f"moderation.appeal_{answer}", comment=sanction.comment)
        return True


def appeal_service(_context: object, request: Any) -> AppealService:
    """Service factory."""
    return AppealService(
        request.dbsession,
        request.find_service(Ranks),
        request.find_service(ModerationService),
        request.find_service(NoticeService),
        request.find_service(AuditService),
    )
