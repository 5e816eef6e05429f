"""What a page weighs, and what the script adds to it."""

from __future__ import annotations

import gzip

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PHONE, LiveSite, Opener
from tests.functional.timelines.world import World

pytestmark = pytest.mark.browser


def test_the_first_view_is_small(live: LiveSite, open_page: Opener) -> None:
    world = World(live.site)
    world.follow("ana", "bo")
    world.write_many("bo", 25, "Loaf {} of the year, with #bread and a few more words")
    page = open_page("/about", person=world.person("ana"))
    page.route("**/*", lambda route: route.continue_())  # with a route, nothing comes from the browser's cache
    addresses: list[str] = []
    page.on("response", lambda answer: addresses.append(answer.url))
    page.goto("/home", wait_until="networkidle")
    # Asked for again: the browser forgets bodies when it likes.
    weights = {address: len(gzip.compress(page.request.get(address).body())) for address in addresses}
    assert len(weights) <= 6, weights
    assert sum(weights.values()) <= 60 * 1024, weights


def _items(page: Page) -> list[str]:
    names: list[str] = page.evaluate("() => [...document.querySelectorAll('#timeline > *')].map(one => one.tagName)")
    return names


def test_older_items_come_in_place_and_nothing_moves(live: LiveSite, open_page: Opener) -> None:
    world = World(live.site)
    world.write_many("bo", 45)
    page = open_page("/@bo", width=PHONE)
    assert page.locator("#timeline").get_attribute("role") == "feed"
    older = page.get_by_role("link", name="Older")
    older.scroll_into_view_if_needed()
    before = page.evaluate("() => scrollY")
    for wanted in (40, 45):
        page.evaluate("() => document.querySelector('a[rel=next]').click()")
        page.wait_for_function("count => document.querySelectorAll('#timeline > article').length === count", arg=wanted)
        assert page.evaluate("() => scrollY") == before
    assert set(_items(page)) == {"ARTICLE"}
    assert older.count() == 0


def test_a_list_that_has_no_more_is_no_feed(live: LiveSite, open_page: Opener) -> None:
    world = World(live.site)
    world.write_many("bo", 20)
    assert open_page("/@bo").locator("[role=feed]").count() == 0
    world.write("bo", "One more")
    assert open_page("/@bo", javascript=False).locator("[role=feed]").count() == 0
