"""The administration's pages: accessible and within the window, full, empty and with faults."""

from __future__ import annotations

import itertools

import pytest

from feedsite.accounts.models import Person
from feedsite.moderation.services import OPERATOR, ModerationService

from tests.browser.conftest import DESKTOP, PHONE, LiveSite, Opener
from tests.browser.looking import accessibility_faults, sideways_pixels

pytestmark = pytest.mark.browser

LOOKS = list(itertools.product((PHONE, DESKTOP), ("light", "dark")))


@pytest.fixture
def admin(live: LiveSite) -> Person:
    """An admin, in a site with people in every state and some history."""
    boss = live.site.person("boss", role="admin", name="Bo Lindqvist")
    live.site.person("mo", role="moderator", name="Mona Haddad")
    live.site.person("a_handle_of_thirty_characters_", name="Wolfeschlegelsteinhausenbergerdorff the Elder")
    live.site.person("lee", name="Lee Okafor", state="limited")
    ana = live.site.person("ana", name="Ana Reyes")
    with live.site.transaction() as request:
        request.find_service(ModerationService).suspend(OPERATOR, ana.id, "Sold pills in forty notes a day, twice.")
    return boss


PAGES = ["people", "people?q=nobody", "people?state=x", "people/{ana}", "people/{mo}", "people/{boss}", "audit"]


@pytest.mark.parametrize("path", [*PAGES, "audit?action=role", "audit?actor=nobody"])
def test_a_page_is_accessible_and_fits(live: LiveSite, open_page: Opener, admin: Person, path: str) -> None:
    with live.site.transaction() as request:
        ids = {person.handle: person.id for person in request.dbsession.query(Person)}
    for width, theme in LOOKS:
        page = open_page(f"/admin/{path.format(**ids)}", width=width, theme=theme, person=admin)
        assert (accessibility_faults(page), sideways_pixels(page)) == ([], 0), (width, theme)
