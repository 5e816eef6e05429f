"""What happened to the things that somebody watches."""

from __future__ import annotations

from typing import Any, ClassVar

from feedsite.feeds.aggregators.base import Aggregator, Level, checked_size
from feedsite.feeds.query import Facet, FeedQuery, Scope


class WatchedAggregator(Aggregator):
    """A group for each thing that somebody watches, split by verb: the thing and the verb with the newest act first.

    A thing is there for all that touches it, as object, target, origin or about; an act that touches two watched things
    is in both. Things of which there is nothing to see are left out. Every watch is looked at for a page.

    Args:
        owner: who watches.
        activities_per_group: how many acts each verb of a thing shows, 1 to 1000.
        Further arguments: see Aggregator; `size` counts things, `scope` is not asked.
    """

    kind = "groups"
    levels: ClassVar[tuple[Level, ...]] = (Facet.TOUCHED, Facet.VERB)
    default_scope = Scope.THING
    page_size = 20
    activities_per_group = 3

    def __init__(self, owner: object, *, activities_per_group: int | None = None, **options: Any) -> None:
        options["scope"] = self.default_scope
        super().__init__(owner, **options)
        if activities_per_group is not None:
            self.activities_per_group = checked_size(activities_per_group, "activities_per_group")

    @property
    def count_cap(self) -> int:
        """Acts are counted to 999."""
        return 1000

    def query(self, as_of: int) -> FeedQuery:
        """What the viewer may see; which things it is about, the watches tell."""
        query = super().query(as_of).but(owner=None, others_only=False)
        if self.others_only and self.owner is not None:
            return query.excluding(Facet.ACTOR, (self.owner.key,))
        return query

    def own_fingerprint(self) -> tuple[str, ...]:
        """Who watches."""
        return (self.owner.key if self.owner else "", str(self.others_only))
