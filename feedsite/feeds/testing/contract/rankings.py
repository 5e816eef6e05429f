"""Feeds in which strong links count: lists by decay, days by weight."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from feedsite.feeds import Activity, Actor, Entity, InvalidCursor, InvalidQuery, Object
from feedsite.feeds.aggregators import DateWeightAggregator, DecayRankedAggregator
from feedsite.feeds.network import link
from feedsite.feeds.testing.contract.base import Contract
from feedsite.feeds.testing.world import MS, NOON, Network

DAY = timedelta(days=1)


class RankingContract(Contract):
    """Feeds in which strong links count: lists by decay, days by weight."""

    def test_twice_the_weight_makes_up_for_the_time_in_which_half_is_lost(self, network: Network) -> None:
        network.follow("reader", "ana", "bo")
        network.manager.set_weight("reader", Entity("person", "bo"), 2)
        fresh = network.post("ana", at=NOON)
        just_older, just_newer = (network.post("bo", at=NOON - DAY + timedelta(seconds=seconds)) for seconds in (-1, 1))
        for curve in ("gauss", "exp"):
            ranked = DecayRankedAggregator("reader", "1d", curve=curve, as_of=NOON, include_history=True)
            assert network.ids(ranked) == [just_newer, fresh, just_older]

    def test_within_the_offset_nothing_is_lost_and_the_newer_comes_first(self, network: Network) -> None:
        network.follow("reader", "ana", "bo")
        network.manager.set_weight("reader", Entity("person", "bo"), 1.001)
        heavy, older, newer = (
            network.post(who, at=NOON - timedelta(hours=hours)) for who, hours in (("bo", 5), ("ana", 4), ("ana", 3))
        )
        ranked = DecayRankedAggregator("reader", "1h", "6h", as_of=NOON, include_history=True)
        assert network.ids(ranked) == [heavy, newer, older]

    def test_what_is_very_old_keeps_its_order(self, network: Network) -> None:
        """Three centuries in which half is lost every second leave nothing that a number could hold."""
        network.follow("reader", "ana", "bo")
        network.manager.set_weight("reader", Entity("person", "bo"), 2)
        years = (1712, 1713, 1714)
        posted = [network.post("ana", at=datetime(year, 1, 1, tzinfo=UTC)) for year in years]
        heavy = network.post("bo", at=datetime(1713, 1, 1, tzinfo=UTC))
        ranked = DecayRankedAggregator("reader", "1s", curve="exp", include_history=True)
        assert network.ids(ranked) == [posted[2], heavy, posted[1], posted[0]]

    def test_the_strongest_of_the_links_that_brought_an_act_counts(self, network: Network) -> None:
        network.follow("reader", "ana", "bo")
        network.manager.add_network_link(link("reader", "watch", Entity("note", "n1"), weight=8))
        watched = network.post("ana", on="n1")
        network.post("bo", on="n2")
        (first, second) = network.manager.get_page(DecayRankedAggregator("reader")).items
        assert (first.id, first.weight, second.weight) == (watched, 8.0, 1.0)
        assert [why.kind for why in first.because] == ["watch", "follow"]

    def test_pages_are_of_the_instant_of_the_first_one(self, network: Network) -> None:
        network.follow("reader", "ana", "bo")
        network.manager.set_weight("reader", Entity("person", "bo"), 3)
        for number in range(12):
            network.post("ana" if number % 3 else "bo")
        ranked = DecayRankedAggregator("reader", "10s", size=5)
        expected = network.ids(ranked)
        page = network.manager.get_page(ranked)
        shown = [item.id for item in page.items]
        while page.next is not None:
            network.clock.forward(hours=5)
            network.post("bo")
            page = network.manager.get_page(ranked, page.next)
            shown += [item.id for item in page.items]
        assert shown == expected

    def test_a_weight_that_changes_between_pages_repeats_and_loses_nothing(self, network: Network) -> None:
        network.follow("reader", "ana", "bo")
        posted = [network.post(who) for who in ("ana", "bo") * 5]
        ranked = DecayRankedAggregator("reader", "1s", size=3)
        page = network.manager.get_page(ranked)
        shown = [item.id for item in page.items]
        for weight in (90, 0.1, 7, 1):
            if page.next is not None:
                network.manager.set_weight("reader", Entity("person", "bo"), weight)
                page = network.manager.get_page(ranked, page.next)
                shown += [item.id for item in page.items]
        assert page.next is None
        assert sorted(shown) == sorted(posted)

    def test_a_hundred_different_weights_rank_as_they_should(self, network: Network) -> None:
        weights = {f"p{number}": 1 + number / 7 for number in range(100)}
        followed = (link("reader", "follow", Entity("person", who), weight=weight) for who, weight in weights.items())
        network.manager.add_links(followed)
        acts = [
            Activity("create", Actor(f"p{number * 37 % 100}"), Object("1", "note"), NOON + number * MS, id=f"a{number}")
            for number in range(100)
        ]
        network.manager.add_activities(acts)
        network.clock.forward(seconds=1)
        posted = [act.id for act in acts]
        days = DateWeightAggregator("reader", activities_per_group=5, size=50)
        (day,) = network.groups(days)
        expected = [posted[number * 73 % 100] for number in reversed(range(100))]
        assert [item.id for item in network.rest(days, day)] == expected
        ranked = DecayRankedAggregator("reader", "365d", size=40)
        assert network.ids(ranked)[:10] == expected[:10]

    def test_a_ranking_reads_as_a_plain_list(self, network: Network) -> None:
        network.follow("reader", "ana")
        ids = [network.post("ana") for _ in range(3)]
        assert [act["id"] for act in network.manager.get_feeds(DecayRankedAggregator("reader"))] == ids[::-1]
        assert network.manager.get_feeds(DecayRankedAggregator("nobody")) == []

    def test_days_are_those_of_the_zone_and_the_heaviest_link_comes_first_in_them(self, network: Network) -> None:
        network.follow("reader", "ana", "bo")
        network.manager.set_weight("reader", Entity("person", "bo"), 2)
        evening, night, morning, earlier = (
            network.post(who, at=datetime(2026, 3, day, hour, 30, tzinfo=UTC))
            for who, day, hour in (("ana", 9, 23), ("ana", 10, 5), ("ana", 10, 7), ("bo", 10, 1))
        )
        for zone, expected in (
            ("UTC", [("2026-03-10", [earlier, morning, night]), ("2026-03-09", [evening])]),
            ("America/Los_Angeles", [("2026-03-10", [morning]), ("2026-03-09", [earlier, night, evening])]),
            ("Pacific/Apia", [("2026-03-10", [earlier, morning, night, evening])]),
        ):
            feeds = network.manager.get_feeds(DateWeightAggregator("reader", zone=zone, include_history=True))
            assert [(day["date"], [act["id"] for act in day["activities"]]) for day in feeds] == expected
            assert [(day["total"], day["more"]) for day in feeds] == [(len(ids), None) for _, ids in expected]

    @pytest.mark.parametrize(("zone", "hours"), [("Europe/Berlin", 23), ("Asia/Kathmandu", 24)])
    def test_the_day_of_a_clock_change_has_its_own_length(self, network: Network, zone: str, hours: int) -> None:
        network.follow("reader", "ana")
        start = datetime(2025, 3, 30, tzinfo=ZoneInfo(zone)).astimezone(UTC)
        for minutes in (0, 60 * hours - 1, 60 * hours):
            network.post("ana", at=start + timedelta(minutes=minutes))
        groups = network.groups(DateWeightAggregator("reader", zone=zone, include_history=True))
        assert [(day.value, day.total) for day in groups] == [("2025-03-31", 1), ("2025-03-30", 2)]

    def test_days_far_apart_and_days_in_a_row_come_in_pages(self, network: Network) -> None:
        network.follow("reader", "ana")
        days = [*range(45), 400, 401, 5000, 90_000]
        for ago in days:
            network.post("ana", at=NOON - ago * DAY)
        aggregator = DateWeightAggregator("reader", size=20, include_history=True)
        pages = network.pages(aggregator)
        found = [group.value for page in pages for group in page.groups]
        assert found == [(NOON - ago * DAY).date().isoformat() for ago in days]
        assert [len(page.groups) for page in pages] == [20, 20, 9]

    def test_a_cursor_belongs_to_its_ranking(self, network: Network) -> None:
        network.follow("reader", "ana")
        for _ in range(3):
            network.post("ana")
        cursor = network.manager.get_page(DecayRankedAggregator("reader", size=1)).next
        for other in (
            DecayRankedAggregator("reader", "8d", size=1),
            DecayRankedAggregator("reader", curve="exp", size=1),
            DecayRankedAggregator("other", size=1),
            DateWeightAggregator("reader", size=1),
        ):
            with pytest.raises(InvalidCursor):
                network.manager.get_page(other, cursor)

    @pytest.mark.parametrize(
        ("field", "wrong"),
        [
            ("scale", {"scale": "0d"}),
            ("scale", {"scale": "7 days"}),
            ("scale", {"scale": 7}),
            ("offset", {"offset": timedelta(-1)}),
            ("decay", {"decay": 1}),
            ("decay", {"decay": float("nan")}),
            ("curve", {"curve": "linear"}),
        ],
    )
    def test_parameters_that_make_no_decay_are_refused_by_name(self, field: str, wrong: dict[str, object]) -> None:
        with pytest.raises(InvalidQuery) as refused:
            DecayRankedAggregator("reader", **wrong)  # type: ignore[arg-type]
        assert refused.value.field == field
