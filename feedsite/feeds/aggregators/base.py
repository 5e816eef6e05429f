"""What every aggregator says of its feed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from feedsite.feeds.activity import checked_entities, checked_words
from feedsite.feeds.errors import InvalidQuery
from feedsite.feeds.names import Entity, checked_name, digest, entity_of
from feedsite.feeds.order import milliseconds
from feedsite.feeds.page import Group, Page
from feedsite.feeds.query import Facet, FeedQuery, Freshness, Marker, Period, Scope

Level = Facet | Period
MAX_SIZE = 1000


class _Owner:
    """The default of `viewer`: the owner of the feed."""


OWNER = _Owner()


class Aggregator:
    """A feed, described: whose it is, which acts, how they are grouped and ordered, how many at a time.

    A subclass sets `levels` (what acts are grouped by, outermost first) and sizes; a store turns the description into
    its own
    query. Subclass it, or one of the ready ones, to make your own.

    Args:
        owner: whose feed: a person's id or an Entity (for a thing's history: the thing).
        viewer: who looks; the owner unless given; None: somebody who is not signed in.
        size: how many acts or groups on a page, 1 to 1000.
        scope: where the acts come from.
        include_history: show what is older than the links too.
        verbs: these verbs only.
        without_verbs: not these verbs.
        touching: acts that touch one of these entities only.
        words: acts whose text has every one of these words only (as `Activity.words` has them).
        since, until: published at or after, and before (aware datetimes).
        newer_than: only what is newer than this marker.
        public_only: only public acts, even for a viewer who may see more.
        others_only: only what others than the owner did.
        zone: the IANA name of the time zone in which days, months and years are told.

    Raises:
        InvalidQuery, InvalidIdentifier: names the argument and the rule.
    """

    kind: ClassVar[str] = "activities"
    levels: ClassVar[tuple[Level, ...]] = ()
    page_size: ClassVar[int] = 25
    activities_per_group: int = 3
    inner_size: ClassVar[int] = 20
    default_scope: ClassVar[Scope] = Scope.NETWORK
    order: str = "newest"
    #: Whether each page of a flat feed says how many acts the feed has, exactly.
    counts_all: ClassVar[bool] = False

    def __init__(
        self,
        owner: object = None,
        *,
        viewer: object = OWNER,
        size: int | None = None,
        scope: Scope | str | None = None,
        include_history: bool = False,
        verbs: Iterable[str] = (),
        without_verbs: Iterable[str] = (),
        touching: Iterable[object] = (),
        words: Iterable[str] = (),
        since: datetime | None = None,
        until: datetime | None = None,
        newer_than: Marker | None = None,
        public_only: bool = False,
        others_only: bool = False,
        zone: str = "UTC",
    ) -> None:
        self.scope = _checked_scope(scope or self.default_scope)
        everybody = self.scope is Scope.EVERYBODY and owner is None
        self.owner = None if everybody else entity_of(owner, "owner")
        if isinstance(viewer, _Owner):
            viewer = self.owner if self.owner is not None and self.owner.type == "person" else None
        self.viewer: Entity | None = None if viewer is None else entity_of(viewer, "viewer")
        self.size = checked_size(self.page_size if size is None else size, "size")
        self.include_history = include_history
        self.verbs = tuple(sorted({checked_name(verb, "verbs") for verb in verbs}))
        self.without_verbs = tuple(sorted({checked_name(verb, "without_verbs") for verb in without_verbs}))
        self.touching = checked_entities(touching, "touching", MAX_SIZE)
        self.words = checked_words(words)
        self.since_ms = None if since is None else milliseconds(since, "since")
        self.until_ms = None if until is None else milliseconds(until, "until")
        self.newer_than = newer_than
        self.public_only = public_only
        self.others_only = others_only
        self.zone = checked_zone(zone)

    def query(self, as_of: int) -> FeedQuery:
        """The feed as a store is asked for it, judged at `as_of` (milliseconds since 1970)."""
        return FeedQuery(
            scope=self.scope,
            owner=self.owner,
            viewer=self.viewer,
            as_of=as_of,
            history=self.include_history,
            where={Facet.VERB: self.verbs} if self.verbs else {},
            without={Facet.VERB: self.without_verbs} if self.without_verbs else {},
            touching=tuple(entity.key for entity in self.touching),
            words=self.words,
            since_ms=self.since_ms,
            until_ms=self.until_ms,
            freshness=None if self.newer_than is None else Freshness(self.newer_than),
            public_only=self.public_only,
            others_only=self.others_only,
        )

    @property
    def count_cap(self) -> int | None:
        """How far groups are counted (None: exactly): exact for one actor, to 999 where several sources are merged."""
        return None if self.scope is Scope.ACTOR else 1000

    def fingerprint(self) -> str:
        """A name of this feed for this reader: what its cursors belong to."""
        query = self.query(0)
        newer = query.freshness is not None
        parts = [
            type(self).__name__ if self.levels else "flat",
            self.order,
            query.scope.value,
            query.owner.key if query.owner else "",
            query.viewer.key if query.viewer else "",
            f"{query.history} {query.public_only} {query.others_only}",
            ",".join(self.verbs),
            ",".join(self.without_verbs),
            " ".join(query.touching),
            f"{query.since_ms} {query.until_ms} {newer}",
            self.zone.key,
            *(("words " + " ".join(query.words),) if query.words else ()),
            *self.own_fingerprint(),
        ]
        return digest(*parts, size=8)

    def own_fingerprint(self) -> tuple[str, ...]:
        """What a subclass adds to the feed's name."""
        return ()

    def as_feeds(self, page: Page) -> list[dict[str, Any]]:
        """A page as ElasticFeeds gives it: a plain list of dicts."""
        if page.kind == "activities":
            return [item.as_dict() for item in page.items]
        return [self.group_dict(group) for group in page.groups]

    def group_dict(self, group: Group) -> dict[str, Any]:
        """A group as a plain dict: its value under its level's name, its acts or inner groups, its total and cursor."""
        value = group.value
        made: dict[str, Any] = {_name(group): value.id if isinstance(value, Entity) else value}
        if isinstance(value, Entity):
            made["entity_type"] = value.type
        if group.groups:
            made[f"{_name(group.groups[0])}s"] = [self.group_dict(inner) for inner in group.groups]
        else:
            made["activities"] = [item.as_dict() for item in group.items]
        return {**made, **_totals(group)}


def _name(group: Group) -> str:
    """What ElasticFeeds calls a level."""
    return {"verb": "type", "object": "id", "touched": "id"}.get(group.level, group.level)


def _totals(group: Group) -> Mapping[str, Any]:
    exact = {} if group.total_is_exact else {"total_is_exact": False}
    return {"total": group.total, **exact, "more": group.more}


def checked_size(value: object, field: str) -> int:
    """An int from 1 to 1000; raises InvalidQuery otherwise."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_SIZE:
        raise InvalidQuery(field=field, value=value, rule=f"a whole number from 1 to {MAX_SIZE}")
    return value


def checked_zone(value: object) -> ZoneInfo:
    """The zone with this IANA name; raises InvalidQuery otherwise."""
    try:
        return ZoneInfo(value)  # type: ignore[arg-type]
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError) as error:
        raise InvalidQuery(field="zone", value=value, rule="the IANA name of a time zone") from error


def _checked_scope(value: object) -> Scope:
    try:
        return Scope(value)
    except ValueError as error:
        rule = "one of " + ", ".join(scope.value for scope in Scope)
        raise InvalidQuery(field="scope", value=value, rule=rule) from error
