"""What an open page asks once a minute: the words of the page itself, and nothing at all where nothing changed."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest
from sqlalchemy import select, update

from feedsite.accounts.models import LoginSession
from feedsite.db import counting_statements, utcnow

from tests.functional.timelines.world import World, form_to, main_of
from tests.site import Browser, form_with


def since(browser: Browser) -> str:
    """The address that a page of home asks."""
    token = main_of(browser.get("/home")).select_one("[data-since]")["data-since"]
    return f"/counters?since={quote(token)}"


def test_the_badge_is_that_of_the_pages(world: World) -> None:
    note = world.write("ana", "Mine")
    browser = world.browser("ana")
    assert browser.get("/counters").json == {"badge": "", "badge_text": "", "home": ""}
    world.like(note, "bo")
    world.reply("cy", note)
    assert browser.get("/counters").json == {"badge": "2", "badge_text": "2 new notifications", "home": ""}
    assert browser.get("/about").html.select_one(".bell.wide .count").text == "2"


def test_what_came_since_the_page_is_counted_and_one_s_own_is_not(world: World) -> None:
    world.follow("ana", "bo", "cy")
    world.write("bo", "On the page")
    browser = world.browser("ana")
    address = since(browser)
    assert browser.get(address).json["home"] == ""
    world.write("ana", "My own")
    world.write("cy", "Muted")
    world.mute("ana", "cy")
    world.write("bo", "Since then")
    assert browser.get(address).json["home"] == "1 new"
    # Whatever was read meanwhile, in another tab.
    form_to(browser.get("/home"), "/home/read").submit()
    assert browser.get(address).json["home"] == "1 new"
    assert browser.get(since(browser)).json["home"] == ""


def test_only_the_first_page_of_all_of_home_asks_for_what_came(world: World) -> None:
    world.follow("ana", "bo")
    world.write_many("bo", 25)
    browser = world.browser("ana")
    older = main_of(browser.get("/home")).select_one("a[rel=next]")["href"]
    for path in ("/home?new=1", older, "/home/unread", "/@bo"):
        assert main_of(browser.get(path)).select_one("[data-since]") is None


def test_nothing_new_is_304_without_a_body(world: World) -> None:
    note = world.write("ana", "Mine")
    browser = world.browser("ana")
    first = browser.get("/counters")
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = browser.get("/counters", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_int, again.body) == (304, b"")
    world.like(note, "bo")
    changed = browser.get("/counters", headers={"If-None-Match": first.headers["ETag"]})
    assert (changed.status_int, changed.json["badge"]) == (200, "1")


def test_a_mark_of_another_reader_or_a_changed_one_is_refused(world: World) -> None:
    world.write("ana", "Mine")
    world.write("bo", "Mine too")
    address = since(world.browser("ana"))
    assert world.browser("bo").get(address, expect_errors=True).status_int == 400
    for token in ("x", "x.y", "%00", "a" * 9000):
        assert world.browser("ana").get(f"/counters?since={token}", expect_errors=True).status_int == 400


def test_it_costs_less_than_half_the_statements_of_a_page(world: World) -> None:
    world.follow("ana", "bo")
    world.write("bo", "On the page")
    browser = world.browser("ana")
    address = since(browser)
    counts = {}
    for path in (address, "/home"):
        browser.get(path)
        with counting_statements() as count:
            browser.get(path)
        counts[path] = len(count)
    assert counts[address] * 2 < counts["/home"]


@pytest.mark.parametrize(("path", "is_used"), [("/counters", False), ("/about", True)])
def test_a_page_that_asks_by_itself_keeps_no_login_alive(world: World, path: str, is_used: bool) -> None:
    browser = world.browser("ana")
    long_ago = utcnow() - timedelta(hours=1)
    with world.site.transaction() as request:
        request.dbsession.execute(update(LoginSession).values(last_seen=long_ago))
    browser.get(path)
    with world.site.transaction() as request:
        assert (request.dbsession.scalar(select(LoginSession.last_seen)) > long_ago) == is_used


def test_shortcuts_are_for_who_is_signed_in_and_can_be_switched_off(world: World) -> None:
    browser = world.browser("ana")
    page = browser.get("/settings/display")
    assert page.html.body["data-keys"] == "/help/keyboard"
    form = form_with(page, "shortcuts")
    form["shortcuts"] = False
    page = form.submit().follow()
    assert not page.html.body.has_attr("data-keys")
    assert not form_with(page, "shortcuts")["shortcuts"].checked
    anonymous = world.site.browser().get("/help/keyboard")
    assert not anonymous.html.body.has_attr("data-keys")
    assert not anonymous.html.body.has_attr("data-counters")
