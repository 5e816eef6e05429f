"""Where the acts of a feed are reached: the ways (arms) to them, each along an index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
)

from feedsite.feeds.query import Facet, Scope
from feedsite.feeds.stores.sql.rules import MILLISECOND, Condition, Rules, name_value, names_value, number_value, stands

_BY_TOUCH = (Facet.TOUCHED.value, Facet.OBJECT.value, Facet.TARGET.value, Facet.ORIGIN.value)


@dataclass(frozen=True)
class Arm:
    """One way to reach acts.

    Args:
        source: what to select from.
        conditions: what makes a row one of the feed's.
        position, id: the columns of the order key, along an index of the source where it has one.
        repeats: whether an act may be reached more than once.
    """

    source: Any
    conditions: tuple[Condition, ...]
    position: ColumnElement[int]
    id: ColumnElement[str]
    repeats: bool = False

    def select(self, *columns: ColumnElement[Any]) -> Select[Any]:
        """The arm's rows with these columns, each act once."""
        statement = select(self.position.label("position"), self.id.label("id"), *columns)
        statement = statement.select_from(self.source).where(*self.conditions)
        return statement.distinct() if self.repeats else statement


def arms(
    rules: Rules, *, before: bool = False, after: bool = False, part: Any = None, along_time: bool = False
) -> list[Arm]:
    """The ways to the acts of a feed; an act may be reached by several.

    Args:
        rules: the rules of the feed's shape.
        before, after: whether there is a bound, exclusive, that way.
        part: a table of parts, whose columns the acts agree with: `since`, `until`, and facets by name.
        along_time: one way, through the acts of everybody: whether one comes from where the feed's do is a test.
    """
    names = [] if part is None else [column.name for column in part.c if column.name not in ("n", "since", "until")]
    made = []
    a = rules.acts
    through_all = [Arm(a, tuple(_in_scope(rules)), a.c.position, a.c.id)] if along_time else []
    for arm in through_all or _inside(rules, part, names) or _sources(rules):
        conditions = [*arm.conditions, *_bounds(rules, arm, before, after)]
        if part is not None:
            conditions += [arm.position >= part.c.since, arm.position < part.c.until]
            conditions += [rules.facet(Facet(name)) == part.c[name] for name in names if name != Facet.TOUCHED.value]
        made.append(Arm(arm.source, (*conditions, *rules.conditions()), arm.position, arm.id, arm.repeats))
    return made


def scanned(rules: Rules, *, before: bool) -> Arm:
    """The way to what the followed do through the newest `budget` acts of everybody, with the links as a test."""
    a = rules.acts
    arm = Arm(a, (), a.c.position, a.c.id)
    within = arm.position > _edge(rules, before=before)
    conditions = (*_bounds(rules, arm, before, False), within, follow_fits(rules), *rules.conditions())
    return Arm(a, conditions, a.c.position, a.c.id)


def scanned_upwards(rules: Rules, *, after: bool) -> Arm:
    """The way to the acts of a feed through the oldest `budget` acts of everybody, each tried whether it is one."""
    a = rules.acts
    arm = Arm(a, tuple(_in_scope(rules)), a.c.position, a.c.id)
    within = arm.position < _edge(rules, after=after, newest=False)
    conditions = (*arm.conditions, *_bounds(rules, arm, False, after), within, *rules.conditions())
    return Arm(a, conditions, a.c.position, a.c.id)


def _edge(rules: Rules, *, before: bool = False, after: bool = False, newest: bool = True) -> Any:
    """The position at which the first `budget` acts of everybody end."""
    every = rules.tables.acts.alias("e")
    all_acts = Arm(every, (), every.c.position, every.c.id)
    first = select(every.c.position).where(*_bounds(rules, all_acts, before, after))
    order = (every.c.position.desc(), every.c.id.desc()) if newest else (every.c.position, every.c.id)
    last = first.order_by(*order).offset(bindparam("budget", type_=Integer)).limit(1).scalar_subquery()
    # Where there are fewer acts than that, the scan reaches the last one.
    return func.coalesce(last, -(2**63) if newest else 2**63 - 1)


def _bounds(rules: Rules, arm: Arm, before: bool, after: bool) -> list[Condition]:
    key, shape = tuple_(arm.position, arm.id), rules.shape
    conditions: list[Condition] = []
    if before:
        conditions.append(key < tuple_(number_value("before_position"), name_value("before_id")))
    if after:
        conditions.append(key > tuple_(number_value("after_position"), name_value("after_id")))
    if shape.since:
        conditions.append(arm.position >= number_value("since"))
    if shape.until:
        conditions.append(arm.position < number_value("until"))
    if shape.bounded:
        conditions.append(arm.position > number_value("bound"))
    return conditions


def _inside(rules: Rules, part: Any, names: list[str]) -> list[Arm]:
    """The way to a part that says what its acts touch or who did them: along that, and the feed's scope as a test."""
    a = rules.acts
    for name in _BY_TOUCH:
        if name in names:
            touched = _joined(rules, rules.tables.touches.alias("t"))
            conditions = (touched.source.left.c.entity == part.c[name], *_in_scope(rules))
            return [Arm(touched.source, conditions, touched.position, touched.id)]
    if Facet.ACTOR.value in names:
        return [Arm(a, tuple(_in_scope(rules)), a.c.position, a.c.id)]
    return []


