"""Order, pages and cursors."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feedsite.feeds import Manager
from feedsite.feeds.aggregators import (
    ActorAggregator,
    CollapseAggregator,
    CursorAggregator,
    NotificationAggregator,
    UnAggregated,
    YearMonthAggregator,
)
from feedsite.feeds.errors import InvalidCursor
from feedsite.feeds.testing.contract.base import Contract
from feedsite.feeds.testing.world import Clock, Network


class PageContract(Contract):
    """Order, pages and cursors."""

    def test_a_page_never_splits_or_repeats_ties(self, manager: Manager, network: Network) -> None:
        """Twenty activities in one millisecond, pages of seven, one more arriving in between."""
        network.follow("reader", "ana")
        network.clock.forward(hours=1)
        written = {network.post("ana", at=network.clock.now) for _ in range(20)}
        first = manager.get_page(CursorAggregator("reader", size=7))
        network.post("ana")
        second = manager.get_page(CursorAggregator("reader", size=7), first.next)
        third = manager.get_page(CursorAggregator("reader", size=7), second.next)
        items = [*first.items, *second.items, *third.items]
        assert len(items) == 20
        assert {item.id for item in items} == written
        assert [item.key for item in items] == sorted((item.key for item in items), reverse=True)
        assert third.next is None

    def test_an_exactly_full_last_page_has_no_next(self, manager: Manager, network: Network) -> None:
        network.follow("reader", "ana")
        for _ in range(6):
            network.post("ana")
        first, second = network.pages(CursorAggregator("reader", size=3))
        assert len(first.items) == len(second.items) == 3
        assert second.next is None

    def test_previous_leads_back_to_full_pages_and_then_to_the_first(self, manager: Manager, network: Network) -> None:
        network.follow("reader", "ana")
        posted = [network.post("ana") for _ in range(8)][::-1]
        aggregator = CursorAggregator("reader", size=3)
        pages = network.pages(aggregator)
        assert pages[0].previous is None
        back = manager.get_page(aggregator, pages[2].previous)
        assert [item.id for item in back.items] == posted[3:6]
        first = manager.get_page(aggregator, back.previous)
        assert [item.id for item in first.items] == posted[:3]
        assert first.previous is None

    def test_a_cursor_that_was_changed_or_is_another_feeds_is_refused(self, manager: Manager, network: Network) -> None:
        network.follow("reader", "ana")
        network.follow("other", "ana")
        for _ in range(3):
            network.post("ana")
        token = manager.get_page(CursorAggregator("reader", size=1)).next
        assert token is not None
        wrong = [token[:-2] + ("AA" if token[-2:] != "AA" else "BB"), token[:-5], "", "é", "A" * 9000, token + "=x"]
        for text in wrong:
            with pytest.raises(InvalidCursor):
                manager.get_page(CursorAggregator("reader", size=1), text)
        for foreign in (
            CursorAggregator("other", size=1),
            ActorAggregator("reader"),
            UnAggregated("reader", order="asc"),
        ):
            with pytest.raises(InvalidCursor):
                manager.get_page(foreign, token)

    def test_oldest_first_is_the_same_feed_turned_round(self, network: Network) -> None:
        network.follow("reader", "ana")
        posted = [network.post("ana") for _ in range(5)]
        assert network.ids(CursorAggregator("reader", size=2, order="asc")) == posted

    def test_a_future_dated_act_appears_at_its_instant(self, network: Network, clock: Clock) -> None:
        network.follow("reader", "ana")
        later = network.post("ana", at=clock.now + timedelta(minutes=5))
        assert network.ids(UnAggregated("reader")) == []
        clock.forward(minutes=5)
        assert network.ids(UnAggregated("reader")) == [later]

    def test_an_empty_network_has_the_same_envelope(self, manager: Manager) -> None:
        page = manager.get_page(CursorAggregator("nobody"))
        assert (page.kind, page.items, page.groups, page.next, page.previous) == ("activities", (), (), None, None)
        for aggregator in (
            CollapseAggregator("nobody"),
            YearMonthAggregator("nobody"),
            NotificationAggregator("nobody"),
        ):
            page = manager.get_page(aggregator)
            assert (page.kind, page.items, page.groups, page.next) == ("groups", (), (), None)
            assert manager.get_feeds(aggregator) == []

    def test_people_whose_newest_acts_are_gone_hide_nobody(self, manager: Manager, network: Network) -> None:
        """A store may know how new somebody's newest act is: where that act is deleted, their old ones come after what
        others did in between."""
        gone, there = [f"gone{number}" for number in range(60)], [f"there{number}" for number in range(12)]
        network.follow("ana", *gone, *there)
        old = [network.post(name) for name in gone]
        shown = [network.post(name) for name in there]
        for act in [network.post(name) for name in gone]:
            manager.delete_activity(act)
        newest = [item.id for item in manager.get_page(CursorAggregator("ana", size=5)).items]
        assert newest == shown[::-1][:5]
        assert network.ids(CursorAggregator("ana", size=30)) == [*shown[::-1], *old[::-1]]
