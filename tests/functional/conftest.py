"""The site on SQLite and on PostgreSQL, empty at the start of every test.

What is the same on every database needs one: a folder's conftest.py then has a `one_site` on `sqlite_url`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.site import Browser, Site, migrate


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def migrated_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated database of each kind."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('site') / 'site.sqlite'}"
    else:
        url = request.getfixturevalue("postgresql_url")
    migrate(url)
    return url


@pytest.fixture(scope="session")
def sqlite_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated database of SQLite, for what needs no other."""
    url = f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'site.sqlite'}"
    migrate(url)
    return url


@pytest.fixture(scope="session")
def one_site(migrated_url: str) -> Iterator[Site]:
    """The site that the tests of one database share."""
    site = Site(migrated_url)
    yield site
    site.close()


@pytest.fixture
def site(one_site: Site) -> Site:
    """The site, with nobody in it."""
    one_site.wipe()
    return one_site


@pytest.fixture
def browser(site: Site) -> Browser:
    """A browser that nobody is signed in with."""
    return site.browser()
