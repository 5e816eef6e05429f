"""Finding people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedsite.accounts.handles import normalised
from feedsite.accounts.models import HandleHistory, Person
from feedsite.db import utcnow


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
        """People by handle (lower case), as far as they exist and are not leaving: whom a text names, or a table."""
        found = self._find(Person.handle, {normalised(h) for h in handles})
        return {person.handle: person for person in found if person.leaves is None}

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


def people_service(_context: object, request: Any) -> PeopleService:
    """Service factory."""
    return PeopleService(request.dbsession)
