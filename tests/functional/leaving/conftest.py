"""People who leave: on SQLite, as what differs between the databases is in tests/functional/test_purge.py."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.functional.timelines.world import World
from tests.site import Site


@pytest.fixture(scope="session")
def one_site(sqlite_url: str) -> Iterator[Site]:
    """The site that the tests share."""
    site = Site(sqlite_url)
    yield site
    site.close()


@pytest.fixture
def leaving(site: Site) -> World:
    """Nobody yet."""
    return World(site)
