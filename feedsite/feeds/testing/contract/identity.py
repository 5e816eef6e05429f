"""Identity: ids, undoing, updating, what comes back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from feedsite.feeds import Activity, Actor, Entity, Manager, Object
from feedsite.feeds.activity import Origin, Target
from feedsite.feeds.aggregators import (
    PublicAggregator,
    ThingAggregator,
)
from feedsite.feeds.errors import FeedError
from feedsite.feeds.network import link
from feedsite.feeds.testing.contract.base import Contract
from feedsite.feeds.testing.world import MS, NOON, Network, note


class IdentityContract(Contract):
    """Identity: ids, undoing, updating, what comes back."""

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

    def test_what_was_deleted_by_its_id_can_be_done_again(self, manager: Manager) -> None:
        like = Activity("like", Actor("ana"), Object("1", "note"))
        first = manager.perform(like)
        assert manager.delete_activity(first.id)
        assert manager.performed("like", "ana", [note("1")]) == set()
        again = manager.perform(like)
        assert again.changed
        assert again.id != first.id

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

    def test_when_it_happened_is_kept_to_the_millisecond_in_any_zone(self, manager: Manager) -> None:
        there = datetime(2026, 3, 14, 23, 30, 0, 123_999, tzinfo=timezone(timedelta(hours=5, minutes=45)))
        manager.add_activity_feed(Activity("create", Actor("ana"), Object("1", "note"), there, id="a"))
        manager.update_activity(Activity("create", Actor("ana"), Object("1", "note"), id="a", extra={"n": 1}))
        (found,) = manager.get_feeds(PublicAggregator())
        assert found["published"] == "2026-03-14T17:45:00.123Z"

    def test_what_is_refused_leaves_nothing_written(self, manager: Manager) -> None:
        good = Activity("create", Actor("ana"), Object("1", "note"), NOON, id="a")
        with pytest.raises(FeedError, match="activity_object"):
            manager.add_activities([good, "bad"])  # type: ignore[list-item]
        with pytest.raises(FeedError, match="link_object"):
            manager.add_links([link("ana", "follow", "bo"), None])  # type: ignore[list-item]
        for wrong in (manager.add_network_link, manager.remove_network_link, manager.link_network_exists):
            with pytest.raises(FeedError, match="link_object"):
                wrong("bad")  # type: ignore[arg-type]
        assert manager.get_page(PublicAggregator()).items == ()
        assert manager.get_network("ana") == []

    def test_activities_are_found_by_exact_filters(self, manager: Manager, network: Network) -> None:
        by = {"activity_target": Target("t", "note"), "activity_origin": Origin("o", "list")}
        manager.add_activity_feed(Activity("add", Actor("ana"), Object("1", "note"), NOON - 2 * MS, id="a", **by))  # type: ignore[arg-type]
        manager.add_activity_feed(Activity("like", Actor("bo"), Object("1", "noted"), NOON - MS, id="b"))
        manager.add_activity_feed(Activity("join", Actor("bo", "bot"), Object("1", "group"), NOON, id="c"))

        def ids(**filters: Any) -> str:
            return "".join(item.id for item in manager.get_activities(**filters).items)

        assert ids() == "cba"
        assert ids(order="asc") == "abc"
        assert (ids(activity_type="like"), ids(activity_type=("LIKE", "add"))) == ("b", "ba")
        assert (ids(actor="bo"), ids(actor=Entity("bot", "bo"))) == ("b", "c")
        assert (ids(object_type="note"), ids(object_type=("group", "noted"))) == ("a", "cb")
        assert (ids(target=note("t")), ids(origin=Entity("list", "o")), ids(origin=note("t"))) == ("a", "a", "")
        assert ids(touching=[note("t"), Entity("group", "1")]) == "ca"
        assert (ids(since=NOON - MS), ids(until=NOON - MS)) == ("cb", "a")
        first = manager.get_activities(actor="bo", object_type="noted", size=1)
        assert first.next is None
        page = manager.get_activities(activity_type=("add", "like"), size=1)
        assert manager.get_activities(activity_type=("like", "add"), size=1, cursor=page.next).items[0].id == "a"
        for other in ({"object_type": "note"}, {"origin": "o"}, {"activity_type": "add"}):
            with pytest.raises(FeedError, match="cursor"):
                manager.get_activities(cursor=page.next, size=1, **other)  # type: ignore[arg-type]
        with pytest.raises(FeedError, match="object_type"):
            manager.get_activities(object_type="no type")

    def test_an_act_done_again_with_an_earlier_date_has_that_as_its_first(self, manager: Manager) -> None:
        manager.perform(Activity("like", Actor("ana"), Object("1", "note"), NOON))
        manager.undo("like", "ana", note("1"))
        manager.perform(Activity("like", Actor("ana"), Object("1", "note"), NOON - timedelta(days=1)))
        (item,) = manager.get_page(PublicAggregator()).items
        assert item.newness == item.key
