"""Signing up, in the way that the site allows: by anybody, after a look by somebody, by invitation, or not at all."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from feedsite.accounts.models import Person, SignUpRequest
from feedsite.accounts.services.accounts import AccountService
from feedsite.accounts.services.addresses import AddressService
from feedsite.accounts.services.invitations import InvitationService
from feedsite.db import utcnow
from feedsite.keyset import Order, Place, Rows
from feedsite.mail.services import MailService
from feedsite.moderation.audit import AuditService
from feedsite.security.sessions import LoginSessionService

#: Who waits longest comes first.
_LONGEST_FIRST = Order((SignUpRequest.created, SignUpRequest.person_id))

_MANY = 100

MODES = ("open", "approval", "invitation", "closed")


class NotOpen(Exception):
    """Nobody can sign up, or only who is invited: the invitation is missing, over or used up."""


class JoiningService:
    """Makes accounts of newcomers, and lets in who waits.

    Args:
        session: whose transaction it all belongs to.
        mode: one of `MODES`.
    """

    def __init__(
        self,
        session: Session,
        mode: str,
        *,
        accounts: AccountService,
        addresses: AddressService,
        invitations: InvitationService,
        mails: MailService,
        logins: LoginSessionService,
        audit: AuditService,
    ) -> None:
        self._session, self._mode = session, mode
        self._accounts, self._addresses, self._invitations, self._mails = accounts, addresses, invitations, mails
        self._logins, self._audit = logins, audit

    def join(self, *, email: str, message: str = "", invitation: str = "", **columns: str) -> Person:
        """Make an account whose address is to be confirmed; a mail asks for that.

        Args:
            email: claimed, not confirmed.
            message: why they want to join, for those who decide.
            invitation: the code of one, or empty.
            columns: handle, name, password, zone, locale as for `AccountService.join`.

        Raises NotOpen, or Taken for the handle.
        """
        invited = self._invitations.use(invitation)
        if invited is None and self._mode in ("invitation", "closed"):
            raise NotOpen
        person = self._accounts.join(email=None, state="unverified", **columns)
        if invited is not None:
            self._invitations.note_joined(invited, person)
        elif self._mode == "approval":
            person.waiting = True
            self._session.add(SignUpRequest(person_id=person.id, message=message, created=utcnow()))
        self._addresses.claim(person, email)
        return person

    # Those who wait

    def queue(self, place: Place | None = None, *, size: int = 50) -> Rows[SignUpRequest]:
        """A page of those who wait to be let in, the longest first: what they said, with the person and their claim.

        Raises ValueError when the place is none of this list.
        """
        asked = select(SignUpRequest).options(joinedload(SignUpRequest.person), joinedload(SignUpRequest.claim))
        return _LONGEST_FIRST.page(self._session, asked, place, size)

    def count_waiting(self) -> int:
        """How many wait to be let in, a hundred at most."""
        some = select(SignUpRequest.person_id).limit(_MANY).subquery()
        return self._session.scalar(select(func.count()).select_from(some)) or 0

    def approve(self, actor: str, person_id: str, reason: str = "") -> bool:
        """Let somebody in who waits; they are told. Returns whether they waited.

        Args:
            actor: key of who decides, or ``command line``.
            reason: for the audit log.
        """
        person = self._decided(person_id)
        if person is None:
            return False
        if person.email is not None and person.state == "unverified":
            person.state = "active"
        self._audit.record(actor, "approve", person.key, after={"state": person.state}, reason=reason)
        self._tell(person, "accounts.approved")
        return True

    def reject(self, actor: str, person_id: str, reason: str) -> bool:
        """Do not let somebody in: the account is suspended, and they are told. As `approve` otherwise."""
        person = self._decided(person_id)
        if person is None:
            return False
        before, person.state = "unverified" if person.email is None else "active", "suspended"
        self._logins.end_all(person.id)
        states = {"before": {"state": before}, "after": {"state": "suspended"}}
        self._audit.record(actor, "reject", person.key, **states, reason=reason)
        self._tell(person, "accounts.rejected", reason=reason)
        return True

    def _decided(self, person_id: str) -> Person | None:
        person = self._session.get(Person, person_id, with_for_update=True, populate_existing=True)
        if person is None or not person.waiting:
            return None
        person.waiting = False
        request = self._session.get(SignUpRequest, person_id)
        if request is not None:
            self._session.delete(request)
        self._session.flush()
        return person

    def _tell(self, person: Person, kind: str, **more: str) -> None:
        # Whoever has not confirmed an address yet hears of it there all the same: it is the answer to their request.
        claim = self._addresses.claim_of(person.id)
        recipient = person.email or (claim.email if claim is not None else None)
        if recipient is not None:
            self._mails.write(kind, recipient, person=person, data={"handle": person.handle, **more})


def joining_service(_context: object, request: Any) -> JoiningService:
    """Service factory."""
    return JoiningService(
        request.dbsession,
        request.site_settings.sign_up,
        accounts=request.find_service(AccountService),
        addresses=request.find_service(AddressService),
        invitations=request.find_service(InvitationService),
        mails=request.find_service(MailService),
        logins=request.find_service(LoginSessionService),
        audit=request.find_service(AuditService),
    )
