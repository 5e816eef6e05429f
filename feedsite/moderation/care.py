"""What helps those who look after people: notes about somebody, ending their logins, a link for a new password."""

from __future__ import annotations

from typing import Any

from feedsite.accounts.services import ResetService
from feedsite.moderation.audit import AuditService
from feedsite.moderation.ranks import Actor, NotAllowed, Ranks
from feedsite.security.sessions import LoginSessionService


class CareService:
    """Does these, by the same rules as sanctions: a strictly higher rank, a reason, one row of the audit log each."""

    def __init__(self, ranks: Ranks, audit: AuditService, logins: LoginSessionService, resets: ResetService) -> None:
        self._ranks, self._audit, self._logins, self._resets = ranks, audit, logins, resets

    def note(self, actor: Actor, person_id: str, text: str) -> bool:
        """Write something about somebody for whoever looks after the site; it is a row of the audit log.

        Args:
            text: 1 to `ranks.MAX_REASON` characters; the person does not read it.

        Returns True. Raises NotAllowed.
        """
        person = self._ranks.ready(actor, person_id, text).person
        self._audit.record(actor.key, "note", person.key, reason=text)
        return True

    def end_logins(self, actor: Actor, person_id: str, reason: str) -> bool:
        """Sign somebody out everywhere; returns whether they were signed in anywhere. Raises NotAllowed."""
        person = self._ranks.ready(actor, person_id, reason).person
        ended = self._logins.end_all(person.id)
        if ended:
            self._audit.record(actor.key, "sign out", person.key, after={"sessions_ended": ended}, reason=reason)
        return bool(ended)

    def send_reset(self, actor: Actor, person_id: str, reason: str) -> bool:
        """Send somebody the link that chooses a new password, as if they had asked for it.

        Returns True. Raises NotAllowed, with the rule "address" where no address is confirmed.
        """
        person = self._ranks.ready(actor, person_id, reason).person
        if person.email is None:
            raise NotAllowed("address", "this account has no confirmed address")
        self._resets.ask(person.email, locale=person.locale)
        self._audit.record(actor.key, "reset link", person.key, reason=reason)
        return True


def care_service(_context: object, request: Any) -> CareService:
    """Service factory."""
    return CareService(
        request.find_service(Ranks),
        request.find_service(AuditService),
        request.find_service(LoginSessionService),
        request.find_service(ResetService),
    )
