"""Finding people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from feedsite.accounts.handles import normalised
from feedsite.accounts.models import HandleHistory, Person
from feedsite.db import utcnow

_HELD = 500


class PeopleService:
    """Finds people; one statement for any number of them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        # The session forgets whom nobody holds; parts of a page ask for the same people one after the other.
        self._held: set[Person] = set()

    def by_key(self, keys: Iterable[str]) -> dict[str, Person]:
        """People by their feed keys (``person:{id}``), as far as they exist; keys of other types are passed over."""
        ids = {key.removeprefix("person:") for key in keys if key.startswith("person:")}
        return {person.key: person for person in self._named(ids)}

    def by_ids(self, ids: Iterable[str]) -> dict[str, Person]:
        """People by id, as far as they exist."""
        return {person.id: person for person in self._named(set(ids))}

    def by_id(self, person_id: str) -> Person | None:
        """A person, or None."""
        return self._session.get(Person, person_id)

    def by_handle(self, handle: str) -> Person | None:
        """The person who has a handle now, without regard to case; None when nobody has it."""
        return next(iter(self._called({normalised(handle)})), None)

    def by_handles(self, handles: Iterable[str], *, with_leaving: bool = False) -> dict[str, Person]:
        """People by handle (lower case), as far as they exist and are not leaving: whom a text names, or a table.

        Args:
            with_leaving: those who are leaving too.
        """
        found = self._called({normalised(h) for h in handles})
        return {person.handle: person for person in found if with_leaving or person.leaves is None}

    def formerly(self, handle: str) -> Person | None:
        """The person who gave a handle up less than 90 days ago: their pages are reached by it still."""
        return self._session.scalar(
            select(Person)
            .join(HandleHistory, HandleHistory.person_id == Person.id)
            .where(HandleHistory.handle == normalised(handle), HandleHistory.until > utcnow())
        )

    def _named(self, ids: set[str]) -> list[Person]:
        """People by id; the database is asked for those whom this session does not hold yet."""
        held = [self._session.identity_map.get(identity_key(Person, person_id)) for person_id in sorted(ids)]
        people = [found for found in held if isinstance(found, Person) and not inspect(found).expired]
        return people + self._find(Person.id, ids - {person.id for person in people})

    def _called(self, handles: set[str]) -> list[Person]:
        return self._find(Person.handle, handles)

    def _find(self, column: Any, values: set[str]) -> list[Person]:
        if not values:
            return []
        found = list(self._session.scalars(select(Person).where(column.in_(sorted(values)))))
        # More than any page shows: who goes through all people holds none of them.
        if len(self._held) + len(found) > _HELD:
            self._held.clear()
        self._held.update(found)
        return found


def people_service(_context: object, request: Any) -> PeopleService:
    """Service factory."""
    return PeopleService(request.dbsession)
