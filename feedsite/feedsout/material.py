"""What a page of a feed is made of, before it is written in any format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from feedsite.accounts.models import Person
from feedsite.accounts.services import PeopleService
from feedsite.feeds import Item, Page
from feedsite.feedsout.answers import fingerprint
from feedsite.posts.models import Note
from feedsite.posts.services import NoteService
from feedsite.timelines.services import Timeline


@dataclass(frozen=True)
class Material:
    """A page of a feed with everybody and everything that is said of it.

    Attributes:
        timeline: the page, with people, and with the notes that whoever it is for may see.
        people: everybody whom it names, in notes too, by key.
    """

    timeline: Timeline
    people: Mapping[str, Person]

    @property
    def page(self) -> Page:
        """What the engine gave."""
        return self.timeline.page

    @property
    def notes(self) -> Mapping[str, Note]:
        """The notes that may be shown, by key."""
        return self.timeline.notes

    def items(self) -> tuple[Item, ...]:
        """The acts, less those whose actor is nobody the site knows: as on the page."""
        return tuple(item for item in self.page.items if item.actor.key in self.people)

    def modified(self) -> datetime | None:
        """When the newest of its acts was done, or the last of its notes changed; None: there is nothing."""
        acts = (item.published for item in self.page.every_item())
        edits = (note.edited for note in self.notes.values() if note.edited is not None)
        return max((*acts, *edits), default=None)

    def fingerprint(self, *more: object) -> str:
        """A name of what it says: the same exactly as long as nothing that is shown changes.

        Args:
            more: what else the answer depends on: its format, its address, its title.
        """
        return fingerprint(*self._parts(), *more)

    def _parts(self) -> Iterator[object]:
        yield self.page.next is not None, self.page.previous is not None
        for item in self.page.items:
            yield item.key
        for group in self.page.groups:
            yield group.value, group.item.key, group.actor_count, group.actors
        for key in sorted(self.notes):
            yield key, self.notes[key].edited
        for key in sorted(self.people):
            person = self.people[key]
            yield key, person.handle, person.name


def material(request: Any, timeline: Timeline) -> Material:
    """What a page is made of, for whoever the request is from; the number of statements does not depend on it."""
    readable = request.find_service(NoteService).readable(timeline.notes.values(), request.identity)
    notes = {key: note for key, note in timeline.notes.items() if key in readable}
    named = {f"person:{person_id}" for note in notes.values() for person_id in note.mentions.values()}
    others = request.find_service(PeopleService).by_key(named - timeline.people.keys())
    return Material(replace(timeline, notes=notes), {**timeline.people, **others})
