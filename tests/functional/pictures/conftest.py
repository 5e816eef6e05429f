"""The site on SQLite alone: pictures are the same on every database."""

from __future__ import annotations

import pytest

from tests.site import Site


@pytest.fixture(scope="session")
def one_site(sqlite_site: Site) -> Site:
    """The site that these tests share."""
    return sqlite_site
