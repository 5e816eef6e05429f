"""Removing somebody else's picture, for those who look after the site."""

from __future__ import annotations

from typing import Any

from feedsite.moderation.audit import AuditService
from feedsite.moderation.ranks import Actor, Ranks
from feedsite.pictures.services import PictureService


class PictureCare:
    """Does it by the rules of sanctions: a strictly higher rank, a reason, one row of the audit log."""

    def __init__(self, ranks: Ranks, audit: AuditService, pictures: PictureService) -> None:
        self._ranks, self._audit, self._pictures = ranks, audit, pictures

    def remove(self, actor: Actor, person_id: str, reason: str) -> bool:
        """Remove somebody's picture; returns whether there was one. They may choose another. Raises NotAllowed."""
        person = self._ranks.ready(actor, person_id, reason).person
        before = {"picture": person.picture}
        removed = self._pictures.remove(person.id)
        if removed:
            self._audit.record(actor.key, "remove picture", person.key, before=before, reason=reason)
        return removed


def picture_care(_context: object, request: Any) -> PictureCare:
    """Service factory."""
    return PictureCare(
        request.find_service(Ranks), request.find_service(AuditService), request.find_service(PictureService)
    )
