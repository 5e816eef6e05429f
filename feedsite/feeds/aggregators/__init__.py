"""Aggregators: small declarative classes that say whose feed, which acts, in what grouping, order and sizes."""

from feedsite.feeds.aggregators.base import Aggregator
from feedsite.feeds.aggregators.collapse import CollapseAggregator
from feedsite.feeds.aggregators.counts import CountAggregator, HeatmapAggregator, TrendingAggregator
from feedsite.feeds.aggregators.dates import YearMonthAggregator, YearMonthTypeAggregator
from feedsite.feeds.aggregators.days import ActorDayAggregator, DayAggregator
from feedsite.feeds.aggregators.flat import (
    ActorAggregator,
    CursorAggregator,
    PublicAggregator,
    ThingAggregator,
    ThreadAggregator,
    UnAggregated,
)
from feedsite.feeds.aggregators.notification import NotificationAggregator
from feedsite.feeds.aggregators.ranked import DateWeightAggregator, DecayRankedAggregator
from feedsite.feeds.aggregators.recent import (
    RecentObjectTypeAggregator,
    RecentTypeAggregator,
    RecentTypeObjectAggregator,
)
from feedsite.feeds.aggregators.semantic import SemanticAggregator
from feedsite.feeds.aggregators.watched import WatchedAggregator

__all__ = [
    "ActorAggregator",
    "ActorDayAggregator",
    "Aggregator",
    "CollapseAggregator",
    "CountAggregator",
    "CursorAggregator",
    "DateWeightAggregator",
    "DayAggregator",
    "DecayRankedAggregator",
    "HeatmapAggregator",
    "NotificationAggregator",
    "PublicAggregator",
    "RecentObjectTypeAggregator",
    "RecentTypeAggregator",
    "RecentTypeObjectAggregator",
    "SemanticAggregator",
    "ThingAggregator",
    "ThreadAggregator",
    "TrendingAggregator",
    "UnAggregated",
    "WatchedAggregator",
    "YearMonthAggregator",
    "YearMonthTypeAggregator",
]
