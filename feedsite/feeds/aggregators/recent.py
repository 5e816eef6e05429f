"""Sections of what happened lately: by verb, by verb and thing, by thing and verb."""

from __future__ import annotations

from typing import Any, ClassVar

from feedsite.feeds.aggregators.base import Aggregator, Level, checked_size
from feedsite.feeds.query import Facet


class RecentTypeAggregator(Aggregator):
    """A group for each verb with its newest acts, the verb with the newest act first.

    Args:
        activities_per_group: how many acts each innermost group shows, 1 to 1000.
        Further arguments: see Aggregator; `size` counts groups of the outermost level.
    """

    kind = "groups"
    levels: ClassVar[tuple[Level, ...]] = (Facet.VERB,)
    page_size = 100
    activities_per_group = 10

    def __init__(self, owner: object = None, *, activities_per_group: int | None = None, **options: Any) -> None:
        super().__init__(owner, **options)
        if activities_per_group is not None:
            self.activities_per_group = checked_size(activities_per_group, "activities_per_group")


class RecentTypeObjectAggregator(RecentTypeAggregator):
    """A group for each verb, with a group inside for each of the 20 things it was last done to.

    An outer group's `more` leads to the pages of its further things.
    """

    levels: ClassVar[tuple[Level, ...]] = (Facet.VERB, Facet.OBJECT)


class RecentObjectTypeAggregator(RecentTypeAggregator):
    """A group for each thing, with a group inside for each verb: what happened to each thing, the newest first."""

    levels: ClassVar[tuple[Level, ...]] = (Facet.OBJECT, Facet.VERB)
    page_size = 20
