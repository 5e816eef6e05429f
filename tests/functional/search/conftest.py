"""A world on an empty site. On SQLite alone: notes are pages of the engine, whose stores have tests of their own."""

from __future__ import annotations

import pytest

from tests.functional.timelines.world import World
from tests.site import Site


@pytest.fixture(scope="session")
def one_site(sqlite_site: Site) -> Site:
    """The site that these tests share."""
    return sqlite_site


@pytest.fixture
def world(site: Site) -> World:
    """Nobody yet."""
    return World(site)
