"""What a store is asked.

The description of a feed that an aggregator makes and every store turns into its own query.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from feedsite.feeds.names import Entity, digest
from feedsite.feeds.order import OrderKey


class Scope(Enum):
    """Whose feed: where the acts come from."""

    NETWORK = "network"
    """What the owner follows (as actor) and watches (as anything touched)."""
    ACTOR = "actor"
    """What the owner did."""
    THING = "thing"
    """What touches the owner."""
    CONCERNS = "concerns"
    """What names the owner in its audience, or touches what the owner watches, from the watch's since on."""
    NAMED = "named"
    """What names the owner in its audience."""
    EVERYBODY = "everybody"
    """Everything the viewer may see; the owner counts for nothing."""


class Facet(Enum):
    """A property of an act that can be filtered on or grouped by."""

    VERB = "verb"
    ACTOR = "actor"
    OBJECT = "object"
    TARGET = "target"
    ORIGIN = "origin"
    TOUCHED = "touched"
    """What the act touches; only in parts of a feed of things (`Scope.THING` without an owner)."""
    NOTICE = "notice"
    """The notification group: (verb, object), or the act itself for ungrouped verbs."""


class Period(Enum):
    """A stretch of the calendar in the viewer's zone."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"


@dataclass(frozen=True)
class Marker:
    """Up to where a reader has read: a position, and the ids above it that were shown all the same.

    A marker stands 10 seconds before the newest act that was shown, and remembers the ids shown inside those 10
    seconds:
    an act committed a moment late, with an earlier instant, is still new.
    """

    position: int
    ids: frozenset[str] = frozenset()

    MARGIN_MS = 10_000

    @classmethod
    def upto(cls, shown: list[OrderKey]) -> Marker | None:
        """The marker for a page on which these order keys were shown; None for an empty page."""
        if not shown:
            return None
        position = max(key.position for key in shown) - (cls.MARGIN_MS << 20)
        return cls(position, frozenset(key.id for key in shown if key.position > position))

    def covers(self, key: OrderKey) -> bool:
        """Whether the act with this order key (of its first generation) has been read."""
        return key.position <= self.position or key.id in self.ids

    def join(self, other: Marker | None) -> Marker:
        """The marker that covers what either covers; its ids are only those the other's position does not reach."""
        if other is None:
            return self
        top = max(self.position, other.position)
        # An id stays only while it lies above the position; which ones do is not known here, so the ids of the marker
        # that stands higher are kept, and the lower one's too: they are few (10 seconds' worth).
        return Marker(top, self.ids | other.ids)


@dataclass(frozen=True)
class Freshness:
    """Acts on one side of a reader's markers.

    Args:
        read: the marker up to which all is read (None: nothing is).
        states: markers of single notification groups, by group key; they stand in place of `read`.
        new: True for what is newer than the marker, False for the rest.
        seen: further, newer than this marker.
    """

    read: Marker | None
    states: Mapping[str, Marker] = field(default_factory=dict)
    new: bool = True
    seen: Marker | None = None

    @property
    def read_least(self) -> int | None:
        """The lowest position up to which anything is read: what is new lies above it. None: nothing is read."""
        return None if self.read is None else min(mark.position for mark in (self.read, *self.states.values()))

    @property
    def above(self) -> int | None:
        """A position that all of what is new lies above. None: there is none, or this is about what is not new.

        An act is never newer by its first generation than by itself, so it lies above the lowest marker of its groups,
        and above *seen*.
        """
        if not self.new:
            return None
        bounds = (self.read_least, None if self.seen is None else self.seen.position)
        return max((bound for bound in bounds if bound is not None), default=None)


@dataclass(frozen=True)
class FeedQuery:
    """Which acts belong to a feed, as one value.

    Args:
        scope: where the acts come from.
        owner: whose feed it is.
        viewer: who looks (None: anonymous).
        as_of: milliseconds since 1970 by the store's clock; links and future-dated acts are judged at this instant.
        history: links show what is older than themselves too.
        where: the act's facet is one of these values.
        touching: the act touches one of these entities' keys.
        words: the act's text has every one of these words.
        object_types: the act's object is of one of these types.
        without: the act's facet is none of these values.
        since_ms, until_ms: published at or after, and before (milliseconds since 1970).
        others_only: never the owner's own acts.
        ungrouped: verbs that stand alone in notification groups.
        freshness: which side of the reader's markers.
        ids: only acts with these ids (empty: all).
        public_only: only public acts, whoever looks.
        with_muted: also what the site mutes and whom it limits, for those who look after it; only where nobody owns the
            feed and nobody looks.
        weights: of a feed that links bring, only what links of these weights bring (lowest and highest, both included);
            an audience that names the owner counts as a link of weight 1.
    """

    scope: Scope
    owner: Entity | None
    viewer: Entity | None
    as_of: int = 0
    history: bool = False
    where: Mapping[Facet, tuple[str, ...]] = field(default_factory=dict)
    without: Mapping[Facet, tuple[str, ...]] = field(default_factory=dict)
    touching: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    object_types: tuple[str, ...] = ()
    since_ms: int | None = None
    until_ms: int | None = None
    others_only: bool = False
    ungrouped: tuple[str, ...] = ()
    freshness: Freshness | None = None
    ids: tuple[str, ...] = ()
    public_only: bool = False
    with_muted: bool = False
    weights: tuple[float, float] | None = None

    @property
    def counts_audience(self) -> bool:
        """Whether an audience that names the owner is among the weights asked for."""
        return self.weights is None or self.weights[0] <= 1.0 <= self.weights[1]

    def but(self, **changes: object) -> FeedQuery:
        """The same query with some parts changed."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def only(self, facet: Facet, *values: str) -> FeedQuery:
        """The same query for some values of a facet (and of those it already asked for)."""
        asked = self.where.get(facet)
        kept = values if asked is None else tuple(value for value in values if value in asked)
        return self.but(where={**self.where, facet: kept})

    def excluding(self, facet: Facet, values: tuple[str, ...]) -> FeedQuery:
        """The same query less these values of a facet."""
        if not values:
            return self
        return self.but(without={**self.without, facet: (*self.without.get(facet, ()), *values)})


@dataclass(frozen=True)
class Cell:
    """One part of a feed: values of facets, and a stretch of time.

    Args:
        values: pairs of facet and value.
        since_ms, until_ms: published at or after, and before (milliseconds since 1970).
    """

    values: tuple[tuple[Facet, str], ...] = ()
    since_ms: int | None = None
    until_ms: int | None = None

    def within(self, query: FeedQuery) -> FeedQuery:
        """The query for this part of a feed."""
        for facet, value in self.values:
            query = query.only(facet, value)
        starts = [ms for ms in (self.since_ms, query.since_ms) if ms is not None]
        ends = [ms for ms in (self.until_ms, query.until_ms) if ms is not None]
        return query.but(since_ms=max(starts, default=None), until_ms=min(ends, default=None))


def group_key(verb: str, object_key: str) -> str:
    """The key of a notification group; it depends on no marker."""
    return digest(verb, object_key, size=8)


def lone_key(verb: str, act_id: str) -> str:
    """The key of the notification group of one act of an ungrouped verb."""
    return digest(verb, "act", act_id, size=8)
