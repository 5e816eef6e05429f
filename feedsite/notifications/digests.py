"""Digests: what is new among a reader's notifications, mailed every day or every week, at one hour of their zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from feedsite.accounts.models import Person
from feedsite.db import insert_into, utcnow
from feedsite.feeds.order import position
from feedsite.mail.services import MailService
from feedsite.notifications.models import Digest
from feedsite.settings import settings_of
from feedsite.timelines.marks import NOTIFICATIONS_TOLD, Mark, MarkService

TOPIC = "digest"
LETTER = "notifications.digest"
#: A digest that could not be sent for so long tells nothing new.
LIFETIME = timedelta(days=1)
_MONDAY = 0
_READERS = ("active", "limited")


def next_digest(after: datetime, zone: str, every: str, hour: int) -> datetime:
    """When the next digest is due.

    Args:
        after: it is later than this instant.
        zone: an IANA name: the hour is that of its clocks, whatever they were changed to meanwhile.
        every: `daily`, or `weekly` for Mondays.
        hour: 0 to 23. Where the clocks leave it out that day, it is an hour later on them.
    """
    place = ZoneInfo(zone)
    day = after.astimezone(place).date()
    while True:
        due = datetime(day.year, day.month, day.day, hour, tzinfo=place).astimezone(UTC)
        if due > after and (every == "daily" or day.weekday() == _MONDAY):
            return due
        day += timedelta(days=1)


class Taken(NamedTuple):
    """A digest that is due."""

    person: Person
    every: str


class DigestService:
    """Who gets digests, and when the next one is due.

    Args:
        hour: of the reader's day.
    """

    def __init__(self, session: Session, mail: MailService, marks: MarkService, hour: int) -> None:
        self._session, self._mail, self._marks, self._hour = session, mail, marks, hour

    def of(self, person_id: str) -> Digest | None:
        """What somebody chose; None: no digest, or they refused it by the link in one."""
        found = self._session.get(Digest, person_id)
        return None if found is None or self._mail.refuses(person_id, TOPIC) else found

    def forget(self, person: Person) -> bool:
        """Take somebody out: no digest that still waits to be sent names them."""
        self._mail.drop_naming(LETTER, person.name)
        return False

    def choose(self, person_id: str, zone: str, every: str) -> None:
        """Mail somebody a digest from now on: `daily`, `weekly` or `off`. It tells what comes after this moment."""
        if every == "off":
            self._session.execute(delete(Digest).where(Digest.person_id == person_id))
            return
        now = utcnow()
        values = {"every": every, "due": next_digest(now, zone, every, self._hour)}
        before = self.of(person_id)
        self._mail.refuse(person_id, TOPIC, refused=False)
        row = insert_into(self._session, Digest).values(person_id=person_id, **values)
        self._session.execute(row.on_conflict_do_update(index_elements=["person_id"], set_=values))
        if before is None:
            self._marks.move(person_id, NOTIFICATIONS_TOLD, Mark(position(int(now.timestamp() * 1000), "")))

    def due(self, limit: int = 500) -> list[str]:
        """The ids of those whose digest is due, the longest due first."""
        asked = select(Digest.person_id).where(Digest.due <= utcnow()).order_by(Digest.due).limit(limit)
        return list(self._session.scalars(asked))

    def take(self, person_id: str) -> Taken | None:
        """Take somebody's digest that is due: nobody else makes it, and the next one is due a day or a week later.

        Returns whom to write to and how often; None where nobody is to be written to (any more).
        """
        asked = select(Digest).where(Digest.person_id == person_id, Digest.due <= utcnow())
        row = self._session.scalars(asked.with_for_update(skip_locked=True)).one_or_none()
        if row is None:
            return None
        person = self._session.get_one(Person, person_id)
        row.due = next_digest(utcnow(), person.zone, row.every, self._hour)
        can_read = person.state in _READERS and not person.waiting and person.email is not None
        return Taken(person, row.every) if can_read and not self._mail.refuses(person_id, TOPIC) else None


def digest_service(_context: object, request: Any) -> DigestService:
    """Service factory."""
    return DigestService(
        request.dbsession,
        request.find_service(MailService),
        request.find_service(MarkService),
        settings_of(request.registry).digest_hour,
    )
