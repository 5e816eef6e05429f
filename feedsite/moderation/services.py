"""Suspending and reinstating people and changing their roles: by rank, with a reason, one audit row each."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from feedsite.accounts.models import ROLES, STATES, Person
from feedsite.feeds import Entity, Manager
from feedsite.moderation.audit import COMMAND_LINE, AuditService
from feedsite.security.identity import Identity
from feedsite.security.passwords import Passwords
from feedsite.security.permissions import RANKS, outranks
from feedsite.security.sessions import LoginSessionService

#: A mute by everybody: what the person does, and what touches it, is on nobody's pages while it stands.
EVERYBODY = Entity("site", "all")

MAX_REASON = 1000

#: What can be done to several people at once.
ACTS = ("limit", "suspend", "reinstate")


class NotAllowed(Exception):
    """Why somebody may not do this to somebody.

    Args:
        rule: "rank", "last-admin", "reason", "role", "act", "state" (the account's does not allow it) or
            "nobody" (there is no such person).
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
class Allowed:
    """What an actor may do to a person now. `roles` are those the person may be given."""

    limit: bool = False
    suspend: bool = False
    reinstate: bool = False
    roles: tuple[str, ...] = ()


class ModerationService:
    """Does what people who look after the site do to accounts. The caller's transaction holds it all, or nothing.

    The rules: nobody acts on an equal or higher rank; an admin gives roles up to their own, and may give up their own;
    the last admin who can sign in cannot go. The command line outranks everybody, but keeps the last rule.
    """

    def __init__(
        self,
        session: Session,
        feeds: Manager,
        logins: LoginSessionService,
        passwords: Passwords,
        audit: AuditService,
    ) -> None:
        self._session, self._feeds, self._audit = session, feeds, audit
        self._logins, self._passwords = logins, passwords

    def suspend(self, actor: Actor, person_id: str, reason: str) -> bool:
        """Suspend somebody: no login, and nothing of theirs on anybody's pages, until they are reinstated.

        Args:
            actor: who suspends.
            person_id: whom.
            reason: why, 1 to `MAX_REASON` characters.

        Returns whether something changed. Raises NotAllowed.
        """
        found, person = self._ready(actor, person_id, reason)
        if person.state == "suspended":
            return False
        self._keep_an_admin(found, person)
        before, person.state = person.state, "suspended"
        ended = self._logins.end_all(person.id)
        self._feeds.mute(EVERYBODY, Entity("person", person.id))
        after = {"state": "suspended", "sessions_ended": ended}
        self._audit.record(actor.key, "suspend", person.key, before={"state": before}, after=after, reason=reason)
        return True

    def limit(self, actor: Actor, person_id: str, reason: str) -> bool:
        """Leave somebody to their followers: what they do is on nobody else's pages until they are reinstated.

        Arguments, result and errors as for `suspend`; only an active account can be limited.
        """
        found, person = self._ready(actor, person_id, reason)
        if person.state == "limited":
            return False
        if person.state != "active":
            raise NotAllowed("state", "only an active account can be limited")
        self._keep_an_admin(found, person)
        person.state = "limited"
        self._feeds.limit(Entity("person", person.id))
        states = {"before": {"state": "active"}, "after": {"state": "limited"}}
        self._audit.record(actor.key, "limit", person.key, **states, reason=reason)
        return True

    def reinstate(self, actor: Actor, person_id: str, reason: str) -> bool:
        """Take a suspension back, or a limit: the person is what they were before, and everything is shown again.

        Arguments, result and errors as for `suspend`.
        """
        _found, person = self._ready(actor, person_id, reason)
        before, entity = person.state, Entity("person", person.id)
        if before == "suspended":
            person.state = self._state_before(person)
            self._feeds.un_mute(EVERYBODY, entity)
        elif before == "limited":
            person.state = "active"
            self._feeds.un_limit(entity)
        else:
            return False
        states = {"before": {"state": before}, "after": {"state": person.state}}
        self._audit.record(actor.key, "reinstate", person.key, **states, reason=reason)
        return True

    def act_on_several(self, actor: Actor, act: str, person_ids: Iterable[str], reason: str) -> Several:
        """Do the same to several people: whoever may be acted on, the others are left as they are.

        Args:
            act: one of `ACTS`.
            person_ids: whom.
            reason: as for `suspend`.

        Raises NotAllowed where the act or the reason is none.
        """
        _checked(reason)
        if act not in ACTS:
            raise NotAllowed("act", f"one of {', '.join(ACTS)}")
        done: list[str] = []
        same: list[str] = []
        refused: list[str] = []
        # In one order, so that two moderators who do this at once wait for each other in no circle.
        for person_id in sorted(set(person_ids)):
            try:
                changed = getattr(self, act)(actor, person_id, reason)
            except NotAllowed:
                refused.append(person_id)
            else:
                (done if changed else same).append(person_id)
        return Several(tuple(done), tuple(same), tuple(refused))

    def change_role(self, actor: Actor, person_id: str, role: str, reason: str) -> bool:
        """Give somebody another role. Arguments, result and errors as for `suspend`; `role` is one of `ROLES`."""
        _checked(reason)
        found = self._locked(actor, person_id)
        person = found[person_id]
        if role not in ROLES:
            raise NotAllowed("role", f"a role is one of {', '.join(ROLES)}")
        if role not in _assignable(_role_of(actor, found), person, is_self=actor.person_id == person.id):
            raise NotAllowed("rank", "nobody changes an equal or higher rank, or gives a rank above their own")
        if person.role == role:
            return False
        self._keep_an_admin(found, person)
        before, person.role = person.role, role
        states = {"before": {"role": before}, "after": {"role": role}}
        self._audit.record(actor.key, "role", person.key, **states, reason=reason)
        return True

    def set_password(self, actor: Actor, person_id: str, password: str, reason: str) -> None:
        """Give somebody a new password and end their logins. Errors as for `suspend`; the log has no password.

        Args:
            password: as `passwords.refusal` allows it.
        """
        _found, person = self._ready(actor, person_id, reason)
        person.password_hash = self._passwords.hash(password)
        after = {"sessions_ended": self._logins.end_all(person.id)}
        self._audit.record(actor.key, "password", person.key, after=after, reason=reason)

    def allowed(self, identity: Identity, person: Person) -> Allowed:
        """What a signed-in moderator or admin may do to a person, for pages; the acts check for themselves."""
        roles: tuple[str, ...] = ()
        if identity.role == "admin":
            roles = _assignable(identity.role, person, is_self=identity.id == person.id)
        above = outranks(identity.role, person.role)
        return Allowed(
            limit=above and person.state == "active",
            suspend=above and person.state != "suspended",
            reinstate=above and person.state in ("limited", "suspended"),
            roles=roles,
        )

    def _state_before(self, person: Person) -> str:
        row = self._audit.latest("suspend", person.key) or self._audit.latest("reject", person.key)
        state = str(json.loads(row.before).get("state", "active")) if row is not None else "active"
        return state if state in STATES and state != "suspended" else "active"

    def _ready(self, actor: Actor, person_id: str, reason: str) -> tuple[dict[str, Person], Person]:
        _checked(reason)
        found = self._locked(actor, person_id)
        person, role = found[person_id], _role_of(actor, found)
        if role is not None and not outranks(role, person.role):
            raise NotAllowed("rank", "nobody acts on an equal or higher rank")
        return found, person

    def _locked(self, actor: Actor, person_id: str) -> dict[str, Person]:
        """Actor, target and every admin who can sign in, fresh and locked in the order of their ids until the end."""
        wanted = {person_id, actor.person_id} - {None}
        admins = and_(Person.role == "admin", Person.state == "active", Person.password_hash.is_not(None))
        statement = (
            select(Person)
            .where(or_(Person.id.in_(sorted(filter(None, wanted))), admins))
            .order_by(Person.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
        found = {person.id: person for person in self._session.scalars(statement)}
        if person_id not in found:
            raise NotAllowed("nobody", "there is no such person")
        return found

    def _keep_an_admin(self, found: dict[str, Person], person: Person) -> None:
        """Refuse to take the last admin who can sign in away."""
        if not _is_standing_admin(person):
            return
        if not any(_is_standing_admin(other) for other in found.values() if other.id != person.id):
            raise NotAllowed("last-admin", "this is the last admin: make somebody else admin first")


def _role_of(actor: Actor, found: dict[str, Person]) -> str | None:
    """The actor's role as it is now, which may be lower than when the request began; None: the command line's."""
    if actor.person_id is None:
        return None
    person = found.get(actor.person_id)
    if person is None or person.state != "active":
        raise NotAllowed("rank", "only an active account acts on others")
    return person.role


def _assignable(role: str | None, person: Person, *, is_self: bool) -> tuple[str, ...]:
    """The roles that somebody of `role` (None: the command line) may give to a person, the present one included."""
    if role is None:
        return ROLES
    if RANKS[role] < RANKS["admin"]:
        return ()
    return ROLES if is_self or outranks(role, person.role) else ()


def _is_standing_admin(person: Person) -> bool:
    return person.role == "admin" and person.state == "active" and person.password_hash is not None


def _checked(reason: str) -> None:
    if not reason.strip():
        raise NotAllowed("reason", "a reason is needed")
    if len(reason) > MAX_REASON:
        raise NotAllowed("reason", f"a reason has at most {MAX_REASON} characters")


def moderation_service(_context: object, request: Any) -> ModerationService:
    """Service factory."""
    return ModerationService(
        request.dbsession,
        request.find_service(Manager),
        request.find_service(LoginSessionService),
        request.find_service(Passwords),
        request.find_service(AuditService),
    )
