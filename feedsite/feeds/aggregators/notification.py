"""What concerns a reader, grouped by what was done to what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from feedsite.feeds.aggregators.base import Aggregator
from feedsite.feeds.errors import InvalidQuery
from feedsite.feeds.names import checked_name, digest
from feedsite.feeds.page import Group
from feedsite.feeds.query import Facet, FeedQuery, Freshness, Marker, Scope


class NotificationAggregator(Aggregator):
    """What concerns a reader: one group for each thing and verb, newest first over everything; never the reader's own
    acts.

    With a read marker the groups come in two sections: New (made of what is newer than the marker), then Earlier
    (made of the
    rest). A verb in `ungrouped` is never grouped: each of its acts stands alone.

    Args:
        owner: the reader.
        read: up to where the reader has read (None: all is new).
        seen: up to where the reader has opened the list; the badge counts New groups with something newer.
        states: markers of single groups by group key, in place of `read`.
        ungrouped: verbs that stand alone.
        section: `new` or `earlier` for one of the two only; None for both.
        scope: `concerns` (the audience names the reader, or it touches what the reader watches, since the watch), or
            `network`
            (everything from the reader's network, as ElasticFeeds has it), or `named` (the audience names the reader).
        Further arguments: see Aggregator; `size` counts groups.
    """

    kind = "groups"
    levels = (Facet.NOTICE,)
    page_size = 20
    default_scope = Scope.CONCERNS
    sample_actors = 8

    def __init__(
        self,
        owner: object,
        *,
        read: Marker | None = None,
        seen: Marker | None = None,
        states: Mapping[str, Marker] | None = None,
        ungrouped: Iterable[str] = ("reply", "mention"),
        section: str | None = None,
        **options: Any,
    ) -> None:
        if options.get("newer_than") is not None:
            raise InvalidQuery(field="newer_than", value="a marker", rule="given as read")
        super().__init__(owner, **options)
        if section not in (None, "new", "earlier"):
            raise InvalidQuery(field="section", value=section, rule="'new', 'earlier' or None")
        self.read, self.seen, self.states = read, seen, dict(states or {})
        self.ungrouped = tuple(sorted({checked_name(verb, "ungrouped") for verb in ungrouped}))
        self.section = section

    @property
    def count_cap(self) -> None:
        """Events and actors of notification groups are counted exactly."""
        return None

    def query(self, as_of: int) -> FeedQuery:
        """What concerns the reader, on both sides of the marker."""
        return super().query(as_of).but(others_only=True, ungrouped=self.ungrouped)

    def section_query(self, as_of: int, section: str) -> FeedQuery:
        """What concerns the reader, on one side of the marker."""
        fresh = Freshness(self.read, self.states, new=section == "new")
        return self.query(as_of).but(freshness=fresh)

    def badge_query(self, as_of: int) -> FeedQuery:
        """What makes a group count in the badge: it is new, and newer than seen."""
        return self.query(as_of).but(freshness=Freshness(self.read, self.states, new=True, seen=self.seen))

    @property
    def sections(self) -> tuple[str, ...]:
        """The sections of the list, in order."""
        if self.section is not None:
            return (self.section,)
        return ("new", "earlier")

    def own_fingerprint(self) -> tuple[str, ...]:
        """The ungrouped verbs and the markers: a page of New belongs to the markers it was split at."""
        states = sorted((key, marker.position) for key, marker in self.states.items())
        read = None if self.read is None else self.read.position
        return (",".join(self.ungrouped), str(self.section), str(read), digest(str(states)))

    def group_dict(self, group: Group) -> dict[str, Any]:
        """A group as ElasticFeeds gives it."""
        newest = group.item
        return {
            "object_id": newest.object.id,
            "object_type": newest.object.type,
            "type": newest.verb,
            "actors": [actor.id for actor in group.actors],
            "actor_count": group.actor_count,
            "event_count": group.total,
            "latest": newest.as_dict()["published"],
            "new": group.new,
            "more": group.more,
        }
