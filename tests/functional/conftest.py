"""The site on SQLite and on PostgreSQL, empty at the start of every test.

Every test runs on SQLite. On PostgreSQL `make test` runs those of the modules where the database itself matters and a
fourth of the others, chosen by name: the same fourth, whatever else there is. The drills run the rest.
What is the same on every database needs one: a folder's conftest.py then has `one_site` give `sqlite_site`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import pytest

from tests.site import Browser, Site, migrate

WHOLE_ON_POSTGRESQL = frozenset(
    {
        "test_accounts.py",
        "test_badge_is_list.py",
        "test_database.py",
        "test_graph.py",
        "test_importing.py",
        "test_migrations.py",
        "test_on_both.py",
        "test_purge.py",
        "test_reacting.py",
        "test_visibility.py",
    }
)
"""Modules with locks, races, hand-written SQL or dialects in them."""
_ONE_OF = 4


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the other three fourths to the drills."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and _is_on_postgresql(item) and not chosen(item.path.name, item.name):
            item.add_marker("drill")


def chosen(module: str, name: str) -> bool:
    """Whether `make test` runs a test on PostgreSQL, by the names of its file and of itself."""
    return module in WHOLE_ON_POSTGRESQL or crc32(f"{module}::{name}".encode()) % _ONE_OF == 0


def _is_on_postgresql(item: pytest.Item) -> bool:
    callspec = getattr(item, "callspec", None)
    return callspec is not None and callspec.params.get("migrated_url") == "postgresql"


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
def sqlite_site(sqlite_url: str) -> Iterator[Site]:
    """The site on it, which all share that need no other."""
    site = Site(sqlite_url)
    yield site
    site.close()


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
