"""Telling people by mail what was done to their account."""

from __future__ import annotations

from typing import Any

from feedsite.accounts.models import Person
from feedsite.accounts.user_agents import browser_name
from feedsite.db import utcnow
from feedsite.mail.services import MailService


class NoticeService:
    """Writes notices. Who has no confirmed address gets none: nobody knows whose it is.

    Args:
        mails: writes the mails.
    """

    def __init__(self, mails: MailService) -> None:
        self._mails = mails

    def write(self, person: Person, kind: str, *, to: str | None = None, topic: str = "", **data: str) -> None:
        """Tell somebody something.

        Args:
            kind: the name of the letter.
            to: an address; None: the account's.
            topic: of mails that people may refuse.
            data: what the letter needs besides handle, zone and instant.
        """
        recipient = to or person.email
        if recipient is None:
            return
        told = {"handle": person.handle, "zone": person.zone, "at": utcnow().isoformat(timespec="seconds"), **data}
        self._mails.write(kind, recipient, person=person, data=told, topic=topic)

    def new_login(self, person: Person, *, ip: str, user_agent: str) -> None:
        """Tell somebody that a browser signed in that never did before, unless they do not want to know."""
        self.write(person, "accounts.new_login", topic="logins", ip=ip, browser=browser_name(user_agent))


def notice_service(_context: object, request: Any) -> NoticeService:
    """Service factory."""
    return NoticeService(request.find_service(MailService))
