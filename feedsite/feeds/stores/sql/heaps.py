"""The statements of the merge: which sources can be on a page, and their acts in order, newest first."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    column,
    exists,
    func,
    literal,
    literal_column,
    select,
    text,
    tuple_,
)

from feedsite.feeds.stores.sql.bounds import ACTS
from feedsite.feeds.stores.sql.rules import MILLISECOND, Condition, Rules, name_value, stands
from feedsite.feeds.stores.sql.shape import Shape
from feedsite.feeds.stores.sql.sources import follow_fits
from feedsite.feeds.stores.sql.tables import Tables, key_type

KINDS = {ACTS: "follow", "touched": "watch"}
"""Which kind of link leads to what an entity does, and to what touches it."""


@lru_cache(maxsize=16)
def sources(tables: Tables, role: str) -> Select[Any]:
    """The `wanted` sources of `owner` with the highest bounds: entity, bound (None: no acts), since of the link."""
    links, bounds = tables.links, tables.bounds
    # A value, not a join: a database that joined might read the bounds of everybody.
    known = select(bounds.c.position).where(bounds.c.role == role, bounds.c.entity == links.c.entity)
    bound = known.scalar_subquery().label("bound")
    statement = select(links.c.entity, bound, links.c.since).where(
        links.c.follower == name_value("owner"), links.c.kind == KINDS[role], stands(links)
    )
    return statement.order_by(bound.desc().nulls_last()).limit(bindparam("wanted", type_=Integer))


@lru_cache(maxsize=16)
def recent_sources(tables: Tables) -> Select[Any]:
    """The same among the `budget` entities that acted last, of those whom the owner follows: for who follows many."""
    links, bounds = tables.links, tables.bounds
    every = bounds.alias("e")
    edge = select(every.c.position).where(every.c.role == ACTS).order_by(every.c.position.desc())
    edge_value = func.coalesce(edge.offset(bindparam("budget", type_=Integer)).limit(1).scalar_subquery(), -(2**63))
    mine = [links.c.follower == name_value("owner"), links.c.kind == "follow", links.c.entity == bounds.c.entity]
    followed = exists(select(literal(1)).select_from(links).where(*mine, stands(links)).offset(literal_column("0")))
    statement = select(bounds.c.entity, bounds.c.position, literal(-(2**43), BigInteger))
    statement = statement.where(bounds.c.role == ACTS, bounds.c.position > edge_value, followed)
    return statement.order_by(bounds.c.position.desc()).limit(bindparam("wanted", type_=Integer))


@lru_cache(maxsize=16)
def followed(tables: Tables) -> Select[Any]:
    """How many the owner follows, counted to `cap`."""
    links = tables.links
    mine = [links.c.follower == name_value("owner"), links.c.kind == "follow", stands(links)]
    capped = select(literal(1)).select_from(links).where(*mine).limit(bindparam("cap", type_=Integer))
    return select(func.count()).select_from(capped.subquery())


# A heap inside the database. `sources` has for each source: entity, the order key that its acts are older than, and the
# lowest position that counts. The source on top gives its next act, and goes back among the others.
_SQLITE = """
SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
       json_extract(value, '$[3]'), 0
FROM json_each(:sources)
UNION ALL
SELECT h.entity, n.position, n.id, h.least, 1
FROM heap AS h CROSS JOIN "{table}" AS n ON n.{entity} = h.entity AND (n.position, n.id) = (
  SELECT x.position, x.id FROM "{table}" AS x
  WHERE x.{entity} = h.entity AND (x.position, x.id) < (h.position, h.id) AND x.position >= h.least
  ORDER BY x.position DESC, x.id DESC LIMIT 1)
ORDER BY 2 DESC, 3 DESC LIMIT :steps
"""
# PostgreSQL has no heap of that kind: each source gives as many acts as could be wanted of it alone.
_POSTGRESQL = """
SELECT x.entity, x.position, x.id, x.least, 1 AS real
FROM json_array_elements(CAST(:sources AS JSON)) AS s(value) CROSS JOIN LATERAL (
  SELECT CAST(s.value ->> 0 AS VARCHAR) AS entity, n.position, n.id, CAST(0 AS BIGINT) AS least FROM "{table}" AS n
  WHERE n.{entity} = (s.value ->> 0) COLLATE "C"
    AND (n.position, n.id) < (CAST(s.value ->> 1 AS BIGINT), (s.value ->> 2) COLLATE "C")
    AND n.position >= CAST(s.value ->> 3 AS BIGINT)
  ORDER BY n.position DESC, n.id DESC LIMIT :steps) AS x
ORDER BY x.position DESC, x.id DESC LIMIT :steps
"""


def merged(tables: Tables, shape: Shape, role: str, dialect: str) -> Select[Any]:
    """The newest acts of some sources, in order: all columns of acts, and whether the act is the feed's (`fits`).

    Bound are `sources` (JSON) and `steps`: how many acts, on SQLite with one for each source besides.
    """
    rules = Rules(tables, shape)
    a = rules.acts
    table, entity = (tables.acts, "actor") if role == ACTS else (tables.touches, "entity")
    body = _SQLITE if dialect == "sqlite" else _POSTGRESQL
    textual = text(body.format(table=table.name, entity=entity)).bindparams(bindparam("steps", type_=Integer))
    columns: list[ColumnElement[Any]] = [
        column("entity", key_type()),
        column("position", BigInteger),
        column("id", key_type()),
        column("least", BigInteger),
        column("real", Integer),
    ]
    heap: Any = textual.columns(*columns).cte("heap", recursive=True)
    found = follow_fits(rules) if role == ACTS else _watch_fits(rules, heap.c.entity)
    fits = and_(found, *rules.conditions()).label("fits")
    source = heap.join(a, tuple_(a.c.position, a.c.id) == tuple_(heap.c.position, heap.c.id))
    statement = select(*a.c, fits).select_from(source).where(heap.c.real == literal_column("1"))
    return statement.order_by(heap.c.position.desc(), heap.c.id.desc())


def _watch_fits(rules: Rules, entity: Any) -> Condition:
    """Whether the owner watches an entity that the act touches, for its verb, and since before it."""
    a, links = rules.acts, rules.tables.links.alias("w")
    fits = [links.c.follower == name_value("owner"), links.c.kind == "watch", links.c.entity == entity]
    fits += [stands(links), rules.verbs_fit(links)]
    if not rules.shape.history:
        fits.append(a.c.position >= links.c.since * literal(MILLISECOND))
    return exists(select(literal(1)).select_from(links).where(*fits))
