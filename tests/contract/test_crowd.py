"""Whoever follows more than other libraries could bear misses nobody, on SQL and on Elasticsearch."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from feedsite.feeds import Activity, Actor, Object
from feedsite.feeds.aggregators import CollapseAggregator, CountAggregator, CursorAggregator, NotificationAggregator
from feedsite.feeds.network import link
from feedsite.feeds.testing.conformance import walk
from feedsite.feeds.testing.stage import Stage


@pytest.fixture
def stage(elasticsearch_url: str) -> Iterator[Stage]:
    made = Stage(elasticsearch_url)
    yield made
    made.close()


# Other libraries failed above 650 (one clause a link), and lost what was above 1,000 without a word.
def test_who_follows_more_than_a_thousand_misses_nobody(stage: Stage) -> None:
    """Neither those followed first nor those followed last, on the first page and on later ones."""
    followed, since, second = 1100, stage.clock.now, timedelta(seconds=1)
    stage.link(link("reader", "follow", f"p{n}", since=since + n * timedelta(milliseconds=1)) for n in range(followed))
    stage.clock.forward(days=1)
    posters = [0, 1, followed // 2, followed - 2, followed - 1, *range(10, followed, followed // 20)]
    stage.add(
        Activity("create", Actor(f"p{who}"), Object(f"n{at}", "note"), stage.clock.now - at * second, id=f"a{at}")
        for at, who in enumerate(posters)
    )
    expected = [f"a{at}" for at in range(len(posters))]
    for name, manager in stage.managers.items():
        assert manager.count_following("reader") == followed, name
        shown = [item.id for page in walk(manager, CursorAggregator("reader", size=7)) for item in page.items]
        assert shown == expected, name
        cards = [
            group for page in walk(manager, CollapseAggregator("reader", "actor", size=7)) for group in page.groups
        ]
        assert [card.item.id for card in cards] == expected, name
        notices = walk(manager, NotificationAggregator("reader", scope="network", size=7))
        assert [group.item.id for page in notices for group in page.groups] == expected, name


def test_large_pages_of_many_groups_lead_to_the_last_one_and_show_none_twice(stage: Stage) -> None:
    """More groups than a cursor remembers, each with an act of yesterday and one of today."""
    things, now = 450, stage.clock.now
    stage.link([link("reader", "follow", "ana", since=now - timedelta(days=9))])
    stage.add(
        Activity("like", Actor("ana"), Object(f"n{n}", "note"), now - timedelta(days=day, seconds=n), id=f"{n}-{day}")
        for day in (0, 1)
        for n in range(things)
    )
    for aggregator in (
        CollapseAggregator("reader", size=110),
        NotificationAggregator("reader", scope="network", size=110),
        CountAggregator("ana", by="object", size=110),
    ):
        for name, manager in stage.managers.items():
            pages = walk(manager, aggregator)
            groups = [group for page in pages for group in page.groups]
            assert len({group.value for group in groups}) == len(groups) == things, name
            assert {group.total for group in groups} == {2}, name
            # Fewer would do for an address; more than 8,192 characters are refused.
            assert max(len(page.next or "") for page in pages) < 4608, name
