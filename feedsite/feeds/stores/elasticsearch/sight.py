"""Who is linked to what, for the three that a page depends on: its owner, its viewer, and the site."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from feedsite.feeds.names import Entity
from feedsite.feeds.query import FeedQuery
from feedsite.feeds.stores.base import LinkRow
from feedsite.feeds.stores.elasticsearch.documents import DOES, TOUCHED, bound_key

DONE = "done"
"""How far marking somebody's acts is when all of them are marked."""
_WORD = "word:"
LinkKey = tuple[str, str, str, str]
Ties = Mapping[str, tuple["Tie", ...]]


@dataclass(frozen=True, slots=True)
class Tie:
    """A link as its holder has it.

    Args:
        follower, kind, entity: whose, of what kind, to what; entities by their keys.
        verbs: the verbs it is about; empty: all.
        since, until: milliseconds since 1970.
        weight, extra: as stored; `extra` is JSON text.
    """

    follower: str
    kind: str
    entity: str
    verbs: tuple[str, ...]
    since: int
    until: int | None
    weight: float
    extra: str | None

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Tie:
        """The link of a document's source, or of a row of the record's table of links."""
        return cls(
            stored["follower"],
            stored["kind"],
            stored["entity"],
            tuple(verb for verb in stored["verbs"].split(",") if verb),
            stored["since"],
            stored.get("until"),
            stored["weight"],
            stored.get("extra"),
        )

    @property
    def verbs_text(self) -> str:
        """The verbs as the record writes them."""
        return f",{','.join(self.verbs)}," if self.verbs else ""

    def stands(self, now: int) -> bool:
        """Whether it has not ended."""
        return self.until is None or self.until > now

    def fits(self, verb: str) -> bool:
        """Whether it is about a verb."""
        return not self.verbs or verb in self.verbs

    def row(self) -> LinkRow:
        """The link as readers of a store get it."""
        return LinkRow(
            follower=Entity.from_key(self.follower),
            kind=self.kind,
            entity=Entity.from_key(self.entity),
            verbs=self.verbs,
            since=self.since,
            until=self.until,
            weight=self.weight,
            extra=json.loads(self.extra) if self.extra else None,
        )


class Sources:
    """Where the acts of a feed come from: links by the keys of their bounds.

    Args:
        follows, watches: links to what acts, and to what is touched.
    """

    def __init__(self, follows: Ties, watches: Ties) -> None:
        self.ties = {bound_key(DOES, entity): ties for entity, ties in follows.items()}
        self.ties |= {bound_key(TOUCHED, entity): ties for entity, ties in watches.items()}
        # What `Bounds` knows of their order.
        self.ranking: object = None
        # All of them as one clause, once somebody asked for it.
        self.clause: dict[str, Any] | None = None

    def since(self, key: str) -> int:
        """Since when a source is linked to."""
        return min(tie.since for tie in self.ties[key])

    @cached_property
    def least_since(self) -> int:
        """Since when the oldest of them is."""
        return min((self.since(key) for key in self.ties), default=0)


