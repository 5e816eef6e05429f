"""The days of a feed, told in the viewer's time zone: with their acts, or with what one actor did on each."""

from __future__ import annotations

from typing import Any, ClassVar

from feedsite.feeds.aggregators.base import Aggregator, Level, checked_size
from feedsite.feeds.page import Group
from feedsite.feeds.query import Facet, Period, Scope


class DayAggregator(Aggregator):
    """A feed by day, newest first; a page is whole days, only those that have something.

    Args:
        activities_per_group: how many acts each day shows, 1 to 1000; its `more` leads to the others.
        Further arguments: see Aggregator; `size` counts days.
    """

    kind = "groups"
    levels: ClassVar[tuple[Level, ...]] = (Period.DAY,)
    page_size = 10
    activities_per_group = 10

    def __init__(self, owner: object = None, *, activities_per_group: int | None = None, **options: Any) -> None:
        super().__init__(owner, **options)
        if activities_per_group is not None:
            self.activities_per_group = checked_size(activities_per_group, "activities_per_group")

    def group_dict(self, group: Group) -> dict[str, Any]:
        """A day as a plain dict: `date` is its ISO date."""
        made = super().group_dict(group)
        return {"date": made.pop("day"), **made} if group.level == Period.DAY.value else made


class ActorDayAggregator(DayAggregator):
    """What one actor did, day by day: a group for each verb, and how many things it was done to ("Ana liked 4 notes").

    A verb's group says how many acts it has (`total`) and how many things they were done to (`things`), both exact; a
    group inside it for each of the 20 things it was last done to; its `more` leads to the others.
    """

    levels: ClassVar[tuple[Level, ...]] = (Period.DAY, Facet.VERB, Facet.OBJECT)
    default_scope = Scope.ACTOR
    page_size = 7
    activities_per_group = 1

    @property
    def count_cap(self) -> None:
        """Acts are counted exactly."""
        return None

    def group_dict(self, group: Group) -> dict[str, Any]:
        """A group as a plain dict; that of a verb says how many things too."""
        made = super().group_dict(group)
        return {**made, "things": group.distinct} if group.level == Facet.VERB.value else made
