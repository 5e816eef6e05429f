"""The requests themselves: asking, taking back, and who waits for whose answer."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import and_, delete, func, select
from sqlalchemy.orm import Session

from feedsite.accounts.models import Person
from feedsite.db import insert_into, utcnow
from feedsite.keyset import Order, Place, Rows
from feedsite.requesting.models import FollowRequest

PAGE = 20
#: As far as requests are counted: one more than what is said of them ("99+").
COUNTED = 100
_NEWEST = Order((FollowRequest.asked, FollowRequest.requester_id), descending=True)


class FollowRequestService:
    """Keeps requests to follow. It knows no links: who may ask, `GraphService` says, and what an answer does,
    `AnswerService`. Each change returns whether something changed; doing it twenty times at once is harmless."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def ask(self, requester_id: str, person_id: str) -> bool:
        """Ask to follow a person; who asks again keeps the instant of the first time."""
        row = {"person_id": person_id, "requester_id": requester_id, "asked": utcnow()}
        insert = insert_into(self._session, FollowRequest).values(row).on_conflict_do_nothing()
        return self._session.execute(insert.returning(FollowRequest.person_id)).first() is not None

    def end(self, requester_id: str, person_id: str) -> bool:
        """Take a request away, whoever wants that. Of several who do this at once, one is told that there was one."""
        mine = delete(FollowRequest).where(_of(requester_id, person_id)).returning(FollowRequest.person_id)
        return self._session.execute(mine).first() is not None

    def asked_of(self, requester_id: str, person_ids: Collection[str]) -> set[str]:
        """Whose answer somebody waits for, among these people. One statement, or none for nobody."""
        if not person_ids:
            return set()
        mine = select(FollowRequest.person_id).where(FollowRequest.requester_id == requester_id)
        return set(self._session.scalars(mine.where(FollowRequest.person_id.in_(sorted(person_ids)))))

    def page(self, person_id: str, place: Place | None = None) -> Rows[FollowRequest]:
        """A page of those who ask to follow a person, the newest request first; not who is suspended or leaving.

        Raises ValueError when the place is none of this list.
        """
        return _NEWEST.page(self._session, _shown(select(FollowRequest), person_id), place, PAGE)

    def count(self, person_id: str) -> int:
        """How many of these there are; `COUNTED` stands for any number above."""
        some = _shown(select(FollowRequest.requester_id), person_id).limit(COUNTED).subquery()
        return self._session.scalar(select(func.count()).select_from(some)) or 0


def _of(requester_id: str, person_id: str) -> Any:
    return and_(FollowRequest.person_id == person_id, FollowRequest.requester_id == requester_id)


def _shown(asked: Any, person_id: str) -> Any:
    theirs = asked.join(Person, Person.id == FollowRequest.requester_id)
    return theirs.where(FollowRequest.person_id == person_id, Person.is_shown)


def follow_request_service(_context: object, request: Any) -> FollowRequestService:
    """Service factory."""
    return FollowRequestService(request.dbsession)
