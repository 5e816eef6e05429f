"""A world on an empty site. On SQLite alone: notes are pages of the engine, whose stores have tests of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.functional.timelines.world import World
from tests.site import Site, migrate


@pytest.fixture(scope="session")
def searching_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site that these tests share."""
    url = f"sqlite:///{tmp_path_factory.mktemp('search') / 'site.sqlite'}"
    migrate(url)
    site = Site(url)
    yield site
    site.close()


@pytest.fixture
def site(searching_site: Site) -> Site:
    """The site, with nobody in it."""
    searching_site.wipe()
    return searching_site


@pytest.fixture
def world(site: Site) -> World:
    """Nobody yet."""
    return World(site)
