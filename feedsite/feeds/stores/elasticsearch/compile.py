"""A feed as a query of Elasticsearch: the rules of feeds, one method a rule.

The query finds every act of the feed. Where it may find more than that, it says so (`exact`), and what it finds is
judged one by one (`rules`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from feedsite.feeds.order import floor_position
from feedsite.feeds.query import Facet, FeedQuery, Freshness, Marker, Scope
from feedsite.feeds.stores.elasticsearch.clauses import (
    NOTHING,
    Clause,
    above,
    all_of,
    any_of,
    below,
    term,
    terms,
    written,
)
from feedsite.feeds.stores.elasticsearch.documents import DOES
from feedsite.feeds.stores.elasticsearch.sight import Sights, Tie, Ties

EVER = (-(2**63), 2**63 - 1)
_SINCES = 64
"""Links with more different beginnings inside a query's time than this are not told apart in the query."""
_SHORT = 64
"""Longer lists are written once for all searches."""
_GATES = 64
"""Where a viewer follows more than these, a query for the acts of a few leaves it to the judge whose gates are open."""


@dataclass(frozen=True)
class Compiled:
    """A feed's query.

    Args:
        clause: what finds its acts.
        exact: whether it finds nothing else.
        low, high: the positions between which its acts lie, the second one exclusive.
        loose: whether what it finds besides may be much.
        of_one: whether its acts are one entity's: few, as a rule, and found without much ado.
    """

    clause: Clause
    exact: bool
    low: int
    high: int
    loose: bool = False
    of_one: bool = False

    @property
    def nothing(self) -> bool:
        """Whether no act can be in it."""
        return self.clause is NOTHING or self.low >= self.high


@dataclass(frozen=True)
class Stretch:
    """A stretch of a feed, and the only sources that have acts in it.

    Args:
        ties: of sources, by the keys of their bounds; None: all that the owner has.
        low, high: positions, the second one exclusive; None: as the query says.
        counted: whether its acts are counted: then whose gates are open stands in the query.
    """

    ties: Mapping[str, tuple[Tie, ...]] | None
    low: int | None = None
    high: int | None = None
    counted: bool = False


def compiled(
    query: FeedQuery, sights: Sights, laid_over: Iterable[str] = (), stretch: Stretch | None = None
) -> Compiled:
    """The query of a feed.

    Args:
        query: the feed.
        sights: the links that decide about it, as they stand.
        laid_over: ids of acts that are taken from the record instead.
        stretch: a part of it; None: all of it.
    """
    return _Compiler(query, sights, stretch or Stretch(None)).run(laid_over)


