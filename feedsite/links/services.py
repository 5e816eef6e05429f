"""Reading and changing one's own links as lists: weights, ends of mutes, CSV in and out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pyramid.i18n import TranslationString, TranslationStringFactory

from feedsite.accounts.models import Person
from feedsite.accounts.services import PeopleService
from feedsite.db import utcnow
from feedsite.feeds import Entity, LinkPage, Manager
from feedsite.feeds.stores.base import LinkRow
from feedsite.graph.services import GraphService, LinkRefused, Outcome
from feedsite.links.tables import Line, read_table, table_of
from feedsite.posts.models import Note
from feedsite.posts.services import NoteService
from feedsite.posts.text import tag_name, words
from feedsite.security.identity import Identity

_ = TranslationStringFactory("feedsite")

PAGE = 50
#: Weights that can be chosen: as much more, or less, as others count in ranked views.
WEIGHTS = (0.25, 0.5, 1.0, 2.0, 4.0)
#: How long a mute lasts; None: for good.
TERMS: Mapping[str, timedelta | None] = {
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
    "": None,
}
_KINDS = ("follow", "watch")
_AT_ONCE = 1000
#: A table of 500 lines is within what a person may do in a minute, and a script that sends many is not.
_LINES_A_HIT = 10


@dataclass(frozen=True)
class Links:
    """A page of links, the newest first, with what they lead to.

    Attributes:
        page: the links.
        people: by key; of shares, too.
        notes: the first notes of threads, by key.
        readable: the keys of those notes that the reader may read now.
    """

    page: LinkPage
    people: Mapping[str, Person]
    notes: Mapping[str, Note]
    readable: frozenset[str] = frozenset()


@dataclass
class Taken:
    """What came of a table that was taken in.

    Attributes:
        added: how many links are new.
        asked: how many people approve who follows them, and were asked.
        known: how many there were already.
        refused: the numbers of lines that could not be taken, and why.
    """

    added: int = 0
    asked: int = 0
    known: int = 0
    refused: list[tuple[int, TranslationString]] = field(default_factory=list)

    def count(self, outcome: Outcome) -> None:
        """Count what came of a line."""
        self.added += outcome is Outcome.LINKED
        self.asked += outcome is Outcome.ASKED
        self.known += outcome is Outcome.SAME


class LinkService:
    """Lists of one's own links."""

    def __init__(self, feeds: Manager, graph: GraphService, people: PeopleService, notes: NoteService) -> None:
        self._feeds, self._graph, self._people, self._notes = feeds, graph, people, notes

    def read(self, reader: Identity, kinds: tuple[str, ...] = _KINDS, cursor: str | None = None) -> Links:
        """A page of the reader's links of these kinds.

        Raises InvalidCursor.
        """
        return self._with_ends(reader, self._feeds.following(reader.entity, kinds=kinds, cursor=cursor, size=PAGE))

    def _with_ends(self, reader: Identity, page: LinkPage) -> Links:
        ends = [row.entity for row in page.links]
        people = self._people.by_ids(end.id for end in ends if end.type in ("person", "shares"))
        notes = self._notes.by_key(end.key for end in ends)
        authors = self._people.by_ids(note.author_id for note in notes.values())
        readable = self._notes.readable(notes.values(), reader)
        return Links(page, {p.key: p for p in (people | authors).values()}, notes, frozenset(readable))

    # What is followed and watched

    def weigh(self, reader: Identity, weights: Mapping[Entity, float]) -> int:
        """Give links new weights, one of WEIGHTS each; what is no link is passed over. Returns how many changed."""
        held = {row.entity: row for row in self._feeds.linked(reader.entity, weights, kinds=_KINDS)}
        changed = [(row, weights[end]) for end, row in held.items() if row.weight != weights[end]]
        for row, weight in changed:
            self._feeds.set_weight(reader.entity, row.entity, weight, kind=row.kind)
        return len(changed)

    def remove(self, reader: Identity, entity: Entity) -> bool:
        """Follow or watch something no longer."""
        person = self._people.by_id(entity.id) if entity.type == "person" else None
        if person is not None and person.id != reader.id:
            return self._graph.unfollow(reader.id, person)
        return self._graph.unwatch(reader.id, entity)

    # Mutes

    def mute_named(self, reader: Identity, name: str, term: str) -> str:
        """Mute somebody by handle ("@ana") or a word.

        Args:
            name: what was typed.
            term: a key of TERMS.

        Returns what is muted, as the reader calls it. Raises LinkRefused.
        """
        name = name.strip()
        if name.startswith("@"):
            person = self._people.by_handle(name)
            if person is None:
                raise LinkRefused(_("Nobody has this handle."))
            self._graph.mute(reader.id, Entity("person", person.id), self._until(term))
            return person.name
        found = words(name)
        if len(found) != 1:
            raise LinkRefused(_("Enter one word, or a handle with @ before it."))
        self._graph.mute(reader.id, Entity("word", found[0]), self._until(term))
        return found[0]

    def change_mute(self, reader: Identity, entity: Entity, term: str) -> bool:
        """Let a mute that stands end at another time; returns whether there is one."""
        if not self._graph.muted(reader.id, [entity]):
            return False
        self._graph.mute(reader.id, entity, self._until(term))
        return True

    @staticmethod
    def _until(term: str) -> Any:
        length = TERMS[term]
        return None if length is None else utcnow() + length

    # Tables

    def table(self, reader: Identity) -> str:
        """Everything followed and watched, as CSV: the oldest first, so that it comes back in the same order."""
        rows: list[LinkRow] = []
        cursor: str | None = None
        while True:
            page = self._feeds.following(reader.entity, kinds=_KINDS, cursor=cursor, size=_AT_ONCE)
            rows += page.links
            if (cursor := page.next) is None:
                break
        people = self._people.by_ids(row.entity.id for row in rows if row.entity.type == "person")
        return table_of(reversed(rows), people)

    def take_in(self, reader: Identity, text: str, hit: Any) -> Taken:
        """Follow and watch what a table has; what cannot be is passed over, and named.

        Args:
            text: CSV as `table` writes it; `kind` and `what` are enough.
            hit: called before every tenth line; what it raises ends it.

        Raises NoTable.
        """
        lines = read_table(text)
        people = self._people.by_handles(line.what for line in lines if line.type == "person")
        notes = self._notes.by_key(f"note:{line.what}" for line in lines if line.type == "note")
        readable = self._notes.readable(notes.values(), reader)
        taken = Taken()
        # A millisecond apart, so that they stand in the order of the lines however quickly they are written.
        began = utcnow() - timedelta(milliseconds=len(lines))
        for at, line in enumerate(lines):
            if at % _LINES_A_HIT == 0:
                hit()
            try:
                since = began + timedelta(milliseconds=at)
                end, outcome = self._take(reader, line, since, people, {key: notes[key] for key in readable})
            except LinkRefused as refused:
                taken.refused.append((line.number, refused.message))
                continue
            taken.count(outcome)
            if outcome is Outcome.LINKED and line.weight != 1:
                self._feeds.set_weight(reader.entity, end, line.weight, kind=line.kind)
        return taken

    def _take(
        self, reader: Identity, line: Line, since: datetime, people: Mapping[str, Person], notes: Mapping[str, Note]
    ) -> tuple[Entity, Outcome]:
        if line.type == "person":
            person = people.get(line.what.lower())
            if person is None:
                raise LinkRefused(_("Nobody has this handle."))
            return Entity("person", person.id), self._graph.follow(reader.id, person, since)
        if line.type == "tag":
            name = tag_name(line.what)
            if name is None:
                raise LinkRefused(_("A tag has 1 to 64 letters, digits and underscores."))
            thing = Entity("tag", name)
        else:
            note = notes.get(f"note:{line.what}")
            if note is None:
                raise LinkRefused(_("There is no such note, or none that you may see."))
            thing = note.root
        return thing, Outcome.of(self._graph.watch(reader.id, thing, since))


def entities_of(keys: Iterable[str]) -> list[Entity]:
    """Entities from the keys that a form carried; what is no key is passed over."""
    pairs = [key.partition(":") for key in keys]
    return [Entity(kind, name) for kind, _colon, name in pairs if kind in ENDS and 1 <= len(name) <= 256]


#: What links lead to.
ENDS = ("person", "tag", "note", "shares", "word", "project")


def link_service(_context: object, request: Any) -> LinkService:
    """Service factory."""
    return LinkService(
        request.find_service(Manager),
        request.find_service(GraphService),
        request.find_service(PeopleService),
        request.find_service(NoteService),
    )
