"""Taking the links of an archive in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from feedsite.accounts.models import Person
from feedsite.accounts.services import PeopleService
from feedsite.db import utcnow
from feedsite.feeds import Entity, Manager
from feedsite.feeds.network import link
from feedsite.graph.services import GraphService, LinkRefused, Outcome
from feedsite.importing.contents import ArchivedLink, TakenIn
from feedsite.posts.acts import WATCHED_VERBS
from feedsite.posts.models import Note
from feedsite.posts.services import NoteService
from feedsite.posts.text import tag_name, words


class LinkTaker:
    """Follows, watches, mutes and blocks what an archive says, where it is here."""

    def __init__(self, feeds: Manager, graph: GraphService, people: PeopleService, notes: NoteService) -> None:
        self._feeds, self._graph, self._people, self._notes = feeds, graph, people, notes

    def take_in(self, person: Person, links: Iterable[ArchivedLink], notes: Mapping[str, Note], taken: TakenIn) -> None:
        """Make the links that are not there yet.

        Args:
            person: whose links they become.
            notes: the archive's notes, as they are here, by their ids there.
            taken: what came of it is added here.
        """
        now = utcnow()
        given = [one for one in links if one.until is None or one.until > now]
        ends = self._ends(person, given, notes)
        # The oldest first, so that they come to stand in their order.
        for one in sorted(given, key=lambda one: (one.since, one.kind, one.type, one.id)):
            end = ends.get((one.type, one.id))
            if end is None:
                taken.skipped[f"{one.kind} links to what is not here"] += 1
            elif end != Entity("person", person.id):
                self._count(taken, one, self._make(person, one, end))

    def _count(self, taken: TakenIn, one: ArchivedLink, outcome: Outcome | None) -> None:
        if outcome is None:
            taken.skipped[f"{one.kind} links that cannot be"] += 1
        elif outcome is Outcome.LINKED:
            taken.links += 1
        elif outcome is Outcome.ASKED:
            taken.skipped["follow links to people who approve who follows them, and were asked"] += 1
        else:
            taken.known += 1

    def _make(self, person: Person, one: ArchivedLink, end: Entity) -> Outcome | None:
        """What came of a link; None: it cannot be."""
        me = Entity("person", person.id)
        fits = {"follow": ("person",), "watch": ("note", "tag"), "block": ("person",)}
        if end.type not in fits.get(one.kind, ("person", "shares", "word", "tag", "note")):
            return None
        if self._feeds.linked(me, [end], kinds=(one.kind,)):
            return Outcome.SAME
        if one.kind == "follow":
            return self._follow(person, one, end)
        verbs = WATCHED_VERBS if one.kind == "watch" else ()
        made = link(me, one.kind, end, since=one.since, until=one.until, weight=one.weight, verbs=verbs)
        new = self._feeds.add_network_link(made)
        if one.kind == "block":
            other = self._people.by_id(end.id)
            if other is not None:
                self._graph.block(person.id, other)
        return Outcome.of(new)

    def _follow(self, person: Person, one: ArchivedLink, end: Entity) -> Outcome | None:
        other = self._people.by_id(end.id)
        try:
            outcome = None if other is None else self._graph.follow(person.id, other, one.since)
        except LinkRefused:
            return None
        if outcome is Outcome.LINKED and one.weight != 1:
            self._feeds.set_weight(Entity("person", person.id), end, one.weight, kind="follow")
        return outcome

    def _ends(
        self, person: Person, links: list[ArchivedLink], notes: Mapping[str, Note]
    ) -> dict[tuple[str, str], Entity]:
        """What each type and id of the archive is here."""
        named = [one for one in links if one.type in ("person", "shares")]
        by_id = self._people.by_ids(one.id for one in named)
        by_handle = self._people.by_handles(one.handle for one in named if one.handle)
        threads = self._threads(person, [one.id for one in links if one.type == "note" and one.id not in notes])
        found: dict[tuple[str, str], Entity] = {}
        for one in links:
            end: Entity | None = None
            if one.type in ("person", "shares"):
                other = by_id.get(one.id) or by_handle.get((one.handle or "").lower())
                end = None if other is None or other.leaves is not None else Entity(one.type, other.id)
            elif one.type == "note":
                note = notes.get(one.id)
                end = threads.get(one.id) if note is None else note.root
            elif one.type == "tag":
                name = tag_name(one.id)
                end = None if name is None else Entity("tag", name)
            elif one.type == "word":
                end = Entity("word", one.id) if words(one.id) == (one.id,) else None
            if end is not None:
                found[one.type, one.id] = end
        return found

    def _threads(self, person: Person, ids: list[str]) -> dict[str, Entity]:
        notes = self._notes.by_key(f"note:{name}" for name in ids if name.isascii() and len(name) <= 40)
        readable = self._feeds.readable([note.act_id for note in notes.values()], Entity("person", person.id))
        return {note.id: note.root for note in notes.values() if note.act_id in readable}


def link_taker(_context: object, request: Any) -> LinkTaker:
    """Service factory."""
    return LinkTaker(
        request.find_service(Manager),
        request.find_service(GraphService),
        request.find_service(PeopleService),
        request.find_service(NoteService),
    )
