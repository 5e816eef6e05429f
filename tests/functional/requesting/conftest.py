"""A world on an empty site. What two do at the same moment runs on every database (test_on_both.py)."""

from __future__ import annotations

import pytest

from tests.functional.timelines.world import World
from tests.site import Site


@pytest.fixture
def world(sqlite_site: Site) -> World:
    """Nobody yet, on SQLite."""
    sqlite_site.wipe()
    return World(sqlite_site)
