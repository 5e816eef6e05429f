"""What a store must do. `feedsite.feeds.testing` holds the contract that every store passes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeVar

from feedsite.feeds.activity import Activity
from feedsite.feeds.names import Entity
from feedsite.feeds.network import Link
from feedsite.feeds.order import OrderKey
from feedsite.feeds.page import Item
from feedsite.feeds.query import Cell, Facet, FeedQuery

T = TypeVar("T")


@dataclass(frozen=True)
class Written:
    """What a write did: the act's id, and whether anything changed (its truth value)."""

    id: str
    changed: bool

    def __bool__(self) -> bool:
        return self.changed


@dataclass(frozen=True)
class Head:
    """The newest act of one value of a facet."""

    value: str
    item: Item


@dataclass(frozen=True)
class CellAnswer:
    """What one cell of a feed holds.

    Args:
        count: how many acts, at most the cap that was asked for.
        items: its newest acts.
        actors: how many distinct actors, when asked for.
    """

    count: int
    items: tuple[Item, ...] = ()
    actors: int = 0


Tally = tuple[tuple[str, int], ...]
"""Values of a facet with how many acts each has: most acts first, equal ones by value."""


@dataclass(frozen=True)
class LinkRow:
    """A link as it stands in the store: `since` and `until` in milliseconds since 1970."""

    follower: Entity
    kind: str
    entity: Entity
    verbs: tuple[str, ...]
    since: int
    until: int | None
    weight: float
    extra: dict[str, Any] | None


class LinkEdge(NamedTuple):
    """Where a page of links ends: the order of lists of links (newest `since` first, then by the other end's key)."""

    since: int
    other: str
    kind: str
    verbs: str


@dataclass(frozen=True)
class Erasing:
    """What a step of erasing did.

    Args:
        acts: how many acts became tombstones.
        mentions: how many other acts no longer name the entity.
        links: how many links became tombstones.
        more: whether there may be something left.
    """

    acts: int = 0
    mentions: int = 0
    links: int = 0
    more: bool = False

    def __add__(self, other: Erasing) -> Erasing:
        counted = (self.acts + other.acts, self.mentions + other.mentions, self.links + other.links)
        return Erasing(*counted, other.more)


@dataclass(frozen=True)
class Hiding:
    """How far hiding what the site mutes has come.

    Args:
        entity: the key of the entity at work; empty: none is.
        after: the order key of the last act that was looked at.
        changed: how many acts were changed so far.
        finished: whether nothing is left to do.
    """

    entity: str = ""
    after: OrderKey | None = None
    changed: int = 0
    finished: bool = False


class FeedWriter(Protocol):
    """Writes links and acts inside one transaction; the same change twice is one."""

    def add(self, activities: Iterable[Activity]) -> list[Written]:
        """Store acts; an id that is known changes nothing (the first wins), a deleted one stays deleted."""

    def perform(self, activity: Activity, renotify_ms: int | None) -> Written:
        """Store the next generation of what can be undone; nothing changes while one stands."""

    def perform_all(self, activities: Sequence[tuple[Activity, int | None]]) -> list[Written]:
        """`perform` for many."""

    def undo(self, verb: str, actor: Entity, object_: Entity) -> bool:
        """Delete the standing generation; returns whether there was one."""

    def update(self, act_id: str, activity: Activity) -> bool:
        """Replace what may change of an act; returns whether it stands."""

    def delete(self, act_id: str) -> bool:
        """Delete an act for good; returns whether it stood."""

    def link(self, links: Iterable[Link]) -> list[bool]:
        """Store links; returns for each whether something changed."""

    def unlink(self, follower: Entity, kind: str, entity: Entity, verbs: tuple[str, ...] | None) -> bool:
        """Remove a link (with `verbs` None: all between the two of that kind); returns whether there was one."""

    def set_weight(self, follower: Entity, kind: str, entity: Entity, weight: float) -> bool:
        """Change the weight of links; returns whether there were any."""

    def delete_on(self, object_: Entity, limit: int) -> int:
        """Delete at most `limit` of the activities whose object this is; returns how many."""

    def forbid(self, entity: Entity) -> bool:
        """Note that an entity is erased: from now on nothing that names it is stored. Returns whether that is new."""

    def erase(self, entity: Entity, limit: int) -> Erasing:
        """Take an erased entity out of at most `limit` acts and links."""

    def hide(self, at: Hiding, keep: int, limit: int) -> Hiding:
        """The next step of marking the acts of whom the site mutes; `keep` mutes may stay without marks."""

    def erasures(self) -> list[str]:
        """The list of what was erased, as lines of text."""

    def take_erasures(self, lines: Sequence[str]) -> int:
        """Add the lines of such a list; returns how many are new. Raises ValueError for a line of something else."""

    def erased_and_present(self) -> list[str]:
        """The keys of erased entities that stand somewhere all the same: a backup brought them back."""


