"""A world on an empty site. On SQLite alone: feeds are pages of the engine, whose stores have tests of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.functional.timelines.world import World
from tests.site import Site, migrate


@pytest.fixture(scope="session")
def feeding_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site that these tests share."""
    url = f"sqlite:///{tmp_path_factory.mktemp('feeds-out') / 'site.sqlite'}"
    migrate(url)
    site = Site(url)
    yield site
    site.close()


@pytest.fixture
def site(feeding_site: Site) -> Site:
    """The site, with nobody in it."""
    feeding_site.wipe()
    return feeding_site


@pytest.fixture
def world(site: Site) -> World:
    """Nobody yet."""
    return World(site)
