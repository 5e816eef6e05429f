"""Looking people up: search, filters, order, pages and counts, in SQL with its indexes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from feedsite.accounts.handles import normalised
from feedsite.accounts.models import LoginSession, Person, search_key
from feedsite.db import utcnow
from feedsite.keyset import Order, Place, Rows

SIZE = 50

ORDERS: dict[str, Order] = {
    "newest": Order((Person.created, Person.id), descending=True),
    "oldest": Order((Person.created, Person.id)),
    "handle": Order((Person.handle,)),
}
"""The orders of the list, by name; the first one is the usual one."""

# The greatest character there is: text up to here begins with what stands before it.
_LAST = "\U0010ffff"


@dataclass(frozen=True)
class PeopleFilter:
    """Which people are asked for; what is empty is not asked.

    Args:
        text: the beginning of a handle, a name or an e-mail address, without case.
        state: one of the states of an account.
        role: one of the roles.
    """

    text: str = ""
    state: str = ""
    role: str = ""


@dataclass(frozen=True)
class Counts:
    """How many people there are: in all, by state, by role."""

    total: int
    states: dict[str, int]
    roles: dict[str, int]


class PeopleDirectory:
    """Lists people for those who look after them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def page(self, asked: PeopleFilter, order: str, place: Place | None = None, *, size: int = SIZE) -> Rows[Person]:
        """A page of people.

        Args:
            asked: which people.
            order: one of `ORDERS`.
            place: where the page begins; None: the first.

        Raises ValueError when the place is none of this order.
        """
        return ORDERS[order].page(self._session, self._matching(asked), place, size)

    def counts(self) -> Counts:
        """How many people there are: one statement."""
        statement = select(Person.role, Person.state, func.count()).group_by(Person.role, Person.state)
        states: dict[str, int] = {}
        roles: dict[str, int] = {}
        for role, state, number in self._session.execute(statement):
            states[state] = states.get(state, 0) + number
            roles[role] = roles.get(role, 0) + number
        return Counts(sum(states.values()), states, roles)

    def count_logins(self, person_id: str) -> int:
        """In how many browsers a person is signed in."""
        statement = select(func.count()).where(LoginSession.person_id == person_id, LoginSession.expires > utcnow())
        return self._session.scalar(statement) or 0

    def _matching(self, asked: PeopleFilter) -> Select[Person]:
        statement = select(Person)
        if asked.state:
            statement = statement.where(Person.state == asked.state)
        if asked.role:
            statement = statement.where(Person.role == asked.role)
        if asked.text.strip():
            statement = statement.where(self._found_by(asked.text.strip()))
        return statement

    def _found_by(self, text: str) -> ColumnElement[bool]:
        beginnings = (
            (Person.handle, normalised(text)),
            (Person.name_key, search_key(text)),
            (Person.email_key, text.lower()),
        )
        return or_(*(_begins(column, beginning) for column, beginning in beginnings if beginning))


def _begins(column: Any, text: str) -> ColumnElement[bool]:
    """Whether a key column begins with a text; not LIKE: nothing in the text is special, and its index knows."""
    return and_(column >= text, column < text + _LAST)


def directory_service(_context: object, request: Any) -> PeopleDirectory:
    """Service factory."""
    return PeopleDirectory(request.dbsession)
