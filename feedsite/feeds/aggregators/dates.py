"""The calendar of a feed, told in the viewer's time zone."""

from __future__ import annotations

from typing import Any, ClassVar

from feedsite.feeds.aggregators.base import Aggregator, Level, checked_size
from feedsite.feeds.calendar import year_bounds
from feedsite.feeds.errors import InvalidQuery
from feedsite.feeds.query import Facet, FeedQuery, Period


class YearMonthAggregator(Aggregator):
    """A feed by year and month, newest first; a page is whole months, only those that have something.

    Args:
        year: only this year (in the zone).
        activities_per_group: how many acts each innermost group shows, 1 to 1000.
        Further arguments: see Aggregator; `size` counts months.
    """

    kind = "groups"
    levels: ClassVar[tuple[Level, ...]] = (Period.YEAR, Period.MONTH)
    page_size = 12
    activities_per_group = 10

    def __init__(
        self, owner: object = None, year: int | None = None, *, activities_per_group: int | None = None, **options: Any
    ) -> None:
        super().__init__(owner, **options)
        if year is not None and (isinstance(year, bool) or not isinstance(year, int) or not 1700 <= year <= 2200):
            raise InvalidQuery(field="year", value=year, rule="a whole number from 1700 to 2200")
        self.year = year
        if activities_per_group is not None:
            self.activities_per_group = checked_size(activities_per_group, "activities_per_group")

    def query(self, as_of: int) -> FeedQuery:
        """The feed, within the year."""
        query = super().query(as_of)
        if self.year is None:
            return query
        since, until = year_bounds(self.year, self.zone)
        return query.but(
            since_ms=max(since, query.since_ms if query.since_ms is not None else since),
            until_ms=min(until, query.until_ms if query.until_ms is not None else until),
        )

    def own_fingerprint(self) -> tuple[str, ...]:
        """The year."""
        return (str(self.year),)


class YearMonthTypeAggregator(YearMonthAggregator):
    """A feed by year, month and verb, newest first: in a month the verb with the newest act comes first."""

    levels: ClassVar[tuple[Level, ...]] = (Period.YEAR, Period.MONTH, Facet.VERB)
