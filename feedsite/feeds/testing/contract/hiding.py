"""Marking what the site mutes: no page can tell how far it is."""

from __future__ import annotations

from typing import Any

from feedsite.feeds import Activity, Actor, Entity, Manager, Object
from feedsite.feeds.aggregators import PublicAggregator, ThingAggregator, UnAggregated
from feedsite.feeds.stores.base import Hiding
from feedsite.feeds.testing.contract.base import Contract
from feedsite.feeds.testing.world import NOON, Network, note

SITE = Entity("site", "all")
VIEWERS = ("ana", "eve", "bo", None)


class HidingContract(Contract):
    """Marking what the site mutes: no page can tell how far it is."""

    def _shown(self, network: Network) -> dict[Any, Any]:
        manager = network.manager
        return {
            viewer: (
                network.ids(PublicAggregator(viewer)),
                network.ids(UnAggregated("ana", viewer=viewer)),
                network.ids(ThingAggregator(note("1"), viewer=viewer)),
                manager.counts([note("1")], viewer=viewer, by="thing"),
            )
            for viewer in VIEWERS
        }

    def _world(self, network: Network) -> None:
        network.follow("ana", "bo", "eve", "mal")
        for name in ("bo", "eve", "mal"):
            network.post(name, id=f"{name}-made", on="1")
            network.post("bo", id=f"about-{name}", about=(Entity("person", name),))
        network.post("eve", id="both", about=(Entity("person", "mal"),))
        for name in ("eve", "mal"):
            network.manager.mute(SITE, name)

    def test_a_mute_of_the_site_acts_alike_before_and_after_acts_are_marked(
        self, manager: Manager, network: Network
    ) -> None:
        self._world(network)
        muted = self._shown(network)
        assert manager.hide_muted(keep=2) == 0
        assert manager.hide_muted(keep=1) == 3  # what eve did, and what touches her: she has been muted the longest
        assert self._shown(network) == muted
        assert manager.hide_muted(keep=0) == 2  # of mal's, what she has no part in
        assert self._shown(network) == muted
        assert manager.hide_muted(keep=0) == 0
        assert muted["bo"][0] == ["about-mal", "about-eve", "about-bo", "bo-made"]
        assert muted[None][0] == ["about-bo", "bo-made"]

    def test_what_comes_after_the_marks_is_taken_away_too(self, manager: Manager, network: Network) -> None:
        self._world(network)
        manager.hide_muted(keep=0)
        network.post("eve", id="later", on="1")
        manager.add_activity_feed(Activity("create", Actor("bo"), Object("5", "note"), NOON, id="a"))
        with_her = Activity("create", Actor("bo"), Object("5", "note"), id="a", about=(Entity("person", "eve"),))
        assert "a" in network.ids(PublicAggregator())
        assert manager.update_activity(with_her)
        assert not {"a", "later"} & set(network.ids(PublicAggregator()))
        assert {"later"} <= set(network.ids(PublicAggregator("eve")))

    def test_taking_a_mute_back_acts_at_once_whatever_is_marked(self, manager: Manager, network: Network) -> None:
        self._world(network)
        manager.hide_muted(keep=0)
        manager.un_mute(SITE, "eve")
        shown = self._shown(network)
        assert {"eve-made", "about-eve"} <= set(shown[None][0])
        assert not {"mal-made", "about-mal", "both"} & set(shown[None][0])
        # What mal has a part in stays marked.
        assert manager.hide_muted(keep=0) == 2
        assert self._shown(network) == shown
        manager.mute(SITE, "eve")
        manager.un_mute(SITE, "mal")
        assert not {"eve-made", "both"} & set(network.ids(PublicAggregator()))
        assert "mal-made" in network.ids(PublicAggregator())

    def test_a_mute_for_a_while_or_for_some_verbs_is_never_marked(self, manager: Manager, network: Network) -> None:
        self._world(network)
        manager.hide_muted(keep=0)
        hour = network.clock.ms + 3_600_000
        manager.mute(SITE, "bo", verbs=("like",))
        manager.mute(SITE, "eve", until=network.clock.now.replace(hour=23))
        assert network.clock.ms < hour
        assert manager.hide_muted(keep=0) == 2
        assert "eve-made" not in network.ids(PublicAggregator())
        network.clock.forward(hours=12)
        assert "eve-made" in network.ids(PublicAggregator())
        assert "about-bo" in network.ids(PublicAggregator())

    def test_it_may_stop_anywhere_and_somebody_else_goes_on(self, manager: Manager, network: Network) -> None:
        self._world(network)
        muted = self._shown(network)
        for steps in (1, 2, 3):
            at = Hiding()
            for _ in range(steps):
                with manager.store.writing() as writer:
                    at = writer.hide(at, 0, 1)
            assert self._shown(network) == muted
        manager.un_mute(SITE, "eve")
        shown = self._shown(network)
        for steps in (1, 2, 3):
            at = Hiding()
            for _ in range(steps):
                with manager.store.writing() as writer:
                    at = writer.hide(at, 0, 1)
            assert self._shown(network) == shown
        manager.hide_muted(keep=0)
        assert self._shown(network) == shown
