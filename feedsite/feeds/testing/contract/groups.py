"""Cards, months, verbs."""

from __future__ import annotations

from datetime import UTC, datetime

from feedsite.feeds.aggregators import (
    CollapseAggregator,
    RecentObjectTypeAggregator,
    RecentTypeAggregator,
    RecentTypeObjectAggregator,
    YearMonthAggregator,
    YearMonthTypeAggregator,
)
from feedsite.feeds.testing.contract.base import Contract
from feedsite.feeds.testing.world import Network, note


class GroupContract(Contract):
    """Cards, months, verbs."""

    def test_a_year_has_its_twelve_months_and_a_month_its_twenty_five_verbs(self, network: Network) -> None:
        network.clock.ms += 0
        network.manager.follow("reader", "ana", linked=datetime(2020, 1, 1, tzinfo=UTC))
        for month in range(1, 13):
            for number in range(25):
                network.post("ana", at=datetime(2025, month, 28, 12, number, tzinfo=UTC), verb=f"verb{number}")
        (year,) = network.manager.get_feeds(YearMonthTypeAggregator("reader", 2025))
        assert [month["month"] for month in year["months"]] == list(range(12, 0, -1))
        expected = [f"verb{number}" for number in reversed(range(25))]
        assert all([group["type"] for group in month["types"]] == expected for month in year["months"])

    def test_months_are_those_of_the_zone(self, network: Network) -> None:
        network.manager.follow("reader", "ana", linked=datetime(2020, 1, 1, tzinfo=UTC))
        network.post("ana", at=datetime(2026, 2, 28, 23, 30, tzinfo=UTC))
        for zone, month in (("UTC", 2), ("Asia/Kathmandu", 3), ("Pacific/Apia", 3), ("America/Los_Angeles", 2)):
            (group,) = network.groups(YearMonthAggregator("reader", zone=zone))
            assert group.groups[0].value == month

    def test_the_rest_of_a_month_can_be_fetched(self, network: Network) -> None:
        network.follow("reader", "ana")
        posted = [network.post("ana") for _ in range(9)][::-1]
        aggregator = YearMonthAggregator("reader", activities_per_group=2, size=3)
        (year,) = network.groups(aggregator)
        (month,) = year.groups
        assert month.total == 9
        assert [item.id for item in network.rest(aggregator, month)] == posted

    def test_a_verb_has_its_newest_things_and_leads_to_the_rest(self, network: Network) -> None:
        network.follow("reader", "ana")
        for number in range(45):
            network.post("ana", verb="like", on=f"n{number}")
        network.post("ana", verb="announce", on="n3")
        aggregator = RecentTypeObjectAggregator("reader")
        share, like = network.groups(aggregator)
        assert (share.value, like.value, like.total, len(like.groups)) == ("announce", "like", 45, 20)
        things = [group.value for group in network.inner_groups(aggregator, like)]
        assert things == [note(f"n{number}") for number in reversed(range(45))]

    def test_recent_sections_read_as_plain_dicts(self, network: Network) -> None:
        network.follow("reader", "ana")
        network.post("ana", verb="like", on="n1")
        network.post("ana", verb="announce", on="n1")
        manager = network.manager
        assert [group["type"] for group in manager.get_feeds(RecentTypeAggregator("reader"))] == ["announce", "like"]
        (thing,) = manager.get_feeds(RecentObjectTypeAggregator("reader"))
        assert (thing["id"], [verb["type"] for verb in thing["types"]]) == ("n1", ["announce", "like"])
        (share, like) = manager.get_feeds(RecentTypeObjectAggregator("reader"))
        assert [(verb["type"], [one["id"] for one in verb["ids"]]) for verb in (share, like)] == [
            ("announce", ["n1"]),
            ("like", ["n1"]),
        ]

    def test_cards_are_newest_first_and_none_comes_twice(self, network: Network) -> None:
        network.follow("reader", "ana", "bo")
        for number in range(9):
            network.post("ana", on=f"n{number}")
        network.post("bo", verb="like", on="n0")
        groups = network.groups(CollapseAggregator("reader", size=2))
        assert [group.value for group in groups] == [note(f"n{number}") for number in (0, 8, 7, 6, 5, 4, 3, 2, 1)]
        assert [group.total for group in groups] == [2, 1, 1, 1, 1, 1, 1, 1, 1]

    def test_a_card_is_not_shown_again_when_something_new_happens_to_it(self, network: Network) -> None:
        network.follow("reader", "ana", "bo")
        for number in range(4):
            network.post("ana", on=f"n{number}")
        aggregator = CollapseAggregator("reader", size=2)
        first = network.manager.get_page(aggregator)
        network.post("bo", verb="like", on="n1")
        second = network.manager.get_page(aggregator, first.next)
        assert [group.value for group in second.groups] == [note("n1"), note("n0")]

    def test_a_card_seen_is_not_repeated_when_its_newest_act_is_deleted(self, network: Network) -> None:
        network.follow("reader", "ana", "bo")
        network.post("bo", verb="like", on="n1")
        for number in (0, 2):
            network.post("ana", on=f"n{number}")
        newest = network.post("ana", on="n1")
        aggregator = CollapseAggregator("reader", size=1)
        first = network.manager.get_page(aggregator)
        network.manager.delete_activity(newest)
        rest, token = [], first.next
        while token is not None:
            page = network.manager.get_page(aggregator, token)
            rest += [group.value for group in page.groups]
            token = page.next
        assert rest == [note("n2"), note("n0")]
