"""Many at once, and many followed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from feedsite.feeds import Activity, Actor, Entity, Manager, Object
from feedsite.feeds.aggregators import CollapseAggregator, CursorAggregator, ThingAggregator
from feedsite.feeds.network import Link, link
from feedsite.feeds.testing.contract.base import Contract
from feedsite.feeds.testing.world import MS, NOON, Network, note

_THREADS, _PRESSES = 20, 6
_PEOPLE = [f"p{number}" for number in range(5)]


class CrowdContract(Contract):
    """Twenty threads at once."""

    def test_twenty_threads_following_unfollowing_and_liking_leave_one_truth(self, manager: Manager) -> None:
        """Whoever changed something is told so, nobody else is, and every list and count says the same."""
        manager.create_indexes()

        def press(thread: int) -> list[tuple[str, int]]:
            follows = []
            for number in range(_PRESSES):
                name = _PEOPLE[(thread + number) % len(_PEOPLE)]
                like = Activity("like", Actor(name), Object("1", "note"))
                button = (thread * 3 + number * 5) % 7
                if button < 2:
                    follows.append((name, int(manager.follow(name, "ana"))))
                elif button < 4:
                    follows.append((name, -int(manager.un_follow(name, "ana"))))
                elif button == 4:
                    manager.perform(like)
                elif button == 5:
                    manager.undo("like", name, note("1"))
                else:
                    manager.delete_activity(manager.perform(like).id)
            return follows

        with ThreadPoolExecutor(_THREADS) as pool:
            changes = [change for done in pool.map(press, range(_THREADS)) for change in done]
        follows = {name: sum(sign for who, sign in changes if who == name) for name in _PEOPLE}
        following = {name for name, number in follows.items() if number}
        assert set(follows.values()) <= {0, 1}
        assert {row.follower.id for row in manager.followers("ana").links} == following
        assert manager.count_followers("ana") == len(following)
        liked = [item.actor.id for item in manager.get_page(ThingAggregator(note("1"), viewer=None, size=100)).items]
        assert len(liked) == len(set(liked))
        assert set(liked) == {name for name in _PEOPLE if manager.performed("like", name, [note("1")])}
        assert manager.counts([note("1")], ["like"]) == {("note:1", "like"): len(liked)}


class BigNetworkContract(Contract):
    """Somebody who follows very many."""

    followed = 3_000
    """How many are followed."""

    def test_whoever_follows_very_many_gets_every_page_whole(self, manager: Manager, network: Network) -> None:
        """Some of them wrote, in the same milliseconds too, before they were followed too, for followers only too."""
        names = [f"a{number}" for number in range(self.followed)]
        links = [link("reader", "follow", name, since=NOON - timedelta(days=1)) for name in names]
        assert manager.add_links(_with_strangers(links)) == self.followed + 40
        writers = [*names[:: self.followed // 120], *(f"stranger{number}" for number in range(20))]
        acts = [
            Activity(
                "create",
                Actor(writers[number * 37 % len(writers)]),
                Object(str(number % 150), "note"),
                NOON - timedelta(days=(0, 0, 0, 2)[number % 4]) - number * 13 % 60 * MS,
                id=f"act{number}",
                visibility=("public", "followers")[number // 4 % 2],
            )
            for number in range(300)
        ]
        assert manager.add_activities(acts) == len(acts)
        mine = {name for name in writers if name.startswith("a")}
        since = NOON - timedelta(days=1)
        shown = [act for act in acts if act.activity_actor.id in mine and act.published and act.published >= since]
        items = [item for page in network.pages(CursorAggregator("reader", size=20)) for item in page.items]
        assert len(items) > 100
        assert {item.id for item in items} == {act.id for act in shown}
        assert [item.key for item in items] == sorted((item.key for item in items), reverse=True)
        assert len(items) == len(shown)
        cards = network.groups(CollapseAggregator("reader", size=20))
        assert [group.value for group in cards] == list(dict.fromkeys(item.object for item in items))
        assert manager.count_following("reader") == self.followed
        assert len(manager.get_network("reader")) == self.followed
        assert manager.count_new(CursorAggregator("reader"), None, cap=1000).number == len(shown)


def _with_strangers(links: list[Link]) -> list[Link]:
    """Among the links of others, and twice the first of them: loaded in bulk."""
    others = [link(name, "follow", Entity("person", f"a{number}")) for number in range(20) for name in ("x", "y")]
    return [*links, *others, *links[:5]]


@pytest.mark.drill
class SeventyThousandContract(BigNetworkContract):
    """More than one clause of a search, and more than one message of a database, takes."""

    followed = 70_000
