"""What went wrong with groups elsewhere, on every aggregator that groups; see `faults` for what else did."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feedsite.feeds import Entity
from feedsite.feeds import aggregators as ways
from feedsite.feeds.aggregators import (
    CollapseAggregator,
    NotificationAggregator,
    RecentObjectTypeAggregator,
    RecentTypeAggregator,
    RecentTypeObjectAggregator,
    YearMonthAggregator,
    YearMonthTypeAggregator,
)
from feedsite.feeds.testing.contract.base import Contract
from feedsite.feeds.testing.world import Network, note

_LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)
_GROUPED = (
    CollapseAggregator,
    RecentTypeAggregator,
    RecentTypeObjectAggregator,
    RecentObjectTypeAggregator,
    YearMonthAggregator,
    YearMonthTypeAggregator,
    NotificationAggregator,
    ways.DayAggregator,
    ways.ActorDayAggregator,
    ways.HeatmapAggregator,
    ways.CountAggregator,
    ways.TrendingAggregator,
    ways.WatchedAggregator,
)


class GroupFaultContract(Contract):
    """What went wrong elsewhere."""

    def test_groups_inside_groups_are_not_cut_at_ten(self, network: Network) -> None:
        """Thirteen years, thirteen verbs of a thing, thirteen things of a verb."""
        network.manager.follow("reader", "ana", linked=_LONG_AGO)
        for number in range(13):
            network.post("ana", verb=f"verb{number:02}", on="n1", at=datetime(2000 + number, 5, 1, tzinfo=UTC))
            network.post("ana", verb="like", on=f"n{number + 2}", at=datetime(2020, 5, 1, 12, number, tzinfo=UTC))
        years = network.manager.get_feeds(YearMonthAggregator("reader"))
        assert [year["year"] for year in years] == [2020, *range(2012, 1999, -1)]
        things = network.groups(RecentObjectTypeAggregator("reader"))
        assert len(things) == 14
        assert [verb.value for verb in things[-1].groups] == [f"verb{number:02}" for number in reversed(range(13))]
        like, *_ = network.groups(RecentTypeObjectAggregator("reader"))
        assert len(like.groups) == 13

    def test_dates_are_ordered_by_time_and_not_by_how_busy_they_are(self, network: Network) -> None:
        network.manager.follow("reader", "ana", linked=_LONG_AGO)
        for month, acts in ((1, 1), (2, 5), (3, 2), (4, 9), (5, 1)):
            for minute in range(acts):
                network.post("ana", at=datetime(2025, month, 10, 12, minute, tzinfo=UTC))
        (year,) = network.manager.get_feeds(YearMonthAggregator("reader"))
        assert [(month["month"], month["total"]) for month in year["months"]] == [
            (5, 1),
            (4, 9),
            (3, 2),
            (2, 5),
            (1, 1),
        ]
        days = network.manager.get_feeds(ways.DayAggregator("reader"))
        assert [day["date"][5:7] for day in days] == ["05", "04", "03", "02", "01"]

    def test_more_than_a_hundred_groups_are_told_of_and_can_be_fetched(self, network: Network) -> None:
        network.follow("reader", "ana")
        for number in range(130):
            network.post("ana", verb=f"verb{number:03}", on=f"n{number:03}")
        for aggregator in (RecentTypeAggregator("reader"), CollapseAggregator("reader", size=100)):
            first, second = network.pages(aggregator)
            assert (len(first.groups), len(second.groups), second.next) == (100, 30, None)
            values = [group.value for page in (first, second) for group in page.groups]
            assert len(set(values)) == 130

    def test_a_last_page_of_groups_that_is_exactly_full_is_the_last(self, network: Network) -> None:
        network.manager.follow("reader", "ana", linked=_LONG_AGO)
        network.manager.watch("reader", "bread", "tag")
        network.manager.watch("reader", "tea", "tag")
        about = (Entity("tag", "bread"), Entity("tag", "tea"))
        for number in range(4):
            at = datetime(2026, 3, 1 + number, 12, tzinfo=UTC) - timedelta(days=31 * number)
            network.post("ana", verb=f"verb{number}", on=f"n{number}", at=at, about=about)
        for aggregator, pages in (
            (CollapseAggregator("reader", size=2), 2),
            (RecentTypeAggregator("reader", size=2), 2),
            (YearMonthAggregator("reader", size=2), 2),
            (ways.DayAggregator("reader", size=2), 2),
            (ways.ActorDayAggregator("ana", size=2), 2),
            (ways.CountAggregator("ana", "object", size=2), 2),
            (ways.WatchedAggregator("reader", size=2, include_history=True), 1),
        ):
            found = network.pages(aggregator)
            assert [bool(page.groups) for page in found] == [True] * pages, type(aggregator).__name__
            assert found[-1].next is None

    def test_notifications_are_newest_first_over_all_without_ones_own_and_types_apart(self, network: Network) -> None:
        ana = (Entity("person", "ana"),)
        network.post("bo", verb="like", on="1", audience=ana)
        network.post("bo", verb="like", on="2", audience=ana)
        network.post("ana", verb="like", on="2", audience=ana)
        network.post("cy", verb="like", on="1", audience=ana)
        groups = network.groups(NotificationAggregator("ana"))
        assert [(str(group.item.object), group.total) for group in groups] == [("note:1", 2), ("note:2", 1)]

    @pytest.mark.parametrize("kind", _GROUPED)
    def test_an_empty_network_has_the_shape_of_a_full_one(self, network: Network, kind: Any) -> None:
        page = network.manager.get_page(kind("nobody"))
        assert (page.kind, page.items, page.groups, page.next, page.previous) == ("groups", (), (), None, None)
        assert page.as_of == network.clock.now
        assert network.manager.get_feeds(kind("nobody")) == []

    def test_groups_with_acts_of_one_instant_come_in_one_order_and_each_once(self, network: Network) -> None:
        """Equal positions are told apart by a hash of the id: cards of one millisecond, page after page."""
        network.follow("reader", "ana")
        at = network.clock.now
        acts = {network.post("ana", verb="like", on=f"n{number}", at=at): f"n{number}" for number in range(9)}
        flat = [item.id for item in network.manager.get_page(ways.CursorAggregator("reader")).items]
        cards = network.groups(CollapseAggregator("reader", size=2))
        assert [group.value for group in cards] == [note(acts[one]) for one in flat]
        inside = network.groups(RecentTypeObjectAggregator("reader"))[0].groups
        assert [group.value for group in inside] == [note(acts[one]) for one in flat]