class Held:
    """All links that one entity holds, and the blocks that others hold against it.

    Args:
        holder: the entity's key.
        ties: the links, in any order.
        marks: of the site, the entities whose acts are marked as hidden, and how far that is (`sql.hiding`).
    """

    def __init__(self, holder: str, ties: Iterable[Tie], marks: Mapping[str, str] | None = None) -> None:
        self.holder, self.ties, self.marks = holder, tuple(ties), marks or {}
        self._without: tuple[tuple[Tie, ...], Held] | None = None
        # What searches say of them, by what it is for: long, and the same for every page.
        self.clauses: dict[str, list[dict[str, Any]]] = {}

    def at(self, now: int) -> Held:
        """What of it stands at an instant."""
        ended = tuple(tie for tie in self._ending if not tie.stands(now))
        if not ended:
            return self
        if self._without is None or self._without[0] != ended:
            self._without = ended, Held(self.holder, (tie for tie in self.ties if tie.stands(now)), self.marks)
        return self._without[1]

    def weighing(self, weights: tuple[float, float] | None) -> Held:
        """What of it weighs between two weights, both included (None: all)."""
        if weights is None:
            return self
        lightest, heaviest = weights
        return Held(self.holder, (tie for tie in self.ties if lightest <= tie.weight <= heaviest))

    @cached_property
    def _ending(self) -> tuple[Tie, ...]:
        return tuple(tie for tie in self.ties if tie.until is not None)

    def _by_entity(self, kind: str) -> dict[str, tuple[Tie, ...]]:
        found: dict[str, list[Tie]] = {}
        for tie in self.ties:
            if tie.kind == kind and tie.follower == self.holder:
                found.setdefault(tie.entity, []).append(tie)
        return {entity: tuple(ties) for entity, ties in found.items()}

    @cached_property
    def follows(self) -> Ties:
        """By what is followed."""
        return self._by_entity("follow")

    @cached_property
    def watches(self) -> Ties:
        """By what is watched."""
        return self._by_entity("watch")

    def to(self, entities: Iterable[str]) -> Iterable[Tie]:
        """Its links to some entities."""
        return (tie for entity in entities for tie in self._to.get(entity, ()))

    @cached_property
    def _to(self) -> dict[str, list[Tie]]:
        found: dict[str, list[Tie]] = {}
        for tie in self.ties:
            if tie.follower == self.holder:
                found.setdefault(tie.entity, []).append(tie)
        return found

    @cached_property
    def latest_since(self) -> int:
        """Since when the youngest of its links is."""
        return max((tie.since for tie in self.ties), default=0)

    @cached_property
    def network(self) -> Sources:
        """What it follows and watches, as sources of acts."""
        return Sources(self.follows, self.watches)

    @cached_property
    def limits(self) -> Ties:
        """By what is left to its followers."""
        return self._by_entity("limit")

    @cached_property
    def mutes(self) -> Ties:
        """By whom or what is muted; without words, and without those whose acts are all marked as hidden."""
        marked = {entity for entity, state in self.marks.items() if state == DONE} if self.trusts_marks else set()
        muted = self._by_entity("mute").items()
        return {entity: ties for entity, ties in muted if not entity.startswith(_WORD) and entity not in marked}

    @cached_property
    def trusts_marks(self) -> bool:
        """Whether there are marks, and an act that has one is muted: not while one whose acts have them is not."""
        muted = {tie.entity for tie in self.ties if tie.kind == "mute" and not tie.verbs and tie.until is None}
        return bool(self.marks) and self.marks.keys() <= muted

    @cached_property
    def words(self) -> Ties:
        """By the word that is muted."""
        muted = self._by_entity("mute").items()
        return {entity.removeprefix(_WORD): ties for entity, ties in muted if entity.startswith(_WORD)}

    @cached_property
    def blocks(self) -> Ties:
        """By whom it blocks, and who blocks it."""
        found: dict[str, list[Tie]] = {}
        for tie in self.ties:
            if tie.kind != "block":
                continue
            if tie.follower == self.holder:
                found.setdefault(tie.entity, []).append(tie)
            if tie.entity == self.holder:
                found.setdefault(tie.follower, []).append(tie)
        return {entity: tuple(ties) for entity, ties in found.items()}


@dataclass(frozen=True)
class Sights:
    """The links that decide about a query.

    Args:
        owner, viewer: of the query; nothing held where there is none.
        site: what the site holds for everybody.
    """

    owner: Held
    viewer: Held
    site: Held

    def at(self, query: FeedQuery) -> Sights:
        """What of it stands when the query is judged."""
        return Sights(self.owner.at(query.as_of), self.viewer.at(query.as_of), self.site.at(query.as_of))


NOBODY = Held("", ())


@dataclass
class SightCache:
    """What entities hold, kept by the process for as long as the record says that nothing changed.

    Args:
        limit: how many links are kept in all.
    """

    limit: int = 1_000_000
    _kept: OrderedDict[tuple[str, str], tuple[int, Held]] = field(default_factory=OrderedDict)
    _links: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, generation: str, holder: str, version: int) -> Held | None:
        """What an entity holds, if it is known for this generation and version."""
        with self._lock:
            found = self._kept.get((generation, holder))
            if found is None or found[0] != version:
                return None
            self._kept.move_to_end((generation, holder))
            return found[1]

    def put(self, generation: str, version: int, held: Held) -> None:
        """Keep what an entity holds; what was not asked for longest makes room."""
        with self._lock:
            self._forget((generation, held.holder))
            self._kept[generation, held.holder] = (version, held)
            self._links += len(held.ties) + 1
            while self._links > self.limit and len(self._kept) > 1:
                self._forget(next(iter(self._kept)))

    def _forget(self, name: tuple[str, str]) -> None:
        gone = self._kept.pop(name, None)
        if gone is not None:
            self._links -= len(gone[1].ties) + 1
