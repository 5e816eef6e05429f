"""Feeds of what is near in meaning: acts by the direction of their vectors."""

from __future__ import annotations

import math
from typing import Any

import pytest

from feedsite.feeds import InvalidActivity, InvalidQuery, Manager
from feedsite.feeds.aggregators import SemanticAggregator
from feedsite.feeds.testing.contract.base import Contract, MakeStore
from feedsite.feeds.testing.world import Clock, Network


def _turned(degrees: float) -> tuple[float, float]:
    return math.cos(math.radians(degrees)), math.sin(math.radians(degrees))


class NearnessContract(Contract):
    """Feeds of what is near in meaning."""

    def test_the_nearest_comes_first_and_of_equally_near_ones_the_newer(self, network: Network) -> None:
        network.follow("reader", "ana")
        far, near, nearest, as_near = (
            network.post("ana", vector=vector) for vector in (_turned(170), _turned(20), (3.0, 0.0), (0.5, 0.0))
        )
        feed = SemanticAggregator("reader", (1.0, 0.0), 4)
        assert network.ids(feed) == [as_near, nearest, near, far]
        assert network.ids(SemanticAggregator("reader", _turned(60), 2)) == [near, as_near]

    def test_what_has_no_vector_of_that_many_numbers_is_never_near(self, network: Network) -> None:
        network.follow("reader", "ana")
        network.post("ana")
        for vector in ((0.0, 0.0), (1.0, 0.0, 0.0), (1.0,)):
            network.post("ana", vector=vector)
        opposite = network.post("ana", vector=(-1.0, 0.0))
        assert network.ids(SemanticAggregator("reader", (1.0, 0.0))) == [opposite]

    def test_the_network_or_everything_that_the_reader_may_see(self, network: Network) -> None:
        network.follow("reader", "ana")
        followed = network.post("ana", vector=_turned(10))
        stranger = network.post("bo", vector=_turned(1))
        network.post("bo", vector=_turned(0), visibility="followers")
        muted = network.post("cy", vector=_turned(0))
        assert network.ids(SemanticAggregator("reader", (1.0, 0.0))) == [followed]
        everything = SemanticAggregator("reader", (1.0, 0.0), restrict_to_network=False)
        assert network.ids(everything) == [muted, stranger, followed]
        network.manager.mute("reader", "cy")
        assert network.ids(everything) == [stranger, followed]

    def test_differences_that_single_precision_does_not_have_count(self, network: Network) -> None:
        """More vectors than an index is asked for at once, whose directions differ in the tenth digit."""
        network.follow("reader", "ana")
        numbers = [at * 17 % 41 for at in range(41)]
        made = [network.post("ana", vector=(1.0, 1e-5 * (1 + number / 100))) for number in numbers]
        feed = SemanticAggregator("reader", (1.0, 0.0), 5, size=2)
        assert network.ids(feed) == [made[numbers.index(number)] for number in range(5)]

    def test_a_page_repeats_nothing_when_something_nearer_comes(self, network: Network) -> None:
        network.follow("reader", "ana")
        posted = [network.post("ana", vector=_turned(number)) for number in range(10, 16)]
        feed = SemanticAggregator("reader", (1.0, 0.0), 6, size=2)
        first = network.manager.get_page(feed)
        network.post("ana", vector=(1.0, 0.0))
        second = network.manager.get_page(feed, first.next)
        assert [item.id for item in first.items] == posted[:2]
        assert set(posted[:2]) & {item.id for item in second.items} == set()
        assert second.previous is not None

    def test_it_reads_as_a_plain_list(self, network: Network) -> None:
        network.follow("reader", "ana")
        one = network.post("ana", vector=(1.0, 0.0))
        assert [act["id"] for act in network.manager.get_feeds(SemanticAggregator("reader", (1.0, 0.0)))] == [one]

    def test_other_dimensions_than_the_managers_are_refused_before_anything_is_written(
        self, make_store: MakeStore, clock: Clock
    ) -> None:
        network = Network(Manager(store=make_store(clock), vector_dims=2), clock)
        network.follow("reader", "ana")
        with pytest.raises(InvalidActivity, match=r"^vector: '3 numbers' is refused: 2 numbers$"):
            network.post("ana", vector=(1.0, 2.0, 3.0))
        with pytest.raises(InvalidQuery, match=r"^query_vector: '3 numbers' is refused: 2 numbers, as"):
            network.ids(SemanticAggregator("reader", (1.0, 2.0, 3.0)))
        one = network.post("ana", vector=(1.0, 2.0))
        assert network.ids(SemanticAggregator("reader", (1.0, 2.0))) == [one]
        network.manager.close()

    @pytest.mark.parametrize(
        ("field", "wrong"),
        [
            ("query_vector", {"query_vector": ()}),
            ("query_vector", {"query_vector": (0.0, 0.0)}),
            ("query_vector", {"query_vector": (float("nan"),)}),
            ("query_vector", {"query_vector": "near"}),
            ("k", {"k": 0}),
            ("k", {"k": 301}),
        ],
    )
    def test_what_nothing_can_be_near_to_is_refused_by_name(self, field: str, wrong: dict[str, Any]) -> None:
        with pytest.raises(InvalidQuery) as refused:
            SemanticAggregator("reader", **{"query_vector": (1.0,), **wrong})
        assert refused.value.field == field
