"""Reading the SQL store: a feed's newest acts, the heads of its groups, and many parts of it in one statement."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from math import gcd
from typing import Any

from sqlalchemy import Connection, func, select

from feedsite.feeds.cursor import short_hash
from feedsite.feeds.names import Entity
from feedsite.feeds.order import OrderKey, floor_position, position_ms
from feedsite.feeds.page import Item
from feedsite.feeds.query import Cell, Facet, FeedQuery, Scope
from feedsite.feeds.stores.base import CellAnswer, Head, LinkEdge, LinkRow, Tally
from feedsite.feeds.stores.sql import merging, statements
from feedsite.feeds.stores.sql.bounds import TOUCHED
from feedsite.feeds.stores.sql.merging import Merge, is_merged
from feedsite.feeds.stores.sql.parts import Parts, PartTold
from feedsite.feeds.stores.sql.prepared import run
from feedsite.feeds.stores.sql.rules import stands
from feedsite.feeds.stores.sql.shape import NO_RULES, Shape, Sight, shape_of, values_of
from feedsite.feeds.stores.sql.tables import Tables
from feedsite.feeds.stores.sql.writing import triple_of
from feedsite.feeds.vectors import Nearest

_FIRST_WINDOW = 128
_WIDER = 4
_WIDEST = 16_384
_CELLS = 500
_IDS = 5000
_SCAN = 1000
#: After every text that begins like another one.
_LAST = chr(0x10FFFF)


class Reader:
    """Reads feeds on one connection."""

    def __init__(self, connection: Connection, tables: Tables, clock: Callable[[Connection], int]) -> None:
        self._connection, self._tables, self._clock = connection, tables, clock
        self._now: int | None = None
        self._sights: dict[tuple[object, ...], Sight] = {}

    def now(self) -> int:
        """The record's clock, read once for all that this reader answers."""
        if self._now is None:
            self._now = self._clock(self._connection)
        return self._now

    def ahead(self, *questions: Callable[[], object]) -> None:
        """Nothing: a statement costs no round trip worth saving."""

    def _shape(self, query: FeedQuery) -> Shape:
        if query.with_muted:
            return shape_of(query, NO_RULES)
        who = (query.owner, query.viewer, query.as_of)
        if who not in self._sights:
            row = run(self._connection, values_of(query), statements.sight_of, self._tables)[0]
            self._sights[who] = Sight(*map(bool, row))
        return shape_of(query, self._sights[who])

    def _rows(self, query: FeedQuery, values: dict[str, Any], make: Any, *arguments: Any) -> Sequence[Any]:
        """What the statement `make(tables, *arguments)` finds for a query, with further values."""
        return run(self._connection, {**values_of(query), **values}, make, self._tables, *arguments)

    # The three questions

    def newest(self, query: FeedQuery, before: OrderKey | None, size: int) -> list[Item]:
        """The newest acts of a feed, all older than `before`."""
        return [item_of(row, query) for row in self._newest_rows(query, before, size)]

    def _newest_rows(self, query: FeedQuery, before: OrderKey | None, size: int) -> Sequence[Any]:
        shape = self._shape(query)

        def whole(before: OrderKey | None, size: int) -> Sequence[Any]:
            values = {"size": size, **_bound("before", before)}
            return self._rows(query, values, statements.acts_in_order, shape, True, before is not None)

        if query.scope is Scope.NETWORK and is_merged(query):
            return Merge(self._connection, self._tables, query, shape, whole).newest(before, size)
        return whole(before, size)

    def oldest(self, query: FeedQuery, after: OrderKey | None, size: int) -> list[Item]:
        """The oldest acts of a feed, all newer than `after`."""
        shape, values = self._shape(query), {"size": size, "budget": merging.BUDGET, **_bound("after", after)}
        rows: Sequence[Any] = []
        if query.scope is Scope.NETWORK and shape.sight.follows and size <= merging.BUDGET // 2:
            # In a busy network the next acts of everybody hold a page of it; else all that came since is gone through.
            rows = self._rows(query, values, statements.early_acts, shape, after is not None)
        if len(rows) < size:
            rows = self._rows(query, values, statements.acts_in_order, shape, False, after is not None)
        return [item_of(row, query) for row in rows]

    def begun(self, query: FeedQuery) -> int | None:
        """The instant of a feed's oldest act."""
        oldest = self.oldest(query, None, 1)
        return position_ms(oldest[0].key.position) if oldest else None

    def nearest(self, query: FeedQuery, vector: Sequence[float], size: int) -> list[Item]:
        """The nearest acts: all that have a vector are looked at, a thousand at a time."""
        found = Nearest(vector, size)
        at: OrderKey | None = None
        shape = replace(self._shape(query), vectors=True)
        while True:
            values = {"size": _SCAN, **_bound("before", at)}
            rows = self._rows(query, values, statements.acts_in_order, shape, True, at is not None)
            found.add(item_of(row, query) for row in rows)
            if len(rows) < _SCAN:
                return found.items
            at = OrderKey(rows[-1].position, rows[-1].id)

    def heads(
        self, query: FeedQuery, facet: Facet, before: OrderKey | None, size: int, shown: frozenset[str]
    ) -> list[Head]:
        """The newest act of each value of a facet, by windows of acts, each without the values found before."""
        found: dict[str, OrderKey] = {}
        passed: set[str] = set()
        window, at = max(_FIRST_WINDOW, size * 2), before
        while len(found) < size:
            rest = query.excluding(facet, tuple(sorted(found.keys() | passed)))
            rows = self._values(rest, facet, at, window)
            for key, value in rows:
                if value is None or value in found or value in passed:
                    continue
                if short_hash(value) in shown:
                    passed.add(value)
                elif len(found) < size:
                    found[value] = key
            if len(rows) < window:
                break
            at, window = rows[-1][0], min(window * _WIDER, _WIDEST)
        items = self._by_key(found.values(), query)
        return [Head(value, items[key]) for value, key in found.items() if key in items]

    def _values(
        self, query: FeedQuery, facet: Facet, before: OrderKey | None, size: int
    ) -> list[tuple[OrderKey, str | None]]:
        """The keys of the newest acts of a feed, and their values of a facet."""
        if query.scope is Scope.NETWORK and is_merged(query):
            rows = self._newest_rows(query, before, size)
            return [(OrderKey(row[0], row[1]), _value(row, facet, query.ungrouped)) for row in rows]
        values, shape = {"size": size, **_bound("before", before)}, self._shape(query)
        rows = self._rows(query, values, statements.values_in_order, shape, facet, before is not None)
        return [(OrderKey(row[0], row[1]), row[2]) for row in rows]

    def cells(
        self, query: FeedQuery, cells: Sequence[Cell], size: int, cap: int | None, actors: bool = False
    ) -> list[CellAnswer]:
        """Counts and newest acts of many parts of a feed: one statement for each 500 parts, one for their acts."""
        answers: list[PartTold] = []
        parts = self._parts(query)
        for at in range(0, len(cells), _CELLS):
            answers += parts.told(cells[at : at + _CELLS], size, cap, actors)
        items = self._by_key([key for _, _, keys in answers for key in keys], query)
        return [
            CellAnswer(count, tuple(items[key] for key in keys if key in items), distinct)
            for count, distinct, keys in answers
        ]

    def tally(self, query: FeedQuery, facet: Facet, size: int, kinds: tuple[str, ...] = ()) -> Tally:
        """The values of a facet with the most acts."""
        dialect = self._connection.dialect.name
        rows = self._rows(query, {"size": size}, statements.tallied, self._shape(query), dialect, facet, kinds)
        return tuple((row[0], int(row[1])) for row in rows)

    def distinct(self, query: FeedQuery, cells: Sequence[Cell], facet: Facet) -> list[int]:
        """How many values of a facet each part has: one statement for each 500 parts."""
        parts, found = self._parts(query), []
        for at in range(0, len(cells), _CELLS):
            found += parts.distinct(cells[at : at + _CELLS], facet)
        return found

    def _parts(self, query: FeedQuery) -> Parts:
        def newest(part: FeedQuery, size: int) -> list[Item]:
            return self.newest(part, None, size)

        dialect = self._connection.dialect.name
        return Parts(query, self._shape(query), partial(self._rows, query), newest, dialect)

    def spread(self, query: FeedQuery, stretches: Sequence[tuple[int, int]]) -> list[int]:
        """How many acts each stretch of time has, by one statement that goes through them once.

        It counts by slots that every stretch is made of: hours, or quarters of one, as clocks are set.
        """
        edges = [edge for stretch in stretches for edge in stretch]
        if not edges or edges[0] == edges[-1]:
            return [0] * len(stretches)
        origin, step = edges[0], gcd(*(edge - edges[0] for edge in edges))
        within = Cell((), origin, edges[-1]).within(query)
        values = {"origin": floor_position(origin), "step": floor_position(step)}
        rows = self._rows(within, values, statements.spread, self._shape(within))
        counts, starts = [0] * len(stretches), [since for since, _ in stretches]
        for slot, acts in rows:
            at = bisect_right(starts, origin + int(slot) * step) - 1
            counts[at] += int(acts) * (origin + int(slot) * step < stretches[at][1])
        return counts

    def count(self, query: FeedQuery, cap: int | None) -> int:
        """How many acts a feed has, counted to `cap`."""
        rows = self._rows(query, {"size": cap}, statements.counted, self._shape(query), cap is not None)
        return next((int(row[0]) for row in rows), 0)

    def count_values(self, query: FeedQuery, facet: Facet, cap: int) -> int:
        """How many values of a facet a feed has, counted to `cap`."""
        if query.scope is Scope.CONCERNS and self._shape(query).sight.watches:
            # The audience is read in order: where it alone has as many, what is watched need not be gone through.
            named = self.count_values(query.but(scope=Scope.NAMED), facet, cap)
            if named >= cap:
                return named
        rows = self._rows(query, {"size": cap}, statements.counted_values, self._shape(query), facet)
        return next((int(row[0]) for row in rows), 0)

    # Acts by name

    def _by_key(self, keys: Iterable[OrderKey], query: FeedQuery) -> dict[OrderKey, Item]:
        rows = self._by_id({key.id for key in keys})
        return {item.key: item for item in (item_of(row, query) for row in rows)}

    def _by_id(self, ids: Iterable[str]) -> list[Any]:
        wanted = sorted(set(ids))
        rows: list[Any] = []
        for at in range(0, len(wanted), _IDS):
            rows += run(self._connection, {"ids": wanted[at : at + _IDS]}, statements.acts_by_id, self._tables)
        return rows

    def get(self, ids: Sequence[str]) -> dict[str, Item]:
        """Acts by id that stand."""
        return {row.id: item_of(row, None) for row in self._by_id(ids) if not row.deleted}

    def verbs(self) -> list[str]:
        """Every verb that was ever stored."""
        return sorted(self._connection.execute(select(self._tables.verbs.c.verb)).scalars())

    def things(self, kind: str, beginning: str, after: str, size: int) -> list[Entity]:
        """The things of a type whose ids begin with a text: along the bounds, of which each has one."""
        names = self._tables.bounds.c.entity
        first, last = f"{kind}:{beginning}", f"{kind}:{beginning}{_LAST}"
        here = (self._tables.bounds.c.role == TOUCHED, names >= first, names < last, names > f"{kind}:{after}")
        statement = select(names).where(*here).order_by(names).limit(size)
        return [Entity.from_key(key) for key in self._connection.execute(statement).scalars()]

    def standing(self, verb: str, actor: Entity, objects: Sequence[Entity]) -> set[Entity]:
        """For which of the objects the actor's act of this verb stands."""
        triples = {triple_of(verb, actor, end): end for end in objects}
        states = self._tables.states
        statement = select(states.c.triple).where(states.c.triple.in_(sorted(triples)), states.c.standing)
        return {triples[triple] for triple in self._connection.execute(statement).scalars()} if triples else set()

    # Links

    def followed_by(self, followers: Sequence[str], each: int) -> list[tuple[Entity, str]]:
        """Whom each of some people follows, along the key of links: a piece of the list for each of them."""
        if not followers:
            return []
        statement = statements.followed_by(self._tables, len(followers))
        names = {f"follower{at}": follower for at, follower in enumerate(followers)}
        rows = self._connection.execute(statement, {**names, "now": self.now(), "each": each})
        return [(Entity.from_key(row.entity), row.follower) for row in rows]

    def links(
        self,
        *,
        follower: Entity | None = None,
        entity: Entity | None = None,
        kinds: Sequence[str],
        as_of: int,
        entities: Iterable[str] | None = None,
        followers: Iterable[str] | None = None,
        before: LinkEdge | None = None,
        size: int | None = None,
        others_only: bool = False,
    ) -> list[LinkRow]:
        """Links that stand, newest first."""
        asked = statements.LinksAsked(
            follower is not None,
            entity is not None,
            tuple(sorted(kinds)),
            entities is not None,
            followers is not None,
            before is not None,
            size is not None,
            others_only,
        )
        values = {
            "now": as_of,
            "follower": follower.key if follower is not None else "",
            "entity": entity.key if entity is not None else "",
            "entities": sorted(set(entities or ())),
            "followers": sorted(set(followers or ())),
            "size": size,
        }
        if before is not None:
            values["before_since"], values["before_other"] = before.since, before.other
            values["before_kind"], values["before_verbs"] = before.kind, before.verbs
        rows = run(self._connection, values, statements.links, self._tables, asked)
        return [_link_of(row) for row in rows]

    def weights(self, follower: Entity, kinds: Sequence[str], as_of: int) -> list[float]:
        """The distinct weights of somebody's links, ascending."""
        table = self._tables.links
        mine = (table.c.follower == follower.key, table.c.kind.in_(list(kinds)), stands(table))
        statement = select(table.c.weight).where(*mine).distinct().order_by(table.c.weight)
        return list(self._connection.execute(statement, {"now": as_of}).scalars())

    def count_links(self, entity: Entity, kinds: Sequence[str], as_of: int) -> int:
        """How many others hold a link of these kinds to the entity."""
        return self._count_ends("entity", "follower", entity, kinds, as_of)

    def count_held(self, follower: Entity, kinds: Sequence[str], as_of: int) -> int:
        """To how many others somebody holds a link of these kinds."""
        return self._count_ends("follower", "entity", follower, kinds, as_of)

    def _count_ends(self, here: str, there: str, end: Entity, kinds: Sequence[str], as_of: int) -> int:
        columns = self._tables.links.c
        statement = select(func.count(columns[there].distinct())).where(
            columns[here] == end.key,
            columns.kind.in_(list(kinds)),
            columns[there] != end.key,
            stands(self._tables.links),
        )
        return int(self._connection.execute(statement, {"now": as_of}).scalar_one())


