"""Links: once each, since when, until when, for which verbs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from feedsite.feeds import Entity, Manager
from feedsite.feeds.activity import Origin
from feedsite.feeds.aggregators import PublicAggregator, UnAggregated
from feedsite.feeds.errors import InvalidCursor
from feedsite.feeds.network import link
from feedsite.feeds.testing.contract.base import Contract
from feedsite.feeds.testing.world import Clock, Network


class LinkContract(Contract):
    """Links: once each, since when, until when, for which verbs."""

    def test_following_twice_is_one_link_and_keeps_its_since(self, manager: Manager, network: Network) -> None:
        assert manager.follow("reader", "ana")
        network.clock.forward(hours=1)
        assert not manager.follow("reader", "ana")
        (only,) = manager.followers("ana").links
        assert only.since == network.clock.ms - 3_600_000

    def test_twenty_people_pressing_follow_twenty_times_at_once_are_twenty_links(self, manager: Manager) -> None:
        manager.create_indexes()

        def press(number: int) -> bool:
            return manager.follow(f"reader{number % 20}", "ana")

        with ThreadPoolExecutor(8) as pool:
            changed = list(pool.map(press, range(400)))
        assert sum(changed) == 20
        assert manager.count_followers("ana") == 20

    def test_unfollowing_what_is_not_followed_is_harmless(self, manager: Manager) -> None:
        assert not manager.un_follow("reader", "ana")
        manager.follow("reader", "ana")
        assert manager.un_follow("reader", "ana")
        assert not manager.un_follow("reader", "ana")

    def test_a_link_made_again_starts_a_new_since(self, manager: Manager, network: Network) -> None:
        manager.follow("reader", "ana")
        manager.un_follow("reader", "ana")
        between = network.post("ana")
        network.clock.forward(hours=1)
        manager.follow("reader", "ana")
        after = network.post("ana")
        assert network.ids(UnAggregated("reader")) == [after]
        assert network.ids(UnAggregated("reader", include_history=True)) == [after, between]

    def test_what_happens_in_the_very_millisecond_of_a_link_belongs_to_it(
        self, manager: Manager, network: Network, clock: Clock
    ) -> None:
        manager.follow("reader", "ana")
        manager.watch("watcher", "x", "tag")
        posted = network.post("ana", at=clock.now, about=(Entity("tag", "x"),))
        assert network.ids(UnAggregated("reader")) == network.ids(UnAggregated("watcher")) == [posted]

    def test_a_link_to_oneself_shows_ones_own_feed_and_is_no_follower(self, manager: Manager, network: Network) -> None:
        manager.follow("ana", "ana")
        posted = network.post("ana")
        assert network.ids(UnAggregated("ana")) == [posted]
        assert manager.followers("ana").links == ()
        assert manager.count_followers("ana") == 0
        assert manager.following("ana").links == ()
        assert manager.count_following("ana") == 0
        network.follow("ana", "bo", "cy")
        assert manager.count_following("ana") == 2

    def test_links_end_at_their_until(self, manager: Manager, network: Network, clock: Clock) -> None:
        network.follow("reader", "ana")
        posted = network.post("ana")
        manager.mute("reader", "ana", until=clock.now + timedelta(hours=1))
        assert network.ids(UnAggregated("reader")) == []
        clock.forward(hours=1)
        assert network.ids(UnAggregated("reader")) == [posted]

    def test_lists_of_links_are_paged_without_loss(self, manager: Manager, clock: Clock) -> None:
        for number in range(7):
            manager.follow(f"reader{number}", "ana")
            clock.forward(milliseconds=number % 2)  # some share an instant
        first = manager.followers("ana", size=3)
        second = manager.followers("ana", size=3, cursor=first.next)
        third = manager.followers("ana", size=3, cursor=second.next)
        found = [row.follower.id for page in (first, second, third) for row in page.links]
        assert sorted(found) == [f"reader{number}" for number in range(7)]
        assert third.next is None
        with pytest.raises(InvalidCursor):
            manager.followers("ana", cursor="nonsense")

    def test_lists_of_links_lose_nothing_where_two_are_linked_in_several_ways(
        self, manager: Manager, clock: Clock
    ) -> None:
        """All in one millisecond, a page a link."""
        for name in ("ana", "bo"):
            manager.follow("reader", name)
            manager.follow("reader", name, verbs=("like",))
            manager.mute("reader", name, until=clock.now + timedelta(days=1))
            manager.block("reader", name, verbs=("reply",))
        found, page = [], manager.following("reader", kinds=("follow", "mute", "block"), size=1)
        while True:
            found += [(row.entity.id, row.kind, row.verbs) for row in page.links]
            if page.next is None:
                break
            page = manager.following("reader", kinds=("follow", "mute", "block"), size=1, cursor=page.next)
        each = [("block", ("reply",)), ("follow", ()), ("follow", ("like",)), ("mute", ())]
        assert found == [(name, kind, verbs) for name in ("bo", "ana") for kind, verbs in each]

    def test_a_watched_thing_is_noticed_wherever_an_act_touches_it(self, manager: Manager, network: Network) -> None:
        """As object, target, origin, and among what the act is about."""
        manager.watch("reader", "x", "note")
        touching = [
            network.post("ana", on="x"),
            network.post("ana", target="x"),
            network.post("ana", activity_origin=Origin("x", "note")),
            network.post("ana", about=(Entity("note", "x"),)),
        ]
        network.post("ana", audience=(Entity("note", "x"),))
        assert network.ids(UnAggregated("reader")) == touching[::-1]

    def test_a_mute_a_block_or_a_limit_brings_nothing(self, manager: Manager, network: Network) -> None:
        manager.mute("reader", "ana")
        manager.block("reader", "bo")
        manager.limit("cy")
        for name in ("ana", "bo", "cy"):
            network.post(name)
        assert network.ids(UnAggregated("reader")) == []

    def test_following_and_unfollowing_in_a_hurry_ends_as_it_was_said_last(
        self, manager: Manager, network: Network
    ) -> None:
        for _ in range(3):
            assert manager.follow("reader", "ana")
            assert manager.un_follow("reader", "ana")
        assert manager.follow("reader", "ana")
        assert len(manager.get_network("reader")) == 1
        posted = network.post("ana")
        assert network.ids(UnAggregated("reader")) == [posted]

    def test_a_link_holds_what_was_said_of_it(self, manager: Manager, clock: Clock) -> None:
        until = clock.now + timedelta(days=1)
        manager.follow("reader", "ana", clock.now, "bot", verbs=("like",), until=until, weight=2.5, extra={"why": "x"})
        (only,) = manager.get_network("reader")
        assert only == {
            "actor_id": "reader",
            "linked": "2026-03-15T12:00:00.000Z",
            "linked_activity": {"activity_id": "ana", "activity_class": "actor", "activity_type": "bot"},
            "link_type": "follow",
            "link_weight": 2.5,
            "extra": {"why": "x"},
            "verbs": ["like"],
            "until": "2026-03-16T12:00:00.000Z",
        }
        assert manager.link_network_exists(link("reader", "follow", Entity("bot", "ana"), verbs=("like",)))
        assert not manager.link_network_exists(link("reader", "follow", Entity("bot", "ana")))

    def test_a_block_and_a_limit_may_end_and_may_be_for_some_verbs(
        self, manager: Manager, network: Network, clock: Clock
    ) -> None:
        made, liked = network.post("ana"), network.post("ana", verb="like")
        manager.block("reader", "ana", until=clock.now + timedelta(hours=1), verbs=("like",))
        assert network.ids(PublicAggregator("reader")) == [made]
        manager.limit("ana", until=clock.now + timedelta(minutes=1))
        assert network.ids(PublicAggregator("reader")) == []
        clock.forward(minutes=1)
        assert network.ids(PublicAggregator("reader")) == [made]
        clock.forward(hours=1)
        assert network.ids(PublicAggregator("reader")) == [liked, made]

    def test_equal_ids_of_different_types_are_different_things(self, manager: Manager, network: Network) -> None:
        manager.watch("reader", "x", "tag")
        network.post("ana", about=(Entity("project", "x"),))
        assert network.ids(UnAggregated("reader")) == []
        about_tag = network.post("ana", about=(Entity("tag", "x"),))
        assert network.ids(UnAggregated("reader")) == [about_tag]

    def test_a_link_for_some_verbs_brings_only_those(self, manager: Manager, network: Network) -> None:
        manager.add_network_link(link("reader", "follow", "ana", verbs=("like",)))
        network.post("ana")
        liked = network.post("ana", verb="like")
        network.post("ana", verb="unlike")
        assert network.ids(UnAggregated("reader")) == [liked]

    def test_a_heavier_link_is_kept_heavy(self, manager: Manager, network: Network) -> None:
        network.follow("reader", "ana")
        assert manager.set_weight("reader", "ana", 5)
        assert not manager.follow("reader", "ana")
        network.post("ana")
        (item,) = manager.get_page(UnAggregated("reader")).items
        assert item.weight == 5
