"""A private feed from its first page to its end, with JavaScript and without it."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LiveSite, Opener
from tests.functional.feedsout.schemas import check_atom
from tests.functional.timelines.world import World

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])]


def fetch(address: str) -> tuple[int, bytes]:
    """What a program gets that has no cookies: status and body."""
    try:
        with urllib.request.urlopen(address) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_subscribe_to_a_private_feed_and_end_it(live: LiveSite, open_page: Opener, javascript: bool) -> None:
    world = World(live.site)
    world.follow("ana", "bo")
    world.write("bo", "Bread is rising", visibility="followers")
    page = open_page("/home", javascript=javascript, person=world.person("ana"))
    page.locator(".me > summary").click()
    page.locator(".me").get_by_role("link", name="Settings").click()
    page.locator("main").get_by_role("link", name="Private feeds").click()
    page.fill("main [name=name]", "The telephone")
    page.get_by_role("button", name="Make it").click()
    address = page.locator("main .codes code").first.inner_text()
    status, body = fetch(address)
    assert status == 200
    assert next(entry.title for entry in check_atom(body).entries) == "Bread is rising"
    page.goto("/settings/feeds")
    expect(page.locator("main .person")).to_contain_text("Last read")
    assert address not in page.content()
    page.get_by_role("button", name="End The telephone").click()
    expect(page.locator(".flash")).to_contain_text("This feed is ended.")
    expect(page.locator("main .person")).to_have_count(0)
    assert fetch(address)[0] == 410


def test_a_page_leads_to_its_feeds(live: LiveSite, open_page: Opener, javascript: bool) -> None:
    World(live.site).write("bo", "Bread is rising")
    page = open_page("/@bo", javascript=javascript)
    link = page.locator("main .feeds").get_by_role("link", name="Atom")
    status, body = fetch(f"{live.url}/@bo.atom")
    assert link.get_attribute("href") == f"{live.url}/@bo.atom"
    assert status == 200
    assert [entry.title for entry in check_atom(body).entries] == ["Bread is rising"]
