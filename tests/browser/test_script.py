"""What the script adds: counters, arrivals that move nothing, shortcuts; and that it leaves everybody in peace."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import PHONE, LiveSite, Opener, sign_in
from tests.browser.looking import accessibility_faults, doubled_ids
from tests.functional.timelines.world import World

pytestmark = pytest.mark.browser

_A_MINUTE = 61_000
# What moved on the page, less the times themselves, which say another minute.
_MOVED = """() => new Promise(done => {
  const isTime = node => (node?.closest ? node : node?.parentElement)?.closest(".when");
  const name = ({ node }) => isTime(node) ? [] : [node?.outerHTML ?? node?.textContent];
  const tell = list => done(list.getEntries().flatMap(entry => entry.sources.flatMap(name)));
  new PerformanceObserver(tell).observe({ type: "layout-shift", buffered: true });
  setTimeout(done, 200, []);
})"""
_SET_HIDDEN = """hidden => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
def world(live: LiveSite) -> World:
    """Ana, who follows bo; he has written three pages."""
    world = World(live.site)
    world.follow("ana", "bo")
    world.write_many("bo", 45, "Loaf {}")
    return world


def with_clock(page: Page) -> Page:
    """The page again, with a clock that can be put forward."""
    page.clock.install()
    page.reload()
    return page


def card(page: Page, text: str) -> Locator:
    return page.locator("main article.item").filter(has_text=text)


def at_focus(page: Page) -> str:
    text: str = page.evaluate(
        "() => document.activeElement.closest('article')?.querySelector('.text').textContent.trim() ?? ''"
    )
    return text


# -- counters


def test_what_arrives_is_announced_and_moves_nothing(world: World, open_page: Opener) -> None:
    mine = world.write("ana", "Mine")
    page = with_clock(open_page("/home", width=PHONE, person=world.person("ana")))
    item = card(page, "Loaf 38").first
    item.scroll_into_view_if_needed()
    before = page.evaluate("() => scrollY"), item.bounding_box()
    expect(page.locator(".arrivals a")).to_have_count(0)
    world.write("bo", "Since then")
    world.like(mine, "cy")
    page.clock.fast_forward(_A_MINUTE)
    link = page.locator(".arrivals[role=status] a")
    expect(link).to_have_text("1 new")
    expect(link).to_be_in_viewport()
    expect(page.locator(".top .count:visible")).to_have_text("1")
    expect(page.get_by_role("link", name="Show notifications: 1 new notification")).to_be_visible()
    assert (page.evaluate("() => scrollY"), item.bounding_box()) == before
    assert page.evaluate(_MOVED) == []
    page.evaluate("() => scrollTo(0, 0)")  # elsewhere it lies over something
    assert (accessibility_faults(page), doubled_ids(page)) == ([], [])
    link.click()
    expect(card(page, "Since then")).to_be_in_viewport()


def test_a_page_asks_once_a_minute_while_it_is_seen_and_is_told_that_nothing_changed(
    world: World, open_page: Opener
) -> None:
    page = with_clock(open_page("/home", person=world.person("ana")))
    answers: list[int] = []
    page.on("response", lambda answer: answers.append(answer.status) if "/counters" in answer.url else None)
    for _ in range(2):
        with page.expect_response(re.compile("/counters")):
            page.clock.fast_forward(_A_MINUTE)
        page.wait_for_timeout(50)
    assert answers == [200, 304]
    page.clock.fast_forward(30_000)
    page.evaluate(_SET_HIDDEN, True)
    page.clock.fast_forward(10 * _A_MINUTE)
    assert answers == [200, 304]
    with page.expect_response(re.compile("/counters")):
        page.evaluate(_SET_HIDDEN, False)
    assert answers == [200, 304, 304]


def test_a_site_that_does_not_answer_is_asked_less_and_less(chromium: Chromium, live: LiveSite, world: World) -> None:
    # Not by `open_page`: the console may say that an answer did not come.
    context = chromium.new_context(base_url=live.url)
    sign_in(context, live, world.person("ana"))
    page = context.new_page()
    page.clock.install()
    asked: list[str] = []

    def fail(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=503)

    page.route("**/counters*", fail)
    page.goto("/about")
    counts = []
    for _minute in range(8):
        page.clock.fast_forward(_A_MINUTE)
        page.wait_for_timeout(50)
        counts.append(len(asked))
    # After 1 minute, then 2, then 4 more.
    assert counts == [1, 1, 2, 2, 2, 2, 3, 3]
    context.close()


