"""What a process of the site keeps for its mails: the backend, the sender, the thread that sends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from functools import cached_property
from typing import Any

from feedsite.db import engine_of, utcnow
from feedsite.feeds.errors import StoreUnavailable
from feedsite.indexing.deliverer import Deliverer
from feedsite.mail.backends import Backend, MailRefused, backend_from
from feedsite.mail.composing import message_of
from feedsite.mail.letters import LETTERS, Desk
from feedsite.mail.models import Mail
from feedsite.mail.sending import MailSender, Round
from feedsite.settings import settings_of

__all__ = ["LETTERS", "ProcessMail", "mail_of", "start_sending"]


class ProcessMail:
    """The mail of one process. It connects to nothing before there is a mail to send.

    Args:
        registry: the application's.
    """

    def __init__(self, registry: Any) -> None:
        self._registry = registry
        self._settings = settings_of(registry)
        self._thread = Deliverer(self._piece, self._settings.mail_deliver_every, name="mail")

    @cached_property
    def backend(self) -> Backend:
        """Where mails go."""
        return backend_from(self._settings)

    def send(self) -> Round:
        """Send what is due, one round."""
        return MailSender(engine_of(self._registry), self.compose, self.backend).send()

    def compose(self, mail: Mail) -> EmailMessage:
        """The message of a row. Raises MailRefused for one that is too old, or whose letter nobody knows."""
        make = self._registry[LETTERS].get(mail.kind)
        if make is None:
            raise MailRefused(f"there is no letter {mail.kind}")
        if mail.expires <= utcnow():
            raise MailRefused("too late: its link would be too old")
        desk = Desk(self._registry, mail.locale)
        letter = make(desk, mail.data)
        return message_of(
            desk, letter, mail_id=mail.id, recipient=mail.recipient, person_id=mail.person_id, at=mail.created
        )

    @property
    def told(self) -> Callable[[datetime, str], None] | None:
        """What is told of each look of the background at what waits: when it began, and the trouble, if any."""
        return self._thread.told

    @told.setter
    def told(self, teller: Callable[[datetime, str], None]) -> None:
        self._thread.told = teller

    def start(self) -> None:
        """Begin to send in the background."""
        self._thread.start()

    def wake(self) -> None:
        """There is a mail to send."""
        self._thread.wake()

    def close(self) -> None:
        """End the thread."""
        self._thread.stop()

    def _piece(self) -> bool:
        done = self.send()
        if done.problem:
            raise StoreUnavailable(f"the mail server: {done.problem}")
        return done.more


def mail_of(registry: Any) -> ProcessMail:
    """The process's mail in a Pyramid registry."""
    found: ProcessMail = registry["feedsite.mail"]
    return found


def start_sending(event: Any) -> None:
    """Subscriber of new requests: sending begins with the first one."""
    mail_of(event.request.registry).start()
