"""Signing up, in the way that the site allows: by anybody, after a look by somebody, by invitation, or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedsite.accounts.models import Invitation, Person, SignUpRequest
from feedsite.accounts.services.accounts import AccountService
from feedsite.accounts.services.addresses import AddressService
from feedsite.db import utcnow
from feedsite.mail.letters import new_seed, token_of
from feedsite.mail.services import MailService
from feedsite.moderation.audit import AuditService
from feedsite.security.sessions import LoginSessionService

MODES = ("open", "approval", "invitation", "closed")
INVITED_FOR = timedelta(days=14)
MOST_USES = 1000


class NotOpen(Exception):
    """Nobody can sign up, or only who is invited: the invitation is missing, over or used up."""


class JoiningService:
    """Makes accounts of newcomers, and lets in who waits.

    Args:
        session: whose transaction it all belongs to.
        mode: one of `MODES`. An invitation is good in every mode but "closed".
        secrets: the site's; the first one makes invitations.
    """

    def __init__(
        self,
        session: Session,
        mode: str,
        secrets: Sequence[bytes],
        *,
        accounts: AccountService,
        addresses: AddressService,
        mails: MailService,
        logins: LoginSessionService,
        audit: AuditService,
    ) -> None:
        self._session, self._mode, self._secrets = session, mode, secrets
        self._accounts, self._addresses, self._mails = accounts, addresses, mails
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
        invited = self._use(invitation)
        if not invited and self._mode in ("invitation", "closed"):
            raise NotOpen
        person = self._accounts.join(email=None, state="unverified", **columns)
        if self._mode == "approval" and not invited:
            person.waiting = True
            self._session.add(SignUpRequest(person_id=person.id, message=message, created=utcnow()))
        self._addresses.claim(person, email)
        return person

    # Invitations

    def invite(self, actor: str, *, uses: int = 1, lifetime: timedelta = INVITED_FOR, email: str = "") -> str:
        """Make an invitation; returns its code, which is stored nowhere.

        Args:
            actor: key of who invites, or ``command line``; it is a row of the audit log.
            uses: how many may join with it, 1 to `MOST_USES`.
            lifetime: how long it is good.
            email: an address that gets it by mail; empty: none does.
        """
        if not 1 <= uses <= MOST_USES:
            raise ValueError(f"an invitation is for 1 to {MOST_USES} people")
        seed, now = new_seed(self._secrets), utcnow()
        code = token_of(self._secrets, "invitation", seed)
        made = Invitation(id=_hashed(code), created=now, created_by=actor, expires=now + lifetime, uses_left=uses)
        self._session.add(made)
        self._session.flush()
        self._audit.record(actor, "invite", f"invitation:{made.id[:16]}", after={"uses": uses})
        if email:
            self._mails.write("accounts.invitation", email, data={"seed": seed}, lifetime=lifetime)
        return code

    def is_invitation(self, code: str) -> bool:
        """Whether somebody may join with a code."""
        return self._mode != "closed" and bool(code) and self._session.scalar(_good(code)) is not None

    def _use(self, code: str) -> bool:
        """Take one use of an invitation. Of two who want the last one at once, one gets it."""
        if not self.is_invitation(code):
            return False
        found = _good(code).scalar_subquery()
        taken = update(Invitation).where(Invitation.id == found, Invitation.uses_left > 0)
        done = self._session.execute(
            taken.values(uses_left=Invitation.uses_left - 1)
            .returning(Invitation.id)
            .execution_options(synchronize_session=False)
        )
        return done.first() is not None

    # Those who wait

    def queue(self, limit: int = 50) -> list[tuple[Person, SignUpRequest]]:
        """Who waits to be let in, the longest first, with what they said."""
        asked = select(Person, SignUpRequest).join(SignUpRequest, SignUpRequest.person_id == Person.id)
        rows = self._session.execute(
            asked.where(Person.waiting).order_by(SignUpRequest.created, Person.id).limit(limit)
        )
        return [(person, request) for person, request in rows]

    def approve(self, actor: str, person_id: str, reason: str = "") -> bool:
        """Let somebody in who waits; they are told. Returns whether they waited.

        Args:
            actor: key of who decides, or ``command line``.
            reason: for the audit log.
        """
        person = self._decided(person_id)
        if person is None:
            return False
        if person.email is not None:
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
        self._tell(person, "accounts.rejected")
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

    def _tell(self, person: Person, kind: str) -> None:
        # Whoever has not confirmed an address yet hears of it there all the same: it is the answer to their request.
        claim = self._addresses.claim_of(person.id)
        recipient = person.email or (claim.email if claim is not None else None)
        if recipient is not None:
            self._mails.write(kind, recipient, person=person, data={"handle": person.handle})


def _good(code: str) -> Any:
    return select(Invitation.id).where(
        Invitation.id == _hashed(code), Invitation.uses_left > 0, Invitation.expires > utcnow()
    )


def _hashed(code: str) -> str:
    return hashlib.sha256(code.encode(errors="surrogatepass")).hexdigest()


def joining_service(_context: object, request: Any) -> JoiningService:
    """Service factory."""
    return JoiningService(
        request.dbsession,
        request.site_settings.sign_up,
        request.site_settings.secrets,
        accounts=request.find_service(AccountService),
        addresses=request.find_service(AddressService),
        mails=request.find_service(MailService),
        logins=request.find_service(LoginSessionService),
        audit=request.find_service(AuditService),
    )
