"""Who may act on whom: the rank rule, the last-admin rule and the reason that every act needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from feedsite.accounts.models import ROLES, Person
from feedsite.moderation.audit import COMMAND_LINE
from feedsite.security.identity import Identity
from feedsite.security.permissions import RANKS, outranks

MAX_REASON = 1000


class NotAllowed(Exception):
    """Why somebody may not do this to somebody.

    Args:
        rule: "rank", "last-admin", "reason", "role", "act", "state" (the account's does not allow it), "final" (only an
            admin may take it back by now), "imposer" (somebody else has to decide), "address" (there is none that is
            confirmed) or "nobody" (there is no such person).
    """

    def __init__(self, rule: str, sentence: str) -> None:
        self.rule = rule
        super().__init__(sentence)


@dataclass(frozen=True)
class Actor:
    """Who acts: a person, or whoever has the command line, who outranks everybody."""

    key: str
    person_id: str | None = None

    @classmethod
    def of(cls, identity: Identity) -> Actor:
        """The signed-in person."""
        return cls(identity.key, identity.id)


OPERATOR = Actor(COMMAND_LINE)


@dataclass(frozen=True)
class Several:
    """Ids of people: to whom something was done, who were so already, and on whom the actor may not act."""

    done: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """Somebody who may be acted on, with everybody whom the rules ask about, locked until the transaction ends.

    Args:
        person: who is acted on.
        role: the actor's role as it is now; None: the command line's, above all.
        people: by id: actor, person, and every admin who can sign in.
    """

    person: Person
    role: str | None
    people: dict[str, Person]

    def keep_an_admin(self) -> None:
        """Refuse to take the last admin who can sign in away. Raises NotAllowed."""
        if not _is_standing_admin(self.person):
            return
        if not any(_is_standing_admin(other) for other in self.people.values() if other.id != self.person.id):
            raise NotAllowed("last-admin", "this is the last admin: make somebody else admin first")


class Ranks:
    """Finds whom somebody acts on, where the rules let them.

    Args:
        session: whose transaction holds the locks.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def ready(self, actor: Actor, person_id: str, reason: str) -> Found:
        """The person, where the actor is of a strictly higher rank and gives a reason. Raises NotAllowed."""
        checked(reason)
        found = self.locked(actor, person_id)
        if found.role is not None and not outranks(found.role, found.person.role):
            raise NotAllowed("rank", "nobody acts on an equal or higher rank")
        return found

    def locked(self, actor: Actor, person_id: str) -> Found:
        """Actor, person and admins, fresh and locked in the order of their ids until the end. Raises NotAllowed."""
        wanted = {person_id, actor.person_id} - {None}
        admins = and_(Person.role == "admin", Person.state == "active", Person.password_hash.is_not(None))
        admins = and_(admins, Person.leaves.is_(None))
        statement = (
            select(Person)
            .where(or_(Person.id.in_(sorted(filter(None, wanted))), admins))
            .order_by(Person.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
        people = {person.id: person for person in self._session.scalars(statement)}
        if person_id not in people:
            raise NotAllowed("nobody", "there is no such person")
        return Found(people[person_id], _role_of(actor, people), people)


def assignable(role: str | None, person: Person, *, is_self: bool) -> tuple[str, ...]:
    """The roles that somebody of `role` (None: the command line) may give to a person, the present one included."""
    if role is None:
        return ROLES
    if RANKS[role] < RANKS["admin"]:
        return ()
    return ROLES if is_self or outranks(role, person.role) else ()


def checked(reason: str) -> None:
    """Refuse a reason that is none, or longer than `MAX_REASON`. Raises NotAllowed."""
    if not reason.strip():
        raise NotAllowed("reason", "a reason is needed")
    if len(reason) > MAX_REASON:
        raise NotAllowed("reason", f"a reason has at most {MAX_REASON} characters")


def _role_of(actor: Actor, people: dict[str, Person]) -> str | None:
    """The actor's role as it is now, which may be lower than when the request began; None: the command line's."""
    if actor.person_id is None:
        return None
    person = people.get(actor.person_id)
    if person is None or person.state != "active":
        raise NotAllowed("rank", "only an active account acts on others")
    return person.role


def _is_standing_admin(person: Person) -> bool:
    has_login = person.password_hash is not None and person.leaves is None
    return person.role == "admin" and person.state == "active" and has_login


def ranks_service(_context: object, request: Any) -> Ranks:
    """Service factory."""
    return Ranks(request.dbsession)
