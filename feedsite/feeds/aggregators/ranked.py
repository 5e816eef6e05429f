"""Feeds in which strong links count: days with the heaviest first, and one list ranked by weight and age."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from feedsite.feeds.aggregators.base import Aggregator, checked_size
from feedsite.feeds.aggregators.days import DayAggregator
from feedsite.feeds.errors import InvalidQuery
from feedsite.feeds.order import milliseconds
from feedsite.feeds.query import Cell, FeedQuery
from feedsite.feeds.scoring import CURVES, ByWeight, Decay, Scoring, checked_decay, checked_duration


class RankedAggregator(Aggregator):
    """A feed whose order is a score, computed in Python from the weight of the strongest link that brought an act and
    from its instant. Of equal scores the newer act comes first.

    A subclass gives `scoring`; as it is, heavier links come first, whatever the age.
    """

    order = "weight"
    rest_size: int | None = None

    def scoring(self, as_of: int) -> Scoring:
        """How acts are scored on the pages of a feed whose first page was read at `as_of` (milliseconds since 1970)."""
        return ByWeight()


class DateWeightAggregator(RankedAggregator, DayAggregator):
    """A feed by day, the newest day first; inside a day what came over heavier links first, then what is newer.

    Days are those of the zone, and only those that have something; a page is whole days. A day says how many acts it
    has, and its `more` leads to those it does not show, in the same order.

    Args:
        activities_per_group: how many acts each day shows, 1 to 1000.
        rest_size: how many acts a page has that a day's `more` leads to, 1 to 1000; as `size` says unless given.
        Further arguments: see Aggregator; `size` counts days.
    """

    page_size = 7

    def __init__(self, owner: object = None, *, rest_size: int | None = None, **options: Any) -> None:
        super().__init__(owner, **options)
        self.rest_size = None if rest_size is None else checked_size(rest_size, "rest_size")


class DecayRankedAggregator(RankedAggregator):
    """One list, ranked: the weight of the strongest link that brought an act, times a decay with its age.

    The ranking is of one instant: the first page's, unless `as_of` is given. It travels in the cursors, so that pages
    fit together however long a reader takes; what is published after it is not in the ranking.

    With the curve `gauss` what is recent hardly loses anything, and then much; with `exp` an act loses the same share
    in every stretch of time. The parameters mean what they mean in Elasticsearch's decay functions, whose `gauss`
    ElasticFeeds uses.

    Args:
        scale: how long after `offset` a weight has fallen to `decay` of itself: a timedelta, or a whole number with one
            of the units ms, s, m, h, d (`7d`).
        offset: up to this age nothing is lost; a duration as above, None: 0.
        decay: what is left at the age offset + scale, above 0 and below 1.
        curve: `gauss` or `exp`.
        window: only what is younger than this; a duration as above, None: however old.
        as_of: the instant that the ranking is of (aware); None: when the first page is read.
        Further arguments: see Aggregator; `size` counts acts.

    Raises:
        InvalidQuery, InvalidActivity: names the argument and the rule.
    """

    order = "decay"

    def __init__(
        self,
        owner: object = None,
        scale: str | timedelta = "7d",
        offset: str | timedelta | None = None,
        decay: float = 0.5,
        *,
        curve: str = "gauss",
        window: str | timedelta | None = None,
        as_of: datetime | None = None,
        **options: Any,
    ) -> None:
        super().__init__(owner, **options)
        self.scale_ms = checked_duration(scale, "scale")
        self.offset_ms = 0 if offset is None else checked_duration(offset, "offset", least=0)
        self.decay = checked_decay(decay)
        if curve not in CURVES:
            raise InvalidQuery(field="curve", value=curve, rule="one of " + ", ".join(CURVES))
        self.curve = curve
        self.window_ms = None if window is None else checked_duration(window, "window")
        self.as_of_ms = None if as_of is None else milliseconds(as_of, "as_of")

    def query(self, as_of: int) -> FeedQuery:
        """The feed, up to the instant that the ranking is of, and within its window."""
        query = super().query(as_of)
        end = (as_of if self.as_of_ms is None else self.as_of_ms) + 1
        window = Cell((), None if self.window_ms is None else end - self.window_ms, end)
        return window.within(query)

    def scoring(self, as_of: int) -> Decay:
        """Weight times decay, at the instant that the ranking is of."""
        at = as_of if self.as_of_ms is None else self.as_of_ms
        return Decay(at, self.scale_ms, self.offset_ms, self.decay, self.curve)

    def own_fingerprint(self) -> tuple[str, ...]:
        """The parameters of the decay."""
        return (f"{self.scale_ms} {self.offset_ms} {self.decay!r} {self.curve} {self.window_ms} {self.as_of_ms}",)
