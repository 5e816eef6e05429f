"""Looking people up: search, filters, order, pages and counts, in SQL with its indexes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from feedsite.accounts.handles import normalised
from feedsite.accounts.models import ROLES, STATES, Invited, LoginSession, Person, SignUpRequest, search_key
from feedsite.db import utcnow
from feedsite.keyset import Order, Place, Rows
from feedsite.moderation.models import Sanction
from feedsite.reporting.models import Report

SIZE = 50

#: Up to here people are counted: a figure above says "more than".
COUNTED = 10_000
_SANCTIONS_SHOWN = 20

ORDERS: dict[str, Order] = {
    "newest": Order((Person.created, Person.id), descending=True),
    "oldest": Order((Person.created, Person.id)),
    "handle": Order((Person.handle,)),
    "name": Order((Person.name_key, Person.id)),
    "seen": Order((Person.last_seen, Person.id), descending=True),
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
        confirmed: "yes": they have a confirmed address; "no": they have none.
        waiting: they wait to be let in.
        since, until: when they joined; aware instants, the first inclusive, the second exclusive.
    """

    text: str = ""
    state: str = ""
    role: str = ""
    confirmed: str = ""
    waiting: bool = False
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Counts:
    """How many people there are: in all, by state, by role; each up to `COUNTED`, which stands for any number above."""

    total: int
    states: dict[str, int]
    roles: dict[str, int]


@dataclass(frozen=True)
class Dossier:
    """A person, as those who look after them see them.

    Args:
        logins: in how many browsers they are signed in.
        reports: how many reports there are about them.
        invitation: the id of the invitation they joined by; None: they joined by none.
        sanctions: the newest ones, the last one first.
    """

    person: Person
    logins: int
    reports: int
    invitation: str | None
    sanctions: tuple[Sanction, ...]


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
        """How many people there are: one statement, which reads at most `COUNTED` + 1 rows of an index for each."""
        kinds: list[tuple[str, str, ColumnElement[bool]]] = [("total", "", Person.id.is_not(None))]
        kinds += [("state", state, Person.state == state) for state in STATES if state != "active"]
        kinds += [("role", role, Person.role == role) for role in ROLES if role != "member"]
        asked = [self._up_to(kind, value, rule) for kind, value, rule in kinds]
        found = {(kind, value): number for kind, value, number in self._session.execute(union_all(*asked)) if number}
        states = {value: number for (kind, value), number in found.items() if kind == "state"}
        roles = {value: number for (kind, value), number in found.items() if kind == "role"}
        return Counts(found.get(("total", ""), 0), states, roles)

    def _up_to(self, kind: str, value: str, rule: ColumnElement[bool]) -> Select[Any]:
        some = select(Person.id).where(rule).limit(COUNTED + 1).subquery()
        number: Any = select(func.count()).select_from(some).scalar_subquery()
        return select(literal(kind), literal(value), number)

    def dossier(self, person_id: str) -> Dossier | None:
        """A person with what is known about them: one statement. None: there is nobody."""
        key = literal("person:").concat(Person.id)
        alive = (LoginSession.person_id == Person.id, LoginSession.expires > utcnow())
        asked = (
            select(
                Person,
                Sanction,
                select(func.count()).where(*alive).correlate(Person).scalar_subquery().label("logins"),
                select(func.count()).where(Report.subject == key).correlate(Person).scalar_subquery().label("reports"),
                select(Invited.invitation_id)
                .where(Invited.person_id == Person.id)
                .correlate(Person)
                .scalar_subquery()
                .label("invitation"),
            )
            .outerjoin(Sanction, Sanction.person_id == Person.id)
            .where(Person.id == person_id)
            .order_by(Sanction.imposed.desc(), Sanction.id.desc())
            .limit(_SANCTIONS_SHOWN)
        )
        rows = self._session.execute(asked).all()
        if not rows:
            return None
        sanctions = tuple(row.Sanction for row in rows if row.Sanction is not None)
        return Dossier(rows[0].Person, rows[0].logins, rows[0].reports, rows[0].invitation, sanctions)

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
        if asked.confirmed:
            has = Person.email_key.is_not(None)
            statement = statement.where(has if asked.confirmed == "yes" else ~has)
        if asked.waiting:
            # The queue is short, whatever the number of people: no index of a column that is almost never true.
            statement = statement.where(Person.id.in_(select(SignUpRequest.person_id)), Person.waiting)
        if asked.since is not None:
            statement = statement.where(Person.created >= asked.since)
        if asked.until is not None:
            statement = statement.where(Person.created < asked.until)
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
