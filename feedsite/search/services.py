"""Finding public notes, by the feed engine, and tags."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from feedsite.accounts.services import PeopleService
from feedsite.feeds import Entity, Item, Manager
from feedsite.feeds.aggregators import ActorAggregator, Aggregator, PublicAggregator, ThingAggregator
from feedsite.search.query import Query
from feedsite.timelines.services import Timeline, TimelineService

SIZE = 20
#: Where pages of the engine are sifted: how large they are, and how many of them one page may take.
_SIFTED, _READS = 100, 5
_WRITTEN = ("create", "reply")
_COUNTED = 1000


@dataclass(frozen=True)
class FoundTag:
    """A tag, and how many notes the reader may see under it, counted to 1,000."""

    name: str
    notes: int


@dataclass(frozen=True)
class FoundTags:
    """A page of tags, and the name after which the next one begins (empty: this is the last)."""

    tags: tuple[FoundTag, ...]
    next: str = ""


class SearchService:
    """Finds public notes, newest first, and tags.

    Notes are acts, and are found by the words that the feed engine keeps of their texts: by the search engine where
    there is one, by SQL where there is none or it does not answer, with the rules of every other feed.
    """

    def __init__(self, feeds: Manager, timelines: TimelineService, people: PeopleService) -> None:
        self._feeds, self._timelines, self._people = feeds, timelines, people

    def author(self, query: Query) -> Entity | None:
        """Whose notes a query asks for; None: anybody's, or those of somebody who is not here."""
        person = self._people.by_handle(query.author) if query.author else None
        return None if person is None else Entity("person", person.id)

    def notes(self, query: Query, author: Entity | None, reader: Entity | None, cursor: str | None = None) -> Timeline:
        """A page of notes.

        Where they are sifted a page looks at the newest 500 that the engine gives: it may be short, and has a cursor
        to go on with all the same.

        Args:
            query: what they are about.
            author: whose they are (`author`); None: anybody's.
            reader: who searches (None: somebody who is not signed in).
            cursor: a page's `next`; None: the first page.

        Raises InvalidCursor, StoreUnavailable.
        """
        aggregator = _notes(query, author, reader, _SIFTED if query.sifts else SIZE)
        found: list[Item] = []
        read: list[Timeline] = []
        for _ in range(_READS):
            timeline = self._timelines.read(aggregator, cursor)
            read.append(timeline)
            found += [item for item in timeline.page.items if _is_found(item, timeline, query, reader)]
            cursor = timeline.page.next
            if cursor is None or len(found) > SIZE or (len(found) == SIZE and not query.sifts):
                break
        page = read[0].page
        following = self._feeds.cursor_after(aggregator, page, found[SIZE - 1]) if len(found) > SIZE else cursor
        return Timeline(
            page=replace(page, items=tuple(found[:SIZE]), next=following, previous=None),
            people={key: person for one in read for key, person in one.people.items()},
            notes={key: note for one in read for key, note in one.notes.items()},
        )

    def expect_notes(self, query: Query, author: Entity | None, reader: Entity | None, cursor: str | None) -> None:
        """Say that `notes` will be asked soon."""
        self._timelines.expect(_notes(query, author, reader, _SIFTED if query.sifts else SIZE), cursor)

    def has_words(self, query: Query, reader: Entity | None) -> bool:
        """Whether there is a public note with the words of a query, whatever else it asks for."""
        everywhere = Query(words=query.words)
        return bool(query.words) and not self._timelines.is_empty(_notes(everywhere, None, reader, 1))

    def tags(self, beginning: str, reader: Entity | None, after: str = "") -> FoundTags:
        """A page of the tags that begin with a text and have a note that the reader may see, by name."""
        found: list[FoundTag] = []
        for _ in range(_READS):
            some = self._feeds.things("tag", beginning, after=after, size=SIZE + 1)
            counts = self._feeds.counts(some, _WRITTEN, viewer=reader, by="thing", cap=_COUNTED)
            for tag in some:
                notes = sum(counts[tag.key, verb] for verb in _WRITTEN)
                found += [FoundTag(tag.id, min(notes, _COUNTED))] if notes else []
            if len(some) <= SIZE or len(found) > SIZE:
                after = "" if len(found) <= SIZE else found[SIZE - 1].name
                break
            after = some[-1].id
        return FoundTags(tuple(found[:SIZE]), after)


def _notes(query: Query, author: Entity | None, reader: Entity | None, size: int) -> Aggregator:
    options: dict[str, Any] = {
        "viewer": reader,
        "size": size,
        "verbs": _WRITTEN,
        "words": query.words,
        "since": query.since,
        "until": query.until,
        "public_only": True,
    }
    tag = Entity("tag", query.tags[0]) if query.tags else None
    if author is not None:
        return ActorAggregator(author, touching=() if tag is None else (tag,), **options)
    return PublicAggregator(**options) if tag is None else ThingAggregator(tag, **options)


def _is_found(item: Item, timeline: Timeline, query: Query, reader: Entity | None) -> bool:
    note, author = timeline.notes.get(item.object.key), timeline.people.get(item.actor.key)
    if note is None or note.deleted is not None or author is None:
        return False
    return (author.discoverable or item.actor == reader) and query.fits(note.text, note.tags)


def search_service(_context: object, request: Any) -> SearchService:
    """Service factory."""
    return SearchService(
        request.find_service(Manager), request.find_service(TimelineService), request.find_service(PeopleService)
    )
