"""Random histories, ranked: lists by decay and days by weight are the reference model's, page after page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from feedsite.feeds.aggregators import DateWeightAggregator, DecayRankedAggregator, SemanticAggregator
from feedsite.feeds.order import instant
from feedsite.feeds.testing import model_ranked

WEIGHTS = (0.25, 1.0, 2.0, 2.5, 40.0)
# Alike, nearly alike, of another length, of another number of dimensions, without direction, and none.
VECTORS = (None, None, (1.0, 0.0), (1.0, 1e-9), (1e300, 0.0), (0.6, 0.8), (-3.0, 4.0), (0.0, 0.0), (1.0, 2.0, 3.0))
ZONES = ("UTC", "America/Los_Angeles", "Asia/Kathmandu", "Pacific/Apia", "Europe/Berlin")

_decays = st.fixed_dictionaries(
    {
        "scale": st.sampled_from(("1ms", "1h", "7d", timedelta(days=300))),
        "offset": st.sampled_from((None, "1s", "2d")),
        "decay": st.sampled_from((0.5, 0.01, 0.999)),
        "curve": st.sampled_from(("gauss", "exp")),
        "window": st.sampled_from((None, None, "1h", timedelta(days=30))),
        "scope": st.sampled_from(("network", "network", "concerns")),
    }
)


class Rankings:
    """What a differential test compares of ranked feeds."""

    def compare_rankings(self, history: Any, reader: Any, common: dict[str, Any], options: Any) -> None:
        """A ranked list page after page and back, and days with all of their acts."""
        decay = options.draw(_decays, label="decay")
        behind = options.draw(st.sampled_from((None, None, 3_600_000)), label="ranked as of so many ms ago")
        as_of = None if behind is None else instant(history.clock.ms - behind)
        ranked = DecayRankedAggregator(reader, as_of=as_of, **decay, **common)
        expected = [act.key.id for act in model_ranked.ranked(history.model, ranked, history.clock.ms)]
        assert history.network.ids(ranked) == expected
        self._back(history, ranked, expected)
        self._compare_nearest(history, reader, common, options)
        zone = options.draw(st.sampled_from(ZONES), label="zone")
        days = DateWeightAggregator(reader, zone=zone, activities_per_group=2, **common)
        found = []
        for day in history.network.groups(days):
            ids = [item.id for item in history.network.rest(days, day)]
            assert (day.total, day.total_is_exact) == (len(ids), True)
            assert (day.more is None) == (len(ids) <= 2)
            found.append((day.value, ids))
        assert found == model_ranked.days(history.model, days, history.clock.ms)

    def _compare_nearest(self, history: Any, reader: Any, common: dict[str, Any], options: Any) -> None:
        """What is nearest, among the network and among everything, page after page and back."""
        vector = options.draw(st.sampled_from([one for one in VECTORS if one and any(one)]), label="vector")
        k = options.draw(st.integers(1, 30), label="k")
        everything = {name: value for name, value in common.items() if name != "include_history"}
        for nearest in (
            SemanticAggregator(reader, vector, k, **common),
            SemanticAggregator(reader, vector, k, restrict_to_network=False, **everything),
        ):
            expected = [act.key.id for act in model_ranked.nearest(history.model, nearest)]
            assert history.network.ids(nearest) == expected
            self._back(history, nearest, expected)

    def _back(self, history: Any, aggregator: Any, expected: list[str]) -> None:
        """From the last page back to the first, each page is the one before."""
        pages = history.network.pages(aggregator)
        last, behind = pages[-1], [[item.id for item in page.items] for page in pages[:-1]]
        while last.previous is not None:
            last = history.manager.get_page(aggregator, last.previous)
            assert [item.id for item in last.items] == behind.pop()
        assert behind == []
        assert [item.id for item in last.items] == expected[: aggregator.size]
