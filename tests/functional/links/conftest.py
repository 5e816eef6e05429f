"""A world on an empty site."""

from __future__ import annotations

import pytest

from tests.functional.timelines.world import World
from tests.site import Site


@pytest.fixture
def world(site: Site) -> World:
    """Nobody yet."""
    return World(site)
