"""The ways to an answer that small histories do not take of themselves: each is forced, and gives the same pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from feedsite.feeds.stores.elasticsearch import asking, counting, links, nearest, pruning, reaching, reading, tallying
from feedsite.feeds.stores.elasticsearch import compile as compiling
from feedsite.feeds.stores.elasticsearch.store import ElasticStore
from feedsite.feeds.stores.sql import sql_engine
from feedsite.feeds.testing import Clock, DifferentialContract, StoreContract
from feedsite.feeds.testing.contract import MakeStore

from tests.contract.indexed import Nest, SettledStore, UnsettledStore


@pytest.fixture(scope="session")
def nest(elasticsearch_url: str, elasticsearch_prefix: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nest]:
    """A record on SQLite, and its generation."""
    path = tmp_path_factory.mktemp("ways") / "record.sqlite"
    made = Nest(sql_engine(f"sqlite:///{path}"), elasticsearch_url, f"{elasticsearch_prefix}-ways")
    yield made
    made.close()


def _stores(
    nest: Nest,
    window: int = 256,
    *,
    keeps_bounds: bool = True,
    kind: type[SettledStore] | type[UnsettledStore] = SettledStore,
) -> MakeStore:
    def make(clock: Clock) -> ElasticStore:
        nest.empty()
        store = kind(nest, clock)
        store.runtime.limits = replace(store.runtime.limits, window=window, keeps_bounds=keeps_bounds)
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
        # Searches of two documents are many searches.
        monkeypatch.setattr(asking, "_ROUNDS", 2000)
        # Below nothing: how many acts a new bucket has is not counted yet, and two empty ones would be asked at once.
        for name, value in (
            ("_WINDOW", 2),
            ("_WIDER", 1),
            ("_WIDEST", 3),
            ("_HITS", 2),
        ):
            monkeypatch.setattr(reading, name, value)
        for name, value in (("_FIRST_ACTS", -1), ("_FIRST_UPWARDS", -1), ("TOGETHER", 1)):
            monkeypatch.setattr(reaching, name, value)
        monkeypatch.setattr(counting, "_WIDEST", 3)
        monkeypatch.setattr(links, "_AT_ONCE", 2)
        # What is equally near does not fit into few answers: more are asked for, and then the record.
        monkeypatch.setattr(nearest, "_MARGIN", 0)
        monkeypatch.setattr(nearest, "_MOST", 8)
        # Lists too short to be exact, and then all values, page after page.
        monkeypatch.setattr(tallying, "_SHARD_SIZES", (1, 2))
        monkeypatch.setattr(tallying, "_PAGE", 2)
        monkeypatch.setattr(compiling, "_GATES", 0)


class OneSourceMore:
    """Every stretch of a feed has few sources, and is followed by one with a few more."""

    @pytest.fixture(autouse=True)
    def stretches(self, monkeypatch: pytest.MonkeyPatch) -> None:
        # The sizes of the pages are those of the tests: fewer sources than a page needs make stretches that hold too
        # little, which has to be noticed.
        for name, value in (("_SPARE", -1000), ("_LEAST", 1), ("_WIDER", 2), ("_FILTERED", 1), ("_FEWER", 1)):
            monkeypatch.setattr(pruning, name, value)


class BoundsAsked(OneSourceMore):
    """The index is asked for bounds, for every page."""

    @pytest.fixture
    def make_store(self, nest: Nest) -> MakeStore:
        return _stores(nest, 0, keeps_bounds=False)


class BoundsAskedUnsettled(OneSourceMore):
    """The index is asked for bounds, and shows a part of them."""

    @pytest.fixture
    def make_store(self, nest: Nest) -> MakeStore:
        return _stores(nest, 0, keeps_bounds=False, kind=UnsettledStore)


class BoundsKept(OneSourceMore):
    """The process keeps bounds, and follows what was written; in the index a part of it is to be seen."""

    @pytest.fixture
    def make_store(self, nest: Nest) -> MakeStore:
        return _stores(nest, 3, kind=UnsettledStore)


class WithoutBounds:
    """A generation that was made before there were bounds."""

    @pytest.fixture
    def make_store(self, nest: Nest, monkeypatch: pytest.MonkeyPatch) -> MakeStore:
        monkeypatch.setattr(pruning.Pruner, "_sources", lambda *_: None)
        monkeypatch.setattr(counting, "MOST_ACTS", -1)
        return _stores(nest)


@pytest.mark.drill
class TestWithoutWindow(WithoutWindow, StoreContract):
    """Every sentence of the contract."""


@pytest.mark.drill
class TestInSmallSteps(InSmallSteps, StoreContract):
    """Every sentence of the contract."""


class TestBoundsAsked(BoundsAsked, StoreContract):
    """Every sentence of the contract."""


@pytest.mark.drill
class TestBoundsKept(BoundsKept, StoreContract):
    """Every sentence of the contract."""


class TestBoundsAskedDifferential(BoundsAsked, DifferentialContract):
    """Random histories."""


@pytest.mark.drill
class TestBoundsAskedUnsettledDifferential(BoundsAskedUnsettled, DifferentialContract):
    """Random histories."""


class TestBoundsKeptDifferential(BoundsKept, DifferentialContract):
    """Random histories."""


@pytest.mark.drill
class TestWithoutBoundsDifferential(WithoutBounds, DifferentialContract):
    """Random histories."""


# In small steps nothing has a window either.
@pytest.mark.drill
class TestWithoutWindowDifferential(WithoutWindow, DifferentialContract):
    """Random histories."""


class TestLittleWindowDifferential(LittleWindow, DifferentialContract):
    """Random histories."""


class TestInSmallStepsDifferential(InSmallSteps, DifferentialContract):
    """Random histories."""
