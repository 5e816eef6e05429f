"""Letting people in who wait, or not: one by one and many at once, by the rules of ranks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from feedsite.accounts.services import JoiningService
from feedsite.moderation.ranks import Actor, NotAllowed, Ranks, Several, checked
from feedsite.moderation.standing import StandingService

#: What can be decided.
DECISIONS = ("approve", "reject")
_NO_REASON = "-"


class AdmissionService:
    """Decides about those who wait to be let in.

    Args:
        joining: lets them in.
        ranks: says on whom somebody may act.
        standing: keeps a refusal as a suspension, to which the person may say something.
    """

    def __init__(self, joining: JoiningService, ranks: Ranks, standing: StandingService) -> None:
        self._joining, self._ranks, self._standing = joining, ranks, standing

    def decide(self, actor: Actor, decision: str, person_ids: Iterable[str], reason: str) -> Several:
        """Approve or reject people: whoever waits and may be acted on; the others are left as they are, and named.

        Args:
            actor: who decides.
            decision: one of `DECISIONS`.
            person_ids: whom.
            reason: for the audit log; who is rejected is told, and it has to be there.

        Raises NotAllowed where the decision or the reason is none.
        """
        if decision not in DECISIONS:
            raise NotAllowed("act", f"one of {', '.join(DECISIONS)}")
        checked(reason if decision == "reject" else reason or _NO_REASON)
        done: list[str] = []
        same: list[str] = []
        refused: list[str] = []
        # In one order, so that two who do this at once wait for each other in no circle.
        for person_id in sorted(set(person_ids)):
            try:
                person = self._ranks.ready(actor, person_id, reason or _NO_REASON).person
            except NotAllowed:
                refused.append(person_id)
                continue
            if decision == "approve":
                has_waited = self._joining.approve(actor.key, person.id, reason)
            elif has_waited := self._joining.reject(actor.key, person.id, reason):
                # The joining's own letter has told them.
                self._standing.impose(actor.key, person, "suspend", reason, told=False)
            (done if has_waited else same).append(person_id)
        return Several(tuple(done), tuple(same), tuple(refused))


def admission_service(_context: object, request: Any) -> AdmissionService:
    """Service factory."""
    return AdmissionService(
        request.find_service(JoiningService),
        request.find_service(Ranks),
        request.find_service(StandingService),
    )