def _bound(name: str, key: OrderKey | None) -> dict[str, Any]:
    return {} if key is None else {f"{name}_position": key.position, f"{name}_id": key.id}


def _value(row: Any, facet: Facet, ungrouped: tuple[str, ...]) -> str | None:
    """The value of a facet of a row that begins with the columns of the table of acts."""
    alone = facet is Facet.NOTICE and row.verb in ungrouped
    value: str | None = row.lone if alone else getattr(row, facet.value)
    return value


def item_of(row: Any, query: FeedQuery | None) -> Item:
    """The act of a row that begins with the columns of the table of acts."""
    position, act_id, verb, actor, object_, target, origin, visibility, gate, notice, lone = row[:11]
    first_position, first_id, _, packed = row[11:15]
    body = json.loads(packed) if packed else {}
    entity = Entity.from_key
    return Item.made(
        {
            "key": OrderKey(position, act_id),
            "verb": verb,
            "actor": entity(actor),
            "object": entity(object_),
            "target": entity(target) if target else None,
            "origin": entity(origin) if origin else None,
            "about": tuple(map(entity, body.get("about", ()))),
            "audience": tuple(map(entity, body.get("audience", ()))),
            "visibility": visibility,
            "gate": entity(gate),
            "words": tuple(body.get("words", ())),
            "vector": tuple(body["vector"]) if body.get("vector") else None,
            "extras": body.get("extras", {}),
            "extra": body.get("extra"),
            "first": OrderKey(first_position, first_id) if first_id else None,
            "because": (),
            "notice": lone if query is not None and verb in query.ungrouped else notice,
        }
    )


def _link_of(row: Any) -> LinkRow:
    follower, kind, entity, verbs, since, until, weight, extra = row[:8]
    return LinkRow(
        follower=Entity.from_key(follower),
        kind=kind,
        entity=Entity.from_key(entity),
        verbs=tuple(verb for verb in verbs.split(",") if verb) if verbs else (),
        since=since,
        until=until,
        weight=weight,
        extra=json.loads(extra) if extra else None,
    )
