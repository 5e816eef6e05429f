"""E-mail addresses: an account has one when whoever reads its mail said so, and not before.

Until then it is a claim, of which any number may stand for one address: so nobody learns from this site whether an
address has an account. Only who reads the mail does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pyramid_retry import mark_error_retryable
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from feedsite.accounts.models import AddressClaim, Person
from feedsite.accounts.services.accounts import Taken, email_key
from feedsite.accounts.services.links import LinkService, NoSuchLink
from feedsite.accounts.services.notices import NoticeService
from feedsite.db import utcnow
from feedsite.mail.services import MailService

#: How long a link that confirms an address is good; the letters say it in words.
CONFIRM_WITHIN = timedelta(days=3)

NEW, OLD = "address new", "address old"


@dataclass(frozen=True)
class Confirmed:
    """What confirming one end came to.

    Args:
        email: the address that is claimed.
        is_done: it is the account's address now; False: the other end has not said so yet.
    """

    person: Person
    email: str
    is_done: bool


class AddressService:
    """Claims, confirms and changes addresses.

    Args:
        session: whose transaction it all belongs to.
        links: makes the links of the mails.
        mails: writes them.
        notices: tells of changes.
    """

    def __init__(self, session: Session, links: LinkService, mails: MailService, notices: NoticeService) -> None:
        self._session, self._links, self._mails, self._notices = session, links, mails, notices

    def claim(self, person: Person, email: str) -> None:
        """Say that an address is a person's: mails go out that ask the new one, and the present one if there is one.

        The same rows are written whether somebody has the address already or not; only the mail differs.
        """
        self.withdraw(person.id)
        claim = AddressClaim(person_id=person.id, email=email.strip(), email_key=email_key(email), created=utcnow())
        self._session.add(claim)
        self._session.flush()
        self._ask(person, claim)

    def ask_again(self, person: Person) -> bool:
        """Send the mails of a claim once more; returns whether there is one."""
        claim = self.claim_of(person.id)
        if claim is not None:
            self._ask(person, claim)
        return claim is not None

    def claim_of(self, person_id: str) -> AddressClaim | None:
        """The address that somebody claims, or None."""
        return self._session.get(AddressClaim, person_id)

    def withdraw(self, person_id: str) -> bool:
        """Take a claim back; its links are worth nothing from now on. Returns whether there was one."""
        claim = self.claim_of(person_id)
        if claim is None:
            return False
        self._links.revoke(person_id, NEW, OLD)
        self._session.delete(claim)
        self._session.flush()
        return True

    def what_for(self, token: str) -> tuple[Person, AddressClaim]:
        """Whose claim a link confirms, without confirming it. Raises NoSuchLink."""
        return self._claimed(self._links.find(token, NEW, OLD))

    def confirm(self, token: str) -> Confirmed:
        """Confirm one end of a claim, by the link that was sent there.

        Raises NoSuchLink, or Taken when the address has become somebody else's meanwhile.
        """
        link = self._links.use(token, NEW, OLD)
        person, claim = self._claimed(link)
        if link.purpose == NEW:
            claim.by_new = utcnow()
        else:
            claim.by_old = utcnow()
        if claim.by_new is None or (claim.by_old is None and person.email is not None):
            return Confirmed(person, claim.email, is_done=False)
        self._settle(person, claim)
        return Confirmed(person, claim.email, is_done=True)

    def _claimed(self, link: Any) -> tuple[Person, AddressClaim]:
        claim = self._session.get(AddressClaim, link.person_id)
        if claim is None or claim.email_key != link.subject:
            raise NoSuchLink
        return self._session.get_one(Person, link.person_id), claim

    def _settle(self, person: Person, claim: AddressClaim) -> None:
        other = select(Person.id).where(Person.email_key == claim.email_key, Person.id != person.id)
        if self._session.scalar(other) is not None:
            raise Taken("email")
        before, person.email, person.email_key = person.email, claim.email, claim.email_key
        if person.state == "unverified" and not person.waiting:
            person.state = "active"
        self._session.delete(claim)
        try:
            self._session.flush()
        except IntegrityError as error:
            # Somebody else confirmed it this moment: the next try finds that out in its first statement.
            mark_error_retryable(error)
            raise
        if before is not None:
            for recipient in (before, claim.email):
                self._notices.write(person, "accounts.address_changed", to=recipient)

    def _ask(self, person: Person, claim: AddressClaim) -> None:
        owner = self._session.scalar(select(Person).where(Person.email_key == claim.email_key))
        is_free = owner is None or owner.id == person.id
        # A link that nobody gets costs what one costs that somebody gets.
        seed = self._links.make(NEW, person.id if is_free else None, CONFIRM_WITHIN, claim.email_key)
        if owner is None or is_free:
            data = {"handle": person.handle, "seed": seed}
            kind = "accounts.confirm" if person.email is None else "accounts.confirm_new"
            self._mails.write(kind, claim.email, person=person, data=data, lifetime=CONFIRM_WITHIN)
        else:
            data = {"handle": owner.handle}
            self._mails.write("accounts.taken", claim.email, person=owner, data=data, lifetime=CONFIRM_WITHIN)
        if person.email is not None:
            seed = self._links.make(OLD, person.id, CONFIRM_WITHIN, claim.email_key)
            data = {"handle": person.handle, "seed": seed, "email": claim.email}
            self._mails.write("accounts.confirm_old", person.email, person=person, data=data, lifetime=CONFIRM_WITHIN)


def address_service(_context: object, request: Any) -> AddressService:
    """Service factory."""
    return AddressService(
        request.dbsession,
        request.find_service(LinkService),
        request.find_service(MailService),
        request.find_service(NoticeService),
    )
