"""A new password for who forgot theirs. What is done and said is the same whether there is an account or not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedsite.accounts.models import Person
from feedsite.accounts.services.accounts import AccountService, email_key
from feedsite.accounts.services.links import LinkService
from feedsite.accounts.services.notices import NoticeService
from feedsite.mail.services import MailService
from feedsite.security.sessions import LoginSessionService

#: How long the link is good; the letter says it in words.
RESET_WITHIN = timedelta(hours=1)

RESET = "reset"


class ResetService:
    """Asks for and makes resets.

    Args:
        session: whose transaction it all belongs to.
        accounts, links, mails, logins, notices: the services it uses.
    """

    def __init__(
        self,
        session: Session,
        accounts: AccountService,
        links: LinkService,
        mails: MailService,
        logins: LoginSessionService,
        notices: NoticeService,
    ) -> None:
        self._session, self._accounts, self._links = session, accounts, links
        self._mails, self._logins, self._notices = mails, logins, notices

    def ask(self, email: str, *, locale: str) -> None:
        """Send a mail to an address: with a link, or saying that there is no account.

        Args:
            email: as somebody typed it.
            locale: the language where there is no account.
        """
        person = self._session.scalar(select(Person).where(Person.email_key == email_key(email)))
        seed = self._links.make(RESET, None if person is None else person.id, RESET_WITHIN)
        if person is None:
            self._mails.write("accounts.reset_nobody", email.strip(), lifetime=RESET_WITHIN, locale=locale)
        else:
            data, recipient = {"handle": person.handle, "seed": seed}, person.email or email
            self._mails.write(
                "accounts.reset",
                recipient,
                person=person,
                data=data,
                lifetime=RESET_WITHIN,
                # Who leaves and forgot their password needs it to come back.
                though_leaving=True,
            )

    def who(self, token: str) -> Person:
        """Whose password a link changes, without using it. Raises NoSuchLink."""
        return self._session.get_one(Person, self._links.find(token, RESET).person_id)

    def reset(self, token: str, password: str) -> Person:
        """Change the password by a link, once; every login of the person ends. Raises NoSuchLink.

        Args:
            password: as `passwords.refusal` allows it.
        """
        person = self._session.get_one(Person, self._links.use(token, RESET).person_id)
        self._accounts.change_password(person, password)
        self._logins.end_all(person.id)
        self._notices.write(person, "accounts.password_changed")
        return person


def reset_service(_context: object, request: Any) -> ResetService:
    """Service factory."""
    return ResetService(
        request.dbsession,
        request.find_service(AccountService),
        request.find_service(LinkService),
        request.find_service(MailService),
        request.find_service(LoginSessionService),
        request.find_service(NoticeService),
    )
