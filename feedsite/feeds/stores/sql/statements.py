"""The statements that read feeds, built once for each shape and kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Integer,
    Select,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    tuple_,
    union,
)

from feedsite.feeds.names import SITE_ALL
from feedsite.feeds.query import Facet
from feedsite.feeds.stores.sql.rules import Condition, Rules, name_value, names_value, number_value, stands
from feedsite.feeds.stores.sql.shape import Shape
from feedsite.feeds.stores.sql.sources import Arm, arms, scanned, scanned_upwards
from feedsite.feeds.stores.sql.tables import Tables, key_type

_KEPT = 2048


def _keys(
    rules: Rules,
    *facets: Facet,
    limit: str | None = "size",
    before: bool = False,
    after: bool = False,
    newest: bool | None = True,
    part: Any = None,
    along_time: bool = False,
) -> Select[Any] | None:
    """A select of `position, id` and facets, each act once; None: no acts.

    With a limit the first so many, newest (or oldest) first; `newest=None`: any so many. `along_time`: the acts of
    everybody in their order, each tried whether it is the feed's, not along what leads to them.
    """
    columns = [rules.facet(facet).label(facet.value) for facet in facets]
    selects = []
    for arm in arms(rules, before=before, after=after, part=part, along_time=along_time):
        one = arm.select(*columns) if part is None else arm.select(*columns).correlate(part)
        if limit is not None:
            one = one if newest is None else one.order_by(*direction(arm.position, arm.id, newest))
            one = one.limit(_whole(limit))
        selects.append(one)
    if len(selects) < 2:
        return selects[0] if selects else None
    # SQLite takes a limited select in a union only as a table of its own.
    merged = union(*[select(*one.subquery().c) for one in selects]).subquery()
    statement = select(*merged.c)
    if limit is None:
        return statement
    if newest is not None:
        statement = statement.order_by(*direction(merged.c.position, merged.c.id, newest))
    return statement.limit(_whole(limit))


def _whole(name: str) -> Any:
    return bindparam(name, type_=Integer)


def direction(position: Any, identifier: Any, newest: bool) -> tuple[Any, Any]:
    """The order of feeds, or its reverse."""
    return (position.desc(), identifier.desc()) if newest else (position.asc(), identifier.asc())


@lru_cache(maxsize=_KEPT)
def acts_in_order(tables: Tables, shape: Shape, newest: bool, bounded: bool) -> Select[Any] | None:
    """The acts of a feed in order, from a bound (`before_…` or `after_…`) on."""
    keys = _keys(Rules(tables, shape), before=bounded and newest, after=bounded and not newest, newest=newest)
    if keys is None:
        return None
    found, acts = keys.subquery("k"), tables.acts
    statement = select(*acts.c).join(found, and_(acts.c.position == found.c.position, acts.c.id == found.c.id))
    return statement.order_by(*direction(acts.c.position, acts.c.id, newest))


@lru_cache(maxsize=_KEPT)
def recent_acts(tables: Tables, shape: Shape, bounded: bool) -> Select[Any]:
    """The newest `size` acts of those whom the owner follows, among the newest `budget` of everybody."""
    return _of_arm(tables, scanned(Rules(tables, shape), before=bounded), newest=True)


@lru_cache(maxsize=_KEPT)
def early_acts(tables: Tables, shape: Shape, bounded: bool) -> Select[Any]:
    """The oldest `size` acts of a feed, from a bound (`after_…`) on, among the oldest `budget` of everybody."""
    return _of_arm(tables, scanned_upwards(Rules(tables, shape), after=bounded), newest=False)


def _of_arm(tables: Tables, arm: Arm, *, newest: bool) -> Select[Any]:
    """The first `size` acts of one arm, in order."""
    acts = tables.acts
    found = arm.select().order_by(*direction(arm.position, arm.id, newest)).limit(_whole("size")).subquery("k")
    statement = select(*acts.c).join(found, and_(acts.c.position == found.c.position, acts.c.id == found.c.id))
    return statement.order_by(*direction(acts.c.position, acts.c.id, newest))


@lru_cache(maxsize=_KEPT)
def values_in_order(tables: Tables, shape: Shape, facet: Facet, bounded: bool) -> Select[Any] | None:
    """The order keys of a feed and their values of a facet, newest first."""
    return _keys(Rules(tables, shape), facet, before=bounded)


@lru_cache(maxsize=_KEPT)
def counted(tables: Tables, shape: Shape, limit: bool) -> Select[Any] | None:
    """How many acts a feed has, to `size` with a limit."""
    keys = _keys(Rules(tables, shape), limit="size" if limit else None, newest=None)
    return None if keys is None else select(func.count()).select_from(keys.subquery())


@lru_cache(maxsize=_KEPT)
def counted_values(tables: Tables, shape: Shape, facet: Facet) -> Select[Any] | None:
    """How many values of a facet a feed has, to `size`."""
    keys = _keys(Rules(tables, shape), facet, limit=None)
    if keys is None:
        return None
    inner = keys.subquery()
    value = inner.c[facet.value]
    distinct = select(value).where(value.is_not(None)).distinct().limit(_whole("size")).subquery()
    return select(func.count()).select_from(distinct)


@dataclass(frozen=True)
class PartsAsked:
    """What is asked of parts: whether counts have a cap; whether counts, distinct actors and newest acts are."""

    cap: bool
    count: bool
    actors: bool
    newest: bool


@lru_cache(maxsize=_KEPT)
def parts(tables: Tables, shape: Shape, names: tuple[str, ...], dialect: str, asked: PartsAsked) -> Select[Any] | None:
    """For each part of a feed (the JSON text `parts`) its number, `[count, distinct actors]` and newest order keys.

    The cap is bound as `cap` and the number of newest keys as `size`; what is not asked for is 0 or an empty list.
    Actors are counted among the acts that are counted.
    """
    rules, part = Rules(tables, shape), _parts_table(names, dialect)
    if _keys(rules, part=part) is None:
        return None
    columns: list[Any] = [part.c.n, literal("[0, 0]"), literal("[]")]
    if asked.count:
        # Both numbers in one value: the acts of a part are gone through once.
        facets = (Facet.ACTOR,) if asked.actors else ()
        keys = _keys(
            rules, *facets, limit="cap" if asked.cap else None, newest=True if asked.actors else None, part=part
        )
        columns[1] = _value(lambda inner: _numbers(inner, asked.actors, dialect), keys)
    if asked.newest:
        columns[2] = _value(lambda inner: _key_list(inner, dialect), _keys(rules, part=part))
    return select(*columns).select_from(part).order_by(part.c.n)


@lru_cache(maxsize=_KEPT)
def few_parts(tables: Tables, shape: Shape, names: tuple[str, ...], dialect: str) -> Select[Any] | None:
    """For each part of a feed its number, and `[count, newest order keys]` of `cap` of its acts, whichever they are.

    Where there are fewer than that, these are all, and the `size` keys its newest.
    """
    part = _parts_table(names, dialect)
    keys = _keys(Rules(tables, shape), limit="cap", newest=None, part=part)
    if keys is None:
        return None
    some = keys.subquery()
    place = func.row_number().over(order_by=direction(some.c.position, some.c.id, True)).label("place")

    def of(inner: Any) -> Any:
        newest = _key_list(inner, dialect).filter(inner.c.place <= _whole("size"))
        return _json_list(dialect)(func.count(), newest)

    return select(part.c.n, _value(of, select(some.c.position, some.c.id, place))).order_by(part.c.n)


@lru_cache(maxsize=_KEPT)
def newest_of_busy_parts(tables: Tables, shape: Shape, names: tuple[str, ...], dialect: str) -> Select[Any]:
    """For each part of a feed its number and its `size` newest order keys: for parts where every few acts is one."""
    part = _parts_table(names, dialect)
    keys = _keys(Rules(tables, shape), part=part, along_time=True)
    return select(part.c.n, _value(lambda inner: _key_list(inner, dialect), keys)).order_by(part.c.n)


def _json_list(dialect: str) -> Callable[..., Any]:
    return func.json_array if dialect == "sqlite" else func.json_build_array


def _value(aggregate: Callable[[Any], Any], keys: Any) -> Any:
    """One value over the rows of a select, as a column."""
    inner = keys.subquery()
    return select(aggregate(inner)).select_from(inner).scalar_subquery()


def _numbers(inner: Any, actors: bool, dialect: str) -> Any:
    distinct = func.count(inner.c.actor.distinct()) if actors else literal(0)
    return _json_list(dialect)(func.count(), distinct)


def _key_list(inner: Any, dialect: str) -> Any:
    """Order keys as one JSON text: `[[position, id], ...]`."""
    if dialect == "sqlite":
        return func.json_group_array(func.json_array(inner.c.position, inner.c.id))
    return func.json_agg(func.json_build_array(inner.c.position, inner.c.id))


@lru_cache(maxsize=_KEPT)
def tallied(tables: Tables, shape: Shape, dialect: str, facet: Facet, kinds: tuple[str, ...]) -> Select[Any] | None:
    """The `size` values of a facet with the most acts, and how many each has; equal ones by value."""
    touched = facet is Facet.TOUCHED
    keys = _keys(Rules(tables, shape), *(() if touched else (facet,)), limit=None)
    if keys is None:
        return None
    inner = keys.subquery()
    rows: Any = _touched(tables, inner, dialect) if touched else select(inner.c[facet.value].label("value"))
    value = rows.subquery().c.value
    acts = func.count().label("acts")
    counted = select(value, acts).where(value.is_not(None)).group_by(value).order_by(acts.desc(), value)
    if kinds:
        counted = counted.where(or_(*(and_(value >= f"{kind}:", value < f"{kind};") for kind in kinds)))
    return counted.limit(_whole("size"))


@lru_cache(maxsize=_KEPT)
def distinct_in_parts(
    tables: Tables, shape: Shape, names: tuple[str, ...], dialect: str, facet: Facet
) -> Select[Any] | None:
    """For each part of a feed (the JSON text `parts`) its number, and how many values of a facet it has."""
    part = _parts_table(names, dialect)
    keys = _keys(Rules(tables, shape), facet, limit=None, part=part)
    if keys is None:
        return None
    number = _value(lambda inner: func.count(inner.c[facet.value].distinct()), keys)
    return select(part.c.n, number).select_from(part).order_by(part.c.n)


@lru_cache(maxsize=_KEPT)
def spread(tables: Tables, shape: Shape) -> Select[Any] | None:
    """How many acts a feed has in each slot of time that has any: slots of `step` positions, numbered from `origin`."""
    keys = _keys(Rules(tables, shape), limit=None)
    if keys is None:
        return None
    slot = ((keys.subquery().c.position - number_value("origin")) // number_value("step")).label("slot")
    return select(slot, func.count()).group_by(slot)


def _touched(tables: Tables, keys: Any, dialect: str) -> Any:
    """What each of some acts touches, once: read from the act itself, along the order of feeds.

    The table of touches is in the order of what is touched: a window of time would go through all of it.
    """
    acts = tables.acts.alias("m")
    of_act = keys.join(acts, and_(acts.c.position == keys.c.position, acts.c.id == keys.c.id))
    if dialect == "sqlite":
        about = func.json_each(acts.c.body, "$.about").table_valued("value", name="about", joins_implicitly=True)
    else:
        body = cast(acts.c.body, JSON).op("->")(literal_column("'about'"))
        about = func.json_array_elements_text(body).table_valued("value", name="about", joins_implicitly=True)
    ends = [acts.c.object, acts.c.target, acts.c.origin]
    selects = [select(acts.c.position, acts.c.id, end.label("value")).select_from(of_act) for end in ends]
    value = cast(about.c.value, key_type()).collate("C" if dialect != "sqlite" else "BINARY").label("value")
    return union(*selects, select(acts.c.position, acts.c.id, value).select_from(of_act, about))


def _parts_table(names: tuple[str, ...], dialect: str) -> Any:
    """The parts as a table: `[[n, since, until, value, ...], ...]`."""
    fields: list[Any]
    columns: list[Any]
    if dialect == "sqlite":
        rows = func.json_each(bindparam("parts")).table_valued("value", name="rows")
        fields = [func.json_extract(rows.c.value, f"$[{at}]") for at in range(3 + len(names))]
        columns = [field.label(name) for field, name in zip(fields, ("n", "since", "until", *names), strict=True)]
    else:
        array = func.json_array_elements(cast(bindparam("parts"), JSON)).table_valued("value", name="rows")
        fields = [array.c.value.op("->>")(literal_column(str(at))) for at in range(3 + len(names))]
        columns = [
            cast(field, BigInteger).label(name) for field, name in zip(fields, ("n", "since", "until"), strict=False)
        ]
        columns += [
            cast(field, key_type()).collate("C").label(name) for field, name in zip(fields[3:], names, strict=True)
        ]
    return select(*columns).cte("part")


@lru_cache(maxsize=16)
def sight_of(tables: Tables) -> Select[Any]:
    """Which rules are in use for `owner` and `viewer`: the fields of a Sight."""
    links = tables.links
    owner, viewer, everybody = name_value("owner"), name_value("viewer"), literal(SITE_ALL, key_type())
    word = and_(links.c.entity >= "word:", links.c.entity < "word;")

    def any_link(*conditions: Condition) -> Any:
        return exists(select(literal(1)).select_from(links).where(*conditions, stands(links)))

    def held(holder: Any, kind: str, *conditions: Condition) -> Any:
        return any_link(links.c.follower == holder, links.c.kind == kind, *conditions)

    return select(
        held(owner, "follow").label("follows"),
        held(owner, "watch").label("watches"),
        held(viewer, "mute", not_(word)).label("mutes"),
        held(viewer, "mute", word).label("words"),
        or_(held(viewer, "block"), any_link(links.c.entity == viewer, links.c.kind == "block")).label("blocks"),
        held(everybody, "mute", not_(word)).label("site_mutes"),
        held(everybody, "mute", word).label("site_words"),
        held(everybody, "limit").label("site_limits"),
    )


@dataclass(frozen=True)
class LinksAsked:
    """Which links are asked for: which of the arguments of `FeedReader.links` there are."""

    follower: bool
    entity: bool
    kinds: tuple[str, ...]
    entities: bool
    followers: bool
    before: bool
    size: bool
    others_only: bool


def links(tables: Tables, asked: LinksAsked) -> Select[Any]:
    """Links that stand, newest first: all columns."""
    table = tables.links
    other = table.c.entity if asked.follower else table.c.follower
    statement = select(*table.c).where(table.c.kind.in_(literal(kind, key_type()) for kind in asked.kinds))
    statement = statement.where(stands(table))
    if asked.follower:
        statement = statement.where(table.c.follower == name_value("follower"))
    if asked.entity:
        statement = statement.where(table.c.entity == name_value("entity"))
    if asked.others_only:
        statement = statement.where(table.c.follower != table.c.entity)
    if asked.entities:
        statement = statement.where(table.c.entity.in_(names_value("entities")))
    if asked.followers:
        statement = statement.where(table.c.follower.in_(names_value("followers")))
    if asked.before:
        edge = tuple_(number_value("before_since"), name_value("before_other"))
        same = and_(table.c.since == number_value("before_since"), other == name_value("before_other"))
        rest = tuple_(table.c.kind, table.c.verbs) > tuple_(name_value("before_kind"), name_value("before_verbs"))
        statement = statement.where(or_(tuple_(table.c.since, other) < edge, and_(same, rest)))
    statement = statement.order_by(table.c.since.desc(), other.desc(), table.c.kind, table.c.verbs)
    return statement.limit(_whole("size")) if asked.size else statement


@lru_cache(maxsize=64)
def followed_by(tables: Tables, several: int) -> Any:
    """Whom each of `several` bound followers follows, at most `each` of everybody's: entity and follower."""
    pieces = []
    for at in range(several):
        table = tables.links.alias()
        mine = select(table.c.entity, table.c.follower).where(
            table.c.follower == name_value(f"follower{at}"),
            table.c.kind == literal("follow", key_type()),
            table.c.entity != table.c.follower,
            stands(table),
        )
        piece = mine.order_by(table.c.entity, table.c.verbs).limit(_whole("each")).subquery()
        pieces.append(select(piece.c.entity, piece.c.follower))
    return union(*pieces)


@lru_cache(maxsize=16)
def acts_by_id(tables: Tables) -> Select[Any]:
    """The acts with the bound `ids`, tombstones among them."""
    return select(*tables.acts.c).where(tables.acts.c.id.in_(names_value("ids")))
