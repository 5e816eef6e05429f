"""Every aggregator of ours passes the conformance test that strangers run on theirs, on SQL and on Elasticsearch."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from feedsite.feeds import Entity, aggregators
from feedsite.feeds.aggregators import Aggregator
from feedsite.feeds.testing import sample
from feedsite.feeds.testing.conformance import AggregatorContract, inside
from feedsite.feeds.testing.stage import SQL, Stage


class OnOurNode(AggregatorContract):
    """The contract on the run's Elasticsearch node."""

    kind: type[Aggregator]

    def make(self, owner: object, **options: Any) -> Aggregator:
        return self.kind(owner, **options)

    @pytest.fixture
    def elasticsearch(self, elasticsearch_url: str) -> str:
        return elasticsearch_url


class TestUnAggregated(OnOurNode):
    kind = aggregators.UnAggregated
    variants = ({"order": "asc"}, {"include_history": True})


class TestCursor(OnOurNode):
    kind = aggregators.CursorAggregator


class TestActor(OnOurNode):
    kind = aggregators.ActorAggregator


class TestThing(OnOurNode):
    kind = aggregators.ThingAggregator
    owner, other_owner = Entity("note", "1"), Entity("note", "2")


class TestThread(OnOurNode):
    kind = aggregators.ThreadAggregator
    owner, other_owner = Entity("note", "1"), Entity("note", "2")


class TestPublic(OnOurNode):
    def make(self, owner: object, **options: Any) -> Aggregator:
        return aggregators.PublicAggregator(options.pop("viewer", owner), **options)


class TestCollapse(OnOurNode):
    kind = aggregators.CollapseAggregator
    variants = ({"collapse_field": "actor"}, {"collapse_field": "verb"})


class TestCollapseByTarget(OnOurNode):
    def make(self, owner: object, **options: Any) -> Aggregator:
        return aggregators.CollapseAggregator(owner, "target", **options)

    def leaves_out(self, act: Any) -> bool:
        return act.activity.activity_target is None


class TestRecentType(OnOurNode):
    kind = aggregators.RecentTypeAggregator


class TestRecentTypeObject(OnOurNode):
    kind = aggregators.RecentTypeObjectAggregator


class TestRecentObjectType(OnOurNode):
    kind = aggregators.RecentObjectTypeAggregator


class TestYearMonth(OnOurNode):
    kind = aggregators.YearMonthAggregator
    variants = ({"year": 2025}, {"zone": "Asia/Kathmandu"})


class TestYearMonthType(OnOurNode):
    kind = aggregators.YearMonthTypeAggregator
    variants = ({"year": 2025}, {"zone": "Asia/Kathmandu"})


class TestDay(OnOurNode):
    kind = aggregators.DayAggregator
    variants = ({"zone": "Asia/Kathmandu"}, {"scope": "actor"})


class TestDateWeight(OnOurNode):
    kind = aggregators.DateWeightAggregator
    variants = ({"zone": "Asia/Kathmandu"}, {"scope": "concerns"})


class TestDecayRanked(OnOurNode):
    kind = aggregators.DecayRankedAggregator
    newest_first = False
    variants = ({"scale": "1d"}, {"curve": "exp"}, {"offset": "1h"}, {"decay": 0.4}, {"window": "40d"})


class TestSemantic(OnOurNode):
    kind = aggregators.SemanticAggregator
    newest_first = False
    variants = ({"k": 7}, {"query_vector": (0.5, 1.0, 1.0)}, {"restrict_to_network": False})

    def make(self, owner: object, **options: Any) -> Aggregator:
        vector, k = options.pop("query_vector", (1.0, 0.5, -0.25)), options.pop("k", 300)
        return aggregators.SemanticAggregator(owner, vector, k, **options)

    def leaves_out(self, act: Any) -> bool:
        return act.activity.vector is None


class TestActorDay(OnOurNode):
    kind = aggregators.ActorDayAggregator
    variants = ({"zone": "Asia/Kathmandu"},)


class TestHeatmap(OnOurNode):
    kind = aggregators.HeatmapAggregator
    variants = ({"zone": "Asia/Kathmandu"}, {"weeks": 2})


class TestHeatmapOfAThing(OnOurNode):
    owner, other_owner = sample.TAGS

    def make(self, owner: object, **options: Any) -> Aggregator:
        return aggregators.HeatmapAggregator(owner, scope="thing", **options)


class TestCount(OnOurNode):
    kind = aggregators.CountAggregator
    variants = ({"by": "actor"}, {"scope": "network"})


class TestCountOfTheNetworkByThing(OnOurNode):
    def make(self, owner: object, **options: Any) -> Aggregator:
        return aggregators.CountAggregator(owner, "object", scope="network", **options)


class TestTrending(OnOurNode):
    kind = aggregators.TrendingAggregator
    complete = apart = newest_first = False
    variants = ({"window": timedelta(days=1)}, {"kinds": ("tag",)})

    def make(self, owner: object, **options: Any) -> Aggregator:
        return aggregators.TrendingAggregator(options.pop("viewer", owner), **options)

    @pytest.fixture(autouse=True)
    def a_minute_later(self, stage: Stage) -> None:
        """Figures may be a minute old, and each store has counted at its own instant."""
        stage.clock.forward(minutes=1)

    def test_groups_have_what_they_say(self, stage: Stage) -> None:
        """The figures are what anybody finds behind them; somebody who is signed in may see more, or less."""
        manager, anybody = stage.managers[SQL], aggregators.TrendingAggregator(None, size=50)
        groups = manager.get_page(anybody).groups
        assert groups
        for group in groups:
            assert group.total == len(list(inside(manager, anybody, [group]))), group.value


class TestWatched(OnOurNode):
    kind = aggregators.WatchedAggregator
    complete = apart = False


class TestNotification(OnOurNode):
    kind = aggregators.NotificationAggregator
    variants = ({"ungrouped": ("like",)}, {"section": "new"}, {"scope": "network"})


class TestNotificationOfTheNetwork(OnOurNode):
    def make(self, owner: object, **options: Any) -> Aggregator:
        return aggregators.NotificationAggregator(owner, scope="network", **options)


def test_every_aggregator_of_ours_is_here() -> None:
    tested = {
        one.kind for one in globals().values() if isinstance(one, type) and isinstance(getattr(one, "kind", None), type)
    }
    exported = {getattr(aggregators, name) for name in aggregators.__all__} - {Aggregator, aggregators.PublicAggregator}
    assert exported - tested == set()
    assert sample.PEOPLE
