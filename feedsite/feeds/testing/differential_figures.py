"""Random histories, continued: days and figures are the reference model's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from feedsite.feeds import Entity, Group
from feedsite.feeds.aggregators import (
    ActorDayAggregator,
    CountAggregator,
    DayAggregator,
    HeatmapAggregator,
    ThreadAggregator,
    TrendingAggregator,
    WatchedAggregator,
)
from feedsite.feeds.query import Facet
from feedsite.feeds.testing import model_figures as expected

AT_ONCE = 2
"""How many of the checks an example does: each history is worth all of them, and takes as long."""
_scopes = st.sampled_from(("actor", "thing", "network", "everybody"))


def compare_figures(history: Any, options: Any, common: dict[str, Any], ends: Any, zones: Any) -> None:
    """Some of the checks of this module, on a history that was played.

    Args:
        history: see `differential.History`.
        options: draws what the checks are made with.
        common: viewer, size and include_history.
        ends, zones: strategies of entities and of names of zones.
    """
    chosen = options.draw(
        st.lists(st.sampled_from(CHECKS), min_size=AT_ONCE, max_size=AT_ONCE, unique=True), label="figures"
    )
    owner, scope = options.draw(ends, label="owner"), options.draw(_scopes, label="scope")
    given = {**common, "scope": scope, "zone": options.draw(zones, label="zone")}
    for check in chosen:
        check(history, options, owner, given)


def compare_days(history: Any, _options: Any, owner: Entity, given: dict[str, Any]) -> None:
    """Days, page after page, and the rest of each."""
    aggregator = DayAggregator(owner, activities_per_group=2, **given)
    found = {}
    for group in history.network.groups(aggregator):
        found[group.value] = [item.id for item in history.network.rest(aggregator, group)]
        assert group.total == len(found[group.value])
    days = {date: [act.key.id for act in acts] for date, acts in expected.days(history.model, aggregator).items()}
    assert list(found.items()) == list(days.items())


def compare_actor_days(history: Any, _options: Any, owner: Entity, given: dict[str, Any]) -> None:
    """Days, their verbs, how many things, and which."""
    aggregator = ActorDayAggregator(owner, **given)
    aggregator.inner_size = 2  # type: ignore[misc]
    found = []
    for group in history.network.groups(aggregator):
        assert group.total == sum(verb.total for verb in group.groups)
        found.append((group.value, [_verb(history, aggregator, verb) for verb in group.groups]))
    assert found == expected.actor_days(history.model, aggregator)


def _verb(history: Any, aggregator: ActorDayAggregator, group: Group) -> tuple[Any, int, dict[str, list[str]]]:
    things = {
        str(inner.value): [item.id for item in history.network.rest(aggregator, inner)]
        for inner in history.network.inner_groups(aggregator, group)
    }
    assert group.distinct == len(things)
    return group.value, group.total, things


def compare_heat(history: Any, options: Any, owner: Entity, given: dict[str, Any]) -> None:
    """Every day's figure, the total, and the way to a day's acts."""
    aggregator = HeatmapAggregator(owner, weeks=options.draw(st.sampled_from((1, 8, 53)), label="weeks"), **given)
    page = history.manager.get_page(aggregator)
    days = expected.days(history.model, aggregator)
    assert [(group.value, group.total) for group in page.groups] == [(day, len(acts)) for day, acts in days.items()]
    assert (page.next, page.total) == (None, sum(map(len, days.values())))
    for group in page.groups[:2]:
        assert [item.id for item in history.network.rest(aggregator, group)] == [
            act.key.id for act in days[group.value]
        ]


def compare_counts(history: Any, options: Any, owner: Entity, given: dict[str, Any]) -> None:
    """Every value with its figure, the most first, page after page."""
    by = options.draw(st.sampled_from(("verb", "actor", "object", "target")), label="by")
    aggregator = CountAggregator(owner, by, **given)
    facet = aggregator.levels[0]
    assert isinstance(facet, Facet)
    counts = expected.counts(history.model, aggregator, facet)
    pages = history.network.pages(aggregator)
    assert [(str(group.value), group.total) for page in pages for group in page.groups] == counts
    assert {page.total for page in pages} == {len(counts)}
    for group in pages[0].groups[:1]:
        assert len(history.network.rest(aggregator, group)) == group.total


def compare_trends(history: Any, options: Any, owner: Entity, given: dict[str, Any]) -> None:
    """What is most active, as a viewer is shown it."""
    aggregator = TrendingAggregator(
        given["viewer"],
        window=options.draw(st.sampled_from((timedelta(hours=1), timedelta(days=7))), label="window"),
        kinds=options.draw(st.sampled_from(((), ("note", "tag"), ("tag",))), label="kinds"),
        verbs=options.draw(st.sampled_from(((), ("like",))), label="verbs"),
        size=given["size"],
        touching=(owner,) if given["include_history"] else (),
    )
    groups = history.network.groups(aggregator)
    found = [(str(group.value), group.total, group.item.id) for group in groups]
    assert found == expected.trending(history.model, aggregator)


def compare_threads(history: Any, options: Any, owner: Entity, given: dict[str, Any]) -> None:
    """One thing's conversation, oldest first, and how long it is."""
    order = options.draw(st.sampled_from(("asc", "desc")), label="order")
    aggregator = ThreadAggregator(owner, viewer=given["viewer"], size=given["size"], order=order)
    acts = [act.key.id for act in history.model.feed(aggregator)]
    pages = history.network.pages(aggregator)
    assert [item.id for page in pages for item in page.items] == acts
    assert {(page.total, page.total_is_exact) for page in pages} == {(len(acts), True)}


def compare_watched(history: Any, options: Any, owner: Entity, given: dict[str, Any]) -> None:
    """The things that somebody watches with their verbs, page after page, and the rest of each."""
    aggregator = WatchedAggregator(
        options.draw(st.sampled_from([Entity("person", name) for name in ("ana", "bo")]), label="reader"),
        viewer=given["viewer"],
        size=given["size"],
        include_history=given["include_history"],
        activities_per_group=1,
    )
    found = []
    for group in history.network.groups(aggregator):
        verbs = {verb.value: [item.id for item in history.network.rest(aggregator, verb)] for verb in group.groups}
        assert group.total == sum(map(len, verbs.values()))
        found.append((str(group.value), list(verbs.items())))
    assert found == [(thing, list(verbs.items())) for thing, verbs in expected.watched(history.model, aggregator)]


CHECKS = (
    compare_days,
    compare_actor_days,
    compare_heat,
    compare_counts,
    compare_trends,
    compare_threads,
    compare_watched,
)
