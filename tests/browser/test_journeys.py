"""What people do, from the first page to the last; each with JavaScript and without it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE, Opener, send
from tests.functional.timelines.world import World
from tests.mailbox import link_in
from tests.site import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])]


def card(page: Page, text: str) -> Locator:
    return page.locator("main article.item").filter(has_text=text)


def test_join_find_people_follow_and_read_them(world: World, open_page: Opener, javascript: bool) -> None:
    world.write("bo", "Bread is rising")
    page = open_page("/", javascript=javascript)
    page.locator("main").get_by_role("link", name="Join").click()
    page.fill("main [name=handle]", "newcomer")
    page.fill("main [name=name]", "New Comer")
    page.fill("main [name=email]", "newcomer@example.org")
    page.fill("main [name=password]", "three quiet otters sing")
    page.locator("main form button.primary").click()
    page.get_by_role("link", name="how to do that").click()
    expect(page.locator("main")).to_contain_text("newcomer@example.org")
    (mail,) = world.site.mails()
    page.goto(link_in(mail))
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator(".flash")).to_contain_text("Your e-mail address is confirmed.")
    page.get_by_role("link", name="Explore").first.click()
    page.locator("main article").get_by_role("link", name="Bo", exact=True).click()
    page.get_by_role("button", name=re.compile("^Follow")).first.click()
    expect(page.get_by_role("button", name=re.compile("Unfollow|Following")).first).to_be_visible()
    page.goto("/home")
    expect(card(page, "Bread is rising")).to_have_count(1)


def test_write_be_answered_find_it_and_answer(world: World, open_page: Opener, javascript: bool) -> None:
    page = open_page("/home", javascript=javascript, person=world.person("ana"))
    page.fill("main textarea", "Who bakes today?")
    page.locator("main form.compose button.primary").click()
    expect(card(page, "Who bakes today?")).to_have_count(1)
    other = open_page("/@ana", javascript=javascript, person=world.person("bo"))
    card(other, "Who bakes today?").get_by_role("link", name=re.compile("^Reply")).click()
    other.locator("main textarea").fill("@ana I do, all day")
    send(other.locator("main form.compose button.primary"))
    page.goto("/home")
    expect(page.locator(".top .count:visible")).to_have_text("1")
    page.locator(".top").get_by_role("link", name=re.compile("Notifications")).click()
    card(page, "I do, all day").get_by_role("link", name=re.compile("^Reply")).click()
    page.locator("main textarea").fill("@bo Save me a slice")
    page.locator("main form.compose button.primary").click()
    expect(card(page, "Save me a slice")).to_have_count(1)
    expect(page.locator(".top .count:visible")).to_have_count(0)


def test_like_and_take_it_back(world: World, open_page: Opener, javascript: bool) -> None:
    world.write("bo", "Bread is rising")
    page = open_page("/@bo", javascript=javascript, person=world.person("ana"))
    like = page.locator("main button.like")
    like.click()
    expect(page.locator("main button.like.on")).to_have_text("1")
    assert re.search(r"#act-", page.url)
    like.click()
    expect(page.locator("main button.like.on")).to_have_count(0)


def test_mute_from_a_card_and_nothing_of_them_is_left(world: World, open_page: Opener, javascript: bool) -> None:
    world.follow("ana", "bo", "cy")
    world.write("bo", "Bread is rising")
    world.write("cy", "Soup is on")
    page = open_page("/home", javascript=javascript, person=world.person("ana"))
    bread = card(page, "Bread is rising")
    bread.locator(".menu > summary").click()
    send(bread.get_by_role("button", name=re.compile("^Mute .*Bo|^Mute @bo")))
    for path in ("/home", "/home/objects", "/explore"):
        page.goto(path)
        expect(card(page, "Soup is on")).not_to_have_count(0)
        expect(card(page, "Bread is rising")).to_have_count(0)


def test_follow_from_a_profile_and_home_changes(world: World, open_page: Opener, javascript: bool) -> None:
    world.write("bo", "Bread is rising")
    page = open_page("/home", javascript=javascript, person=world.person("ana"))
    expect(page.locator("main")).to_contain_text("You follow nothing yet")
    page.goto("/@bo")
    page.get_by_role("button", name=re.compile("^Follow")).first.click()
    expect(page.get_by_role("button", name=re.compile("^Following")).first).to_be_visible()
    page.get_by_role("link", name="Home", exact=True).click()
    expect(card(page, "Bread is rising")).to_have_count(1)
    page.goto("/@bo")
    page.get_by_role("button", name=re.compile("^Following")).first.click()
    expect(page.get_by_role("button", name=re.compile("^Follow ?")).first).to_be_visible()
    page.goto("/home")
    expect(card(page, "Bread is rising")).to_have_count(0)


def test_watch_a_tag_and_see_what_happens_to_it(world: World, open_page: Opener, javascript: bool) -> None:
    world.write("bo", "Bread is rising #bread")
    page = open_page("/@bo", javascript=javascript, person=world.person("ana"))
    card(page, "Bread is rising").get_by_role("link", name="#bread").click()
    page.get_by_role("button", name="Watch", exact=False).first.click()
    expect(page.get_by_role("button", name=re.compile("Watching")).first).to_be_visible()
    world.write("cy", "Mine is flat #bread")
    page.get_by_role("link", name="Home", exact=True).click()
    expect(card(page, "Mine is flat")).to_have_count(1)
    page.get_by_role("link", name="Watching", exact=True).click()
    section = page.locator("section.timeline").filter(has_text="#bread")
    expect(section.locator("article")).to_contain_text(["Mine is flat"])
    expect(page.locator("main [aria-current=page]")).to_be_in_viewport()


def test_read_a_year_s_archive(world: World, open_page: Opener, javascript: bool) -> None:
    world.follow("ana", "bo")
    for month in (2, 3, 5):
        world.write("bo", f"A loaf of month {month}", at=datetime(2025, month, 10, 12, tzinfo=UTC))
    page = open_page("/home", javascript=javascript, person=world.person("ana"))
    page.get_by_role("link", name="Archive", exact=True).click()
    page.get_by_role("link", name="2025", exact=True).click()
    expect(page.locator("main article.item")).to_contain_text(["month 5", "month 3", "month 2"])
    page.get_by_role("link", name=re.compile("March")).first.click()
    expect(page.get_by_role("heading", name="March 2025").first).to_be_attached()
    expect(page.locator("main article.item")).to_contain_text(["A loaf of month 3"])
    page.go_back()
    expect(page.get_by_role("heading", name="2025", exact=True)).to_be_visible()


def test_change_zone_language_and_theme(world: World, open_page: Opener, javascript: bool) -> None:
    world.follow("ana", "bo")
    world.write("bo", "Late at night", at=datetime(2025, 3, 31, 23, 30, tzinfo=UTC))
    page = open_page("/settings/display", javascript=javascript, person=world.person("ana"))
    background = "() => getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    page.get_by_label("Time zone").select_option("Asia/Kathmandu")
    page.get_by_label("Dark").first.check()
    page.locator("main form.form button.primary").click()
    expect(page.locator(".flash")).to_contain_text("Your settings are saved.")
    assert page.evaluate(background) != light
    page.goto("/archive/2025")
    expect(page.locator("main section h2")).to_have_text(["April"])
    expect(page.locator("main time").first).to_have_attribute("title", re.compile("April 1, 2025"))
    page.goto("/settings/display")
    page.get_by_label("Español").check()
    page.locator("main form.form button.primary").click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    page.goto("/archive/2025")
    expect(page.locator("main section h2")).to_have_text(["abril"])


def test_read_what_came_oldest_first_and_go_on(world: World, open_page: Opener, javascript: bool) -> None:
    world.follow("ana", "bo")
    world.write_many("bo", 25, "Loaf {}")
    page = open_page("/home", javascript=javascript, person=world.person("ana"))
    page.get_by_role("link", name="Unread", exact=True).click()
    expect(page.locator("main article .text").first).to_have_text("Loaf 0")
    page.get_by_role("button", name="Mark as read and go on").click()
    expect(page.locator("main article .text")).to_have_text([f"Loaf {number}" for number in range(20, 25)])
    page.get_by_role("button", name="Mark as read and go on").click()
    expect(page.locator("main")).to_contain_text("You are all caught up")


def test_edit_and_delete(world: World, open_page: Opener, javascript: bool) -> None:
    world.write("ana", "The 1st loaf")
    page = open_page("/@ana", javascript=javascript, person=world.person("ana"))
    _choose(card(page, "The 1st loaf"), "Edit")
    page.fill("main textarea", "The first loaf")
    page.get_by_role("button", name="Save").click()
    card(page, "The first loaf").get_by_role("link", name="edited").click()
    expect(page.locator(".versions li")).to_have_text([re.compile("first"), re.compile("1st")])
    page.go_back()
    _choose(card(page, "The first loaf"), "Delete")
    page.locator("main form button.danger").click()
    expect(card(page, "loaf")).to_have_count(0)


def _choose(item: Locator, name: str) -> None:
    item.locator(".menu > summary").click()
    item.locator(".menu").get_by_text(name, exact=True).click()


def test_mark_all_read_and_undo(world: World, open_page: Opener, javascript: bool) -> None:
    note = world.write("ana", "My loaf")
    world.like(note, "bo")
    page = open_page("/notifications", javascript=javascript, person=world.person("ana"))
    expect(page.locator(".note-group.new")).to_have_count(1)
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.locator("main .note-group")).to_have_count(1)
    expect(page.locator(".note-group.new")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".note-group.new")).to_have_count(1)


def test_only_new_and_mark_as_read(world: World, open_page: Opener, javascript: bool) -> None:
    world.follow("ana", "bo")
    world.write("bo", "Before")
    page = open_page("/home", javascript=javascript, person=world.person("ana"))
    send(page.get_by_role("button", name="Mark as read"))
    world.write("bo", "After")
    page.get_by_role("link", name="Only new").click()
    expect(card(page, "After")).to_have_count(1)
    expect(card(page, "Before")).to_have_count(0)
    page.get_by_role("link", name="Show all").click()
    expect(card(page, "Before")).to_have_count(1)


def test_back_from_an_older_page_returns_to_the_item(world: World, open_page: Opener, javascript: bool) -> None:
    world.write_many("bo", 45)
    page = open_page("/@bo", width=PHONE, javascript=javascript)
    page.get_by_role("link", name="Older").click()
    item = card(page, "Note 10").first
    item.scroll_into_view_if_needed()
    place = item.bounding_box()
    item.locator("a.when").first.click()
    expect(page.locator("#thread")).to_be_visible()
    page.go_back()
    expect(item).to_be_visible()
    page.wait_for_timeout(150)
    now = item.bounding_box()
    assert place is not None
    assert now is not None
    assert abs(now["y"] - place["y"]) <= 2


def test_forget_the_password_and_end_a_session_elsewhere(world: World, open_page: Opener, javascript: bool) -> None:
    person = world.person("ana")
    elsewhere = open_page("/home", javascript=javascript, person=person)
    page = open_page("/login", javascript=javascript)
    page.get_by_role("link", name="You forgot your password?").click()
    page.fill("main [name=email]", "ana@example.org")
    page.locator("main form button.primary").click()
    expect(page.locator(".flash")).to_contain_text("A mail is on its way")
    page.goto(link_in(world.site.mails()[0]))
    page.fill("main [name=password]", "three other quiet otters")
    send(page.locator("main form button.primary"))
    elsewhere.goto("/home")
    expect(elsewhere).to_have_url(re.compile("/login"))
    for tab in (page, elsewhere):
        tab.goto("/login")
        tab.fill("main [name=login]", "ana")
        tab.fill("main [name=password]", "three other quiet otters")
        tab.locator("main form button.primary").click()
        expect(tab).to_have_url(re.compile("/home"))
    page.goto("/settings/sessions")
    page.get_by_role("button", name=re.compile("^Sign out .*Linux")).click()
    expect(page.locator("main .person")).to_have_count(1)
    elsewhere.goto("/home")
    expect(elsewhere).to_have_url(re.compile("/login"))


def test_set_up_a_second_factor_lose_it_and_recover(world: World, open_page: Opener, javascript: bool) -> None:
    page = open_page("/settings/password", javascript=javascript, person=world.person("ana"))
    page.get_by_role("link", name=re.compile("authenticator")).click()
    page.get_by_role("button", name="Set it up").click()
    expect(page.locator("main img.qr")).to_have_js_property("complete", True)
    key = page.locator("main p code").inner_text().replace(" ", "")
    page.fill("main [name=code]", pyotp.TOTP(key).now())
    page.locator("main form button.primary").click()
    code = page.locator(".codes code").first.inner_text()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.locator("main")).to_contain_text("10 recovery codes are left.")
    lost = open_page("/login", javascript=javascript)
    lost.fill("main [name=login]", "ana")
    lost.fill("main [name=password]", PASSWORD)
    lost.locator("main form button.primary").click()
    expect(lost.get_by_role("heading", name="Your code, please")).to_be_visible()
    lost.fill("main [name=code]", code)
    lost.locator("main form button.primary").click()
    expect(lost).to_have_url(re.compile("/home"))


def test_the_theme_is_switched_and_kept(open_page: Opener, javascript: bool) -> None:
    background = "() => getComputedStyle(document.body).backgroundColor"
    page = open_page("/about", javascript=javascript)
    light = page.evaluate(background)
    page.get_by_role("button", name="Dark").click()
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    page.goto("/help")
    assert page.evaluate(background) != light


def test_the_keyboard_alone_signs_in_and_posts(world: World, open_page: Opener, javascript: bool) -> None:
    world.person("ana")
    page = open_page("/login?next=/home", javascript=javascript)
    _tab_to(page, "[name=login]")
    page.keyboard.type("ana")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/home"))
    _tab_to(page, "main textarea")
    page.keyboard.type("Written without a mouse")
    _tab_to(page, "main form.compose button")
    page.keyboard.press("Enter")
    expect(card(page, "Written without a mouse")).to_have_count(1)


def test_skip_links_lead_to_the_content_and_focus_is_seen(world: World, open_page: Opener, javascript: bool) -> None:
    page = open_page("/home", javascript=javascript, person=world.person("ana"))
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    for _ in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate("() => parseFloat(getComputedStyle(document.activeElement).outlineWidth) >= 2")


def _tab_to(page: Page, selector: str, most: int = 40) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{most} times Tab did not lead to {selector}")


def test_delete_the_account_and_come_back(world: World, open_page: Opener, javascript: bool) -> None:
    world.write("ana", "Bread is rising")
    page = open_page("/settings/delete", javascript=javascript, person=world.person("ana"))
    page.fill("main [name=handle]", "ana")
    page.get_by_role("button", name="Delete my account").click()
    expect(page.locator(".flash")).to_contain_text("Your account is deleted.")
    other = open_page("/explore", javascript=javascript)
    expect(card(other, "Bread is rising")).to_have_count(0)
    page.goto("/login")
    page.fill("main [name=login]", "ana")
    page.fill("main [name=password]", PASSWORD)
    page.locator("main form button.primary").click()
    page.get_by_role("button", name="Come back").click()
    expect(page.locator(".flash")).to_contain_text("Welcome back.")
    other.goto("/explore")
    expect(card(other, "Bread is rising")).to_have_count(1)


def test_export_and_import_into_a_new_account(
    world: World, open_page: Opener, javascript: bool, tmp_path: Path
) -> None:
    world.write("ana", "Bread is rising")
    page = open_page("/settings/export", javascript=javascript, person=world.person("ana"))
    with page.expect_download() as download:
        page.get_by_role("link", name="Download your data").click()
    download.value.save_as(tmp_path / "ana.zip")
    anew = open_page("/settings/import", javascript=javascript, person=world.person("anew"))
    anew.set_input_files("#archive", tmp_path / "ana.zip")
    anew.get_by_role("button", name="Take it in").click()
    expect(anew.locator(".flash").first).to_contain_text("Taken in: notes 1")
    anew.goto("/@anew")
    expect(card(anew, "Bread is rising")).to_have_count(1)
