"""Finding people, making accounts, signing in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from feedsite.accounts.handles import normalised
from feedsite.accounts.models import HandleHistory, Person
from feedsite.db import new_id, utcnow
from feedsite.feeds import Manager
from feedsite.security.passwords import Passwords

#: How long a handle that was given up leads to its owner, and is nobody else's.
HANDLE_REDIRECT = timedelta(days=90)


class Taken(ValueError):
    """Somebody else has it.

    Args:
        field: "handle" or "email".
    """

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(f"this {field} is taken")


class Suspended(Exception):
    """The password is right, but the account is suspended."""


class PeopleService:
    """Finds people; one statement for any number of them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def by_key(self, keys: Iterable[str]) -> dict[str, Person]:
        """People by their feed keys (``person:{id}``), as far as they exist; keys of other types are passed over."""
        ids = {key.removeprefix("person:") for key in keys if key.startswith("person:")}
        return {person.key: person for person in self._find(Person.id, ids)}

    def by_ids(self, ids: Iterable[str]) -> dict[str, Person]:
        """People by id, as far as they exist."""
        return {person.id: person for person in self._find(Person.id, set(ids))}

    def by_id(self, person_id: str) -> Person | None:
        """A person, or None."""
        return self._session.get(Person, person_id)

    def by_handle(self, handle: str) -> Person | None:
        """The person who has a handle now, without regard to case; None when nobody has it."""
        return self._session.scalar(select(Person).where(Person.handle == normalised(handle)))

    def by_handles(self, handles: Iterable[str]) -> dict[str, Person]:
        """People by handle (lower case), as far as they exist."""
        return {person.handle: person for person in self._find(Person.handle, {normalised(h) for h in handles})}

    def formerly(self, handle: str) -> Person | None:
        """The person who gave a handle up less than 90 days ago: their pages are reached by it still."""
        return self._session.scalar(
            select(Person)
            .join(HandleHistory, HandleHistory.person_id == Person.id)
            .where(HandleHistory.handle == normalised(handle), HandleHistory.until > utcnow())
        )

    def _find(self, column: Any, values: set[str]) -> list[Person]:
        if not values:
            return []
        return list(self._session.scalars(select(Person).where(column.in_(sorted(values)))))


class AccountService:
    """Makes accounts and changes them. Whoever has one follows themselves: their own posts are in their home."""

    def __init__(self, session: Session, feeds: Manager, passwords: Passwords) -> None:
        self._session, self._feeds, self._passwords = session, feeds, passwords

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
    ) -> Person:
        """Make an account, in the caller's transaction.

        Args:
            handle: as `handles.refusal` allows it.
            email: a valid address; None: an account that cannot be signed in to.
            password: as `passwords.refusal` allows it; None likewise.
            zone: IANA name.
            role: "member", "moderator" or "admin".

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
            "state": "active",
            "zone": zone,
            "locale": locale,
            "theme": "auto",
            "created": utcnow(),
        }
        if self._in_history(str(row["handle"])) or not self._insert(row):
            raise Taken(self._what_is_taken(row))
        # A string is a person's id to the engine.
        self._feeds.follow(row["id"], row["id"])
        return self._session.get_one(Person, row["id"])

    def _insert(self, row: dict[str, Any]) -> bool:
        # Two people may ask for the same handle at once: the constraint decides, and the loser's transaction is whole.
        insert: Any = postgresql.insert if self._session.get_bind().dialect.name == "postgresql" else sqlite.insert
        done = self._session.execute(insert(Person).values(row).on_conflict_do_nothing().returning(Person.id))
        return done.first() is not None

    def _in_history(self, handle: str | None) -> bool:
        return (
            self._session.scalar(
                select(HandleHistory.handle).where(HandleHistory.handle == handle, HandleHistory.until > utcnow())
            )
            is not None
        )

    def _what_is_taken(self, row: dict[str, Any]) -> str:
        taken = self._session.scalar(select(Person.id).where(Person.handle == row["handle"])) is not None
        return "handle" if taken or self._in_history(row["handle"]) else "email"

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

        Re-hashes the password when the parameters have changed. Raises Suspended, after the right password only.
        """
        stored = person.password_hash if person is not None else None
        if not self._passwords.verify(stored, password) or person is None or stored is None:
            return False
        if person.state == "suspended":
            raise Suspended
        if self._passwords.needs_rehash(stored):
            person.password_hash = self._passwords.hash(password)
        return True

    def change_profile(self, person_id: str, *, name: str, bio: str) -> None:
        """Change what others see."""
        person = self._session.get_one(Person, person_id)
        person.name, person.bio = name, bio

    def change_display(self, person_id: str, *, zone: str, theme: str) -> None:
        """Change how pages look: IANA zone; theme "auto", "light" or "dark"."""
        person = self._session.get_one(Person, person_id)
        person.zone, person.theme = zone, theme

    def change_theme(self, person_id: str, theme: str) -> None:
        """Change the theme alone."""
        self._session.get_one(Person, person_id).theme = theme


def email_key(email: str) -> str:
    """An address as it is compared: normalised and without case. What is no address is compared as it is."""
    try:
        return validate_email(email.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        return email.strip().lower()


def people_service(_context: object, request: Any) -> PeopleService:
    """Service factory."""
    return PeopleService(request.dbsession)


def account_service(_context: object, request: Any) -> AccountService:
    """Service factory."""
    return AccountService(request.dbsession, request.find_service(Manager), request.find_service(Passwords))
