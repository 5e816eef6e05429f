"""The administration's pages, on SQLite alone: they are the same on every database."""

from __future__ import annotations

import pytest

from tests.functional.looking_after.shell import Shell
from tests.site import Browser, Site


@pytest.fixture(scope="session")
def one_site(sqlite_site: Site) -> Site:
    """The site that these tests share."""
    return sqlite_site


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
