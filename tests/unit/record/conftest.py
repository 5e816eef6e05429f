"""A record in memory, without an index and with one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.record.desk import FIRST, Desk


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.store.close()


@pytest.fixture
def tracked(desk: Desk) -> Desk:
    """A record with a live generation."""
    desk.has(FIRST)
    return desk
