"""Days and figures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from feedsite.feeds import Entity
from feedsite.feeds.aggregators import (
    ActorDayAggregator,
    CountAggregator,
    DayAggregator,
    HeatmapAggregator,
    ThreadAggregator,
    TrendingAggregator,
    WatchedAggregator,
)
from feedsite.feeds.composing import watched
from feedsite.feeds.network import link
from feedsite.feeds.testing.contract.base import Contract
from feedsite.feeds.testing.world import Clock, Network, note

_BREAD = Entity("tag", "bread")


class FigureContract(Contract):
    """Days and figures."""

    def test_days_come_whole_in_pages_and_lead_to_the_rest(self, network: Network) -> None:
        network.manager.follow("reader", "ana", linked=datetime(2020, 1, 1, tzinfo=UTC))
        posted: dict[str, list[str]] = {}
        for number in range(9):
            at = datetime(2026, 3, 1 + number // 3, 8 + number % 3, tzinfo=UTC)
            posted.setdefault(at.date().isoformat(), []).insert(0, network.post("ana", at=at))
        # Far from everything else: what lies between is not gone through day by day.
        posted["1999-12-31"] = [network.post("ana", at=datetime(1999, 12, 31, 23, 59, tzinfo=UTC))]
        aggregator = DayAggregator("reader", size=2, activities_per_group=2, include_history=True)
        first, second = network.pages(aggregator)
        groups = [*first.groups, *second.groups]
        assert [group.value for group in groups] == ["2026-03-03", "2026-03-02", "2026-03-01", "1999-12-31"]
        for group in groups:
            assert group.total == len(posted[str(group.value)])
            assert [item.id for item in network.rest(aggregator, group)] == posted[str(group.value)]
        (day, *_) = network.manager.get_feeds(aggregator)
        assert (day["date"], day["total"], len(day["activities"])) == ("2026-03-03", 3, 2)

    def test_days_are_those_of_the_zone(self, network: Network) -> None:
        network.manager.follow("reader", "ana", linked=datetime(2020, 1, 1, tzinfo=UTC))
        # The first hour of the day on which clocks went forward in Berlin, and the last one of it.
        for at in (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), datetime(2026, 3, 29, 21, 59, tzinfo=UTC)):
            network.post("ana", at=at)
        network.clock.forward(days=20)
        for zone, days in (
            ("Europe/Berlin", ["2026-03-29"]),
            ("UTC", ["2026-03-29", "2026-03-28"]),
            ("America/Los_Angeles", ["2026-03-29", "2026-03-28"]),
            ("Asia/Kolkata", ["2026-03-30", "2026-03-29"]),
            ("Pacific/Apia", ["2026-03-30", "2026-03-29"]),
        ):
            assert [group.value for group in network.groups(DayAggregator("reader", zone=zone))] == days, zone

    def test_an_hour_that_comes_again_across_midnight_is_not_lost(self, network: Network) -> None:
        """In St. John's clocks went from one minute past midnight back to the day before."""
        network.manager.follow("reader", "ana", linked=datetime(2000, 1, 1, tzinfo=UTC))
        before = network.post("ana", at=datetime(2009, 11, 1, 2, 0, tzinfo=UTC))
        again = network.post("ana", at=datetime(2009, 11, 1, 2, 45, tzinfo=UTC))
        zone = "America/St_Johns"
        groups = network.groups(DayAggregator("reader", zone=zone))
        assert [(group.value, [item.id for item in group.items]) for group in groups] == [
            ("2009-11-01", [again]),
            ("2009-10-31", [before]),
        ]
        heat = HeatmapAggregator(
            "ana", since=datetime(2009, 10, 1, tzinfo=UTC), until=datetime(2009, 12, 1, tzinfo=UTC), zone=zone
        )
        assert [(group.value, group.total) for group in network.groups(heat)] == [("2009-11-01", 1), ("2009-10-31", 1)]

    def test_an_actors_day_says_how_many_things_each_verb_was_done_to(self, network: Network) -> None:
        """ "Ana liked 4 notes", in five acts; twenty-five notes are twenty-five."""
        for number in (1, 2, 3, 4, 1):
            network.post("ana", verb="like", on=f"n{number}")
        for number in range(25):
            network.post("ana", verb="read", on=f"r{number}")
        network.post("bo", verb="like", on="n1")
        aggregator = ActorDayAggregator("ana")
        (day,) = network.groups(aggregator)
        read, like = day.groups
        assert (day.total, read.value, read.total, read.distinct) == (30, "read", 25, 25)
        assert (like.value, like.total, like.distinct) == ("like", 5, 4)
        assert [(str(thing.value), thing.total) for thing in like.groups] == [
            ("note:n1", 2),
            ("note:n4", 1),
            ("note:n3", 1),
            ("note:n2", 1),
        ]
        assert len(read.groups) == 20
        things = [thing.value for thing in network.inner_groups(aggregator, read)]
        assert things == [note(f"r{number}") for number in reversed(range(25))]
        (plain,) = network.manager.get_feeds(aggregator)
        assert [(verb["type"], verb["total"], verb["things"], len(verb["ids"])) for verb in plain["types"]] == [
            ("read", 25, 25, 20),
            ("like", 5, 4, 4),
        ]

    def test_a_heat_map_has_the_last_53_weeks_from_monday_on(self, network: Network, clock: Clock) -> None:
        """It is a Sunday; 52 weeks and its own back is Monday the 10th of March of the year before."""
        for at in (
            datetime(2025, 3, 9, 23, 59, tzinfo=UTC),
            datetime(2025, 3, 10, 0, 0, tzinfo=UTC),
            clock.now - timedelta(days=3),
            clock.now - timedelta(days=3, minutes=1),
            clock.now,
        ):
            network.post("ana", at=at, about=(_BREAD,))
        network.post("bo", at=clock.now, about=(_BREAD,))
        page = network.manager.get_page(HeatmapAggregator("ana"))
        days = [("2026-03-15", 1), ("2026-03-12", 2), ("2025-03-10", 1)]
        assert [(group.value, group.total) for group in page.groups] == days
        assert (page.total, page.total_is_exact, page.next) == (4, True, None)
        assert len(network.rest(HeatmapAggregator("ana"), page.groups[1])) == 2
        of_bread = network.manager.get_feeds(HeatmapAggregator(_BREAD, scope="thing", weeks=1))
        assert [(day["date"], day["total"]) for day in of_bread] == [("2026-03-15", 2), ("2026-03-12", 2)]

    def test_counts_are_exact_ordered_and_paged(self, network: Network) -> None:
        """A hundred and twenty-nine verbs are a hundred and twenty-nine, equal ones by name."""
        for number in range(129):
            for _ in range(1 + number % 3):
                network.post("ana", verb=f"v{number:03}")
        aggregator = CountAggregator("ana", "verb", size=50)
        pages = network.pages(aggregator)
        found = [(group.value, group.total) for page in pages for group in page.groups]
        assert found == sorted(((f"v{n:03}", 1 + n % 3) for n in range(129)), key=lambda one: (-one[1], one[0]))
        assert [(len(page.groups), page.total) for page in pages] == [(50, 129), (50, 129), (29, 129)]
        assert len(network.rest(aggregator, pages[0].groups[0])) == 3
        (busiest, *_) = network.manager.get_feeds(aggregator)
        assert (busiest["type"], busiest["total"]) == ("v002", 3)

    def test_counts_of_later_pages_are_those_of_the_first_ones_instant(self, network: Network) -> None:
        for number in range(6):
            network.post("ana", on=f"n{number}")
        aggregator = CountAggregator("ana", "object", size=3)
        first = network.manager.get_page(aggregator)
        for _ in range(5):
            network.post("ana", on="n0")
            network.post("ana", on="n5")
        second = network.manager.get_page(aggregator, first.next)
        assert [str(group.value) for group in (*first.groups, *second.groups)] == [f"note:n{n}" for n in range(6)]

    def test_what_is_most_active_is_counted_for_all_alike(self, network: Network, clock: Clock) -> None:
        follow = network.manager.follow
        follow("cy", "ana")
        for _ in range(3):
            network.post("ana", about=(_BREAD,))
        network.post("bo", about=(_BREAD,), visibility="followers")
        for _ in range(2):
            network.post("bo", about=(Entity("tag", "tea"),))
        network.post("bo", about=(Entity("tag", "old"),), at=clock.now - timedelta(days=8))
        expected = [("tag:bread", 3), ("tag:tea", 2)]
        for viewer in (None, "ana", "bo", "cy"):
            groups = network.groups(TrendingAggregator(viewer, kinds=("tag",)))
            assert [(str(group.value), group.total) for group in groups] == expected, viewer
        (first, _) = network.manager.get_feeds(TrendingAggregator(kinds=("tag",)))
        assert (first["id"], first["entity_type"], first["total"]) == ("bread", "tag", 3)

    def test_a_mute_takes_a_thing_away_and_changes_no_figure(self, network: Network) -> None:
        for number, tag in enumerate(("a", "b", "c", "d")):
            for _ in range(9 - number):
                network.post("ana", about=(Entity("tag", tag),))
        network.post("bo", about=(Entity("tag", "b"),))
        network.manager.mute("reader", Entity("tag", "a"))
        network.manager.mute("other", "ana")
        shown = {
            viewer: [(str(group.value), group.total) for group in network.groups(aggregator)]
            for viewer in (None, "reader", "other")
            for aggregator in [TrendingAggregator(viewer, kinds=("tag",), size=2)]
        }
        assert shown == {
            None: [("tag:a", 9), ("tag:b", 9)],
            "reader": [("tag:b", 9), ("tag:c", 7)],
            "other": [("tag:b", 9)],
        }

    def test_what_is_most_active_may_be_a_minute_old_but_shows_nothing_deleted(
        self, network: Network, clock: Clock
    ) -> None:
        act = network.post("ana", about=(_BREAD,))
        aggregator = TrendingAggregator(kinds=("tag",))
        page = network.manager.get_page(aggregator)
        assert ([group.total for group in page.groups], page.as_of) == ([1], clock.now)
        network.post("bo", about=(_BREAD,), at=clock.now)
        clock.forward(seconds=59)
        assert [group.total for group in network.groups(aggregator)] == [1]
        clock.forward(seconds=1)
        assert [group.total for group in network.groups(aggregator)] == [2]
        alone = TrendingAggregator(verbs=("like",))
        liked = network.post("ana", verb="like", on="n1")
        assert [str(group.value) for group in network.groups(alone)] == ["note:n1"]
        network.manager.delete_activity(liked)
        network.manager.delete_activity(act)
        assert network.groups(alone) == []

    def test_watched_things_come_with_their_verbs_the_newest_first(self, network: Network) -> None:
        for number in range(25):
            network.manager.watch("reader", f"t{number}", "tag")
        tags = [Entity("tag", f"t{number}") for number in range(25)]
        for number, tag in enumerate(tags[:23]):
            network.post("ana", verb="create", on=f"n{number}", about=(tag,))
        network.post("bo", verb="like", on="n0", about=(tags[0], tags[1]))
        network.post("bo", verb="like", on="unwatched", about=(Entity("tag", "other"),))
        aggregator = WatchedAggregator("reader", size=10)
        pages = network.pages(aggregator)
        groups = [group for page in pages for group in page.groups]
        order = ["t1", "t0", *(f"t{number}" for number in reversed(range(2, 23)))]
        assert [group.value for group in groups] == [Entity("tag", name) for name in order]
        assert [len(page.groups) for page in pages] == [10, 10, 3]
        assert [(verb.value, verb.total) for verb in groups[0].groups] == [("like", 1), ("create", 1)]
        assert {(why.kind, why.entity) for why in groups[1].groups[0].items[0].because} == {("watch", tags[0])}
        (first, *_) = network.manager.get_feeds(aggregator)
        assert (first["id"], [verb["type"] for verb in first["types"]], first["total"]) == ("t1", ["like", "create"], 2)

    def test_the_rest_of_a_watched_thing_can_be_fetched(self, network: Network) -> None:
        network.manager.watch("reader", "bread", "tag")
        posted = [network.post("ana", verb="create", about=(_BREAD, note("n1"))) for _ in range(9)][::-1]
        network.post("ana", verb="create", about=(note("n1"),))
        aggregator = WatchedAggregator("reader", activities_per_group=2, size=3)
        (thing,) = network.groups(aggregator)
        (verb,) = thing.groups
        assert (thing.total, verb.total) == (9, 9)
        assert [item.id for item in network.rest(aggregator, verb)] == posted

    def test_many_watched_things_are_the_same_things(self, network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whether all of it is asked for at once, or the newest of each first."""
        network.post("ana", verb="create", about=(Entity("tag", "t0"),))
        network.manager.add_network_link(link("reader", "watch", Entity("tag", "t0"), verbs=("like",)))
        for number in range(1, 7):
            network.manager.watch("reader", f"t{number}", "tag")
            network.post("ana", verb="create", about=(Entity("tag", f"t{number}"),))
        network.post("bo", verb="like", about=(Entity("tag", "t0"),))
        aggregator = WatchedAggregator("reader", size=3, include_history=True)
        told = [[(str(group.value), group.total) for group in page.groups] for page in network.pages(aggregator)]
        assert [thing for page in told for thing, _ in page] == [f"tag:t{number}" for number in (0, 6, 5, 4, 3, 2, 1)]
        monkeypatch.setattr(watched, "_AT_ONCE", 0)
        again = [[(str(group.value), group.total) for group in page.groups] for page in network.pages(aggregator)]
        assert again == told

    def test_a_thread_says_how_long_it_is(self, network: Network) -> None:
        posted = [network.post("ana", verb="create", on="root")]
        posted += [network.post("bo", verb="reply", on=f"r{number}", about=(note("root"),)) for number in range(6)]
        network.post("cy", verb="like", on="root")
        pages = network.pages(ThreadAggregator(note("root"), size=3))
        assert [item.id for page in pages for item in page.items] == posted
        assert [(page.total, page.total_is_exact) for page in pages] == [(7, True)] * 3