class FeedReader(Protocol):
    """Reads feeds from one state of the store.

    Three questions carry every aggregator: the newest acts of a feed (`newest`), the newest act of each value of a
    facet
    (`heads`), and for many parts of one feed at once how much each holds and its newest acts (`cells`). A part is a
    value of
    facets and a stretch of time, so that calendar groups in any zone are parts like any other.
    """

    def now(self) -> int:
        """The record's clock: milliseconds since 1970."""

    def ahead(self, *questions: Callable[[], object]) -> None:
        """Say which questions come next and do not wait for each other: a store far away asks them together."""

    def newest(self, query: FeedQuery, before: OrderKey | None, size: int) -> list[Item]:
        """The newest acts of a feed, newest first, at most `size`, all older than `before`."""

    def oldest(self, query: FeedQuery, after: OrderKey | None, size: int) -> list[Item]:
        """The oldest acts of a feed, oldest first, at most `size`, all newer than `after`."""

    def begun(self, query: FeedQuery) -> int | None:
        """An instant (milliseconds since 1970) that no act of a feed is older than, as late as is cheaply told.

        None: the feed has no acts.
        """

    def nearest(self, query: FeedQuery, vector: Sequence[float], size: int) -> list[Item]:
        """The acts of a feed whose vectors are nearest to one, as `vectors.Nearest` has it; at most `size`."""

    def heads(
        self, query: FeedQuery, facet: Facet, before: OrderKey | None, size: int, shown: frozenset[str]
    ) -> list[Head]:
        """The newest act (older than `before`) of each value of a facet, newest first.

        Values whose short hash is in `shown` are left out.
        """

    def cells(
        self, query: FeedQuery, cells: Sequence[Cell], size: int, cap: int | None, actors: bool = False
    ) -> list[CellAnswer]:
        """For each part its `size` newest acts and how many it has (to `cap`; None: all; 0.

        Uncounted), with actors if asked.
        """

    def tally(self, query: FeedQuery, facet: Facet, size: int, kinds: tuple[str, ...] = ()) -> Tally:
        """The `size` values of a facet with the most acts, exactly.

        Args:
            query: the feed.
            facet: may be `Facet.TOUCHED`: an act counts for everything that it touches.
            size: how many, at least 1.
            kinds: only entities of these types (empty: all).
        """

    def distinct(self, query: FeedQuery, cells: Sequence[Cell], facet: Facet) -> list[int]:
        """How many values of a facet each part of a feed has, exactly; the parts name the same facets."""

    def spread(self, query: FeedQuery, stretches: Sequence[tuple[int, int]]) -> list[int]:
        """How many acts each stretch of time has, exactly.

        Args:
            query: the feed.
            stretches: pairs of first and end (exclusive), in milliseconds since 1970; they ascend and do not overlap.
        """

    def count(self, query: FeedQuery, cap: int | None) -> int:
        """How many acts a feed has, counted to `cap` (None: all)."""

    def count_values(self, query: FeedQuery, facet: Facet, cap: int) -> int:
        """How many values of a facet a feed has, counted to `cap`."""

    def verbs(self) -> list[str]:
        """Every verb that was ever stored, sorted."""

    def followed_by(self, followers: Sequence[str], each: int) -> list[tuple[Entity, str]]:
        """Whom each of some people (by their keys) follows, and who does: at most `each` of everybody's, by key."""

    def things(self, kind: str, beginning: str, after: str, size: int) -> list[Entity]:
        """The things of a type that acts ever touched and whose ids begin with a text and come after one, by id."""

    def standing(self, verb: str, actor: Entity, objects: Sequence[Entity]) -> set[Entity]:
        """For which of the objects the actor's act of this verb (one that can be undone) stands."""

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
        """Links that stand, newest `since` first, then the greatest key of the other end, then by kind and verbs.

        With `others_only` those to oneself are left out; with `before` all come after that edge.
        """

    def weights(self, follower: Entity, kinds: Sequence[str], as_of: int) -> list[float]:
        """The distinct weights of the links of these kinds that somebody holds and that stand, ascending."""

    def count_links(self, entity: Entity, kinds: Sequence[str], as_of: int) -> int:
        """How many others hold a link of these kinds to the entity."""

    def count_held(self, follower: Entity, kinds: Sequence[str], as_of: int) -> int:
        """To how many others somebody holds a link of these kinds."""

    def get(self, ids: Sequence[str]) -> dict[str, Item]:
        """Acts by id, whoever may see them; those that do not stand are left out."""


class FeedStore(Protocol):
    """Where links and acts live. `feedsite.feeds.testing` holds what every store must do."""

    def create(self) -> None:
        """Make what the store needs (tables, indexes); harmless when it is there."""

    def read(self, question: Callable[[FeedReader], T]) -> T:
        """The answer to a question about feeds, all of it from one state of the store.

        Args:
            question: asks the reader it is given, and changes nothing: it may be asked more than once.

        Raises StoreUnavailable.
        """

    def look_up(self, question: Callable[[FeedReader], T]) -> T:
        """The answer to a question of identity (which acts stand, who may read this one), always up to the moment."""

    def expect(self, question: Callable[[], object]) -> None:
        """Say that a question will be asked soon: a store far away fetches what it needs along with the next one."""

    def writing(self) -> AbstractContextManager[FeedWriter]:
        """A writer; leaving the block without an error makes its changes last; raises StoreUnavailable."""

    def close(self) -> None:
        """Let go of connections."""
