"""The SQL store passes the contract in memory, in a file, and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from feedsite.feeds.stores.sql import SqlStore, default_tables
from feedsite.feeds.testing import Clock, DifferentialContract, StoreContract
from feedsite.feeds.testing.contract import MakeStore


@pytest.fixture
def in_memory() -> MakeStore:
    """Stores in memory."""
    return lambda clock: SqlStore(clock=clock)


@pytest.fixture
def in_a_file(tmp_path: Path) -> MakeStore:
    """Stores in files."""
    numbers = iter(range(10_000))
    return lambda clock: SqlStore(f"sqlite:///{tmp_path / f'feeds{next(numbers)}.sqlite'}", clock=clock)


@pytest.fixture(scope="session")
def postgresql_tables(postgresql_url: str) -> str:
    """The URL of a database with the store's tables."""
    engine = create_engine(postgresql_url)
    default_tables().metadata.create_all(engine)
    engine.dispose()
    return postgresql_url


@pytest.fixture
def on_postgresql(postgresql_tables: str) -> Iterator[MakeStore]:
    """One store on PostgreSQL, emptied each time it is asked for."""
    engine = create_engine(postgresql_tables)

    def make(clock: Clock) -> SqlStore:
        with engine.begin() as connection:
            # They hold a few rows: much quicker than TRUNCATE, which makes new files.
            for table in default_tables().metadata.sorted_tables:
                connection.execute(table.delete())
        return SqlStore(postgresql_tables, clock=clock)

    yield make
    engine.dispose()


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
