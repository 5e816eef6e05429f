"""Reading the SQL store: a feed's newest acts, the heads of its groups, and many parts of it in one statement."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Integer,
    Select,
    and_,
    column,
    func,
    literal,
    select,
    tuple_,
    union,
    values,
)

from feedsite.feeds.cursor import short_hash
from feedsite.feeds.names import Entity
from feedsite.feeds.order import OrderKey, floor_position
from feedsite.feeds.page import Item
from feedsite.feeds.query import Cell, Facet, FeedQuery
from feedsite.feeds.stores.base import CellAnswer, Head, LinkRow
from feedsite.feeds.stores.sql.predicates import Predicates, Sight
from feedsite.feeds.stores.sql.tables import Tables, key_type
from feedsite.feeds.stores.sql.writing import triple_of

_FIRST_WINDOW = 128
_WIDER = 4
_WIDEST = 16_384
_CELLS = 200
_EVER = (-(2**63), 2**63 - 1)


class Reader:
    """Reads feeds on one connection."""

    def __init__(
        self, connection: Connection, tables: Tables, predicates: Predicates, clock: Callable[[Connection], int]
    ) -> None:
        self._connection, self._tables, self._predicates, self._clock = connection, tables, predicates, clock
        self._now: int | None = None
        self._sights: dict[tuple[object, ...], Sight] = {}

    def now(self) -> int:
        """The record's clock, read once for all that this reader answers."""
        if self._now is None:
            self._now = self._clock(self._connection)
        return self._now

    # The three questions

    def newest(self, query: FeedQuery, before: OrderKey | None, size: int) -> list[Item]:
        """The newest acts of a feed, all older than `before`."""
        return self._ordered(query, size, before=before, newest=True)

    def oldest(self, query: FeedQuery, after: OrderKey | None, size: int) -> list[Item]:
        """The oldest acts of a feed, all newer than `after`."""
        return self._ordered(query, size, after=after, newest=False)

    def _ordered(
        self,
        query: FeedQuery,
        size: int,
        *,
        before: OrderKey | None = None,
        after: OrderKey | None = None,
        newest: bool,
    ) -> list[Item]:
        keys = self._keys(query, size, before=before, after=after, newest=newest)
        if keys is None or size <= 0:
            return []
        found = keys.subquery("k")
        acts = self._tables.acts
        statement = select(*acts.c).join(found, and_(acts.c.position == found.c.position, acts.c.id == found.c.id))
        rows = self._connection.execute(statement.order_by(*_direction(acts.c.position, acts.c.id, newest)))
        return [item_of(row, query) for row in rows]

    def _keys(
        self,
        query: FeedQuery,
        size: int | None,
        *facets: Facet,
        before: OrderKey | None = None,
        after: OrderKey | None = None,
        newest: bool = True,
        inside: Iterable[tuple[str, Any]] = (),
        part: Any = None,
    ) -> Select[Any] | None:
        """A select of `position, id` and facets, each act once, in order and at most `size` where one is given.

        With `inside` the select belongs to a row of the table `part`, whose columns the acts agree with.
        """
        columns = [self._predicates.facet(facet, query).label(facet.value) for facet in facets]
        arms = self._predicates.arms(query, self._sight(query), before=before, after=after, inside=inside)
        if not arms:
            return None
        selects = []
        for arm in arms:
            one = arm.select(*columns) if part is None else arm.select(*columns).correlate(part)
            if size is not None:
                one = one.order_by(*_direction(arm.position, arm.id, newest)).limit(size)
            selects.append(one)
        if len(selects) == 1:
            return selects[0]
        # SQLite takes a limited select in a union only as a table of its own.
        merged = union(*[select(*one.subquery().c) for one in selects]).subquery()
        statement = select(*merged.c)
        if size is None:
            return statement
        return statement.order_by(*_direction(merged.c.position, merged.c.id, newest)).limit(size)

    def _sight(self, query: FeedQuery) -> Sight:
        key = (query.owner, query.viewer, query.as_of)
        if key not in self._sights:
            self._sights[key] = self._predicates.sight(self._connection, query)
        return self._sights[key]

    def heads(
        self, query: FeedQuery, facet: Facet, before: OrderKey | None, size: int, shown: frozenset[str]
    ) -> list[Head]:
        """The newest act of each value of a facet, newest first.

        Windows of acts, each without the values found before.
        """
        found: dict[str, OrderKey] = {}
        passed: set[str] = set()
        window, at = max(_FIRST_WINDOW, size * 2), before
        while len(found) < size:
            rest = query.excluding(facet, tuple(sorted(found.keys() | passed)))
            keys = self._keys(rest, window, facet, before=at)
            rows = [] if keys is None else self._connection.execute(keys).all()
            for row in rows:
                value = row[2]
                if value is None or value in found or value in passed:
                    continue
                if short_hash(value) in shown:
                    passed.add(value)
                elif len(found) < size:
                    found[value] = OrderKey(row.position, row.id)
            if len(rows) < window:
                break
            at, window = OrderKey(rows[-1].position, rows[-1].id), min(window * _WIDER, _WIDEST)
        items = self.by_key(found.values(), query)
        return [Head(value, items[key]) for value, key in found.items() if key in items]

    def cells(
        self, query: FeedQuery, cells: Sequence[Cell], size: int, cap: int | None, actors: bool = False
    ) -> list[CellAnswer]:
        """Counts and newest acts of many parts of a feed: one statement for each 200 parts, one for their acts."""
        answers: list[tuple[int, int, list[OrderKey]]] = []
        for at in range(0, len(cells), _CELLS):
            answers += self._cells(query, cells[at : at + _CELLS], size, cap, actors)
        items = self.by_key([key for _, _, keys in answers for key in keys], query)
        return [
            CellAnswer(count, tuple(items[key] for key in keys if key in items), distinct)
            for count, distinct, keys in answers
        ]

    def _cells(
        self, query: FeedQuery, cells: Sequence[Cell], size: int, cap: int | None, actors: bool
    ) -> list[tuple[int, int, list[OrderKey]]]:
        names = [facet.value for facet, _ in cells[0].values]
        part = _cells_table(names, cells)
        inside = [(name, part.c[f"v{at}"]) for at, name in enumerate(names)]
        inside += [("since", part.c.since), ("until", part.c.until)]
        keys = partial(self._keys, query, inside=inside, part=part)
        if keys(1) is None:
            return [(0, 0, []) for _ in cells]
        columns: list[Any] = [part.c.n, literal(0), literal(0), literal("[]")]
        if cap != 0:
            columns[1] = _value(lambda _: func.count(), keys(cap))
        if actors:
            columns[2] = _value(lambda inner: func.count(inner.c.actor.distinct()), keys(None, Facet.ACTOR))
        if size:
            columns[3] = _value(self._key_list, keys(size))
        rows = self._connection.execute(select(*columns).select_from(part).order_by(part.c.n))
        return [(row[1], row[2], _order_keys(row[3])) for row in rows]

    def _key_list(self, inner: Any) -> Any:
        """The keys of a select as one JSON text: `[[position, id], ...]`."""
        if self._connection.dialect.name == "sqlite":
            return func.json_group_array(func.json_array(inner.c.position, inner.c.id))
        return func.json_agg(func.json_build_array(inner.c.position, inner.c.id))

    def count(self, query: FeedQuery, cap: int | None) -> int:
        """How many acts a feed has, counted to `cap`."""
        keys = self._keys(query, cap)
        if keys is None:
            return 0
        return int(self._connection.execute(select(func.count()).select_from(keys.subquery())).scalar_one())

    def count_values(self, query: FeedQuery, facet: Facet, cap: int) -> int:
        """How many values of a facet a feed has, counted to `cap`."""
        keys = self._keys(query, None, facet)
        if keys is None:
            return 0
        inner = keys.subquery()
        distinct = (
            select(inner.c[facet.value]).where(inner.c[facet.value].is_not(None)).distinct().limit(cap).subquery()
        )
        return int(self._connection.execute(select(func.count()).select_from(distinct)).scalar_one())

    def by_key(self, keys: Iterable[OrderKey], query: FeedQuery) -> dict[OrderKey, Item]:
        """The acts with these order keys."""
        ids = sorted({key.id for key in keys})
        acts = self._tables.acts
        found: dict[OrderKey, Item] = {}
        for at in range(0, len(ids), 5000):
            for row in self._connection.execute(select(*acts.c).where(acts.c.id.in_(ids[at : at + 5000]))):
                item = item_of(row, query)
                found[item.key] = item
        return found

    def get(self, ids: Sequence[str]) -> dict[str, Item]:
        """Acts by id that stand."""
        acts = self._tables.acts
        statement = select(*acts.c).where(acts.c.id.in_(sorted(set(ids))), ~acts.c.deleted)
        return {row.id: item_of(row, None) for row in self._connection.execute(statement)}

    def verbs(self) -> list[str]:
        """Every verb that was ever stored."""
        return sorted(self._connection.execute(select(self._tables.verbs.c.verb)).scalars())

    def standing(self, verb: str, actor: Entity, objects: Sequence[Entity]) -> set[Entity]:
        """For which of the objects the actor's act of this verb stands."""
        triples = {triple_of(verb, actor, end): end for end in objects}
        states = self._tables.states
        statement = select(states.c.triple).where(states.c.triple.in_(sorted(triples)), states.c.standing)
        return {triples[triple] for triple in self._connection.execute(statement).scalars()} if triples else set()

    # Links

    def links(
        self,
        *,
        follower: Entity | None = None,
        entity: Entity | None = None,
        kinds: Sequence[str],
        as_of: int,
        entities: Iterable[str] | None = None,
        followers: Iterable[str] | None = None,
        before: tuple[int, str] | None = None,
        size: int | None = None,
        others_only: bool = False,
    ) -> list[LinkRow]:
        """Links that stand, newest first."""
        table = self._tables.links
        other = table.c.entity if follower is not None else table.c.follower
        statement = select(*table.c).where(table.c.kind.in_(list(kinds)), Predicates._stands(table, as_of))
        if follower is not None:
            statement = statement.where(table.c.follower == follower.key)
        if entity is not None:
            statement = statement.where(table.c.entity == entity.key)
        if others_only:
            statement = statement.where(table.c.follower != table.c.entity)
        if entities is not None:
            statement = statement.where(table.c.entity.in_(sorted(set(entities))))
        if followers is not None:
            statement = statement.where(table.c.follower.in_(sorted(set(followers))))
        if before is not None:
            statement = statement.where(tuple_(table.c.since, other) < tuple_(literal(before[0]), literal(before[1])))
        statement = statement.order_by(table.c.since.desc(), other.desc(), table.c.kind, table.c.verbs)
        if size is not None:
            statement = statement.limit(size)
        return [_link_of(row) for row in self._connection.execute(statement)]

    def count_links(self, entity: Entity, kinds: Sequence[str], as_of: int) -> int:
        """How many others hold a link of these kinds to the entity."""
        table = self._tables.links
        statement = select(func.count(table.c.follower.distinct())).where(
            table.c.entity == entity.key,
            table.c.kind.in_(list(kinds)),
            table.c.follower != entity.key,
            Predicates._stands(table, as_of),
        )
        return int(self._connection.execute(statement).scalar_one())