def test_who_was_signed_out_elsewhere_is_asked_no_more(world: World, open_page: Opener) -> None:
    page = with_clock(open_page("/home", person=world.person("ana")))
    page.context.clear_cookies()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/counters" in request.url else None)
    for _minute in range(4):
        page.clock.fast_forward(_A_MINUTE)
        page.wait_for_timeout(50)
    assert len(asked) == 1
    assert page.url.endswith("/home")


# -- more in place


def test_more_in_place_is_said_takes_the_focus_and_is_there_after_back(world: World, open_page: Opener) -> None:
    page = open_page("/home", width=PHONE, person=world.person("ana"))
    feed = page.locator("#timeline")
    expect(feed.locator("article").first).to_have_attribute("aria-setsize", "-1")
    for shown in (40, 46):
        page.get_by_role("link", name="Older").click()
        expect(feed.locator("> article")).to_have_count(shown)
    expect(feed.locator("article").last).to_have_attribute("aria-posinset", "46")
    expect(feed.locator("article").last).to_have_attribute("aria-setsize", "46")
    expect(feed).to_have_attribute("aria-busy", "false")
    expect(page.locator(".timeline > [role=status].sr")).to_have_text("More has been added below.")
    assert at_focus(page) == "Loaf 4"
    item = card(page, "Loaf 3").last
    item.scroll_into_view_if_needed()
    place = item.bounding_box()
    assert place is not None
    item.locator("a.when").click()
    expect(page.locator("#thread")).to_be_visible()
    page.go_back()
    expect(feed.locator("> article")).to_have_count(46)
    page.wait_for_timeout(150)
    now = item.bounding_box()
    assert now is not None
    assert abs(now["y"] - place["y"]) <= 1


# -- shortcuts


def test_keys_lead_from_item_to_item_and_to_other_pages(world: World, open_page: Opener) -> None:
    page = open_page("/home", person=world.person("ana"))
    for key, text in (("j", "Loaf 44"), ("j", "Loaf 43"), ("j", "Loaf 42"), ("k", "Loaf 43")):
        page.keyboard.press(key)
        assert at_focus(page) == text
        expect(card(page, text).first).to_be_in_viewport()
    page.keyboard.press("o")
    expect(page.locator("#thread")).to_be_visible()
    for keys, path in (("gn", "/notifications"), ("gh", "/home")):
        page.keyboard.type(keys)
        expect(page).to_have_url(re.compile(f"{path}$"))


def test_after_the_last_item_the_next_key_loads_more(world: World, open_page: Opener) -> None:
    page = open_page("/home", person=world.person("ana"))
    page.locator("#timeline > article").last.focus()
    page.keyboard.press("j")
    expect(page.locator("#timeline > article")).to_have_count(40)
    assert at_focus(page) == "Loaf 24"


def test_a_question_mark_shows_what_the_keys_do(world: World, open_page: Opener) -> None:
    page = open_page("/home", person=world.person("ana"))
    page.fill("main textarea", "Half a thought")
    page.keyboard.type("jog?")
    expect(page.locator("main textarea")).to_have_value("Half a thoughtjog?")
    page.locator("main textarea").blur()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Shortcuts")
    expect(dialog).to_contain_text("To the next item")
    assert (accessibility_faults(page), doubled_ids(page)) == ([], [])
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator("main textarea")).to_have_value("Half a thoughtjog?")


def test_keys_do_nothing_for_who_switched_them_off(world: World, open_page: Opener) -> None:
    page = open_page("/settings/display", person=world.person("ana"))
    page.get_by_label("Keyboard shortcuts").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".flash")).to_contain_text("Your settings are saved.")
    page.goto("/home")
    page.keyboard.type("jj?gn")
    assert at_focus(page) == ""
    expect(page).to_have_url(re.compile("/home$"))
    expect(page.get_by_role("dialog")).to_have_count(0)
