"""The site on SQLite alone: these pages are the same on every database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.site import Site


@pytest.fixture(scope="session")
def one_site(sqlite_url: str) -> Iterator[Site]:
    """The site that these tests share."""
    site = Site(sqlite_url)
    yield site
    site.close()
