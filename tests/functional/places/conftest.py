"""A world on an empty site. On SQLite alone: these pages have no statement of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.functional.timelines.world import World
from tests.site import Site, migrate


@pytest.fixture(scope="session")
def one_place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site that these tests share."""
    url = f"sqlite:///{tmp_path_factory.mktemp('places') / 'site.sqlite'}"
    migrate(url)
    site = Site(url)
    yield site
    site.close()


@pytest.fixture
def site(one_place: Site) -> Site:
    """The site, with nobody in it."""
    one_place.wipe()
    return one_place


@pytest.fixture
def world(site: Site) -> World:
    """Nobody yet."""
    return World(site)
