"""Who may go for good, by their own wish or by an admin's."""

from __future__ import annotations

from typing import Any

from feedsite.accounts.models import Person
from feedsite.db import utcnow
from feedsite.feeds import Entity, Manager
from feedsite.moderation.audit import AuditService
from feedsite.moderation.ranks import Actor, Ranks
from feedsite.moderation.services import EVERYBODY
from feedsite.personal import ERASED
from feedsite.security.sessions import LoginSessionService


class RemovalService:
    """Deletes accounts for good. What is theirs is taken out by `feedsite.leaving.purging`, afterwards."""

    def __init__(self, feeds: Manager, logins: LoginSessionService, audit: AuditService, ranks: Ranks) -> None:
        self._feeds, self._logins, self._audit, self._ranks = feeds, logins, audit, ranks

    def purge(self, actor: Actor, person_id: str, reason: str) -> bool:
        """Delete somebody's account: as if they had left, and their time to come back were over.

        Arguments, result and errors as for `ModerationService.suspend`; the reason goes to the log alone.
        """
        found = self._ranks.ready(actor, person_id, reason)
        person = found.person
        if person.leaves is not None and person.leaves <= utcnow():
            return False
        found.keep_an_admin()
        person.leaves = utcnow()
        self._logins.end_all(person.id)
        self._feeds.mute(EVERYBODY, Entity("person", person.id))
        # It names nobody: in the end nothing is left but that somebody was deleted, by whom and why.
        self._audit.record(actor.key, "purge", ERASED, reason=reason)
        return True

    def may_go(self, person_id: str) -> Person:
        """Somebody who wants to leave, locked. Raises NotAllowed for the last admin, and where there is nobody."""
        found = self._ranks.locked(Actor(""), person_id)
        found.keep_an_admin()
        return found.person


def removal_service(_context: object, request: Any) -> RemovalService:
    """Service factory."""
    return RemovalService(
        request.find_service(Manager),
        request.find_service(LoginSessionService),
        request.find_service(AuditService),
        request.find_service(Ranks),
    )
