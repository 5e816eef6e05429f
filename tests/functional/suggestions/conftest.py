"""A world on an empty site. On SQLite alone: who is found is the engine's to say, whose stores have tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.functional.timelines.world import World
from tests.site import Site, migrate


@pytest.fixture(scope="session")
def suggestionsing_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site that these tests share."""
    url = f"sqlite:///{tmp_path_factory.mktemp('suggestions') / 'site.sqlite'}"
    migrate(url)
    site = Site(url)
    yield site
    site.close()


@pytest.fixture
def site(suggestionsing_site: Site) -> Site:
    """The site, with nobody in it."""
    suggestionsing_site.wipe()
    return suggestionsing_site


@pytest.fixture
def world(site: Site) -> World:
    """Nobody yet."""
    return World(site)
