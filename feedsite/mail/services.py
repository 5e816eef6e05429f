"""Writing mails, in the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Text, cast, delete, func, or_, select
from sqlalchemy.orm import Session

from feedsite.accounts.models import Person
from feedsite.db import utcnow
from feedsite.mail.models import Mail, MailRefusal
from feedsite.metrics import Reading

#: A mail that could not be sent for so long is given up.
LIFETIME = timedelta(days=3)

#: What people may choose not to be told by mail.
TOPICS = ("logins", "digest")


class MailService:
    """Writes mails for sending after the commit, and knows who does not want which.

    Args:
        session: whose transaction the mails belong to: what is undone was never mailed.
        written: called when a mail was written.
    """

    def __init__(self, session: Session, written: Callable[[], None] = lambda: None) -> None:
        self._session, self._written = session, written

    def write(
        self,
        kind: str,
        recipient: str,
        *,
        person: Person | None = None,
        data: Mapping[str, Any] | None = None,
        lifetime: timedelta = LIFETIME,
        locale: str = "en",
        topic: str = "",
        though_leaving: bool = False,
    ) -> bool:
        """Write a mail.

        Args:
            kind: the name of its letter (``config.add_letter``).
            recipient: an e-mail address.
            person: whose account it is about; their language is the letter's.
            data: what the letter is made from; no secrets.
            lifetime: how long it makes sense.
            locale: the language where there is no person.
            topic: one of `TOPICS`: nothing is written to who refused it.
            though_leaving: whether it goes to who is leaving, too: they asked for it, or it says how to come back.

        Returns whether it was written.
        """
        if person is not None and person.leaves is not None and not though_leaving:
            return False
        if topic and person is not None and self.refuses(person.id, topic):
            return False
        self._session.add(
            Mail(
                person_id=None if person is None else person.id,
                recipient=recipient,
                kind=kind,
                data=dict(data or {}),
                locale=locale if person is None else person.locale,
                expires=utcnow() + lifetime,
            )
        )
        self._session.flush()
        self._written()
        return True

    def refuses(self, person_id: str, topic: str) -> bool:
        """Whether somebody does not want the mails of a topic."""
        return self._session.get(MailRefusal, (person_id, topic)) is not None

    def refuse(self, person_id: str, topic: str, *, refused: bool = True) -> None:
        """Send somebody no more mails of a topic, or send them again."""
        self._session.execute(delete(MailRefusal).where(MailRefusal.person_id == person_id, MailRefusal.topic == topic))
        if refused:
            self._session.add(MailRefusal(person_id=person_id, topic=topic))
        self._session.flush()

    def drop(self, person: Person) -> None:
        """Send somebody nothing of what still waits to be sent."""
        self._session.execute(delete(Mail).where(Mail.person_id == person.id))

    def drop_naming(self, kind: str, text: str) -> None:
        """Send nobody what still waits to be sent, is of this kind and holds a text."""
        inside = json.dumps(text)[1:-1]
        held = cast(Mail.data, Text).contains(inside, autoescape=True)
        self._session.execute(delete(Mail).where(Mail.kind == kind, held))

    def forget(self, person: Person) -> bool:
        """Remove every mail to somebody's address, or about their account."""
        addresses = {address.lower() for address in (person.email, person.email_key) if address}
        theirs = or_(Mail.person_id == person.id, func.lower(Mail.recipient).in_(addresses))
        self._session.execute(delete(Mail).where(theirs))
        self._session.execute(delete(MailRefusal).where(MailRefusal.person_id == person.id))
        return False

    def counts(self) -> dict[str, int]:
        """How many mails wait to be sent, and how many were given up."""
        asked = select(func.count(Mail.due), func.count()).select_from(Mail)
        waiting, every = self._session.execute(asked).one()
        return {"waiting": waiting, "given_up": every - waiting}

    def readings(self) -> tuple[Reading, ...]:
        """The same for Prometheus."""
        values = {name: float(count) for name, count in self.counts().items()}
        return (Reading("feedsite_mails", "Mails that are not sent.", values, "state"),)

    def given_up(self, limit: int = 100) -> list[Mail]:
        """The newest mails that were given up."""
        asked = select(Mail).where(Mail.due.is_(None)).order_by(Mail.created.desc()).limit(limit)
        return list(self._session.scalars(asked))

    def retry(self) -> int:
        """Try everything anew that was given up and still makes sense; returns how many."""
        again = list(self._session.scalars(select(Mail).where(Mail.due.is_(None), Mail.expires > utcnow())))
        for mail in again:
            mail.due, mail.attempts = utcnow(), 0
        if again:
            self._written()
        return len(again)


def mail_service(_context: object, request: Any) -> MailService:
    """Service factory."""

    def written() -> None:
        request.tm.get().addAfterCommitHook(_wake, (request.registry["feedsite.mail"],))

    return MailService(request.dbsession, written)


def _wake(committed: bool, mail: Any) -> None:
    if committed:
        mail.wake()
