"""What every store must do, one sentence a test. Subclass it and give the fixture `make_store`."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feedsite.feeds import Activity, Actor, Entity, Manager, Marker, Object
from feedsite.feeds.aggregators import (
    ActorAggregator,
    CollapseAggregator,
    CursorAggregator,
    NotificationAggregator,
    PublicAggregator,
    ThingAggregator,
    UnAggregated,
    YearMonthAggregator,
    YearMonthTypeAggregator,
)
from feedsite.feeds.errors import FeedError, InvalidCursor
from feedsite.feeds.network import link
from feedsite.feeds.testing.world import MS, NOON, Clock, Network, note

MakeStore = Callable[[Clock], Any]


class StoreContract:
    """Tests of links, identity, order, paging, visibility and groups."""

    @pytest.fixture
    def make_store(self) -> MakeStore:
        """A function that gives an empty store with a clock."""
        raise RuntimeError("the subclass gives make_store")

    @pytest.fixture
    def clock(self) -> Clock:
        """The store's clock."""
        return Clock()

    @pytest.fixture
    def manager(self, make_store: MakeStore, clock: Clock) -> Any:
        """A manager on an empty store."""
        manager = Manager(store=make_store(clock), renotify={"follow": timedelta(days=1)})
        yield manager
        manager.close()

    @pytest.fixture
    def network(self, manager: Manager, clock: Clock) -> Network:
        """People who do things on that store."""
        return Network(manager, clock)

    # Links

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

    def test_a_link_to_oneself_shows_ones_own_feed_and_is_no_follower(self, manager: Manager, network: Network) -> None:
        manager.follow("ana", "ana")
        posted = network.post("ana")
        assert network.ids(UnAggregated("ana")) == [posted]
        assert manager.followers("ana").links == ()
        assert manager.count_followers("ana") == 0
        assert manager.following("ana").links == ()

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

    # Identity

    def test_the_first_act_of_an_id_wins_and_a_deleted_id_stays_deleted(self, manager: Manager) -> None:
        first = Activity("create", Actor("ana"), Object("1", "note"), NOON, id="a")
        second = Activity("create", Actor("bo"), Object("2", "note"), NOON + MS, id="a")
        assert manager.add_activity_feed(first).changed
        assert not manager.add_activity_feed(second).changed
        assert [item.actor.id for item in manager.get_page(PublicAggregator()).items] == ["ana"]
        assert manager.get_page(ThingAggregator(note("2"))).items == ()
        assert manager.delete_activity("a")
        assert not manager.delete_activity("a")
        assert not manager.add_activity_feed(first).changed
        assert manager.get_page(PublicAggregator()).items == ()

    def test_bulk_stores_each_id_once(self, manager: Manager) -> None:
        acts = [Activity("create", Actor("ana"), Object(str(n % 30), "note"), NOON, id=f"a{n % 30}") for n in range(60)]
        steps: list[tuple[int, int]] = []
        assert manager.add_activities(iter(acts), progress=lambda read, new: steps.append((read, new))) == 30
        assert steps == [(60, 30)]
        assert manager.add_activities(acts) == 0

    def test_what_is_undone_and_done_again_is_a_new_act(self, manager: Manager, network: Network) -> None:
        like = Activity("like", Actor("ana"), Object("1", "note"))
        first = manager.perform(like)
        assert first.changed
        assert not manager.perform(like).changed
        assert manager.performed("like", "ana", [note("1"), note("2")]) == {"note:1"}
        assert manager.undo("like", "ana", note("1"))
        assert not manager.undo("like", "ana", note("1"))
        assert manager.performed("like", "ana", [note("1")]) == set()
        network.clock.forward(minutes=1)
        again = manager.perform(like)
        assert again.changed
        assert again.id != first.id
        (item,) = manager.get_page(PublicAggregator()).items
        assert item.first is not None
        assert item.first.id == first.id

    def test_twenty_presses_of_like_at_once_are_one_act(self, manager: Manager) -> None:
        manager.create_indexes()
        like = Activity("like", Actor("ana"), Object("1", "note"))
        with ThreadPoolExecutor(8) as pool:
            changed = list(pool.map(lambda _: manager.perform(like).changed, range(20)))
        assert sum(changed) == 1
        assert manager.counts([note("1")], ["like"]) == {("note:1", "like"): 1}

    def test_doing_many_at_once_is_like_doing_them_one_by_one(self, manager: Manager) -> None:
        likes = [Activity("like", Actor(f"p{n % 5}"), Object("1", "note")) for n in range(12)]
        assert manager.perform_all(likes) == 5
        assert manager.undo("like", "p1", note("1"))
        assert manager.perform_all(likes) == 1

    def test_an_update_replaces_what_may_change_and_nothing_else(self, manager: Manager, network: Network) -> None:
        made = Activity("create", Actor("ana"), Object("1", "note"), NOON, id="a", about=(Entity("tag", "x"),))
        manager.add_activity_feed(made)
        changed = Activity("create", Actor("ana"), Object("1", "note"), id="a", about=(Entity("tag", "y"),))
        assert manager.update_activity(changed)
        assert network.ids(ThingAggregator(Entity("tag", "x"))) == []
        assert network.ids(ThingAggregator(Entity("tag", "y"))) == ["a"]
        with pytest.raises(FeedError, match="never change"):
            manager.update_activity(Activity("create", Actor("bo"), Object("1", "note"), id="a"))
        assert not manager.update_activity(Activity("create", Actor("ana"), Object("1", "note"), id="unknown"))

    def test_what_the_writer_kept_comes_back_as_given(self, manager: Manager) -> None:
        extra: dict[str, Any] = {"text": "é\u0000\U0001f600", "n": [1, 2.5, None, True, {"deep": {}}]}
        act = Activity("add", Actor("ana", "person", {"a": 1}), Object("1", "note", {}), NOON, extra=extra, id="a")
        manager.add_activity_feed(act)
        (found,) = manager.get_feeds(PublicAggregator())
        assert found == {
            "id": "a",
            "type": "add",
            "published": "2026-03-15T12:00:00.000Z",
            "actor": {"id": "ana", "type": "person", "extra": {"a": 1}},
            "object": {"id": "1", "type": "note", "extra": {}},
            "extra": extra,
        }

    # Order and pages

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

    # Who sees what

    def test_an_act_for_followers_is_seen_by_those_who_follow_now(self, manager: Manager, network: Network) -> None:
        network.follow("friend", "ana")
        private = network.post("ana", visibility="followers")
        for viewer, seen in (("ana", True), ("friend", True), ("stranger", False), (None, False)):
            assert (private in network.ids(PublicAggregator(viewer))) is seen
            assert (private in network.ids(ActorAggregator("ana", viewer=viewer))) is seen
        manager.un_follow("friend", "ana")
        assert network.ids(ActorAggregator("ana", viewer="friend")) == []

    def test_an_act_for_its_audience_is_seen_by_those_it_names(self, network: Network) -> None:
        named = network.post("ana", visibility="audience", audience=(Entity("person", "bo"),))
        network.follow("friend", "ana")
        assert network.ids(PublicAggregator("bo")) == network.ids(PublicAggregator("ana")) == [named]
        assert network.ids(PublicAggregator("friend")) == []

    def test_a_muted_person_is_gone_from_pages_counts_and_groups(self, manager: Manager, network: Network) -> None:
        network.follow("reader", "ana", "bo")
        manager.watch("reader", "1", "note")
        mine = [network.post("bo", on="1"), network.post("ana", verb="like", on="1")]
        network.post("bo", verb="like", on="2", about=(Entity("person", "ana"),))
        manager.mute("reader", "ana")
        assert network.ids(UnAggregated("reader")) == mine[:1]
        assert manager.counts([note("1")], ["like"], viewer="reader") == {("note:1", "like"): 0}
        assert manager.counts([note("1")], ["like"], viewer="bo") == {("note:1", "like"): 1}
        assert [group.total for group in network.groups(CollapseAggregator("reader"))] == [1]
        assert [group.item.actor.id for group in network.groups(NotificationAggregator("reader"))] == ["bo"]
        manager.un_mute("reader", "ana")
        assert len(network.ids(UnAggregated("reader"))) == 3

    def test_a_word_can_be_muted(self, manager: Manager, network: Network) -> None:
        network.follow("reader", "ana")
        network.post("ana", words=("spoiler", "ending"))
        fine = network.post("ana", words=("beginning",))
        manager.mute("reader", Entity("word", "spoiler"))
        assert network.ids(UnAggregated("reader")) == [fine]

    def test_one_persons_shares_can_be_hidden(self, manager: Manager, network: Network) -> None:
        network.follow("reader", "ana")
        note_id = network.post("ana")
        network.post("ana", verb="announce")
        manager.mute("reader", "ana", verbs=("announce",))
        assert network.ids(UnAggregated("reader")) == [note_id]

    def test_a_block_works_in_both_directions(self, manager: Manager, network: Network) -> None:
        network.follow("ana", "bo")
        network.follow("bo", "ana")
        network.post("ana")
        network.post("bo")
        manager.block("ana", "bo")
        assert network.ids(UnAggregated("ana")) == network.ids(UnAggregated("bo")) == []
        assert len(network.ids(PublicAggregator())) == 2

    def test_a_site_wide_mute_takes_somebody_from_everybody_but_themselves(
        self, manager: Manager, network: Network
    ) -> None:
        network.follow("reader", "ana")
        posted = network.post("ana")
        manager.mute(Entity("site", "all"), "ana")
        for viewer in ("reader", None):
            assert network.ids(PublicAggregator(viewer)) == []
        assert network.ids(UnAggregated("reader")) == []
        assert network.ids(PublicAggregator("ana")) == [posted]
        manager.un_mute(Entity("site", "all"), "ana")
        assert network.ids(UnAggregated("reader")) == [posted]

    def test_a_limited_person_is_left_to_their_followers(self, manager: Manager, network: Network) -> None:
        network.follow("friend", "ana")
        posted = network.post("ana")
        manager.limit("ana")
        assert network.ids(PublicAggregator("friend")) == network.ids(PublicAggregator("ana")) == [posted]
        assert network.ids(PublicAggregator("stranger")) == network.ids(PublicAggregator()) == []
        assert manager.un_limit("ana")

    def test_readable_tells_what_a_viewer_may_see(self, manager: Manager, network: Network) -> None:
        public, private = network.post("ana"), network.post("ana", visibility="followers")
        assert manager.readable([public, private, "unknown"], "stranger") == {public}
        assert manager.readable([public, private], "ana") == {public, private}

    def test_an_act_says_why_it_is_there(self, manager: Manager, network: Network) -> None:
        network.follow("reader", "ana")
        manager.watch("reader", "python", "tag")
        network.post("ana", about=(Entity("tag", "python"),))
        (item,) = manager.get_page(UnAggregated("reader")).items
        assert [(why.kind, why.entity.key) for why in item.because] == [
            ("follow", "person:ana"),
            ("watch", "tag:python"),
        ]

    # Groups

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

    # Notifications

    def test_notifications_are_grouped_newest_first_without_ones_own(self, network: Network) -> None:
        ana = (Entity("person", "ana"),)
        for name in ("bo", "cy", "di", "bo"):
            network.post(name, verb="like", on="1", audience=ana)
        network.post("ana", verb="like", on="1", audience=ana)
        network.post("bo", verb="reply", on="2", target="1", audience=ana)
        network.post("cy", verb="reply", on="3", target="1", audience=ana)
        groups = network.groups(NotificationAggregator("ana"))
        assert [(group.item.verb, group.total) for group in groups] == [("reply", 1), ("reply", 1), ("like", 4)]
        assert [actor.id for actor in groups[2].actors] == ["bo", "di", "cy"]
        assert groups[2].actor_count == 3

    def test_new_and_earlier_are_split_at_the_marker_and_the_badge_counts_what_is_unseen(
        self, network: Network
    ) -> None:
        ana = (Entity("person", "ana"),)
        network.post("bo", verb="like", on="1", audience=ana)
        network.post("bo", verb="like", on="2", audience=ana)
        page = network.manager.get_page(NotificationAggregator("ana"))
        read = Marker.upto([item.newness for item in page.every_item()])
        network.clock.forward(minutes=1)
        network.post("cy", verb="like", on="1", audience=ana)
        groups = network.groups(NotificationAggregator("ana", read=read))
        assert [(group.new, group.item.object.id, group.total) for group in groups] == [
            (True, "1", 1),
            (False, "2", 1),
            (False, "1", 1),
        ]
        manager = network.manager
        assert manager.count_badge(NotificationAggregator("ana")).number == 2
        assert manager.count_badge(NotificationAggregator("ana", read=read)).number == 1
        seen = Marker.upto([groups[0].item.newness])
        assert manager.count_badge(NotificationAggregator("ana", read=read, seen=seen)).number == 0

    def test_who_likes_again_does_not_come_back_as_new(self, network: Network, clock: Clock) -> None:
        like = Activity("like", Actor("bo"), Object("1", "note"), audience=(Entity("person", "ana"),))
        network.manager.perform(like)
        page = network.manager.get_page(NotificationAggregator("ana"))
        read = Marker.upto([item.newness for item in page.every_item()])
        clock.forward(hours=1)
        network.manager.undo("like", "bo", note("1"))
        network.manager.perform(like)
        (group,) = network.groups(NotificationAggregator("ana", read=read))
        assert not group.new

    def test_following_again_notifies_again_after_its_time(self, network: Network, clock: Clock) -> None:
        follow = Activity("follow", Actor("bo"), Object("ana", "person"), audience=(Entity("person", "ana"),))
        for hours, new in ((1, False), (25, True)):
            network.manager.perform(follow)
            page = network.manager.get_page(NotificationAggregator("ana"))
            read = Marker.upto([item.newness for item in page.every_item()])
            clock.forward(hours=hours)
            network.manager.undo("follow", "bo", "ana")
            network.manager.perform(follow)
            (group,) = network.groups(NotificationAggregator("ana", read=read))
            assert group.new is new
            network.manager.undo("follow", "bo", "ana")
            clock.forward(days=2)

    def test_an_act_committed_a_moment_late_is_still_new(self, network: Network, clock: Clock) -> None:
        ana = (Entity("person", "ana"),)
        network.post("bo", verb="reply", audience=ana)
        page = network.manager.get_page(NotificationAggregator("ana"))
        read = Marker.upto([item.newness for item in page.every_item()])
        late = network.post("cy", verb="reply", audience=ana, at=clock.now - timedelta(seconds=5))
        groups = network.groups(NotificationAggregator("ana", read=read))
        assert [(group.item.id == late, group.new) for group in groups] == [(False, False), (True, True)] or [
            (group.item.id == late, group.new) for group in groups
        ] == [(True, True), (False, False)]

    def test_watching_notifies_from_the_watch_on(self, network: Network) -> None:
        before = network.post("bo", verb="reply", about=(note("thread"),))
        network.clock.forward(seconds=1)
        network.manager.watch("ana", "thread", "note")
        after = network.post("cy", verb="reply", about=(note("thread"),))
        assert before != after
        assert [group.item.id for group in network.groups(NotificationAggregator("ana"))] == [after]
