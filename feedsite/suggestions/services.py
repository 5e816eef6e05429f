"""Whom to follow: whom those follow whom a reader follows, then who is active in public."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedsite.accounts.models import Person
from feedsite.accounts.services import PeopleService
from feedsite.db import insert_into, utcnow
from feedsite.feeds import Entity, Manager
from feedsite.suggestions.models import Dismissal
from feedsite.timelines.services import TimelineService

#: How many people are looked at for one list.
_CANDIDATES = 100
_NAMED = 1


@dataclass(frozen=True)
class Suggestion:
    """Somebody whom a reader could follow.

    Attributes:
        person: whom.
        through: some of those whom the reader follows and who follow them; none: they are active lately.
        count: how many of those there are, as far as was looked.
    """

    person: Person
    through: tuple[Person, ...] = ()
    count: int = 0


class SuggestionService:
    """Suggests people; the number of statements depends on nothing.

    Never suggested: oneself, whom one follows, whoever is muted, blocked (in either direction), suspended or limited,
    has not confirmed an address, does not want to be suggested, or was dismissed.
    """

    def __init__(self, session: Session, feeds: Manager, people: PeopleService, timelines: TimelineService) -> None:
        self._session, self._feeds, self._people, self._timelines = session, feeds, people, timelines

    def expect(self, reader: Entity | None) -> None:
        """Say that `read` will be asked soon."""
        self._timelines.expect_active_people(reader)

    def read(self, reader: Entity | None, size: int) -> list[Suggestion]:
        """At most `size` people, those with the most in common first, then the most recently active.

        Args:
            reader: for whom (None: somebody who is not signed in, who is told who is active).
        """
        known = {} if reader is None else dict(self._feeds.acquaintances(reader, size=_CANDIDATES))
        active = self._timelines.active_people(reader, _CANDIDATES)
        unwanted = set() if reader is None else self._dismissed(reader.id)
        names = {friend.key for through in known.values() for friend in through[:_NAMED]}
        people = self._people.by_key(names | {entity.key for entity in known})
        found = [
            Suggestion(people[entity.key], _those(people, through), len(through))
            for entity, through in known.items()
            if entity.key in people and any(friend.key in people for friend in through[:_NAMED])
        ]
        found += [Suggestion(person) for person in active if Entity("person", person.id) not in known]
        return [one for one in found if _is_suggested(one.person) and one.person.id not in unwanted][:size]

    def dismiss(self, reader_id: str, person: Person) -> None:
        """Suggest somebody to a reader no more."""
        row = {"person_id": reader_id, "dismissed_id": person.id, "created": utcnow()}
        self._session.execute(insert_into(self._session, Dismissal).values(row).on_conflict_do_nothing())

    def _dismissed(self, reader_id: str) -> set[str]:
        return set(self._session.scalars(select(Dismissal.dismissed_id).where(Dismissal.person_id == reader_id)))


def _those(people: dict[str, Person], through: tuple[Entity, ...]) -> tuple[Person, ...]:
    return tuple(people[friend.key] for friend in through[:_NAMED] if friend.key in people)


def _is_suggested(person: Person) -> bool:
    return person.state == "active" and not person.waiting and person.leaves is None and person.discoverable


def suggestion_service(_context: object, request: Any) -> SuggestionService:
    """Service factory."""
    return SuggestionService(
        request.dbsession,
        request.find_service(Manager),
        request.find_service(PeopleService),
        request.find_service(TimelineService),
    )