def _in_scope(rules: Rules) -> list[Condition]:
    """Whether an act comes from where the feed's acts come from, as a test of the act."""
    scope, tables, sight = rules.shape.scope, rules.tables, rules.shape.sight
    if not rules.shape.owner or scope is Scope.EVERYBODY:
        return []
    if scope is Scope.ACTOR:
        return [rules.acts.c.actor == name_value("owner")]
    if scope is Scope.THING:
        return [rules.names(tables.touches, "owner")]
    found: list[Condition] = []
    if scope in (Scope.CONCERNS, Scope.NAMED):
        found.append(and_(rules.names(tables.audience, "owner"), *_as_audience(rules)))
    if sight.follows and scope is Scope.NETWORK:
        found.append(follow_fits(rules))
    if sight.watches and scope is not Scope.NAMED:
        watch = _watched(rules)
        inner = [*watch.conditions, rules.of_act(watch.source.left.right)]
        found.append(exists(select(literal(1)).select_from(watch.source.left).where(*inner)))
    return [or_(*found)] if found else [literal(0) == 1]


def _sources(rules: Rules) -> list[Arm]:
    a, scope, sight = rules.acts, rules.shape.scope, rules.shape.sight
    if scope is Scope.EVERYBODY:
        return [_saying(rules) if rules.shape.words else Arm(a, (), a.c.position, a.c.id)]
    if scope is Scope.ACTOR:
        return [Arm(a, (a.c.actor == name_value("owner"),), a.c.position, a.c.id)]
    if scope is Scope.THING:
        return [_touching(rules)]
    found = []
    if scope in (Scope.CONCERNS, Scope.NAMED):
        named = _owned(_joined(rules, rules.tables.audience.alias("u")))
        found.append(Arm(named.source, (*named.conditions, *_as_audience(rules)), named.position, named.id))
    elif sight.follows:
        found.append(_followed(rules))
    if sight.watches and scope is not Scope.NAMED:
        found.append(_watched(rules))
    return found


def _joined(rules: Rules, table: Any) -> Arm:
    return Arm(table.join(rules.acts, rules.of_act(table)), (), table.c.position, table.c.id)


def _touching(rules: Rules) -> Arm:
    """The way to what touches the owner; a feed of things without an owner says which by its filter."""
    arm = _joined(rules, rules.tables.touches.alias("t"))
    if rules.shape.owner:
        return _owned(arm)
    if Facet.TOUCHED not in rules.shape.where:
        return Arm(rules.acts, (), rules.acts.c.position, rules.acts.c.id)
    one_of = arm.source.left.c.entity.in_(names_value(f"where_{Facet.TOUCHED.value}"))
    return Arm(arm.source, (one_of,), arm.position, arm.id, repeats=True)


def _saying(rules: Rules) -> Arm:
    """The way to acts by the first of the words that their text has to have."""
    arm = _joined(rules, rules.tables.words.alias("s"))
    return Arm(arm.source, (arm.source.left.c.word == name_value("word0"),), arm.position, arm.id)


def _owned(arm: Arm) -> Arm:
    return Arm(arm.source, (arm.source.left.c.entity == name_value("owner"),), arm.position, arm.id)


def _followed(rules: Rules) -> Arm:
    a, links = rules.acts, rules.tables.links.alias("f")
    mine = and_(
        links.c.follower == name_value("owner"), links.c.kind == "follow", stands(links), *rules.weighs(links.c.weight)
    )
    # The list reaches acts by the index of actors; since and verbs are then a look-up of the link.
    followed = a.c.actor.in_(select(links.c.entity).where(mine))
    return Arm(a, (followed, follow_fits(rules)), a.c.position, a.c.id)


def _as_audience(rules: Rules) -> list[Condition]:
    """Whether an audience, which counts as a link of weight 1, is among the weights asked for."""
    return rules.weighs(literal(1.0, Float))


def follow_fits(rules: Rules) -> Condition:
    """Whether the owner follows the act's actor, for its verb, and since before it."""
    a, links = rules.acts, rules.tables.links.alias("g")
    fits = [links.c.follower == name_value("owner"), links.c.kind == "follow", links.c.entity == a.c.actor]
    fits += [stands(links), rules.verbs_fit(links), *rules.weighs(links.c.weight)]
    if not rules.shape.history:
        fits.append(a.c.position >= links.c.since * literal(MILLISECOND))
    return exists(select(literal(1)).select_from(links).where(*fits))


def _watched(rules: Rules) -> Arm:
    links, touches = rules.tables.links.alias("w"), rules.tables.touches.alias("t")
    touched = links.join(touches, touches.c.entity == links.c.entity)
    conditions = [links.c.follower == name_value("owner"), links.c.kind == "watch", stands(links)]
    conditions += [rules.verbs_fit(links), *rules.weighs(links.c.weight)]
    # What concerns somebody begins with the watch; a timeline may ask for what was before.
    if not rules.shape.history or rules.shape.scope is Scope.CONCERNS:
        conditions.append(touches.c.position >= links.c.since * literal(MILLISECOND))
    source = touched.join(rules.acts, rules.of_act(touches))
    return Arm(source, tuple(conditions), touches.c.position, touches.c.id, repeats=True)
