"""Delivery on a real node: a record on a database of each kind, without an index and with one."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from elasticsearch import Elasticsearch
from sqlalchemy import Engine

from feedsite.feeds.stores.sql import sql_engine

from tests.contract.delivering import World

_numbers = itertools.count(1)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database of each kind."""
    if request.param == "sqlite":
        engine = sql_engine(f"sqlite:///{tmp_path_factory.mktemp('delivery') / 'record.sqlite'}")
    else:
        engine = sql_engine(request.getfixturevalue("postgresql_url"))
    yield engine
    engine.dispose()


@pytest.fixture
def empty(database: Engine, elasticsearch_url: str, elasticsearch_prefix: str) -> Iterator[World]:
    """A record without an index."""
    made = World(database, elasticsearch_url, f"{elasticsearch_prefix}-d{next(_numbers)}")
    yield made
    made.remove()


@pytest.fixture
def world(empty: World) -> World:
    """A record with an index that is whole."""
    empty.delivery.create(layout="two")
    empty.index.sent.clear()
    return empty


@pytest.fixture
def client(elasticsearch_url: str) -> Elasticsearch:
    """The node, asked directly."""
    return Elasticsearch(elasticsearch_url)
