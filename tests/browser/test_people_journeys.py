"""A picture of one's own, and answering who wants to follow; each with JavaScript and without it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import FilePayload, expect

from tests.browser.conftest import Opener, send
from tests.functional.pictures.files import photograph
from tests.functional.timelines.world import World

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])]


def test_choose_a_picture_that_others_see_and_remove_it(world: World, open_page: Opener, javascript: bool) -> None:
    world.write("ana", "Bread is rising")
    page = open_page("/settings/profile", javascript=javascript, person=world.person("ana"))
    files = page.get_by_label("Your picture as a file")
    files.set_input_files([FilePayload(name="me.png", mimeType="image/png", buffer=b"no picture at all")])
    page.get_by_role("button", name="Use this picture").click()
    expect(page.get_by_text("This is no picture that the site can read")).to_have_count(2)
    files.set_input_files([FilePayload(name="me.jpg", mimeType="image/jpeg", buffer=photograph())])
    page.get_by_role("button", name="Use this picture").click()
    expect(page.get_by_text("Your picture is saved.")).to_be_visible()
    other = open_page("/explore", javascript=javascript, person=world.person("bo"))
    picture = other.locator("main article.item a.avatar img")
    expect(picture).to_have_count(1)
    picture.scroll_into_view_if_needed()
    other.wait_for_load_state("networkidle")
    size = picture.evaluate("image => [image.naturalWidth, image.naturalHeight, image.width, image.height]")
    assert size == [128, 128, 44, 44]
    page.get_by_role("button", name="Remove picture").click()
    expect(page.get_by_text("Your picture is removed.")).to_be_visible()
    other.reload()
    expect(picture).to_have_count(0)


def test_ask_to_follow_and_be_accepted(world: World, open_page: Opener, javascript: bool) -> None:
    world.write("ana", "For those I know", visibility="followers")
    mine = open_page("/settings/privacy", javascript=javascript, person=world.person("ana"))
    mine.get_by_label("Approve who follows me").check()
    send(mine.get_by_role("button", name="Save").first)
    theirs = open_page("/@ana", javascript=javascript, person=world.person("bo"))
    theirs.get_by_role("button", name=re.compile("^Ask to follow")).first.click()
    expect(theirs.get_by_role("button", name=re.compile("^Requested")).first).to_be_visible()
    expect(theirs.get_by_text("For those I know")).to_have_count(0)
    mine.goto("/requests")
    mine.get_by_role("button", name=re.compile("^Accept")).first.click()
    expect(mine.get_by_text("Nobody asks to follow you")).to_be_visible()
    theirs.goto("/home")
    expect(theirs.locator("main article.item").filter(has_text="For those I know")).to_have_count(1)
