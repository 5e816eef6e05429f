"""Acts as cards: the shapes that the item templates show."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

from feedsite.db import utcnow
from feedsite.feeds import Entity, Item
from feedsite.graph.presenters import PeoplePresenter
from feedsite.posts.presenters import NotePresenter
from feedsite.timelines.services import Timeline
from feedsite.timelines.telling import Teller
from feedsite.web.presenting import ItemView, TagView, TimeView
from feedsite.web.wording import activity_templates, time_view

_PLAIN = re.compile(r"[0-9A-Za-z._-]{1,64}")


def anchor(act_id: str) -> str:
    """An act's id in a page: the fragment that leads to its card."""
    if _PLAIN.fullmatch(act_id):
        return f"act-{act_id}"
    return f"act-{blake2b(act_id.encode(), digest_size=8).hexdigest()}"


class ItemPresenter:
    """Shows the acts of a page to the reader of a request; the number of statements does not depend on theirs."""

    def __init__(self, request: Any, timeline: Timeline) -> None:
        self._request, self._now = request, utcnow()
        self.notes = NotePresenter(request).views(timeline.notes.values())
        self.people = PeoplePresenter(request).views(timeline.people.values())
        self.teller = Teller(request, self.people, self.notes)

    def views(self, items: Iterable[Item]) -> tuple[ItemView, ...]:
        """The acts, less those whose actor is nobody the site knows."""
        return tuple(self._view(item) for item in items if item.actor.key in self.people)

    def time(self, item: Item) -> TimeView:
        """When an act happened, for the reader."""
        return time_view(item.published, self._now, self._request.zone, self._request.locale_name)

    def _view(self, item: Item) -> ItemView:
        key, kind = item.object.key, item.object.type
        note = self.notes.get(key)
        templates = activity_templates(kind, item.verb)
        return ItemView(
            id=item.id,
            anchor=anchor(item.id),
            verb=item.verb,
            object_type=kind,
            # The note's own templates take its text for granted; without it there is the sentence.
            templates=templates[-1:] if kind == "note" and note is None else templates,
            actor=self.people[item.actor.key],
            sentence=self.teller.sentence(item),
            time=self.time(item),
            url="" if note is None else note.url,
            note=note,
            person=self.people.get(key),
            tag=self._tag(item.object),
            reason=self.teller.reason(item),
        )

    def _tag(self, entity: Entity) -> TagView | None:
        if entity.type != "tag":
            return None
        return TagView(entity.id, self._request.route_path("timelines.tag", tag=entity.id))
