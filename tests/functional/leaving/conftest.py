"""People who leave: on SQLite, as what differs between the databases is in tests/functional/test_purge.py."""

from __future__ import annotations

import pytest

from tests.functional.timelines.world import World
from tests.site import Site


@pytest.fixture(scope="session")
def one_site(sqlite_site: Site) -> Site:
    """The site that the tests share."""
    return sqlite_site


@pytest.fixture
def leaving(site: Site) -> World:
    """Nobody yet."""
    return World(site)
