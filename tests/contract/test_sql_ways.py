"""Whichever way a network's pages are found on SQL, they are the reference model's."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedsite.feeds import Activity, Actor, Manager, Object
from feedsite.feeds.aggregators import CursorAggregator, YearMonthAggregator, YearMonthTypeAggregator
from feedsite.feeds.aggregators.base import Aggregator
from feedsite.feeds.stores.sql import bounds, merging
from feedsite.feeds.testing import Clock, Network
from feedsite.feeds.testing.contract import MakeStore
from feedsite.feeds.testing.histories import PEOPLE, RENOTIFY, VERBS, ZONES, History, histories

# The databases and their emptied stores are those of the contract.
from tests.contract.test_sql import in_memory, memory, on_postgresql, postgresql  # noqa: F401

_NO_SCAN = {"BUDGET": 0}
_FEW_SOURCES = {**_NO_SCAN, "_LEAST": 2, "_SPARE": -1000, "_DEEPER": 1}
WAYS = {
    "a scan that reaches a few acts": {"BUDGET": 8},
    "a merge of all": _NO_SCAN,
    "a merge that begins with one source": _FEW_SOURCES,
    "who acted last": {**_FEW_SOURCES, "_MANY": 0, "_LOOKED_THROUGH": 2},
    "act by act, then the long way": {**_FEW_SOURCES, "_MARGIN": 0, "_STEPS": 1, "_LONGEST": 3},
}
"""Constants of the merge that force one way each."""


@pytest.fixture(params=[*WAYS, "bounds far too high"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A way that is taken, whatever would be quicker."""
    for name, value in WAYS.get(request.param, _FEW_SOURCES).items():
        monkeypatch.setattr(merging, name, value)
    if request.param not in WAYS:
        monkeypatch.setattr(bounds, "MINUTE", 400 * 86_400_000 << 20)
    monkeypatch.setattr(merging, "_guesses", {})
    return str(request.param)


def _check(make_store: MakeStore, steps: object, options: st.DataObject) -> None:
    clock = Clock()
    history = History(Manager(store=make_store(clock), renotify=RENOTIFY), clock)
    history.play(steps)  # type: ignore[arg-type]
    person = st.sampled_from(PEOPLE)
    for reader in PEOPLE:
        aggregator = CursorAggregator(
            reader,
            order=options.draw(st.sampled_from(("desc", "desc", "asc")), label="order"),
            viewer=options.draw(st.one_of(st.none(), person), label="viewer"),
            size=options.draw(st.integers(1, 4), label="size"),
            include_history=options.draw(st.booleans(), label="history"),
            verbs=options.draw(st.sampled_from(((), (), VERBS[:1], VERBS[2:])), label="verbs"),
            until=options.draw(st.sampled_from((None, None, clock.now)), label="until"),
            since=options.draw(st.sampled_from((None, None, clock.now)), label="since"),
            zone=ZONES[0],
        )
        assert history.network.ids(aggregator) == [act.key.id for act in history.model.feed(aggregator)]


# A history is worth several small examples, and takes as long.
_EXAMPLES = max(4, settings.default.max_examples // 5) if settings.default else 20
_CHECKS = settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=_EXAMPLES)


@_CHECKS
@given(steps=histories, options=st.data())
def test_on_sqlite(way: str, in_memory: MakeStore, steps: object, options: st.DataObject) -> None:  # noqa: F811
    _check(in_memory, steps, options)


# SQL differs where sources are merged; which sources and how many is Python's business.
@pytest.mark.parametrize("way", ["who acted last", "act by act, then the long way"], indirect=True)
@_CHECKS
@given(steps=histories, options=st.data())
def test_on_postgresql(way: str, on_postgresql: MakeStore, steps: object, options: st.DataObject) -> None:  # noqa: F811
    _check(on_postgresql, steps, options)


@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=_EXAMPLES * 2)
@given(steps=histories, options=st.data())
@pytest.mark.parametrize("database", ["in_memory", "on_postgresql"])
def test_months_that_have_more_than_is_counted(
    database: str,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    steps: object,
    options: st.DataObject,
) -> None:
    """Months and their verbs that have more acts than are counted, and those that have fewer."""
    make_store: MakeStore = request.getfixturevalue(database)
    clock = Clock()
    history = History(Manager(store=make_store(clock), renotify=RENOTIFY), clock)
    history.play(steps)  # type: ignore[arg-type]
    cap = options.draw(st.integers(2, 4), label="cap")
    monkeypatch.setattr(Aggregator, "count_cap", property(lambda _: cap))
    shown = options.draw(st.integers(1, 3), label="shown")

    def told(ids: list[str]) -> tuple[int, list[str]]:
        return min(len(ids), cap - 1), ids[:shown]

    for reader in PEOPLE:
        common = {
            "viewer": options.draw(st.one_of(st.none(), st.sampled_from(PEOPLE)), label="viewer"),
            "size": options.draw(st.integers(1, 4), label="size"),
            "include_history": options.draw(st.booleans(), label="history"),
            "zone": options.draw(st.sampled_from(ZONES), label="zone"),
            "activities_per_group": shown,
        }
        plain = YearMonthAggregator(reader, **common)
        months = [month for year in history.network.groups(plain) for month in year.groups]
        assert [(month.value, month.total, [item.id for item in month.items]) for month in months] == [
            (month, *told(ids)) for _, month, ids, _ in history.model.months(plain)
        ]
        by_verb = YearMonthTypeAggregator(reader, **common)
        verbs = [
            (month.value, group.value, group.total, [item.id for item in group.items])
            for year in history.network.groups(by_verb)
            for month in year.groups
            for group in month.groups
        ]
        expected = history.model.months(by_verb)
        assert verbs == [(month, verb, *told(ids)) for _, month, _, verbs in expected for verb, ids in verbs.items()]


def test_a_quiet_followee_is_found_behind_a_thousand_acts_of_others(in_memory: MakeStore) -> None:  # noqa: F811
    """The newest acts of everybody hold nothing of hers: her bound leads to it."""
    clock = Clock()
    store = in_memory(clock)
    network = Network(Manager(store=store), clock)
    network.follow("reader", "ana", "bo")
    clock.forward(days=1)
    first = network.post("ana")
    network.post("bo", visibility="followers", gate="somebody")
    acts = range(merging.BUDGET + 100)
    network.manager.add_activities(
        Activity("create", Actor(f"stranger{at % 7}", "person"), Object(f"n{at}", "note"), clock.now) for at in acts
    )
    assert network.ids(CursorAggregator("reader", size=1)) == [first]
