"""Likes, shares and follows that everybody can see: finding and removing them, by rank, with a reason, in the log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from feedsite.accounts.services import NoticeService
from feedsite.feeds import Entity, Item, Manager, Page
from feedsite.moderation.audit import AuditService
from feedsite.moderation.ranks import Actor, NotAllowed, Ranks, Several, checked
from feedsite.posts.acts import LIKE, SHARE

SIZE = 50
FOLLOW = "follow"
VERBS = (LIKE, SHARE, FOLLOW)
"""What is found here; notes have a list of their own."""


@dataclass(frozen=True)
class ActFilter:
    """Which acts are asked for; what is empty is not asked.

    Args:
        actor: whose.
        thing: to what: a person or a note.
        verb: one of `VERBS`.
    """

    actor: Entity | None = None
    thing: Entity | None = None
    verb: str = ""


class ActService:
    """Finds and removes acts. What only some may see is not found here; what the site mutes is, and whom it limits."""

    def __init__(self, feeds: Manager, ranks: Ranks, audit: AuditService, notices: NoticeService) -> None:
        self._feeds, self._ranks, self._audit, self._notices = feeds, ranks, audit, notices

    def page(self, asked: ActFilter, cursor: str | None = None, *, size: int = SIZE) -> Page:
        """A page of acts, newest first. Raises InvalidCursor."""
        verbs = (asked.verb,) if asked.verb else VERBS
        return self._feeds.get_activities(
            cursor=cursor,
            size=size,
            activity_type=verbs,
            actor=asked.actor,
            object_=asked.thing,
            with_muted=True,
        )

    def remove(self, actor: Actor, act_ids: Iterable[str], reason: str) -> Several:
        """Undo acts, as those who did them could; who did them is told once, whatever the number.

        Args:
            actor: who removes.
            act_ids: which; those of whoever may not be acted on stay.
            reason: why, 1 to `ranks.MAX_REASON` characters; the person reads it.

        Returns the ids, by what became of them. Raises NotAllowed where the reason is none.
        """
        checked(reason)
        done: list[str] = []
        same: list[str] = []
        refused: list[str] = []
        told: dict[str, int] = {}
        # In one order, so that two who do this at once wait for each other in no circle.
        for act_id in sorted(set(act_ids)):
            item = self._feeds.get_activity(act_id)
            if item is None or item.verb not in VERBS:
                same.append(act_id)
                continue
            try:
                person = self._ranks.ready(actor, item.actor.id, reason).person
            except NotAllowed:
                refused.append(act_id)
                continue
            if not self._undo(item):
                same.append(act_id)
                continue
            done.append(act_id)
            after = {"verb": item.verb, "thing": item.object.key}
            self._audit.record(actor.key, "remove act", person.key, after=after, reason=reason.strip())
            told[person.id] = told.get(person.id, 0) + 1
            if told[person.id] == 1:
                self._notices.write(person, "contents.removed", reason=reason.strip())
        return Several(tuple(done), tuple(same), tuple(refused))

    def _undo(self, item: Item) -> bool:
        undone = self._feeds.undo(item.verb, item.actor, item.object)
        if item.verb == FOLLOW:
            return self._feeds.un_follow(item.actor, item.object) or undone
        return undone


def act_service(_context: object, request: Any) -> ActService:
    """Service factory."""
    services = (Manager, Ranks, AuditService, NoticeService)
    return ActService(*(request.find_service(service) for service in services))
