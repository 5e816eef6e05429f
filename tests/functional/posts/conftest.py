"""Two people who write."""

from __future__ import annotations

import pytest

from feedsite.accounts.models import Person

from tests.site import Site


@pytest.fixture
def ana(site: Site) -> Person:
    return site.person("ana")


@pytest.fixture
def bo(site: Site) -> Person:
    return site.person("bo")
