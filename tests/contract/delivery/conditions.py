"""Conditions that several of these tests need: a time long ago, and a database with several writers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.contract.delivering import World

LONG_AGO = datetime(1969, 7, 20, tzinfo=UTC)


def on_postgresql(world: World) -> None:
    """Leave the test out where two transactions cannot write at once at all."""
    if world.engine.dialect.name == "sqlite":
        pytest.xfail("SQLite has one writer at a time")
