"""The last things done to an account: its handle is nobody's for a while, and its row goes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from feedsite.accounts.models import HandleHistory, Invitation, Person, RetiredHandle
from feedsite.db import insert_into, utcnow
from feedsite.personal import ERASED
from feedsite.security.signing import Signer


class RetiredHandles:
    """Handles of people who were taken out, as keyed hashes.

    Args:
        session: whose transaction it is.
        secrets: the site's. What a secret that is not known any more retired can be had again.
        lasting: how long a handle is nobody's.
    """

    def __init__(self, session: Session, secrets: Sequence[bytes], lasting: timedelta) -> None:
        self._session, self._lasting = session, lasting
        self._signers = [Signer(secret, "retired handle") for secret in secrets]

    def has(self, handle: str) -> bool:
        """Whether a handle is nobody's still."""
        ids = [signer.digest(handle) for signer in self._signers]
        found = select(RetiredHandle.id).where(RetiredHandle.id.in_(ids), RetiredHandle.until > utcnow())
        return self._session.scalar(found.limit(1)) is not None

    def retire(self, handle: str) -> None:
        """Let a handle be nobody's."""
        row = {"id": self._signers[0].digest(handle), "until": utcnow() + self._lasting}
        insert = insert_into(self._session, RetiredHandle).values(row)
        put = insert.on_conflict_do_update(index_elements=["id"], set_={"until": insert.excluded.until})
        self._session.execute(put)

    def forget_old(self) -> None:
        """Let go of the rows that are over."""
        self._session.execute(delete(RetiredHandle).where(RetiredHandle.until <= utcnow()))


class DepartingService:
    """Takes accounts out.

    Args:
        retired: where their handles go.
    """

    def __init__(self, session: Session, retired: RetiredHandles) -> None:
        self._session, self._retired = session, retired

    def forget(self, person: Person) -> bool:
        """Take somebody out of what stays of accounts."""
        theirs = update(Invitation).where(Invitation.created_by == person.key)
        self._session.execute(theirs.values(created_by=ERASED).execution_options(synchronize_session=False))
        return False

    def remove(self, person: Person) -> None:
        """Remove the account's row, with everything that hangs on it. Its handles are nobody's for a while, unless its
        address was never confirmed: nobody knew it then."""
        if person.email is not None:
            held = select(HandleHistory.handle).where(
                HandleHistory.person_id == person.id, HandleHistory.until > utcnow()
            )
            for handle in (person.handle, *self._session.scalars(held)):
                self._retired.retire(handle)
        self._session.flush()
        gone = delete(Person).where(Person.id == person.id).execution_options(synchronize_session=False)
        self._session.expunge(person)
        self._session.execute(gone)


def retired_handles(request: Any) -> RetiredHandles:
    """The site's retired handles, in a request's transaction."""
    settings = request.site_settings
    return RetiredHandles(request.dbsession, settings.secrets, timedelta(days=settings.handle_reserved_days))


def departing_service(_context: object, request: Any) -> DepartingService:
    """Service factory."""
    return DepartingService(request.dbsession, retired_handles(request))
