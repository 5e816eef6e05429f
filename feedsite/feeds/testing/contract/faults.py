"""What other feed libraries got wrong: each must never come back (docs/evidence.md names the fault of each)."""

from __future__ import annotations

from datetime import timedelta

from feedsite.feeds import Activity, Actor, Entity, Manager, Object, Origin
from feedsite.feeds.aggregators import (
    CollapseAggregator,
    NotificationAggregator,
    RecentTypeAggregator,
    UnAggregated,
    YearMonthAggregator,
    YearMonthTypeAggregator,
)
from feedsite.feeds.testing.contract.base import Contract
from feedsite.feeds.testing.world import Clock, Network, note


class FaultContract(Contract):
    """What must never come back."""

    def test_groups_are_in_the_order_of_their_newest_act_not_of_how_much_they_have(
        self, manager: Manager, network: Network, clock: Clock
    ) -> None:
        manager.follow("reader", "ana", linked=clock.now - timedelta(days=200))
        for days, verb, often in ((90, "create", 5), (60, "like", 9), (30, "reply", 1)):
            for second in range(often):
                network.post("ana", verb=verb, at=clock.now - timedelta(days=days, seconds=second), on=f"{days}")
        (year,) = [year for year in manager.get_feeds(YearMonthAggregator("reader")) if year["year"] == 2026]
        assert [month["month"] for month in year["months"]] == sorted(
            (m["month"] for m in year["months"]), reverse=True
        )
        verbs = manager.get_feeds(RecentTypeAggregator("reader"))
        assert [(group["type"], group["total"]) for group in verbs] == [("reply", 1), ("like", 9), ("create", 5)]

    def test_acts_in_date_groups_have_their_verb(self, manager: Manager, network: Network) -> None:
        network.follow("reader", "ana")
        for verb in ("create", "like"):
            network.post("ana", verb=verb)
        (year,) = manager.get_feeds(YearMonthAggregator("reader"))
        assert [act["type"] for act in year["months"][0]["activities"]] == ["like", "create"]
        (year,) = manager.get_feeds(YearMonthTypeAggregator("reader"))
        assert [group["type"] for group in year["months"][0]["types"]] == ["like", "create"]

    def test_a_group_of_more_than_a_hundred_says_how_many_and_leads_to_all(
        self, manager: Manager, network: Network
    ) -> None:
        network.follow("reader", "ana")
        manager.add_activities(
            Activity("like", Actor("ana"), Object(f"n{n % 105}", "note"), network.clock.now, id=f"a{n}")
            for n in range(120)
        )
        aggregator = RecentTypeAggregator("reader", activities_per_group=100)
        (likes,) = network.groups(aggregator)
        assert (likes.total, likes.total_is_exact, len(likes.items)) == (120, True, 100)
        assert len({item.id for item in network.rest(aggregator, likes)}) == 120
        assert len({group.value for group in network.groups(CollapseAggregator("reader", size=50))}) == 105

    def test_equal_ids_of_different_types_are_different_notifications(self, manager: Manager, network: Network) -> None:
        ana = (Entity("person", "ana"),)
        for kind in ("note", "tag"):
            network.clock.forward(seconds=1)
            manager.add_activity_feed(Activity("like", Actor("bo"), Object("1", kind), audience=ana))
        groups = manager.get_feeds(NotificationAggregator("ana"))
        assert [(group["object_type"], group["event_count"]) for group in groups] == [("tag", 1), ("note", 1)]

    def test_watching_brings_what_something_came_from(self, manager: Manager, network: Network) -> None:
        manager.watch("reader", "1", "note")
        network.clock.forward(seconds=1)
        copied = Activity("copy", Actor("bo"), Object("2", "note"), activity_origin=Origin("1", "note"))
        assert network.ids(UnAggregated("reader")) == []
        written = manager.add_activity_feed(copied)
        assert network.ids(UnAggregated("reader")) == [written.id]

    def test_a_mute_brings_nothing(self, manager: Manager, network: Network) -> None:
        manager.mute("reader", "ana")
        manager.mute("reader", note("1"))
        manager.block("reader", "bo")
        network.clock.forward(seconds=1)
        for name in ("ana", "bo", "cy"):
            network.post(name, on="1")
        assert network.ids(UnAggregated("reader", include_history=True)) == []
