"""Suspending and reinstating people and changing their roles: by rank, with a reason, one audit row each."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from feedsite.accounts.models import ROLES, STATES, Person
from feedsite.db import utcnow
from feedsite.feeds import Entity, Manager
from feedsite.feedsout.services import FeedTokenService
from feedsite.moderation.audit import AuditService
from feedsite.moderation.models import KINDS, Sanction
from feedsite.moderation.ranks import (
    MAX_REASON,
    OPERATOR,
    Actor,
    Found,
    NotAllowed,
    Ranks,
    Several,
    assignable,
    checked,
)
from feedsite.moderation.standing import StandingService, is_final
from feedsite.security.identity import Identity
from feedsite.security.passwords import Passwords
from feedsite.security.permissions import outranks
from feedsite.security.sessions import LoginSessionService

#: A mute by everybody: what the person does, and what touches it, is on nobody's pages while it stands.
EVERYBODY = Entity("site", "all")

#: What can be done to several people at once.
ACTS = ("warn", "limit", "suspend", "reinstate")

__all__ = [
    "ACTS",
    "EVERYBODY",
    "MAX_REASON",
    "OPERATOR",
    "Actor",
    "Allowed",
    "ModerationService",
    "NotAllowed",
    "Several",
    "moderation_service",
]


@dataclass(frozen=True)
class Allowed:
    """What an actor may do to a person now. `roles` are those the person may be given."""

    warn: bool = False
    limit: bool = False
    suspend: bool = False
    reinstate: bool = False
    roles: tuple[str, ...] = ()
    purge: bool = False


def _named(rule: str) -> dict[str, str]:
    """What the log says of the rule that a sanction names."""
    return {"rule": rule} if rule else {}


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
        ranks: Ranks,
        standing: StandingService,
    ) -> None:
        self._session, self._feeds, self._audit = session, feeds, audit
        self._logins, self._passwords, self._ranks, self._standing = logins, passwords, ranks, standing

    def warn(self, actor: Actor, person_id: str, reason: str, rule: str = "") -> bool:
        """Warn somebody: they are told, and nothing else changes. Arguments, result and errors as for `suspend`."""
        person = self._ranks.ready(actor, person_id, reason).person
        self._standing.impose(actor.key, person, "warn", reason, rule=rule)
        self._audit.record(actor.key, "warn", person.key, after=_named(rule), reason=reason)
        return True

    def suspend(self, actor: Actor, person_id: str, reason: str, rule: str = "") -> bool:
        """Suspend somebody: nothing but the page that says so, and nothing of theirs on anybody's pages.

        Args:
            actor: who suspends.
            person_id: whom.
            reason: why, 1 to `MAX_REASON` characters; the person reads it.
            rule: the site's rule that it is about, by number and title as they are now; empty: none.

        Returns whether something changed. Raises NotAllowed.
        """
        found = self._ranks.ready(actor, person_id, reason)
        person = found.person
        if person.state == "suspended":
            return False
        found.keep_an_admin()
        before, person.state = person.state, "suspended"
        ended = self._logins.end_all(person.id)
        FeedTokenService(self._session).end_all(person.id)
        self._feeds.mute(EVERYBODY, Entity("person", person.id))
        after = {"state": "suspended", "sessions_ended": ended, **_named(rule)}
        self._audit.record(actor.key, "suspend", person.key, before={"state": before}, after=after, reason=reason)
        self._standing.impose(actor.key, person, "suspend", reason, rule=rule)
        return True

    def limit(self, actor: Actor, person_id: str, reason: str, rule: str = "") -> bool:
        """Leave somebody to their followers: what they do is on nobody else's pages until they are reinstated.

        Arguments, result and errors as for `suspend`; only an active account can be limited.
        """
        found = self._ranks.ready(actor, person_id, reason)
        person = found.person
        if person.state == "limited":
            return False
        if person.state != "active":
            raise NotAllowed("state", "only an active account can be limited")
        found.keep_an_admin()
        person.state = "limited"
        self._feeds.limit(Entity("person", person.id))
        states = {"before": {"state": "active"}, "after": {"state": "limited", **_named(rule)}}
        self._audit.record(actor.key, "limit", person.key, **states, reason=reason)
        self._standing.impose(actor.key, person, "limit", reason, rule=rule)
        return True

    def reinstate(self, actor: Actor, person_id: str, reason: str) -> bool:
        """Take a suspension back, or a limit: the person is what they were before, and everything is shown again.

        Arguments, result and errors as for `suspend`; what has stood for 30 days only an admin takes back.
        """
        return self._undo(actor, self._ranks.ready(actor, person_id, reason), reason, told=True)

    def lift(self, actor: Actor, sanction: Sanction, reason: str) -> None:
        """Lift one sanction, whatever else the person is under; whoever does it tells them. Errors as for `suspend`.

        Args:
            sanction: one in force.
            reason: for the audit log.
        """
        found = self._ranks.ready(actor, sanction.person_id, reason)
        state = found.person.state
        if (sanction.kind, state) in (("suspend", "suspended"), ("limit", "limited")):
            self._undo(actor, found, reason, told=False)
        elif sanction.kind == "limit" and state == "suspended":
            # The limit below a suspension: it will not come back with the end of that.
            self._feeds.un_limit(Entity("person", found.person.id))
        self._standing.lift(sanction)

    def _undo(self, actor: Actor, found: Found, reason: str, *, told: bool) -> bool:
        person = found.person
        before, entity = person.state, Entity("person", person.id)
        if before == "suspended":
            self._keep_what_is_final(found)
            person.state = self._state_before(person)
            if person.leaves is None:
                self._feeds.un_mute(EVERYBODY, entity)
        elif before == "limited":
            person.state = "active"
            self._feeds.un_limit(entity)
        else:
            return False
        states = {"before": {"state": before}, "after": {"state": person.state}}
        self._audit.record(actor.key, "reinstate", person.key, **states, reason=reason)
        self._standing.reinstated(person, "suspend" if before == "suspended" else "limit", reason, told=told)
        return True

    def _keep_what_is_final(self, found: Found) -> None:
        if found.role is None or found.role == "admin":
            return
        suspension = self._standing.latest(found.person.id, "suspend")
        if suspension is not None and is_final(suspension, utcnow()):
            raise NotAllowed("final", "after 30 days only an admin takes a suspension back")

    def act_on_several(self, actor: Actor, act: str, person_ids: Iterable[str], reason: str, rule: str = "") -> Several:
        """Do the same to several people: whoever may be acted on, the others are left as they are.

        Args:
            act: one of `ACTS`.
            person_ids: whom.
            reason, rule: as for `suspend`; who is reinstated broke none.

        Raises NotAllowed where the act or the reason is none.
        """
        checked(reason)
        if act not in ACTS:
            raise NotAllowed("act", f"one of {', '.join(ACTS)}")
        done: list[str] = []
        same: list[str] = []
        refused: list[str] = []
        # In one order, so that two moderators who do this at once wait for each other in no circle.
        for person_id in sorted(set(person_ids)):
            try:
                changed = getattr(self, act)(actor, person_id, reason, *([rule] if act in KINDS else []))
            except NotAllowed:
                refused.append(person_id)
            else:
                (done if changed else same).append(person_id)
        return Several(tuple(done), tuple(same), tuple(refused))

    def change_role(self, actor: Actor, person_id: str, role: str, reason: str) -> bool:
        """Give somebody another role. Arguments, result and errors as for `suspend`; `role` is one of `ROLES`."""
        checked(reason)
        found = self._ranks.locked(actor, person_id)
        person = found.person
        if role not in ROLES:
            raise NotAllowed("role", f"a role is one of {', '.join(ROLES)}")
        if role not in assignable(found.role, person, is_self=actor.person_id == person.id):
            raise NotAllowed("rank", "nobody changes an equal or higher rank, or gives a rank above their own")
        if person.role == role:
            return False
        found.keep_an_admin()
        before, person.role = person.role, role
        states = {"before": {"role": before}, "after": {"role": role}}
        self._audit.record(actor.key, "role", person.key, **states, reason=reason)
        return True

    def set_password(self, actor: Actor, person_id: str, password: str, reason: str) -> None:
        """Give somebody a new password and end their logins. Errors as for `suspend`; the log has no password.

        Args:
            password: as `passwords.refusal` allows it.
        """
        person = self._ranks.ready(actor, person_id, reason).person
        person.password_hash = self._passwords.hash(password)
        after = {"sessions_ended": self._logins.end_all(person.id)}
        self._audit.record(actor.key, "password", person.key, after=after, reason=reason)

    def allowed(self, identity: Identity, person: Person) -> Allowed:
        """What a signed-in moderator or admin may do to a person, for pages; the acts check for themselves."""
        roles: tuple[str, ...] = ()
        if identity.role == "admin":
            roles = assignable(identity.role, person, is_self=identity.id == person.id)
        above = outranks(identity.role, person.role)
        return Allowed(
            warn=above,
            limit=above and person.state == "active",
            suspend=above and person.state != "suspended",
            reinstate=above and person.state in ("limited", "suspended"),
            roles=roles,
            purge=above and identity.role == "admin",
        )

    def _state_before(self, person: Person) -> str:
        row = self._audit.latest("suspend", person.key) or self._audit.latest("reject", person.key)
        state = str(json.loads(row.before).get("state", "active")) if row is not None else "active"
        if state == "limited":
            limit = self._standing.latest(person.id, "limit")
            return "active" if limit is not None and limit.lifted is not None else state
        if state == "unverified" and person.email is not None and self._audit.latest("approve", person.key) is not None:
            # Let in while suspended: both have said yes.
            return "active"
        return state if state in STATES and state != "suspended" else "active"


def moderation_service(_context: object, request: Any) -> ModerationService:
    """Service factory."""
    return ModerationService(
        request.dbsession,
        request.find_service(Manager),
        request.find_service(LoginSessionService),
        request.find_service(Passwords),
        request.find_service(AuditService),
        request.find_service(Ranks),
        request.find_service(StandingService),
    )
