"""Archives, on SQLite: what is stored, other tests store on every database."""

from __future__ import annotations

import pytest

from tests.functional.timelines.world import World
from tests.site import Site


@pytest.fixture(scope="session")
def one_site(sqlite_site: Site) -> Site:
    """The site that the tests share."""
    return sqlite_site


@pytest.fixture
def world(site: Site) -> World:
    """Nobody yet."""
    return World(site)
