"""The SQL store passes the contract in memory, in a file, and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from feedsite.feeds.stores.sql import SqlStore, default_tables, sql_engine
from feedsite.feeds.testing import Clock, DifferentialContract, StoreContract
from feedsite.feeds.testing.contract import BigNetworkContract, MakeStore, SeventyThousandContract


def _emptied(engine: Engine, clock: Clock) -> SqlStore:
    # They hold a few rows: much quicker than TRUNCATE, which makes new files. One engine keeps its compiled statements.
    with engine.begin() as connection:
        for table in default_tables().metadata.sorted_tables:
            connection.execute(table.delete())
    return SqlStore(engine=engine, clock=clock)


@pytest.fixture(scope="session")
def memory() -> Iterator[Engine]:
    """An engine in memory with the store's tables."""
    engine = sql_engine("sqlite://")
    default_tables().metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def in_memory(memory: Engine) -> MakeStore:
    """One store in memory, emptied each time it is asked for."""
    return lambda clock: _emptied(memory, clock)


@pytest.fixture
def in_a_file(tmp_path: Path) -> MakeStore:
    """Stores in files."""
    numbers = iter(range(10_000))
    return lambda clock: SqlStore(f"sqlite:///{tmp_path / f'feeds{next(numbers)}.sqlite'}", clock=clock)


@pytest.fixture(scope="session")
def postgresql(make_postgresql: Callable[[], str]) -> Iterator[Engine]:
    """An engine on a PostgreSQL database of its own, with the store's tables."""
    engine = sql_engine(make_postgresql())
    default_tables().metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def on_postgresql(postgresql: Engine) -> MakeStore:
    """One store on PostgreSQL, emptied each time it is asked for."""
    return lambda clock: _emptied(postgresql, clock)


class TestInMemory(StoreContract):
    """Every sentence of the contract on a store in memory."""

    @pytest.fixture
    def make_store(self, in_memory: MakeStore) -> MakeStore:
        return in_memory


class TestInAFile(StoreContract):
    """Every sentence of the contract on a store in a file."""

    @pytest.fixture
    def make_store(self, in_a_file: MakeStore) -> MakeStore:
        return in_a_file


class TestOnPostgreSQL(StoreContract):
    """Every sentence of the contract on PostgreSQL."""

    @pytest.fixture
    def make_store(self, on_postgresql: MakeStore) -> MakeStore:
        return on_postgresql


class TestBigNetworkInAFile(BigNetworkContract):
    """Thousands followed, on SQLite."""

    @pytest.fixture
    def make_store(self, in_a_file: MakeStore) -> MakeStore:
        return in_a_file


class TestBigNetworkOnPostgreSQL(BigNetworkContract):
    """Thousands followed, on PostgreSQL."""

    @pytest.fixture
    def make_store(self, on_postgresql: MakeStore) -> MakeStore:
        return on_postgresql


@pytest.mark.drill
class TestSeventyThousandInAFile(SeventyThousandContract, TestBigNetworkInAFile):
    """Seventy thousand followed, on SQLite."""


@pytest.mark.drill
class TestSeventyThousandOnPostgreSQL(SeventyThousandContract, TestBigNetworkOnPostgreSQL):
    """Seventy thousand followed, on PostgreSQL."""


class TestInMemoryDifferential(DifferentialContract):
    """Random histories on SQLite."""

    @pytest.fixture
    def make_store(self, in_memory: MakeStore) -> MakeStore:
        return in_memory


class TestOnPostgreSQLDifferential(DifferentialContract):
    """Random histories on PostgreSQL."""

    @pytest.fixture
    def make_store(self, on_postgresql: MakeStore) -> MakeStore:
        return on_postgresql
