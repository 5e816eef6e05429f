"""The site on SQLite alone: what is tested here is the site's own and the same on every database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.site import Site, migrate


@pytest.fixture(scope="session")
def sqlite_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated database."""
    file: Path = tmp_path_factory.mktemp("security") / "site.sqlite"
    url = f"sqlite:///{file}"
    migrate(url)
    return url


@pytest.fixture(scope="session")
def one_site(sqlite_url: str) -> Iterator[Site]:
    """The site that these tests share."""
    site = Site(sqlite_url)
    yield site
    site.close()