def _direction(position: Any, identifier: Any, newest: bool) -> tuple[Any, Any]:
    return (position.desc(), identifier.desc()) if newest else (position.asc(), identifier.asc())


def _value(aggregate: Callable[[Any], Any], keys: Select[Any] | None) -> Any:
    """One value over the rows of a select, as a column."""
    assert keys is not None
    inner = keys.subquery()
    return select(aggregate(inner)).select_from(inner).scalar_subquery()


def _cells_table(names: list[str], cells: Sequence[Cell]) -> Any:
    columns: list[Any] = [column("n", Integer), column("since", BigInteger), column("until", BigInteger)]
    columns += [column(f"v{at}", key_type()) for at in range(len(names))]
    rows: list[tuple[Any, ...]] = []
    for number, cell in enumerate(cells):
        if [facet.value for facet, _ in cell.values] != names:
            raise ValueError("the parts of one question have the same facets")
        since = _EVER[0] if cell.since_ms is None else floor_position(cell.since_ms)
        until = _EVER[1] if cell.until_ms is None else floor_position(cell.until_ms)
        rows.append((number, since, until, *(value for _, value in cell.values)))
    return values(*columns, name="part").data(rows).cte("part")


def _order_keys(packed: Any) -> list[OrderKey]:
    if packed is None:
        return []
    pairs = json.loads(packed) if isinstance(packed, str) else packed
    return sorted((OrderKey(position, identifier) for position, identifier in pairs), reverse=True)


