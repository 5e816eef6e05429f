"""From rows to mails: claimed in a short transaction, sent outside of any, then forgotten or put off."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

from sqlalchemy import Engine, delete, or_, select, update
from sqlalchemy.orm import Session

from feedsite.db import utcnow, writing
from feedsite.mail.backends import Backend, MailDelayed, MailRefused, MailUnavailable, Send
from feedsite.mail.models import Mail

log = logging.getLogger(__name__)

#: Mails of one round, over one connection.
BATCH = 50
#: How long a round may take before others may take its mails over.
LEASE = timedelta(minutes=10)
#: The wait after the first failure; it doubles, up to the longest.
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
#: How long a mail that was given up is kept, so that somebody can see why.
KEPT = timedelta(days=14)


@dataclass
class Round:
    """How a round went.

    Attributes:
        sent, put_off, given_up: how many mails.
        problem: why nothing could be handed over; empty: something could, or there was nothing.
        more: whether more mails are due.
    """

    sent: int = 0
    put_off: int = 0
    given_up: int = 0
    problem: str = ""
    more: bool = False


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts (1 or more)."""
    doubled: timedelta = FIRST_WAIT * 2 ** min(attempts - 1, 20)
    return min(doubled, LONGEST_WAIT)


class MailSender:
    """Sends what is due. Several may run at once: a mail is leased to one of them.

    Args:
        engine: of the site's database.
        compose: makes the message of a row.
        backend: where it goes.
    """

    def __init__(self, engine: Engine, compose: Callable[[Mail], EmailMessage], backend: Backend) -> None:
        self._engine, self._compose, self._backend = writing(engine), compose, backend

    def send(self) -> Round:
        """One round: at most `BATCH` mails."""
        claimed = self._claim()
        done = Round(more=len(claimed) == BATCH)
        if not claimed:
            return done
        try:
            with self._backend.open() as send:
                self._send_all(claimed, send, done)
        except MailUnavailable as error:
            done.problem = str(error)
        for mail in claimed:
            self._put_off(mail, done.problem, done)
        return done

    def _send_all(self, claimed: list[Mail], send: Send, done: Round) -> None:
        """Send, and take what is settled out of `claimed`."""
        while claimed:
            mail = claimed[0]
            try:
                send(self._compose(mail))
            except MailUnavailable:
                raise
            except MailRefused as error:
                self._give_up(mail, str(error), done)
            except MailDelayed as error:
                self._put_off(mail, str(error), done)
            except Exception:
                # One letter that cannot be made keeps no other back. What it holds is in no log.
                log.exception("the mail %s (%s) cannot be made", mail.id, mail.kind)
                self._put_off(mail, "it could not be made: see the log", done)
            else:
                self._forget(mail)
                done.sent += 1
            del claimed[0]

    def _claim(self) -> list[Mail]:
        now = utcnow()
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            session.execute(delete(Mail).where(Mail.due.is_(None), Mail.created < now - KEPT))
            free = or_(Mail.leased_until.is_(None), Mail.leased_until < now)
            asked = select(Mail).where(Mail.due <= now, free).order_by(Mail.due, Mail.id).limit(BATCH)
            mails = list(session.scalars(asked.with_for_update(skip_locked=True)))
            for mail in mails:
                mail.leased_until = now + LEASE
            session.flush()
            session.expunge_all()
        return mails

    def _put_off(self, mail: Mail, problem: str, done: Round) -> None:
        attempts, now = mail.attempts + 1, utcnow()
        due = now + wait_after(attempts)
        if due > mail.expires:
            self._give_up(mail, problem, done)
            return
        self._change(mail, attempts=attempts, due=due, leased_until=None, problem=problem)
        done.put_off += 1

    def _give_up(self, mail: Mail, problem: str, done: Round) -> None:
        log.warning("the mail %s (%s) is given up", mail.id, mail.kind)
        self._change(mail, attempts=mail.attempts + 1, due=None, leased_until=None, problem=problem)
        done.given_up += 1

    def _change(self, mail: Mail, **values: str | int | datetime | None) -> None:
        with self._engine.begin() as connection:
            connection.execute(update(Mail).where(Mail.id == mail.id).values(**values))

    def _forget(self, mail: Mail) -> None:
        with self._engine.begin() as connection:
            connection.execute(delete(Mail).where(Mail.id == mail.id))
