"""Rankings on every way to them: classes that are divided, cursors that no longer remember all that was shown."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedsite.feeds import Activity, Actor, Entity, Manager, Object
from feedsite.feeds.aggregators import DateWeightAggregator, DecayRankedAggregator
from feedsite.feeds.composing import ranked, ranking
from feedsite.feeds.network import link
from feedsite.feeds.order import instant
from feedsite.feeds.scoring import ByWeight, Decay
from feedsite.feeds.stores.sql import SqlStore
from feedsite.feeds.stores.sql.reading import Reader
from feedsite.feeds.testing import Clock
from feedsite.feeds.testing.histories import History
from feedsite.feeds.testing.model_ranked import days as ranked_days
from feedsite.feeds.testing.model_ranked import ranked as ranked_acts
from feedsite.feeds.testing.world import MS, NOON

_weight = st.floats(0.001, 1000)
_age = st.integers(0, 10**6)
_acts = st.lists(st.tuples(st.integers(0, 11), _age), max_size=60)
_curve = st.sampled_from(("gauss", "exp"))
_DECAY: dict[str, Any] = {"scale": "100s", "offset": "10s", "decay": 0.5}


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two classes of weights, divided in two; a cursor remembers five acts."""
    monkeypatch.setattr(ranking, "_CLASSES", 2)
    monkeypatch.setattr(ranking, "_PARTS", 2)
    monkeypatch.setattr(ranked, "REMEMBERED", 5)


@pytest.fixture
def history() -> Iterator[Callable[..., History]]:
    """A function that gives twelve people of these weights, followed by one reader, and what they did."""
    managers: list[Manager] = []

    def make(weights: list[float], acts: list[tuple[int, int]]) -> History:
        clock = Clock()
        managers.append(Manager(store=SqlStore("sqlite://", clock=clock)))
        made = History(managers[-1], clock)
        for number, weight in enumerate(weights):
            tie = link("reader", "follow", Entity("person", f"p{number}"), weight=weight)
            made.manager.add_network_link(tie)
            made.model.link(tie)
        written = []
        for number, (who, age) in enumerate(acts):
            act = Activity("create", Actor(f"p{who}"), Object("1", "note"), NOON - age * MS, id=f"a{number}")
            written.append(act)
            made.model.add(act, f"a{number}")
        made.manager.add_activities(written)
        return made

    yield make
    for manager in managers:
        manager.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(
    weights=st.lists(_weight, min_size=12, max_size=12),
    acts=_acts,
    size=st.integers(1, 7),
    curve=_curve,
)
def test_however_many_weights_there_are_every_page_is_the_models(
    few: None, history: Any, weights: list[float], acts: list[tuple[int, int]], size: int, curve: str
) -> None:
    made = history(weights, acts)
    aggregator = DecayRankedAggregator("reader", curve=curve, size=size, include_history=True, **_DECAY)
    assert made.network.ids(aggregator) == [act.key.id for act in ranked_acts(made.model, aggregator, made.clock.ms)]
    days = DateWeightAggregator("reader", size=size, activities_per_group=size, include_history=True)
    found = [(day.value, [item.id for item in made.network.rest(days, day)]) for day in made.network.groups(days)]
    assert found == ranked_days(made.model, days, made.clock.ms)


@given(
    weight=_weight, score=st.floats(-50, 50), age=_age, scale=st.integers(1, 10**9), offset=st.integers(0, 10**6),
    decay=st.floats(1e-300, 1 - 1e-15), curve=_curve,
)  # fmt: skip
def test_where_reading_begins_nothing_that_ranks_below_is_newer(
    weight: float, score: float, age: int, scale: int, offset: int, decay: float, curve: str
) -> None:
    scoring = Decay(10**12, scale, offset, decay, curve)
    ms = 10**12 - age
    for one in (scoring.score(weight, ms), score):
        if scoring.score(weight, ms) <= one:
            assert ms <= scoring.latest(weight, one)
        if weight <= one:
            assert ms <= ByWeight().latest(weight, one)


def test_a_later_page_reads_no_more_than_a_first_one(few: None, history: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cursor that stands deep in a ranking begins where its acts can be, not at the newest one."""
    made = history([1.0, 2.0], [(number % 2, number * 1000) for number in range(200)])
    read: list[int] = []
    newest = Reader.newest

    def counting(self: Reader, *arguments: Any) -> Any:
        found = newest(self, *arguments)
        read.append(len(found))
        return found

    monkeypatch.setattr(Reader, "newest", counting)
    aggregator = DecayRankedAggregator("reader", timedelta(seconds=30), size=4, include_history=True)
    pages = islice(_reads(made, aggregator, read), 40)
    assert max(pages) <= 4 * (4 + 1 + 5)


def _reads(made: History, aggregator: DecayRankedAggregator, read: list[int]) -> Iterator[int]:
    cursor: str | None = None
    while True:
        read.clear()
        cursor = made.manager.get_page(aggregator, cursor).next
        yield sum(read)
        if cursor is None:
            return


def test_the_score_is_the_weight_times_the_decay_of_the_reference() -> None:
    """At offset + scale `decay` is left; at twice that distance its square with exp, its fourth power with gauss."""
    at = NOON - timedelta(days=9)
    for curve, power in (("exp", 2), ("gauss", 4)):
        scoring = DecayRankedAggregator("reader", "7d", "2d", 0.3, curve=curve, as_of=NOON).scoring(0)
        ms = [int(one.timestamp() * 1000) for one in (NOON, at, at - timedelta(days=7))]
        assert [round(math.exp(scoring.score(5, one)), 9) for one in ms] == [
            5,
            1.5,
            round(5 * 0.3**power, 9),
        ]
    assert instant(scoring.as_of) == NOON


def test_a_busy_day_says_a_lower_bound_and_leads_to_its_rest(history: Any) -> None:
    """A thousand acts and five in a millisecond; cursors remember half of them and go on from there."""
    made = history([1.0], [(0, 0)] * 1005)
    aggregator = DateWeightAggregator("reader", size=1000, activities_per_group=300, include_history=True)
    (day,) = made.network.groups(aggregator)
    assert (len(day.items), day.total, day.total_is_exact) == (300, 999, False)
    ids = [item.id for item in made.network.rest(aggregator, day)]
    assert [("2026-03-15", ids)] == ranked_days(made.model, aggregator, made.clock.ms)
    assert day.latest == max(act.key for act in made.model.feed(aggregator))
