"""Which acts a feed has and its viewer may see, as SQL conditions: the rules of feeds.md, one function a rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    tuple_,
)

from feedsite.feeds.names import SITE_ALL
from feedsite.feeds.order import TIE_BITS, OrderKey, floor_position
from feedsite.feeds.query import Facet, FeedQuery, Freshness, Marker, Scope
from feedsite.feeds.stores.sql.tables import Tables

Condition = ColumnElement[bool]
_WORD = "word:"
_MILLISECOND = 1 << TIE_BITS


@dataclass(frozen=True)
class Sight:
    """What there is to consider for one owner and one viewer: a rule that nobody uses costs nothing.

    follows, watches: the owner's links; mutes, words, blocks: the viewer's (blocks in both directions);
    site_mutes, site_words, site_limits: everybody's.
    """

    follows: bool
    watches: bool
    mutes: bool
    words: bool
    blocks: bool
    site_mutes: bool
    site_words: bool
    site_limits: bool


@dataclass(frozen=True)
class Arm:
    """One way to reach acts: a select whose rows are in the order of `position` and `id` where an index helps."""

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


class Predicates:
    """Compiles feed queries to arms over one store's tables."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self.acts = tables.acts.alias("a")

    # What there is to consider

    def sight(self, connection: Connection, query: FeedQuery) -> Sight:
        """One statement that tells which rules are in use."""
        links, now = self._tables.links, query.as_of
        owner = query.owner.key if query.owner else ""
        viewer = query.viewer.key if query.viewer else ""

        def any_link(*conditions: Condition) -> ColumnElement[bool]:
            return exists(select(literal(1)).select_from(links).where(*conditions, self._stands(links, now)))

        def held(holder: str, kind: str, *conditions: Condition) -> ColumnElement[bool]:
            return any_link(links.c.follower == holder, links.c.kind == kind, *conditions)

        word = and_(links.c.entity >= _WORD, links.c.entity < "word;")
        row = connection.execute(
            select(
                held(owner, "follow"),
                held(owner, "watch"),
                held(viewer, "mute", not_(word)),
                held(viewer, "mute", word),
                or_(held(viewer, "block"), any_link(links.c.entity == viewer, links.c.kind == "block")),
                held(SITE_ALL, "mute", not_(word)),
                held(SITE_ALL, "mute", word),
                held(SITE_ALL, "limit"),
            )
        ).one()
        return Sight(*map(bool, row))

    @staticmethod
    def _stands(links: Any, now: int) -> Condition:
        return and_(not_(links.c.deleted), or_(links.c.until.is_(None), links.c.until > now))

    # Where acts come from

    def arms(
        self,
        query: FeedQuery,
        sight: Sight,
        *,
        before: OrderKey | None = None,
        after: OrderKey | None = None,
        inside: Iterable[tuple[str, Any]] = (),
    ) -> list[Arm]:
        """The ways to reach the acts of a feed; an act may be reached by several arms.

        Args:
            before, after: bounds, both exclusive.
            inside: pairs of a facet's name, `since` or `until`, and a column that the act must agree with.
        """
        made = []
        for arm in self._sources(query, sight):
            bounds = list(_range(arm, query, before, after))
            for name, column in inside:
                bounds.append(self._inside(arm, query, name, column))
            made.append(
                Arm(
                    arm.source,
                    (*arm.conditions, *bounds, *self._rules(query, sight)),
                    arm.position,
                    arm.id,
                    arm.repeats,
                )
            )
        return made

    def _sources(self, query: FeedQuery, sight: Sight) -> list[Arm]:
        a = self.acts
        owner = query.owner.key if query.owner else ""
        if query.scope is Scope.EVERYBODY:
            return [Arm(a, (), a.c.position, a.c.id)]
        if query.scope is Scope.ACTOR:
            return [Arm(a, (a.c.actor == owner,), a.c.position, a.c.id)]
        if query.scope is Scope.THING:
            touched = self._joined(self._tables.touches.alias("t"), owner)
            return [touched if query.owner else Arm(touched.source, (), touched.position, touched.id)]
        arms = []
        if query.scope is Scope.CONCERNS:
            arms.append(self._joined(self._tables.audience.alias("u"), owner))
        elif sight.follows:
            arms.append(self._followed(owner, query))
        if sight.watches:
            arms.append(self._watched(owner, query))
        return arms

    def _joined(self, table: Any, entity: str) -> Arm:
        a = self.acts
        source = table.join(a, and_(a.c.position == table.c.position, a.c.id == table.c.id))
        return Arm(source, (table.c.entity == entity,), table.c.position, table.c.id)

    def _followed(self, owner: str, query: FeedQuery) -> Arm:
        a, links = self.acts, self._tables.links.alias("f")
        mine = and_(links.c.follower == owner, links.c.kind == "follow", self._stands(links, query.as_of))
        # The list reaches acts by the index of actors; since and verbs are then a look-up of the link.
        followed = a.c.actor.in_(select(links.c.entity).where(mine))
        one = self._tables.links.alias("g")
        fits = [one.c.follower == owner, one.c.kind == "follow", one.c.entity == a.c.actor]
        fits += [self._stands(one, query.as_of), self._verbs_fit(one)]
        if not query.history:
            fits.append(a.c.position >= one.c.since * _MILLISECOND)
        return Arm(a, (followed, exists(select(literal(1)).select_from(one).where(*fits))), a.c.position, a.c.id)

    def _watched(self, owner: str, query: FeedQuery) -> Arm:
        a, links, touches = self.acts, self._tables.links.alias("w"), self._tables.touches.alias("t")
        source = links.join(touches, touches.c.entity == links.c.entity).join(
            a, and_(a.c.position == touches.c.position, a.c.id == touches.c.id)
        )
        conditions = [links.c.follower == owner, links.c.kind == "watch", self._stands(links, query.as_of)]
        conditions.append(self._verbs_fit(links))
        # What concerns somebody begins with the watch; a timeline may ask for what was before.
        if not query.history or query.scope is Scope.CONCERNS:
            conditions.append(touches.c.position >= links.c.since * _MILLISECOND)
        return Arm(source, tuple(conditions), touches.c.position, touches.c.id, repeats=True)

    def _verbs_fit(self, links: Any) -> Condition:
        return or_(links.c.verbs == "", links.c.verbs.contains(literal(",") + self.acts.c.verb + ","))

    # What holds wherever an act comes from

    def _rules(self, query: FeedQuery, sight: Sight) -> list[Condition]:
        a = self.acts
        conditions: list[Condition] = [not_(a.c.deleted)]
        # Only an act that was stored before its instant is of the future; a clock that was set back hides nothing.
        conditions.append(
            or_(a.c.position < floor_position(query.as_of + 1), a.c.position < (a.c.arrived + 1) * _MILLISECOND)
        )
        conditions += self._filters(query)
        own = a.c.actor == query.viewer.key if query.viewer else false()
        conditions.append(self._readable(query))
        subtracted = [a.c.hidden, *self._subtractions(query, sight)]
        conditions.append(or_(own, not_(or_(*subtracted))))
        return conditions

    def _filters(self, query: FeedQuery) -> list[Condition]:
        a = self.acts
        conditions: list[Condition] = [self.facet(facet, query).in_(values) for facet, values in query.where.items()]
        for facet, values in query.without.items():
            column = self.facet(facet, query)
            conditions.append(or_(column.is_(None), column.not_in(values)))
        if query.touching:
            touches = self._tables.touches.alias("x")
            named = and_(touches.c.entity.in_(query.touching), touches.c.position == a.c.position)
            conditions.append(exists(select(literal(1)).select_from(touches).where(named, touches.c.id == a.c.id)))
        if query.ids:
            conditions.append(a.c.id.in_(query.ids))
        if query.others_only and query.owner:
            conditions.append(a.c.actor != query.owner.key)
        if query.freshness is not None:
            conditions += self._fresh(query, query.freshness)
        return conditions

    def facet(self, facet: Facet, query: FeedQuery) -> ColumnElement[str]:
        """The column of a facet."""
        a = self.acts
        if facet is not Facet.NOTICE:
            column: ColumnElement[str] = a.c[facet.value]
            return column
        if not query.ungrouped:
            notice: ColumnElement[str] = a.c.notice
            return notice
        return case((a.c.verb.in_(query.ungrouped), a.c.lone), else_=a.c.notice)

    def _inside(self, arm: Arm, query: FeedQuery, name: str, column: Any) -> Condition:
        if name == "since":
            return arm.position >= column
        if name == "until":
            return arm.position < column
        if name == Facet.TOUCHED.value:
            touched: Condition = arm.source.left.c.entity == column
            return touched
        return self.facet(Facet(name), query) == column

    def _fresh(self, query: FeedQuery, fresh: Freshness) -> list[Condition]:
        a = self.acts
        position = func.coalesce(a.c.first_position, a.c.position)
        identifier = func.coalesce(a.c.first_id, a.c.id)

        def covered(marker: Marker | None) -> Condition:
            if marker is None:
                return false()
            by_id = identifier.in_(sorted(marker.ids)) if marker.ids else false()
            return or_(position <= marker.position, by_id)

        read: Condition = covered(fresh.read)
        if fresh.states:
            notice = self.facet(Facet.NOTICE, query)
            cases = [
                (notice == key, case((covered(marker), 1), else_=0)) for key, marker in sorted(fresh.states.items())
            ]
            read = case(*cases, else_=case((covered(fresh.read), 1), else_=0)) == 1
        if not fresh.new:
            return [read]
        conditions = [not_(read)]
        if fresh.seen is not None:
            conditions.append(not_(covered(fresh.seen)))
        return conditions

    # Who may see it

    def _readable(self, query: FeedQuery) -> Condition:
        a = self.acts
        public = a.c.visibility == "public"
        if query.viewer is None:
            return public
        viewer = query.viewer.key
        names = self._tables.audience.alias("v")
        named = exists(
            select(literal(1))
            .select_from(names)
            .where(names.c.entity == viewer, names.c.position == a.c.position, names.c.id == a.c.id)
        )
        gate = and_(
            a.c.visibility == "followers",
            or_(a.c.gate == viewer, self._linked(viewer, "follow", a.c.gate, query.as_of)),
        )
        return or_(public, a.c.actor == viewer, named, gate)

    def _linked(
        self, holder: str, kind: str, entity: ColumnElement[str], now: int, *, verbs: bool = False
    ) -> Condition:
        links = self._tables.links.alias()
        conditions = [links.c.follower == holder, links.c.kind == kind, links.c.entity == entity]
        conditions.append(self._stands(links, now))
        if verbs:
            conditions.append(self._verbs_fit(links))
        return exists(select(literal(1)).select_from(links).where(*conditions))

    def _subtractions(self, query: FeedQuery, sight: Sight) -> list[Condition]:
        found: list[Condition] = []
        viewer = query.viewer.key if query.viewer else ""
        for holder, muted, worded in (
            (viewer, sight.mutes, sight.words),
            (SITE_ALL, sight.site_mutes, sight.site_words),
        ):
            if muted:
                found += self._held_against(holder, "mute", query)
            if worded:
                found.append(self._words(holder, query))
        if sight.blocks:
            found += self._held_against(viewer, "block", query)
            found += self._blocks_viewer(viewer, query)
        if sight.site_limits:
            found += self._limited(viewer, query)
        return found

    def _touching_link(self, conditions: Any, *more: Any) -> Condition:
        """Whether the act touches the entity of a link; `conditions` makes the link's from its alias."""
        links, touches = self._tables.links.alias(), self._tables.touches.alias()
        end = conditions(links)
        here = and_(touches.c.entity == end, touches.c.position == self.acts.c.position, touches.c.id == self.acts.c.id)
        wheres = [condition(links) for condition in more]
        return exists(select(literal(1)).select_from(links.join(touches, here)).where(*wheres))

    def _held_against(self, holder: str, kind: str, query: FeedQuery) -> list[Condition]:
        """What the entities of a holder's links do, and what touches them."""
        now = query.as_of
        by_actor = self._linked(holder, kind, self.acts.c.actor, now, verbs=True)
        by_touch = self._touching_link(
            lambda links: links.c.entity,
            lambda links: and_(links.c.follower == holder, links.c.kind == kind),
            lambda links: and_(self._stands(links, now), self._verbs_fit(links)),
        )
        return [by_actor, by_touch]

    def _blocks_viewer(self, viewer: str, query: FeedQuery) -> list[Condition]:
        """What those who block the viewer do, and what touches them."""
        now = query.as_of
        links = self._tables.links.alias()
        mine = [links.c.entity == viewer, links.c.kind == "block", links.c.follower == self.acts.c.actor]
        by_actor = exists(
            select(literal(1)).select_from(links).where(*mine, self._stands(links, now), self._verbs_fit(links))
        )
        by_touch = self._touching_link(
            lambda links: links.c.follower,
            lambda links: and_(links.c.entity == viewer, links.c.kind == "block"),
            lambda links: and_(self._stands(links, now), self._verbs_fit(links)),
        )
        return [by_actor, by_touch]

    def _limited(self, viewer: str, query: FeedQuery) -> list[Condition]:
        """What limited entities do and what touches them, for a viewer who does not follow them."""
        now, a = query.as_of, self.acts
        by_actor = and_(
            self._linked(SITE_ALL, "limit", a.c.actor, now, verbs=True),
            not_(self._linked(viewer, "follow", a.c.actor, now)),
        )
        by_touch = self._touching_link(
            lambda links: links.c.entity,
            lambda links: and_(links.c.follower == SITE_ALL, links.c.kind == "limit", links.c.entity != viewer),
            lambda links: and_(self._stands(links, now), self._verbs_fit(links)),
            lambda links: not_(self._linked(viewer, "follow", links.c.entity, now)),
        )
        return [by_actor, by_touch]

    def _words(self, holder: str, query: FeedQuery) -> Condition:
        links, words = self._tables.links.alias(), self._tables.words.alias()
        here = and_(
            links.c.entity == literal(_WORD) + words.c.word,
            words.c.position == self.acts.c.position,
            words.c.id == self.acts.c.id,
        )
        mine = and_(links.c.follower == holder, links.c.kind == "mute", self._stands(links, query.as_of))
        return exists(select(literal(1)).select_from(links.join(words, here)).where(mine, self._verbs_fit(links)))


def _range(arm: Arm, query: FeedQuery, before: OrderKey | None, after: OrderKey | None) -> Iterable[Condition]:
    key = tuple_(arm.position, arm.id)
    if before is not None:
        yield key < tuple_(literal(before.position), literal(before.id))
    if after is not None:
        yield key > tuple_(literal(after.position), literal(after.id))
    if query.since_ms is not None:
        yield arm.position >= floor_position(query.since_ms)
    if query.until_ms is not None:
        yield arm.position < floor_position(query.until_ms)
    if query.freshness is not None and query.freshness.new:
        markers = [query.freshness.read, *query.freshness.states.values()]
        # An act is never newer by its first generation than by itself, so the lowest marker bounds the search.
        if all(markers):
            yield arm.position > min(marker.position for marker in markers if marker)
