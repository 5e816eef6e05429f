"""Reading timelines: pages from the feed engine, people and notes from SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from feedsite.accounts.models import Person
from feedsite.accounts.services import PeopleService, PrivacyService
from feedsite.feeds import Entity, Group, Manager, Page
from feedsite.feeds.aggregators import PublicAggregator, TrendingAggregator, YearMonthAggregator
from feedsite.feeds.aggregators.base import Aggregator
from feedsite.posts.models import Note
from feedsite.posts.services import NoteService

#: How many of the newest public acts tell who is active.
_RECENT_ACTS = 100
_MONTHS_AT_ONCE = 600
_TRENDING = 6


@dataclass(frozen=True)
class Timeline:
    """A page of a feed with everything its items show.

    Attributes:
        page: what the engine gave.
        people: the people it speaks of, by key.
        notes: the notes its acts are about or answer, by key.
    """

    page: Page
    people: Mapping[str, Person]
    notes: Mapping[str, Note]


class TimelineService:
    """Reads timelines: pages from the feed engine, people and notes from SQL, one statement for each."""

    def __init__(self, feeds: Manager, people: PeopleService, notes: NoteService) -> None:
        self._feeds, self._people, self._notes = feeds, people, notes

    def read(self, aggregator: Aggregator, cursor: str | None = None) -> Timeline:
        """One page of a feed with everything its items show.

        Raises InvalidCursor, and StoreUnavailable when the feed store cannot be reached.
        """
        return self.of(self._feeds.get_page(aggregator, cursor))

    def expect(self, aggregator: Aggregator, cursor: str | None = None) -> None:
        """Say that this page of a feed will be read soon: a store far away fetches it along with the next question."""
        self._feeds.expect(lambda feeds: feeds.get_page(aggregator, cursor))

    def of(self, page: Page) -> Timeline:
        """A page that was read already, with everything its items show."""
        ends = [end for item in page.every_item() for end in (item.object, item.target) if end is not None]
        ends += [group.value for group in page.groups if isinstance(group.value, Entity)]
        notes = {end.key for end in ends if end.type == "note"}
        people = {Entity("person", person_id).key for person_id in page.people()}
        return Timeline(page, self._people.by_key(people), self._notes.by_key(notes))

    def page(self, aggregator: Aggregator) -> Page:
        """A feed's first page, where nothing but itself is shown."""
        return self._feeds.get_page(aggregator)

    def groups(self, aggregator: Aggregator) -> tuple[Group, ...]:
        """The groups of a feed's first page, where their values and totals are all that is shown."""
        return self._feeds.get_page(aggregator).groups

    def is_empty(self, aggregator: Aggregator) -> bool:
        """Whether a feed has nothing at all."""
        page = self._feeds.get_page(aggregator)
        return not page.items and not page.groups

    def follows_nothing(self, reader: Entity, kinds: Sequence[str] = ("follow", "watch")) -> bool:
        """Whether a reader has no link of these kinds to anything but themselves."""
        return not self._feeds.following(reader, kinds=kinds, size=1).links

    def years(self, reader: Entity, zone: str) -> list[Group]:
        """Every year of a reader's network in their zone with every month that has something, newest first."""
        aggregator = YearMonthAggregator(
            reader, include_history=True, zone=zone, activities_per_group=1, size=_MONTHS_AT_ONCE
        )
        found: list[Group] = []
        cursor: str | None = None
        while True:
            page = self._feeds.get_page(aggregator, cursor)
            for group in page.groups:
                # A year whose months are on two pages is one year.
                if found and found[-1].value == group.value:
                    found.append(_joined(found.pop(), group))
                else:
                    found.append(group)
            if (cursor := page.next) is None:
                return found

    def trending(self, viewer: Entity | None) -> Timeline:
        """The tags and notes that most happened to in the last 7 days, for a viewer, with the notes' authors."""
        timeline = self.read(_trending(viewer))
        authors = {note.author.key for note in timeline.notes.values()} - timeline.people.keys()
        return replace(timeline, people={**timeline.people, **self._people.by_key(authors)})

    def expect_trending(self, viewer: Entity | None) -> None:
        """Say that `trending` will be asked soon."""
        self.expect(_trending(viewer))

    def active_people(self, viewer: Entity | None, limit: int = 5) -> list[Person]:
        """Who wrote or shared in public lately and is neither the viewer nor followed by them, newest first.

        Who stays out of suggestions is not among them.
        """
        actors = list(dict.fromkeys(item.actor for item in self._feeds.get_page(_recent(viewer)).items))
        if viewer is not None:
            known = {row.entity for row in self._feeds.linked(viewer, actors, kinds=("follow",))} | {viewer}
            actors = [actor for actor in actors if actor not in known]
        return PrivacyService.findable(self.people_of(actors))[:limit]

    def expect_active_people(self, viewer: Entity | None) -> None:
        """Say that `active_people` will be asked soon."""
        self.expect(_recent(viewer))

    def people_of(self, entities: Iterable[Entity]) -> list[Person]:
        """These people, in this order, less those who are suspended, leave or do not exist."""
        keys = [entity.key for entity in entities]
        found = self._people.by_key(keys)
        return [found[key] for key in keys if key in found and found[key].is_shown]


def _trending(viewer: Entity | None) -> TrendingAggregator:
    return TrendingAggregator(viewer, kinds=("tag", "note"), size=_TRENDING)


def _recent(viewer: Entity | None) -> PublicAggregator:
    return PublicAggregator(viewer, verbs=("create", "reply", "announce"), size=_RECENT_ACTS, public_only=True)


def _joined(newer: Group, older: Group) -> Group:
    return replace(
        newer,
        groups=newer.groups + older.groups,
        total=newer.total + older.total,
        total_is_exact=newer.total_is_exact and older.total_is_exact,
    )


def timeline_service(_context: object, request: Any) -> TimelineService:
    """Service factory."""
    return TimelineService(
        request.find_service(Manager), request.find_service(PeopleService), request.find_service(NoteService)
    )
