"""Finding people by their names and handles."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, literal, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from feedsite.accounts.models import Person, PersonWord
from feedsite.feeds import Entity, Manager
from feedsite.graph.services import GraphService
from feedsite.spelling import unaccented

SIZE = 20
#: How many of the newest links of a reader count: for whom they know, and for whom they have muted.
_LINKS = 1000
#: After every text that begins like another one.
_LAST = chr(0x10FFFF)
KNOWN, OTHERS = "known", "others"


class Spot(NamedTuple):
    """Where a page begins: after this person in a part of the list, who was found by this word."""

    part: str
    word: str
    person_id: str


@dataclass(frozen=True)
class FoundPeople:
    """A page of people, and where the next one begins (None: this is the last)."""

    people: tuple[Person, ...]
    next: Spot | None = None


class PeopleSearch:
    """Finds people: first who has the very handle, then whom the reader follows, then everybody else, by the word they
    are found by.

    Every word of the query is the beginning of a word of theirs. Words stand in an index, so that a page costs the same
    however many accounts there are; the number of statements does not depend on what is found.
    """

    def __init__(self, session: Session, feeds: Manager, graph: GraphService) -> None:
        self._session, self._feeds, self._graph = session, feeds, graph

    def expect(self, reader: Entity | None) -> None:
        """Say that `read` will be asked soon."""
        if reader is None:
            return
        self._feeds.expect(lambda feeds: feeds.following(reader, kinds=("follow",), size=_LINKS))
        self._feeds.expect(lambda feeds: feeds.following(reader, kinds=("mute",), size=_LINKS))
        self._graph.expect_blocked_around(reader.id)

    def read(self, words: Sequence[str], reader: Entity | None, after: Spot | None = None) -> FoundPeople:
        """A page of people.

        Args:
            words: of the query, folded; at least one.
            reader: who searches (None: somebody who is not signed in).
            after: where the page begins; None: it is the first.
        """
        asked = [unaccented(word) or word for word in words]
        known = self._ends(reader, "follow")
        hidden = self._ends(reader, "mute") | self._blocked(reader)
        shown = _Shown(reader, known, hidden)
        exact = self._exact(asked, shown)
        found: list[tuple[Person, Spot]] = []
        if exact is not None and after is None:
            found.append((exact, Spot(KNOWN, "", "")))
        for part in (KNOWN, OTHERS):
            if len(found) <= SIZE and not (after is not None and after.part == OTHERS and part == KNOWN):
                start = after if after is not None and after.part == part else None
                statement = _listed(asked, shown.condition(part), start, exact)
                found += self._rows(statement.limit(SIZE + 1 - len(found)), part)
        people = tuple(person for person, _spot in found[:SIZE])
        return FoundPeople(people, found[SIZE - 1][1] if len(found) > SIZE else None)

    def _rows(self, statement: Select[Any], part: str) -> Iterator[tuple[Person, Spot]]:
        for person, word in self._session.execute(statement):
            yield person, Spot(part, word, person.id)

    def _exact(self, asked: list[str], shown: _Shown) -> Person | None:
        if len(asked) != 1:
            return None
        mine = select(Person).where(Person.handle == asked[0], or_(shown.condition(KNOWN), shown.condition(OTHERS)))
        return self._session.scalar(mine)

    def _ends(self, reader: Entity | None, kind: str) -> set[str]:
        if reader is None:
            return set()
        rows = self._feeds.following(reader, kinds=(kind,), size=_LINKS).links
        return {row.entity.id for row in rows if row.entity.type == "person"} - {reader.id}

    def _blocked(self, reader: Entity | None) -> set[str]:
        return set() if reader is None else {end.id for end in self._graph.blocked_around(reader.id)}


@dataclass(frozen=True)
class _Shown:
    """Whom a reader may find."""

    reader: Entity | None
    known: Collection[str]
    hidden: Collection[str]

    def condition(self, part: str) -> ColumnElement[bool]:
        """Who stands in a part of the list."""
        me = Person.id == ("" if self.reader is None else self.reader.id)
        # Limited people are their followers' alone; who has not confirmed an address is nobody yet.
        states = ("active", "limited") if part == KNOWN else ("active",)
        here = and_(Person.state.in_(states), Person.waiting.is_(False), Person.leaves.is_(None))
        public = and_(here, Person.discoverable.is_(True))
        if part == KNOWN:
            return and_(or_(me, and_(public, Person.id.in_(sorted(self.known)))), *self._kept())
        return and_(public, ~me, Person.id.not_in(sorted(self.known)), *self._kept())

    def _kept(self) -> list[ColumnElement[bool]]:
        return [Person.id.not_in(sorted(self.hidden))] if self.hidden else []


def _listed(words: list[str], shown: ColumnElement[bool], after: Spot | None, exact: Person | None) -> Select[Any]:
    """People by the first of their words that begins with the longest word of the query."""
    # The longest is the rarest as a rule: the list is read along it, and the others are looked up.
    driver, *others = sorted(words, key=lambda word: (-len(word), word))
    row, earlier = aliased(PersonWord), aliased(PersonWord)
    before = exists(
        select(literal(1)).where(earlier.person_id == row.person_id, earlier.word >= driver, earlier.word < row.word)
    )
    pairs: Any = select(Person, row.word)
    statement: Select[Any] = pairs.join(row, row.person_id == Person.id).where(
        _begins(row.word, driver), ~before, shown
    )
    for word in others:
        also = aliased(PersonWord)
        statement = statement.where(
            exists(select(literal(1)).where(also.person_id == Person.id, _begins(also.word, word)))
        )
    if exact is not None:
        statement = statement.where(Person.id != exact.id)
    if after is not None:
        edge = tuple_(literal(after.word), literal(after.person_id))
        statement = statement.where(tuple_(row.word, row.person_id) > edge)
    return statement.order_by(row.word, row.person_id)


def _begins(column: Any, word: str) -> ColumnElement[bool]:
    return and_(column >= word, column < word + _LAST)


def people_search(_context: object, request: Any) -> PeopleSearch:
    """Service factory."""
    return PeopleSearch(request.dbsession, request.find_service(Manager), request.find_service(GraphService))
