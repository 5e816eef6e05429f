"""Which acts a feed has and its viewer may see, as SQL conditions: the rules of feeds, one method a rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    String,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
)

from feedsite.feeds.names import SITE_ALL
from feedsite.feeds.order import TIE_BITS
from feedsite.feeds.query import Facet
from feedsite.feeds.stores.sql.shape import Shape
from feedsite.feeds.stores.sql.tables import Tables, key_type

Condition = ColumnElement[bool]
MILLISECOND = 1 << TIE_BITS
_WORD = "word:"


def name_value(name: str) -> Any:
    """A bound value that is compared with names."""
    return bindparam(name, type_=key_type())


def names_value(name: str) -> Any:
    """A bound list of names, for IN."""
    return bindparam(name, type_=key_type(), expanding=True)


def number_value(name: str) -> Any:
    """A bound instant or position."""
    return bindparam(name, type_=BigInteger)


def stands(links: Any) -> Condition:
    """Whether a link stands now: not removed, not ended."""
    return and_(not_(links.c.deleted), or_(links.c.until.is_(None), links.c.until > number_value("now")))


class Rules:
    """Compiles the rules of a shape for acts called `a`."""

    def __init__(self, tables: Tables, shape: Shape) -> None:
        self.tables, self.shape = tables, shape
        self.acts = tables.acts.alias("a")

    def conditions(self) -> list[Condition]:
        """What holds for every act of the feed, wherever it comes from."""
        a = self.acts
        # Only an act that was stored before its instant is of the future; a clock that was set back hides nothing.
        arrived = or_(a.c.position < number_value("future"), a.c.position < (a.c.arrived + 1) * literal(MILLISECOND))
        own = a.c.actor == name_value("viewer") if self.shape.viewer else false()
        # The links are looked up: the mark `hidden`, which spares an index naming all who are muted, says nothing more.
        gone = self._subtractions()
        kept = [or_(own, not_(or_(*gone)))] if gone else []
        return [not_(a.c.deleted), arrived, *self._filters(), self._readable(), *kept]

    def facet(self, facet: Facet) -> ColumnElement[str]:
        """The column of a facet."""
        a = self.acts
        if facet is not Facet.NOTICE:
            column: ColumnElement[str] = a.c[facet.value]
            return column
        if not self.shape.ungrouped:
            notice: ColumnElement[str] = a.c.notice
            return notice
        return case((a.c.verb.in_(names_value("ungrouped")), a.c.lone), else_=a.c.notice)

    def verbs_fit(self, links: Any) -> Condition:
        """Whether a link is about the act's verb."""
        return or_(links.c.verbs == "", links.c.verbs.contains(literal(",") + self.acts.c.verb + ","))

    def weighs(self, weight: Any) -> list[Condition]:
        """Whether a link's weight is one of those asked for, where some are."""
        if not self.shape.weights:
            return []
        lightest, heaviest = (bindparam(name, type_=Float) for name in ("lightest", "heaviest"))
        return [and_(weight >= lightest, weight <= heaviest)]

    def of_act(self, table: Any) -> Condition:
        """Whether a row of touches, audience or words is the act's."""
        return and_(table.c.position == self.acts.c.position, table.c.id == self.acts.c.id)

    def names(self, table: Any, name: str) -> Condition:
        """Whether the act touches (or its audience has) the entity bound to a name."""
        rows = table.alias()
        return exists(select(literal(1)).select_from(rows).where(rows.c.entity == name_value(name), self.of_act(rows)))

    # Filters

    def _filters(self) -> list[Condition]:
        a, shape = self.acts, self.shape
        conditions: list[Condition] = [
            self.facet(facet).in_(names_value(f"where_{facet.value}"))
            for facet in shape.where
            if facet is not Facet.TOUCHED
        ]
        if Facet.TOUCHED in shape.where:
            conditions.append(self._touches_one("where_touched"))
        for facet in shape.without:
            column = self.facet(facet)
            conditions.append(or_(column.is_(None), column.not_in(names_value(f"without_{facet.value}"))))
        if shape.touching:
            conditions.append(self._touches_one("touching"))
        conditions += [self._says(f"word{at}") for at in range(shape.words)]
        if shape.object_types:
            ends = [(name_value(f"type{at}_from"), name_value(f"type{at}_to")) for at in range(shape.object_types)]
            conditions.append(or_(*(and_(a.c.object >= low, a.c.object < high) for low, high in ends)))
        if shape.ids:
            conditions.append(a.c.id.in_(names_value("ids")))
        if shape.vectors:
            # As the body's JSON has it; what else has such a text in it is told apart when it is read.
            conditions.append(a.c.body.contains('"vector":['))
        if shape.public_only:
            conditions.append(a.c.visibility == "public")
        if shape.others_only:
            conditions.append(a.c.actor != name_value("owner"))
        if shape.fresh is not None:
            conditions += self._fresh()
        return conditions

    def _touches_one(self, names: str) -> Condition:
        """Whether the act touches one of the entities bound to a name."""
        touches = self.tables.touches.alias()
        here = and_(touches.c.entity.in_(names_value(names)), self.of_act(touches))
        return exists(select(literal(1)).select_from(touches).where(here))

    def _says(self, name: str) -> Condition:
        """Whether the act's text has the word bound to a name."""
        words = self.tables.words.alias()
        here = and_(words.c.word == name_value(name), self.of_act(words))
        return exists(select(literal(1)).select_from(words).where(here))

    def _fresh(self) -> list[Condition]:
        notice = self.facet(Facet.NOTICE)
        otherwise = self._covered("read") if self.shape.read else false()
        read: Condition = otherwise
        if self.shape.states:
            cases = [
                (notice == name_value(f"state{at}_key"), case((self._covered(f"state{at}"), 1), else_=0))
                for at in range(self.shape.states)
            ]
            read = case(*cases, else_=case((otherwise, 1), else_=0)) == 1
        if self.shape.fresh == "earlier":
            return [read]
        return [not_(read), not_(self._covered("seen"))] if self.shape.seen else [not_(read)]

    def _covered(self, marker: str) -> Condition:
        """Whether a marker covers the act, by its first generation."""
        a = self.acts
        position = func.coalesce(a.c.first_position, a.c.position)
        identifier = func.coalesce(a.c.first_id, a.c.id, type_=String)
        by_id = identifier.in_(names_value(f"{marker}_ids"))
        return or_(position <= number_value(f"{marker}_position"), by_id)

    # Who may see it

    def _readable(self) -> Condition:
        a = self.acts
        public = a.c.visibility == "public"
        if not self.shape.viewer:
            return public
        follows = self._linked("follow", a.c.gate)
        gate = and_(a.c.visibility == "followers", or_(a.c.gate == name_value("viewer"), follows))
        return or_(public, a.c.actor == name_value("viewer"), self.names(self.tables.audience, "viewer"), gate)

    def _linked(self, kind: str, entity: ColumnElement[str], *, holder: Any = None, verbs: bool = False) -> Condition:
        """Whether the viewer (or another holder) has a link of a kind to an entity."""
        links = self.tables.links.alias()
        held_by = name_value("viewer") if holder is None else holder
        conditions = [links.c.follower == held_by, links.c.kind == kind, links.c.entity == entity, stands(links)]
        if verbs:
            conditions.append(self.verbs_fit(links))
        return exists(select(literal(1)).select_from(links).where(*conditions))

    # What is taken away

    def _subtractions(self) -> list[Condition]:
        sight, viewer, everybody = self.shape.sight, name_value("viewer"), literal(SITE_ALL, key_type())
        found: list[Condition] = []
        for holder, mutes, words in (
            (viewer, sight.mutes, sight.words),
            (everybody, sight.site_mutes, sight.site_words),
        ):
            if mutes:
                found += self._held_against("mute", holder)
            if words:
                found.append(self._words(holder))
        if sight.blocks:
            found += self._held_against("block", viewer)
            found += self._blocks_viewer()
        if sight.site_limits:
            found += self._limited(everybody)
        return found

    def _touched_end(self, end: Callable[[Any], Any], *conditions: Callable[[Any], Condition]) -> Condition:
        """Whether the act touches the end of a link that meets the conditions, each a function of the link."""
        links, touches = self.tables.links.alias(), self.tables.touches.alias()
        here = and_(touches.c.entity == end(links), self.of_act(touches))
        wheres = [condition(links) for condition in (*conditions, stands, self.verbs_fit)]
        return exists(select(literal(1)).select_from(links.join(touches, here)).where(*wheres))

    def _held_against(self, kind: str, holder: Any) -> list[Condition]:
        """What the entities of a holder's links do, and what touches them."""
        by_touch = self._touched_end(
            lambda links: links.c.entity,
            lambda links: and_(links.c.follower == holder, links.c.kind == kind),
        )
        return [self._linked(kind, self.acts.c.actor, holder=holder, verbs=True), by_touch]

    def _blocks_viewer(self) -> list[Condition]:
        """What those who block the viewer do, and what touches them."""
        links, viewer = self.tables.links.alias(), name_value("viewer")
        mine = [links.c.entity == viewer, links.c.kind == "block", links.c.follower == self.acts.c.actor]
        by_actor = exists(select(literal(1)).select_from(links).where(*mine, stands(links), self.verbs_fit(links)))
        by_touch = self._touched_end(
            lambda links: links.c.follower,
            lambda links: and_(links.c.entity == viewer, links.c.kind == "block"),
        )
        return [by_actor, by_touch]

    def _limited(self, everybody: Any) -> list[Condition]:
        """What limited entities do and what touches them, for a viewer who does not follow them."""
        a, viewer = self.acts, name_value("viewer")
        by_actor = and_(
            self._linked("limit", a.c.actor, holder=everybody, verbs=True), not_(self._linked("follow", a.c.actor))
        )
        by_touch = self._touched_end(
            lambda links: links.c.entity,
            lambda links: and_(links.c.follower == everybody, links.c.kind == "limit", links.c.entity != viewer),
            lambda links: not_(self._linked("follow", links.c.entity)),
        )
        return [by_actor, by_touch]

    def _words(self, holder: Any) -> Condition:
        links, words = self.tables.links.alias(), self.tables.words.alias()
        here = and_(links.c.entity == literal(_WORD) + words.c.word, self.of_act(words))
        mine = and_(links.c.follower == holder, links.c.kind == "mute", stands(links), self.verbs_fit(links))
        return exists(select(literal(1)).select_from(links.join(words, here)).where(mine))