class _Compiler:
    def __init__(self, query: FeedQuery, sights: Sights, stretch: Stretch) -> None:
        self.query, self.sights, self.exact, self.loose = query, sights, True, False
        self.is_part, self.counted = stretch.ties is not None, stretch.counted
        self.follows, self.watches = sights.owner.follows, sights.owner.watches
        if stretch.ties is not None:
            self.follows, self.watches = parted(stretch.ties)
        self.owner = query.owner.key if query.owner else ""
        self.viewer = query.viewer.key if query.viewer else ""
        self.low, self.high = limits(query)
        self.low = self.low if stretch.low is None else max(self.low, stretch.low)
        self.high = self.high if stretch.high is None else min(self.high, stretch.high)

    def run(self, laid_over: Iterable[str]) -> Compiled:
        arrived = any_of([term("early", False), below("position", floor_position(self.query.as_of + 1))])
        kept, refused = self._filters(), [terms("id", tuple(laid_over))]
        # A segment without anything of the first ones is left before the others are looked up in it.
        every = [*kept, *self._scope(), arrived, term("deleted", False), *self._readable(), *self._kept()]
        if self.query.others_only and self.owner:
            refused.append(term("actor", self.owner))
        for facet, values in self.query.without.items():
            refused.append(self._has(facet, values))
        of_one = self.query.scope not in (Scope.NETWORK, Scope.EVERYBODY)
        return Compiled(all_of(every, refused), self.exact, self.low, self.high, self.loose, of_one)

    # Filters

    def _filters(self) -> list[Clause]:
        query = self.query
        found = [self._has(facet, values) for facet, values in query.where.items()]
        if query.touching:
            found.append(terms("touches", query.touching))
        found += [term("words", word) for word in query.words]
        if query.object_types:
            found.append(any_of({"prefix": {"object": f"{kind}:"}} for kind in query.object_types))
        if query.ids:
            found.append(terms("id", query.ids))
        if query.public_only:
            found.append(term("visibility", "public"))
        if self.low > EVER[0]:
            found.append(above("position", self.low, also=True))
        if self.high < EVER[1]:
            found.append(below("position", self.high))
        if query.freshness is not None:
            found.append(self._fresh(query.freshness))
        return found

    def _has(self, facet: Facet, values: tuple[str, ...]) -> Clause:
        if facet is Facet.TOUCHED:
            return terms("touches", values)
        if facet is not Facet.NOTICE:
            return terms(facet.value, values)
        grouped = terms("notice", values)
        if not self.query.ungrouped:
            return grouped
        alone = terms("verb", self.query.ungrouped)
        return any_of([all_of([grouped], [alone]), all_of([terms("lone", values), alone])])

    def _fresh(self, fresh: Freshness) -> Clause:
        groups = [(self._has(Facet.NOTICE, (key,)), _covered(marker)) for key, marker in sorted(fresh.states.items())]
        otherwise = all_of([_covered(fresh.read)], [self._has(Facet.NOTICE, tuple(fresh.states))])
        read = any_of([*(all_of(list(pair)) for pair in groups), otherwise])
        return all_of([], [read, _covered(fresh.seen)]) if fresh.new else read

    # Where the acts come from

    def _scope(self) -> list[Clause]:
        scope = self.query.scope
        if scope is Scope.EVERYBODY or not self.owner:
            return []
        if scope is Scope.ACTOR:
            return [term("actor", self.owner)]
        if scope is Scope.THING:
            return [term("touches", self.owner)]
        if scope is Scope.NAMED:
            return [term("audience", self.owner)]
        watched = self._linked("touches", self.watches, always=self.query.history and scope is Scope.NETWORK)
        if scope is Scope.CONCERNS:
            named = [term("audience", self.owner)] if self.query.counts_audience else []
            return [any_of([*named, *watched])]
        return [any_of([*self._linked("actor", self.follows, always=self.query.history), *watched])]

    def _linked(self, field: str, ties: Ties, *, always: bool) -> list[Clause]:
        """The acts that links lead to."""
        owner = self.sights.owner
        if self.is_part or len(ties) <= _SHORT or not (always or floor_position(owner.latest_since) <= self.low):
            return self._clauses(field, ties, always=always)
        if field not in owner.clauses:
            owner.clauses[field] = [written(clause) for clause in self._clauses(field, ties, always=True)]
        return owner.clauses[field]

    def _clauses(self, field: str, ties: Ties, *, always: bool) -> list[Clause]:
        """One clause for all links that are alike in verbs and beginning."""
        alike: dict[tuple[tuple[str, ...], int | None], list[str]] = {}
        for tie in _each(ties):
            since = floor_position(tie.since)
            begun = always or since <= self.low
            if begun or since < self.high:
                alike.setdefault((tie.verbs, None if begun else since), []).append(tie.entity)
        if sum(since is not None for _, since in alike) > _SINCES:
            alike = self._joined(alike)
        found = []
        for (verbs, begins), entities in alike.items():
            conditions = [terms(field, entities)]
            if verbs:
                conditions.append(terms("verb", verbs))
            if begins is not None:
                conditions.append(above("position", begins, also=True))
            found.append(all_of(conditions))
        return found

    def _joined(
        self, alike: dict[tuple[tuple[str, ...], int | None], list[str]]
    ) -> dict[tuple[tuple[str, ...], int | None], list[str]]:
        """The same with the beginnings left out: more acts than the links lead to."""
        self.exact, self.loose = False, True
        joined: dict[tuple[tuple[str, ...], int | None], list[str]] = {}
        for (verbs, _since), entities in alike.items():
            joined.setdefault((verbs, None), []).extend(entities)
        return joined

    # Who may see them

    def _readable(self) -> list[Clause]:
        public = term("visibility", "public")
        if not self.viewer:
            return [public]
        followers = term("visibility", "followers")
        if self.is_part and not self.counted and len(self.sights.viewer.follows) > _GATES:
            self.exact = False
        else:
            followers = all_of([followers, *self._gates()])
        return [any_of([public, term("actor", self.viewer), term("audience", self.viewer), followers])]

    def _gates(self) -> list[Clause]:
        viewer = self.sights.viewer
        if "gates" not in viewer.clauses:
            gates = terms("gate", {self.viewer, *viewer.follows})
            viewer.clauses["gates"] = [written(gates) if len(viewer.follows) > _SHORT else gates]
        return viewer.clauses["gates"]

    # What is taken away

    def _kept(self) -> list[Clause]:
        viewer, site = self.sights.viewer, self.sights.site
        gone = [term("hidden", True)] if site.trusts_marks else []
        for ties in (viewer.mutes, site.mutes, viewer.blocks):
            gone += _against(ties, ("actor", "touches"))
        for ties in (viewer.words, site.words):
            gone += _against(ties, ("words",))
        follows = viewer.follows
        limits = {entity: ties for entity, ties in site.limits.items() if entity not in follows}
        gone += _against(limits, ("actor",))
        gone += _against({entity: ties for entity, ties in limits.items() if entity != self.viewer}, ("touches",))
        gone = [clause for clause in gone if clause is not NOTHING]
        if not gone:
            return []
        kept = all_of([], gone)
        return [any_of([term("actor", self.viewer), kept])] if self.viewer else [kept]


def limits(query: FeedQuery) -> tuple[int, int]:
    """The positions between which a feed's acts lie, the second one exclusive."""
    low = EVER[0] if query.since_ms is None else floor_position(query.since_ms)
    high = EVER[1] if query.until_ms is None else floor_position(query.until_ms)
    above = None if query.freshness is None else query.freshness.above
    return low if above is None else max(low, above + 1), high


def parted(ties: Mapping[str, tuple[Tie, ...]]) -> tuple[Ties, Ties]:
    """Links by what is followed and by what is watched, of links by the keys of their bounds."""
    follows: dict[str, tuple[Tie, ...]] = {}
    watches: dict[str, tuple[Tie, ...]] = {}
    for key, several in ties.items():
        role, entity = key.split(" ", 1)
        (follows if role == DOES else watches)[entity] = several
    return follows, watches


def _each(ties: Ties) -> Iterable[Tie]:
    return (tie for several in ties.values() for tie in several)


def _covered(marker: Marker | None) -> Clause:
    if marker is None:
        return NOTHING
    return any_of([below("first_position", marker.position, also=True), terms("first_id", marker.ids)])


def _against(ties: Ties, fields: tuple[str, ...]) -> list[Clause]:
    """What the ends of links do and what touches them, for the links' verbs."""
    alike: dict[tuple[str, ...], set[str]] = {}
    for name, several in ties.items():
        for tie in several:
            alike.setdefault(tie.verbs, set()).add(name)
    found = []
    for verbs, names in alike.items():
        for field in fields:
            conditions = [terms(field, names)]
            if verbs:
                conditions.append(terms("verb", verbs))
            found.append(all_of(conditions))
    return found
