"""The store on a real Elasticsearch passes the contract, over records on SQLite and on PostgreSQL.

*Settled*: everything was delivered and is shown, the index answers alone. *Unsettled*: by chance some of what was
written is not delivered yet, some is delivered and not shown yet, some is settled; the record lays the rest over.

Settled over PostgreSQL is a drill, and so are random histories there: what is special is how the record is laid over,
which the contract shows, and PostgreSQL itself has its own random histories (test_sql.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from feedsite.feeds.stores.sql import sql_engine
from feedsite.feeds.testing import Clock, DifferentialContract, StoreContract
from feedsite.feeds.testing.contract import BigNetworkContract, MakeStore, SeventyThousandContract

from tests.contract.indexed import Nest, SettledStore, UnsettledStore


@pytest.fixture(scope="session")
def on_sqlite(
    elasticsearch_url: str, elasticsearch_prefix: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Nest]:
    """A record on SQLite, and its generation."""
    path = tmp_path_factory.mktemp("record") / "record.sqlite"
    nest = Nest(sql_engine(f"sqlite:///{path}"), elasticsearch_url, f"{elasticsearch_prefix}-sqlite")
    yield nest
    nest.close()


@pytest.fixture(scope="session")
def on_postgresql(
    elasticsearch_url: str, elasticsearch_prefix: str, make_postgresql: Callable[[], str]
) -> Iterator[Nest]:
    """A record on PostgreSQL, and its generation."""
    nest = Nest(sql_engine(make_postgresql()), elasticsearch_url, f"{elasticsearch_prefix}-postgresql")
    yield nest
    nest.close()


def _settled(nest: Nest) -> MakeStore:
    def make(clock: Clock) -> SettledStore:
        nest.empty()
        return SettledStore(nest, clock)

    return make


def _unsettled(nest: Nest) -> MakeStore:
    def make(clock: Clock) -> UnsettledStore:
        nest.empty()
        return UnsettledStore(nest, clock)

    return make


class OverSQLite:
    """Stores over a record on SQLite."""

    @pytest.fixture
    def nest(self, on_sqlite: Nest) -> Nest:
        return on_sqlite


class OverPostgreSQL:
    """Stores over a record on PostgreSQL."""

    @pytest.fixture
    def nest(self, on_postgresql: Nest) -> Nest:
        return on_postgresql


class Settled:
    """Stores whose index shows everything."""

    @pytest.fixture
    def make_store(self, nest: Nest) -> MakeStore:
        return _settled(nest)


class Unsettled:
    """Stores whose index shows a part."""

    @pytest.fixture
    def make_store(self, nest: Nest) -> MakeStore:
        return _unsettled(nest)


class TestSettledOverSQLite(OverSQLite, Settled, StoreContract):
    """Every sentence of the contract, answered by the index alone."""


class TestUnsettledOverSQLite(OverSQLite, Unsettled, StoreContract):
    """Every sentence of the contract, answered by an index that shows a part."""


@pytest.mark.drill
class TestSettledOverPostgreSQL(OverPostgreSQL, Settled, StoreContract):
    """Every sentence of the contract, answered by the index alone."""


class TestUnsettledOverPostgreSQL(OverPostgreSQL, Unsettled, StoreContract):
    """Every sentence of the contract, answered by an index that shows a part."""


class TestBigNetwork(OverSQLite, Settled, BigNetworkContract):
    """Thousands followed, answered by the index alone."""


@pytest.mark.drill
class TestSeventyThousand(OverSQLite, Settled, SeventyThousandContract):
    """Seventy thousand followed, answered by the index alone."""


class TestSettledDifferential(OverSQLite, Settled, DifferentialContract):
    """Random histories, answered by the index alone."""


class TestUnsettledDifferential(OverSQLite, Unsettled, DifferentialContract):
    """Random histories, answered by an index that shows a part."""


@pytest.mark.drill
class TestSettledDifferentialOverPostgreSQL(OverPostgreSQL, Settled, DifferentialContract):
    """Random histories over PostgreSQL, answered by the index alone."""


@pytest.mark.drill
class TestUnsettledDifferentialOverPostgreSQL(OverPostgreSQL, Unsettled, DifferentialContract):
    """Random histories over PostgreSQL, answered by an index that shows a part."""
