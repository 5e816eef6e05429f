"""Invitations to join: made for so many people and so long, listed, revoked, and used."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session, joinedload

from feedsite.accounts.models import Invitation, Invited, Person
from feedsite.db import utcnow
from feedsite.keyset import Order, Place, Rows
from feedsite.mail.letters import new_seed, token_of
from feedsite.mail.services import MailService
from feedsite.moderation.audit import AuditService

INVITED_FOR = timedelta(days=14)
LONGEST = timedelta(days=365)
MOST_USES = 1000
MAX_NOTE = 200

_NEWEST_FIRST = Order((Invitation.created, Invitation.id), descending=True)
_JOINED_LAST_FIRST = Order((Invited.at, Invited.person_id), descending=True)


class InvitationService:
    """Makes, lists, revokes and uses invitations.

    Args:
        session: whose transaction it all belongs to.
        mode: the site's way of signing up (`joining.MODES`). An invitation is good in every mode but "closed".
        secrets: the site's; the first one makes invitations. A row holds what the code is made of, not the code.
    """

    def __init__(
        self, session: Session, mode: str, secrets: Sequence[bytes], *, mails: MailService, audit: AuditService
    ) -> None:
        self._session, self._mode, self._secrets = session, mode, secrets
        self._mails, self._audit = mails, audit

    def make(
        self, actor: str, *, uses: int = 1, lifetime: timedelta = INVITED_FOR, email: str = "", note: str = ""
    ) -> Invitation:
        """Make an invitation; `code` says what it is joined with.

        Args:
            actor: key of who invites, or ``command line``; it is a row of the audit log.
            uses: how many may join with it, 1 to `MOST_USES`.
            lifetime: how long it is good, at most `LONGEST`.
            email: an address that gets it by mail; empty: none does.
            note: what it is for, for those who look after the site, at most `MAX_NOTE` characters.
        """
        if not 1 <= uses <= MOST_USES or not timedelta() < lifetime <= LONGEST or len(note) > MAX_NOTE:
            raise ValueError(f"an invitation is for 1 to {MOST_USES} people, a year at most; its note is short")
        seed, now = new_seed(self._secrets), utcnow()
        made = Invitation(
            id=_hashed(token_of(self._secrets, "invitation", seed)),
            created=now,
            created_by=actor,
            expires=now + lifetime,
            uses=uses,
            uses_left=uses,
            seed=seed,
            note=note.strip(),
        )
        self._session.add(made)
        self._session.flush()
        self._audit.record(actor, "invite", _target(made), after={"uses": uses}, reason=made.note)
        if email:
            self._mails.write("accounts.invitation", email, data={"seed": seed}, lifetime=lifetime)
        return made

    def code(self, invitation: Invitation) -> str:
        """What somebody joins with; empty where the site's secret is another one than when it was made."""
        code = token_of(self._secrets, "invitation", invitation.seed)
        return code if _hashed(code) == invitation.id else ""

    def find(self, invitation_id: str) -> Invitation | None:
        """An invitation by its id, or by the first characters of it where no other begins so."""
        if len(invitation_id) < 8:
            return None
        asked = select(Invitation).where(Invitation.id >= invitation_id, Invitation.id < invitation_id + "g").limit(2)
        found = list(self._session.scalars(asked))
        return found[0] if len(found) == 1 else None

    def page(self, place: Place | None = None, *, size: int = 50) -> Rows[Invitation]:
        """A page of invitations, newest first. Raises ValueError when the place is none of this list."""
        return _NEWEST_FIRST.page(self._session, select(Invitation), place, size)

    def joined(self, invitation_id: str, place: Place | None = None, *, size: int = 50) -> Rows[Invited]:
        """Who joined by an invitation, the last one first. Raises ValueError when the place is none of this list."""
        asked: Select[Invited] = select(Invited).where(Invited.invitation_id == invitation_id)
        asked = asked.options(joinedload(Invited.person))
        return _JOINED_LAST_FIRST.page(self._session, asked, place, size)

    def revoke(self, actor: str, invitation_id: str) -> bool:
        """End an invitation before its time; returns whether it was good. Who joined by it stays."""
        changed = update(Invitation).where(Invitation.id == invitation_id, *_is_good()).values(revoked=utcnow())
        found = self._session.execute(
            changed.returning(Invitation.id).execution_options(synchronize_session="fetch")
        ).first()
        if found is None:
            return False
        self._audit.record(actor, "revoke", f"invitation:{found.id[:16]}")
        return True

    def is_good(self, code: str) -> bool:
        """Whether somebody may join with a code."""
        if self._mode == "closed" or not code:
            return False
        return (
            self._session.scalar(select(Invitation.id).where(Invitation.id == _hashed(code), *_is_good())) is not None
        )

    def use(self, code: str) -> str | None:
        """Take one use of an invitation; returns its id. Of two who want the last one at once, one gets it."""
        if self._mode == "closed" or not code:
            return None
        taken = update(Invitation).where(Invitation.id == _hashed(code), *_is_good())
        done = self._session.execute(
            taken.values(uses_left=Invitation.uses_left - 1)
            .returning(Invitation.id)
            .execution_options(synchronize_session=False)
        ).first()
        return None if done is None else str(done.id)

    def note_joined(self, invitation_id: str, person: Person) -> None:
        """Keep that somebody joined by an invitation."""
        self._session.add(Invited(invitation_id=invitation_id, person_id=person.id, at=utcnow()))


def _target(invitation: Invitation) -> str:
    return f"invitation:{invitation.id[:16]}"


def _is_good() -> tuple[Any, ...]:
    return Invitation.uses_left > 0, Invitation.expires > utcnow(), Invitation.revoked.is_(None)


def _hashed(code: str) -> str:
    return hashlib.sha256(code.encode(errors="surrogatepass")).hexdigest()


def invitation_service(_context: object, request: Any) -> InvitationService:
    """Service factory."""
    return InvitationService(
        request.dbsession,
        request.site_settings.sign_up,
        request.site_settings.secrets,
        mails=request.find_service(MailService),
        audit=request.find_service(AuditService),
    )
