"""Making accounts, signing in, and what people change of their own account."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from email_validator import EmailNotValidError, validate_email
from pyramid_retry import mark_error_retryable
from sqlalchemy import delete, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from feedsite.accounts.handles import normalised
from feedsite.accounts.models import HandleHistory, Person
from feedsite.accounts.name_words import store_words
from feedsite.accounts.services.departing import RetiredHandles, retired_handles
from feedsite.db import insert_into, new_id, utcnow
from feedsite.feeds import Manager
from feedsite.security.passwords import Passwords

#: How long a handle that was given up leads to its owner, and is nobody else's.
HANDLE_REDIRECT = timedelta(days=90)
#: How many handles somebody may have given up within that time: nobody collects them.
NAMES_AT_ONCE = 3


class Taken(ValueError):
    """Somebody else has it.

    Args:
        field: "handle" or "email".
    """

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(f"this {field} is taken")


class TooManyNames(Exception):
    """They gave up several handles within 90 days already."""


class AccountService:
    """Makes accounts and changes them. Whoever has one follows themselves: their own posts are in their home."""

    def __init__(self, session: Session, feeds: Manager, passwords: Passwords, retired: RetiredHandles) -> None:
        self._session, self._feeds, self._passwords, self._retired = session, feeds, passwords, retired

    def join(
        self,
        *,
        handle: str,
        name: str,
        email: str | None,
        password: str | None,
        zone: str = "UTC",
        locale: str = "en",
        role: str = "member",
        state: str = "active",
    ) -> Person:
        """Make an account, in the caller's transaction.

        Args:
            handle: as `handles.refusal` allows it.
            email: a valid address that is known to be theirs; None: there is none yet.
            password: as `passwords.refusal` allows it; None: nobody can sign in.
            zone: IANA name.
            role: "member", "moderator" or "admin".
            state: "active", or "unverified" for an account whose address is not confirmed.

        Raises Taken when somebody else has the handle or the address.
        """
        row = {
            "id": new_id(),
            "handle": normalised(handle),
            "name": name,
            "email": email,
            "email_key": None if email is None else email_key(email),
            "password_hash": None if password is None else self._passwords.hash(password),
            "bio": "",
            "role": role,
            "state": state,
            "zone": zone,
            "locale": locale,
            "theme": "auto",
            "created": utcnow(),
        }
        if self._is_kept(str(row["handle"])) or not self._insert(row):
            raise Taken(self._what_is_taken(row))
        store_words(self._session.connection(), [(str(row["id"]), str(row["name"]), str(row["handle"]))])
        # A string is a person's id to the engine.
        self._feeds.follow(row["id"], row["id"])
        return self._session.get_one(Person, row["id"])

    def _insert(self, row: dict[str, Any]) -> bool:
        # Two people may ask for the same handle at once: the constraint decides, and the loser's transaction is whole.
        made = insert_into(self._session, Person).values(row).on_conflict_do_nothing().returning(Person.id)
        return self._session.execute(made).first() is not None

    def _is_kept(self, handle: str) -> bool:
        """Whether a handle is nobody's: given up, or that of somebody who left, not long ago."""
        return self._in_history(handle) or self._retired.has(handle)

    def _in_history(self, handle: str) -> bool:
        return (
            self._session.scalar(
                select(HandleHistory.handle).where(HandleHistory.handle == handle, HandleHistory.until > utcnow())
            )
            is not None
        )

    def _what_is_taken(self, row: dict[str, Any]) -> str:
        taken = self._session.scalar(select(Person.id).where(Person.handle == row["handle"])) is not None
        return "handle" if taken or self._is_kept(row["handle"]) else "email"

    def find_login(self, login: str) -> Person | None:
        """The person a handle or an address belongs to: one statement, whichever it is."""
        return self._session.scalar(
            select(Person)
            .where(or_(Person.handle == normalised(login), Person.email_key == email_key(login)))
            # An address has an @ inside, a handle has none: at most one of the two can be right.
            .limit(1)
        )

    def authenticate(self, person: Person | None, password: str) -> bool:
        """Whether `password` is this person's; None (nobody) costs the same work.

        Nor is it that of who left and cannot come back any more. Re-hashes the password when the parameters have
        changed.
        """
        stored = person.password_hash if person is not None else None
        if not self._passwords.verify(stored, password) or person is None or stored is None:
            return False
        if person.leaves is not None and person.leaves <= utcnow():
            return False
        if self._passwords.needs_rehash(stored):
            person.password_hash = self._passwords.hash(password)
        return True

    def change_password(self, person: Person, password: str) -> None:
        """Give a person another password, as `passwords.refusal` allows it."""
        person.password_hash = self._passwords.hash(password)

    def rename(self, person_id: str, handle: str) -> bool:
        """Give a person another handle; the one given up leads to them for 90 days, and is nobody else's until then.

        Args:
            handle: as `handles.refusal` allows it.

        Returns whether something changed. Raises Taken, or TooManyNames where they gave up `NAMES_AT_ONCE` already.
        """
        wanted = normalised(handle)
        person = self._session.get_one(Person, person_id, with_for_update=True)
        if wanted == person.handle:
            return False
        held = {row.handle for row in self._session.scalars(self._held(HandleHistory.person_id == person_id))}
        if len(held - {wanted}) >= NAMES_AT_ONCE:
            raise TooManyNames
        if (wanted not in held and self._is_kept(wanted)) or not self._take_handle(person, wanted):
            raise Taken("handle")
        return True

    def _take_handle(self, person: Person, wanted: str) -> bool:
        if self._session.scalar(select(Person.id).where(Person.handle == wanted)) is not None:
            return False
        before = person.handle
        # Rows of either handle that are over, or that were this person's own.
        self._session.execute(delete(HandleHistory).where(HandleHistory.handle.in_((before, wanted))))
        person.handle = wanted
        self._session.add(HandleHistory(handle=before, person_id=person.id, until=utcnow() + HANDLE_REDIRECT))
        try:
            self._session.flush()
        except IntegrityError as error:
            # Somebody took it this moment: the next try finds that out in its first statements.
            mark_error_retryable(error)
            raise
        return True

    def _held(self, *of: Any) -> Any:
        return select(HandleHistory).where(HandleHistory.until > utcnow(), *of)

    def former_handles(self, person_id: str) -> list[HandleHistory]:
        """The handles that somebody gave up and that lead to them still."""
        return list(self._session.scalars(self._held(HandleHistory.person_id == person_id)))

    def change_profile(self, person_id: str, *, name: str, bio: str) -> None:
        """Change what others see."""
        person = self._session.get_one(Person, person_id)
        person.name, person.bio = name, bio

    def change_display(self, person_id: str, *, locale: str, zone: str, theme: str, shortcuts: bool) -> None:
        """Change how pages look and what keys do: a language's code; IANA zone; theme "auto", "light" or "dark"."""
        person = self._session.get_one(Person, person_id)
        person.locale, person.zone, person.theme, person.shortcuts = locale, zone, theme, shortcuts

    def change_theme(self, person_id: str, theme: str) -> None:
        """Change the theme alone."""
        self._session.get_one(Person, person_id).theme = theme


def email_key(email: str) -> str:
    """An address as it is compared: normalised and without case. What is no address is compared as it is."""
    try:
        return validate_email(email.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        return email.strip().lower()


def account_service(_context: object, request: Any) -> AccountService:
    """Service factory."""
    feeds, passwords = request.find_service(Manager), request.find_service(Passwords)
    return AccountService(request.dbsession, feeds, passwords, retired_handles(request))
