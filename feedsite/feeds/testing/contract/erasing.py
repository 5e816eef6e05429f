"""Erasing: nothing of an entity is left, and nothing of it comes back."""

from __future__ import annotations

from typing import Any

import pytest

from feedsite.feeds import Activity, Actor, Entity, InvalidIdentifier, InvalidQuery, Manager, Object
from feedsite.feeds.activity import Origin, Target
from feedsite.feeds.aggregators import ActorAggregator, NotificationAggregator, PublicAggregator, ThingAggregator
from feedsite.feeds.network import KINDS
from feedsite.feeds.testing.contract.base import Contract
from feedsite.feeds.testing.world import NOON, Clock, Network, note, people

EVE, ANA, BO = people(("eve", "ana", "bo"))


def by_bo(act_id: str, **more: Any) -> Activity:
    """Something that Bo does."""
    return Activity("reply", Actor("bo"), Object("2", "note"), NOON, id=act_id, **more)


class ErasureContract(Contract):
    """Erasing: nothing of an entity is left, and nothing of it comes back."""

    def test_what_an_erased_person_did_and_what_was_done_to_them_is_gone(
        self, manager: Manager, network: Network
    ) -> None:
        network.post("eve", id="hers")
        manager.perform(Activity("like", Actor("eve"), Object("1", "note")))
        manager.add_activity_feed(Activity("follow", Actor("bo"), Object("eve", "person"), id="of-her"))
        kept = network.post("bo")
        done = manager.erase_entity("eve")
        assert (done.acts, done.mentions, done.links) == (3, 0, 0)
        assert network.ids(PublicAggregator()) == [kept]
        assert network.ids(ActorAggregator("eve", viewer=None)) == network.ids(ThingAggregator(EVE, viewer=None)) == []
        assert [manager.get_activity(act_id) for act_id in ("hers", "of-her")] == [None, None]
        assert manager.counts([note("1"), EVE], by="thing") == {}
        assert manager.performed("like", "eve", [note("1")]) == set()
        assert manager.erase_entity("eve") == type(done)()

    def test_where_an_erased_person_stands_beside_the_act_stays_without_them(
        self, manager: Manager, network: Network
    ) -> None:
        beside: dict[str, Any] = {
            "activity_target": Target("eve", "person"),
            "activity_origin": Origin("eve", "person"),
        }
        manager.add_activity_feed(by_bo("a", about=(EVE, ANA), audience=(ANA, EVE), extra={"text": "hi"}, **beside))
        assert manager.erase_entity("eve").mentions == 1
        (item,) = manager.get_page(PublicAggregator()).items
        assert (item.target, item.origin, item.about, item.audience) == (None, None, (ANA,), (ANA,))
        assert (item.extra, item.visibility) == ({"text": "hi"}, "public")
        assert [group.item.id for group in network.groups(NotificationAggregator("ana"))] == ["a"]
        assert network.ids(ThingAggregator(EVE, viewer=None)) == []

    def test_an_act_for_the_followers_of_an_erased_gate_is_left_to_those_it_names(
        self, manager: Manager, network: Network
    ) -> None:
        """Its actor's followers were never meant to see it."""
        network.follow("friend", "eve", "bo")
        manager.add_activity_feed(by_bo("a", visibility="followers", gate=EVE, audience=(ANA,)))
        manager.add_activity_feed(by_bo("b", gate=EVE))
        assert set(network.ids(PublicAggregator("friend"))) == {"a", "b"}
        manager.erase_entity("eve")
        assert network.ids(PublicAggregator("friend")) == ["b"]
        assert set(network.ids(PublicAggregator("ana"))) == set(network.ids(PublicAggregator("bo"))) == {"a", "b"}

    def test_links_go_in_both_directions(self, manager: Manager, network: Network, clock: Clock) -> None:
        network.follow("ana", "eve", "bo")
        network.follow("eve", "ana")
        manager.un_follow("bo", "eve")
        manager.watch("ana", "eve", "person")
        manager.mute(Entity("site", "all"), "eve")
        manager.block("eve", "ana")
        posted = network.post("bo")
        assert manager.followers("eve").links != ()
        manager.erase_entity("eve")
        assert manager.followers("eve", kinds=KINDS).links == manager.following("eve", kinds=KINDS).links == ()
        assert [row.entity for row in manager.following("ana", kinds=KINDS).links] == [BO]
        assert (manager.count_followers("ana"), manager.count_following("ana")) == (0, 1)
        assert [link["linked_activity"]["activity_id"] for link in manager.get_network("ana")] == ["bo"]
        assert network.ids(PublicAggregator("ana")) == [posted]

    def test_nothing_that_names_an_erased_entity_is_stored_again(self, manager: Manager, network: Network) -> None:
        manager.erase_entity("eve")
        manager.erase_entity(note("9"))
        assert not manager.add_activity_feed(Activity("create", Actor("eve"), Object("1", "note"), id="a"))
        assert not manager.add_activity_feed(Activity("create", Actor("bo"), Object("9", "note"), id="b"))
        assert not manager.perform(Activity("like", Actor("eve"), Object("1", "note")))
        assert manager.perform_all([Activity("like", Actor(name), Object("1", "note")) for name in ("eve", "bo")]) == 1
        assert not manager.follow("ana", "eve")
        assert not manager.follow("eve", "ana")
        assert not manager.watch("ana", "9", "note")
        assert manager.add_activity_feed(by_bo("c", about=(EVE,), audience=(EVE,), activity_target=Target("9", "note")))
        assert manager.update_activity(by_bo("c", about=(EVE, ANA), visibility="followers", gate=EVE))
        item = manager.get_activity("c")
        assert item is not None
        assert (item.touches, item.audience, item.visibility, item.gate) == ((note("2"), ANA), (), "audience", BO)
        assert manager.get_network("ana") == []

    def test_erasing_an_id_of_one_type_leaves_that_of_another(self, manager: Manager, network: Network) -> None:
        network.follow("ana", "eve")
        kept = network.post("bo", on="eve")
        manager.erase_entity("eve")
        assert network.ids(ThingAggregator(note("eve"), viewer=None)) == [kept]

    def test_a_list_that_was_kept_erases_again_what_a_backup_brings_back(
        self, make_store: Any, manager: Manager, clock: Clock
    ) -> None:
        def write(network: Network) -> None:
            network.follow("ana", "eve", "bo")
            network.manager.add_activity_feed(by_bo("a", visibility="followers", gate=EVE, audience=(EVE, ANA)))
            network.post("eve", id="b")

        write(Network(manager, clock))
        manager.erase_entity("eve")
        kept = manager.erasures()
        assert len(kept) == 1
        assert not any("eve" in line for line in kept)
        manager.close()
        restored = Network(Manager(store=make_store(clock)), clock)
        write(restored)
        done = restored.manager.erase_again(kept)
        assert (done.acts, done.mentions, done.links) == (1, 1, 1)
        assert restored.ids(PublicAggregator("ana")) == ["a"]
        assert not restored.manager.follow("ana", "eve")
        assert restored.manager.erasures() == kept
        assert restored.manager.erase_again() == type(done)()
        with pytest.raises(InvalidQuery, match="lines"):
            restored.manager.erase_again(["nonsense"])
        restored.manager.close()

    def test_the_engines_own_entities_are_not_erased(self, manager: Manager) -> None:
        for own in (Entity("site", "all"), Entity("word", "spoiler")):
            with pytest.raises(InvalidIdentifier, match="entity"):
                manager.erase_entity(own)
