"""Acts as cards: the shapes that the item templates show."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any

from markupsafe import Markup

from feedsite.db import utcnow
from feedsite.feeds import Entity, Item
from feedsite.graph.presenters import PeoplePresenter, person_view
from feedsite.posts.models import Note
from feedsite.posts.presenters import NotePresenter, note_url
from feedsite.timelines.services import Timeline
from feedsite.timelines.telling import Teller
from feedsite.web.presenting import ItemView, NoteView, PersonView, TagView, TimeView
from feedsite.web.wording import activity_templates, time_view

_PLAIN = re.compile(r"[0-9A-Za-z._-]{1,64}")


def anchor(act_id: str) -> str:
    """An act's id in a page: the fragment that leads to its card."""
    if _PLAIN.fullmatch(act_id):
        return f"act-{act_id}"
    return f"act-{blake2b(act_id.encode(), digest_size=8).hexdigest()}"


def shortened(text: str, length: int) -> str:
    """The beginning of a text, cut between words; `length` in characters."""
    if len(text) <= length:
        return text
    return f"{text[:length].rsplit(' ', 1)[0]}…"


def sketched(request: Any, timeline: Timeline) -> tuple[dict[str, PersonView], dict[str, NoteView]]:
    """The people and notes of a page as sentences need them, by key: names and addresses, nothing to press. No
    statement."""
    people = {key: person_view(request, person) for key, person in timeline.people.items()}
    notes = {key: _sketch(request, note, timeline, people) for key, note in timeline.notes.items()}
    return people, {key: view for key, view in notes.items() if view is not None}


def _sketch(request: Any, note: Note, timeline: Timeline, people: Mapping[str, PersonView]) -> NoteView | None:
    author = timeline.people.get(note.author.key)
    if author is None or note.deleted is not None:
        return None
    answered = timeline.notes.get(f"note:{note.in_reply_to}")
    return NoteView(
        id=note.id,
        url=note_url(request, note, author),
        author=people[author.key],
        html=Markup(),
        time=time_view(note.created, note.created),
        in_reply_to_author=None if answered is None else people.get(answered.author.key),
    )


class ItemPresenter:
    """Shows the acts of a page to the reader of a request; the number of statements does not depend on theirs."""

    def __init__(self, request: Any, timeline: Timeline) -> None:
        self._request, self._now = request, utcnow()
        spoken_of = {item.object.key for item in timeline.page.every_item()}
        spoken_of |= {str(group.value) for group in timeline.page.groups}
        shown = [note for key, note in timeline.notes.items() if key in spoken_of]
        self.notes = NotePresenter(request).views(shown)
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
