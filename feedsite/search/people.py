"""Finding people by their names and handles."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from feedsite.accounts.models import Person, PersonWord
from feedsite.accounts.services import PeopleService
from feedsite.feeds import Entity, Manager
from feedsite.graph.services import GraphService
from feedsite.spelling import unaccented

SIZE = 20
#: How many of the newest links of a reader count: for whom they know, and for whom they have muted.
_LINKS = 1000
#: After every text that begins like another one.
_LAST = chr(0x10FFFF)
#: How far it is counted how rare a word is.
_COUNTED = 20_000
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

    def __init__(self, session: Session, feeds: Manager, graph: GraphService, people: PeopleService) -> None:
        self._session, self._feeds, self._graph, self._people = session, feeds, graph, people

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
        asked = self._rarest_first([unaccented(word) or word for word in words])
        known = self._ends(reader, "follow")
        shown = _Shown(reader, known, self._ends(reader, "mute") | self._blocked(reader))
        exact = self._exact(asked, shown)
        spots: list[Spot] = [] if exact is None or after is not None else [Spot(KNOWN, "", exact)]
        if after is None or after.part == KNOWN:
            spots += [spot for spot in self._known(asked, shown) if after is None or spot > after]
        if len(spots) <= SIZE:
            start = after if after is not None and after.part == OTHERS else None
            spots += self._others(asked, shown, start, SIZE + 2 - len(spots))
        # Who has the very handle stands on top of the first page, and nowhere else.
        kept = [spot for at, spot in enumerate(spots) if spot.person_id != exact or not (at or after)][: SIZE + 1]
        people = self._people.by_ids(spot.person_id for spot in kept[:SIZE])
        found = tuple(people[spot.person_id] for spot in kept[:SIZE] if spot.person_id in people)
        return FoundPeople(found, kept[SIZE - 1] if len(kept) > SIZE else None)

    def _exact(self, asked: list[str], shown: _Shown) -> str | None:
        if len(asked) != 1:
            return None
        mine = select(Person.id).where(Person.handle == asked[0], or_(shown.condition(KNOWN), shown.condition(OTHERS)))
        return self._session.scalar(mine)

    def _rarest_first(self, words: list[str]) -> list[str]:
        """Words in the order of how many begin like them, counted so far: a list is read along the first one."""
        distinct = sorted(set(words), key=lambda word: (-len(word), word))
        if len(distinct) < 2:
            return distinct
        counts = [select(PersonWord.word).where(_begins(PersonWord.word, word)).limit(_COUNTED) for word in distinct]
        totals = [select(func.count()).select_from(some.subquery()).scalar_subquery() for some in counts]
        found = self._session.execute(select(*totals)).one()
        return [word for _count, word in sorted(zip(found, distinct, strict=True), key=lambda pair: pair[0])]

    def _known(self, asked: list[str], shown: _Shown) -> list[Spot]:
        """Whom the reader follows, and the reader: all their words are looked through here, for they are few."""
        ids = sorted({*shown.known, *([] if shown.reader is None else [shown.reader.id])} - set(shown.hidden))
        words: dict[str, list[str]] = {}
        for row in self._session.execute(select(PersonWord).where(PersonWord.person_id.in_(ids))).scalars():
            words.setdefault(row.person_id, []).append(row.word)
        driver = asked[0]
        matches = {
            person_id: min(word for word in theirs if word.startswith(driver))
            for person_id, theirs in words.items()
            if all(any(word.startswith(one) for word in theirs) for one in asked)
        }
        if not matches:
            return []
        allowed = select(Person.id).where(Person.id.in_(sorted(matches)), shown.condition(KNOWN))
        return sorted(Spot(KNOWN, matches[found], found) for found in self._session.scalars(allowed))

    def _others(self, asked: list[str], shown: _Shown, after: Spot | None, size: int) -> list[Spot]:
        rows = self._session.execute(_listed(asked, shown.condition(OTHERS), after).limit(size))
        return [Spot(OTHERS, word, person_id) for word, person_id in rows]

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


def _listed(words: Sequence[str], shown: ColumnElement[bool], after: Spot | None) -> Select[Any]:
    """Words and people in the order of words: by the first of theirs that begins like the first one asked for.

    The table of words stands alone in it, so that no planner reads it in another order than its own and sorts.
    """
    driver, *others = words
    row, earlier = aliased(PersonWord), aliased(PersonWord)
    sooner = select(literal(1)).where(
        earlier.person_id == row.person_id, earlier.word >= driver, earlier.word < row.word
    )
    statement: Any = select(row.word, row.person_id).where(
        _begins(row.word, driver),
        ~exists(sooner),
        exists(select(literal(1)).where(Person.id == row.person_id, shown)),
    )
    for word in others:
        also = aliased(PersonWord)
        statement = statement.where(
            exists(select(literal(1)).where(also.person_id == row.person_id, _begins(also.word, word)))
        )
    if after is not None:
        edge = tuple_(literal(after.word), literal(after.person_id))
        statement = statement.where(tuple_(row.word, row.person_id) > edge)
    listed: Select[Any] = statement.order_by(row.word, row.person_id)
    return listed


def _begins(column: Any, word: str) -> ColumnElement[bool]:
    return and_(column >= word, column < word + _LAST)


def people_search(_context: object, request: Any) -> PeopleSearch:
    """Service factory."""
    return PeopleSearch(
        request.dbsession,
        request.find_service(Manager),
        request.find_service(GraphService),
        request.find_service(PeopleService),
    )
