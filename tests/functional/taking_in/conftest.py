"""Archives, on SQLite: what is stored, other tests store on every database."""

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
def world(site: Site) -> World:
    """Nobody yet."""
    return World(site)
