"""The ways to an answer that small histories do not take of themselves: each is forced, and gives the same pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from feedsite.feeds.stores.elasticsearch import compile as compiling
from feedsite.feeds.stores.elasticsearch import links, nearest, reading, tallying
from feedsite.feeds.stores.sql import sql_engine
from feedsite.feeds.testing import Clock, DifferentialContract, StoreContract
from feedsite.feeds.testing.contract import MakeStore

from tests.contract.indexed import Nest, SettledStore


@pytest.fixture(scope="session")
def nest(elasticsearch_url: str, elasticsearch_prefix: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nest]:
    """A record on SQLite, and its generation."""
    path = tmp_path_factory.mktemp("ways") / "record.sqlite"
    made = Nest(sql_engine(f"sqlite:///{path}"), elasticsearch_url, f"{elasticsearch_prefix}-ways")
    yield made
    made.close()


def _stores(nest: Nest, window: int) -> MakeStore:
    def make(clock: Clock) -> SettledStore:
        nest.empty()
        store = SettledStore(nest, clock)
        store.runtime.limits = replace(store.runtime.limits, window=window)
        return store

    return make


class WithoutWindow:
    """Notifications are grouped and counted by the index."""

    @pytest.fixture
    def make_store(self, nest: Nest) -> MakeStore:
        return _stores(nest, 0)


class LittleWindow:
    """What concerns a reader is told from three acts where they suffice, and by the index where they do not."""

    @pytest.fixture
    def make_store(self, nest: Nest) -> MakeStore:
        return _stores(nest, 3)


class InSmallSteps(WithoutWindow):
    """Searches are short, bucket after bucket; beginnings of links are never told apart in a query."""

    @pytest.fixture(autouse=True)
    def steps(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(compiling, "_SINCES", 0)
        # Below nothing: how many acts a new bucket has is not counted yet, and two empty ones would be asked at once.
        for name, value in (("_WINDOW", 2), ("_WIDER", 1), ("_WIDEST", 3), ("_HITS", 2), ("_FIRST_ACTS", -1)):
            monkeypatch.setattr(reading, name, value)
        monkeypatch.setattr(links, "_AT_ONCE", 2)
        # What is equally near does not fit into few answers: more are asked for, and then the record.
        monkeypatch.setattr(nearest, "_MARGIN", 0)
        monkeypatch.setattr(nearest, "_MOST", 8)
        # Lists too short to be exact, and then all values, page after page.
        monkeypatch.setattr(tallying, "_SHARD_SIZES", (1, 2))
        monkeypatch.setattr(tallying, "_PAGE", 2)


@pytest.mark.drill
class TestWithoutWindow(WithoutWindow, StoreContract):
    """Every sentence of the contract."""


class TestInSmallSteps(InSmallSteps, StoreContract):
    """Every sentence of the contract."""


class TestWithoutWindowDifferential(WithoutWindow, DifferentialContract):
    """Random histories."""


class TestLittleWindowDifferential(LittleWindow, DifferentialContract):
    """Random histories."""


class TestInSmallStepsDifferential(InSmallSteps, DifferentialContract):
    """Random histories."""
