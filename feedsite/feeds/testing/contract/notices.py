"""Notifications."""

from __future__ import annotations

from datetime import timedelta

from feedsite.feeds import Activity, Actor, Entity, Marker, Object
from feedsite.feeds.aggregators import (
    NotificationAggregator,
)
from feedsite.feeds.testing.contract.base import Contract
from feedsite.feeds.testing.world import Clock, Network, note


class NoticeContract(Contract):
    """Notifications."""

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

    def test_what_names_a_reader_is_told_from_what_touches_what_they_watch(self, network: Network) -> None:
        network.manager.watch("ana", "python", "tag")
        network.post("bo", on="1", about=(Entity("tag", "python"),))
        network.post("bo", on="2", about=(Entity("tag", "python"),), audience=(Entity("person", "ana"),))
        network.post("bo", on="3", audience=(Entity("person", "ana"),))
        for scope, expected in (("concerns", ["3", "2", "1"]), ("named", ["3", "2"])):
            groups = network.groups(NotificationAggregator("ana", scope=scope, ungrouped=("create",)))
            assert [group.item.object.id for group in groups] == expected

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

    def test_a_group_that_is_read_further_than_the_others_hides_nothing_of_theirs(self, network: Network) -> None:
        for thing in "123":
            network.post("bo", verb="like", on=thing, audience=(Entity("person", "ana"),))
            network.clock.forward(minutes=1)
        newest, _, oldest = network.groups(NotificationAggregator("ana"))
        aggregator = NotificationAggregator(
            "ana",
            read=Marker.upto([oldest.item.newness]),
            states={str(newest.value): Marker(newest.item.newness.position)},
        )
        groups = network.groups(aggregator)
        assert [(group.new, group.item.object.id) for group in groups] == [(True, "2"), (False, "3"), (False, "1")]
        assert network.manager.count_badge(aggregator).number == 1

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

    def test_a_group_of_the_first_page_does_not_come_back_on_a_later_one(self, network: Network) -> None:
        """The group has an act older than everything else; what was shown is remembered over all pages of a section."""
        ana = (Entity("person", "ana"),)
        network.post("bo", verb="like", on="1", audience=ana)
        for number in "5432":
            network.post("bo", verb="like", on=number, audience=ana)
        network.post("cy", verb="like", on="1", audience=ana)
        groups = network.groups(NotificationAggregator("ana", size=1))
        assert [group.item.object.id for group in groups] == ["1", "2", "3", "4", "5"]

    def test_watching_notifies_from_the_watch_on(self, network: Network) -> None:
        before = network.post("bo", verb="reply", about=(note("thread"),))
        network.clock.forward(seconds=1)
        network.manager.watch("ana", "thread", "note")
        after = network.post("cy", verb="reply", about=(note("thread"),))
        assert before != after
        assert [group.item.id for group in network.groups(NotificationAggregator("ana"))] == [after]