def item_of(row: Any, query: FeedQuery | None) -> Item:
    """The act of a row."""
    body = json.loads(row.body) if row.body else {}
    lone = query is not None and row.verb in query.ungrouped
    return Item(
        key=OrderKey(row.position, row.id),
        verb=row.verb,
        actor=Entity.from_key(row.actor),
        object=Entity.from_key(row.object),
        target=Entity.from_key(row.target) if row.target else None,
        origin=Entity.from_key(row.origin) if row.origin else None,
        about=tuple(map(Entity.from_key, body.get("about", ()))),
        audience=tuple(map(Entity.from_key, body.get("audience", ()))),
        visibility=row.visibility,
        gate=Entity.from_key(row.gate),
        words=tuple(body.get("words", ())),
        vector=tuple(body["vector"]) if body.get("vector") else None,
        extras=body.get("extras", {}),
        extra=body.get("extra"),
        first=OrderKey(row.first_position, row.first_id) if row.first_id else None,
        notice=row.lone if lone else row.notice,
    )


def _link_of(row: Any) -> LinkRow:
    return LinkRow(
        follower=Entity.from_key(row.follower),
        kind=row.kind,
        entity=Entity.from_key(row.entity),
        verbs=tuple(verb for verb in row.verbs.split(",") if verb),
        since=row.since,
        until=row.until,
        weight=row.weight,
        extra=json.loads(row.extra) if row.extra else None,
    )
