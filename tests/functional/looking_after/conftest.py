"""The administration's pages, on SQLite alone: they are the same on every database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.functional.looking_after.shell import Shell
from tests.site import Browser, Site, migrate


@pytest.fixture(scope="session")
def one_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site that the tests of this folder share."""
    url = f"sqlite:///{tmp_path_factory.mktemp('looking-after') / 'site.sqlite'}"
    migrate(url)
    site = Site(url)
    yield site
    site.close()


@pytest.fixture
def admin(site: Site) -> Browser:
    """A browser of an admin, in Kathmandu: its days begin at 18:15 UTC."""
    return site.browser(site.person("boss", role="admin", zone="Asia/Kathmandu"))


@pytest.fixture
def moderator(site: Site) -> Browser:
    """A browser of a moderator."""
    return site.browser(site.person("mo", role="moderator"))


@pytest.fixture
def feedsite(site: Site) -> Shell:
    """The command line."""
    return Shell(site)
