"""Whom somebody could follow: whom those follow whom they follow."""

from __future__ import annotations

from feedsite.feeds import Entity, Manager
from feedsite.feeds.acquainted import EACH, THROUGH
from feedsite.feeds.network import link
from feedsite.feeds.testing.contract.base import Contract
from feedsite.feeds.testing.world import Clock, Network


class AcquaintanceContract(Contract):
    """Whom somebody could follow: whom those follow whom they follow."""

    def test_most_friends_come_first_and_nobody_who_is_tied(self, manager: Manager, network: Network) -> None:
        network.follow("reader", "reader", "ana", "bo", "cy", "known")
        for friend, followed in (
            ("ana", ("ana", "di", "ed", "reader", "known", "muted", "blocked", "blocks")),
            ("bo", ("di", "muted", "gone")),
            ("cy", ("loud",)),
        ):
            network.follow(friend, *followed)
        manager.un_follow("bo", "gone")
        manager.mute("reader", "muted")
        manager.mute("reader", "cy")
        manager.block("reader", "blocked")
        manager.block("blocks", "reader")
        manager.watch("ana", "1", "note")
        found = [(who.id, sorted(friend.id for friend in through)) for who, through in manager.acquaintances("reader")]
        assert found == [("di", ["ana", "bo"]), ("ed", ["ana"])]
        assert [who.id for who, _ in manager.acquaintances("reader", size=1)] == ["di"]
        assert manager.acquaintances("nobody") == []

    def test_only_so_many_links_are_looked_through(self, manager: Manager, network: Network, clock: Clock) -> None:
        for number in range(THROUGH + 3):
            clock.forward(seconds=1)
            network.follow("reader", f"friend{number:02}")
            network.follow(f"friend{number:02}", "all", f"of{number:02}")
        manager.add_links(
            link("friend05", "follow", Entity("person", f"many{number:03}")) for number in range(EACH + 9)
        )
        found = {who.id: len(through) for who, through in manager.acquaintances("reader", size=1000)}
        # The newest friends are looked through, and the first so many of each one's links.
        assert found["all"] == THROUGH
        assert {"of02", "of03", "of32"} & found.keys() == {"of03", "of32"}
        assert len([name for name in found if name.startswith("many")]) == EACH - 1
