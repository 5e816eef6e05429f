"""Every component in every state: usable by everyone, in both themes, on a phone and on a desktop."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import expect

from feedsite.web.style_guide import ICONS

from tests.browser.conftest import DESKTOP, PHONE, LiveSite, Opener
from tests.browser.looking import accessibility_faults, sideways_pixels

pytestmark = pytest.mark.browser

STATIC = Path(__file__).resolve().parents[2] / "static"
#: To be looked at.
OUTPUT = Path(__file__).resolve().parents[1] / "output"


def gzipped(*suffixes: str) -> int:
    return sum(len(gzip.compress(file.read_bytes())) for file in STATIC.rglob("*") if file.suffix in suffixes)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, 800, DESKTOP])
def test_every_component_is_accessible_and_fits(open_page: Opener, theme: str, width: int) -> None:
    page = open_page("/style-guide", width=width, theme=theme)
    assert accessibility_faults(page) == []
    assert sideways_pixels(page) == 0
    page.screenshot(path=OUTPUT / f"style-guide-{width}-{theme}.png", full_page=True)


def test_the_theme_that_the_server_wrote_wins_over_the_device(live: LiveSite, open_page: Opener) -> None:
    ana = live.site.person("ana", theme="dark")
    background = "() => getComputedStyle(document.body).backgroundColor"
    forced = open_page("/about", theme="light", person=ana).evaluate(background)
    assert forced == open_page("/about", theme="dark").evaluate(background)
    assert forced != open_page("/about", theme="light").evaluate(background)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_menu_opens_with_the_keyboard_alone(open_page: Opener, javascript: bool) -> None:
    page = open_page("/style-guide", javascript=javascript)
    summary = page.locator("article .menu > summary").first
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator("article .sheet").first).to_be_visible()


def test_escape_and_a_click_elsewhere_close_a_menu(open_page: Opener) -> None:
    page = open_page("/style-guide")
    summaries, opened = page.locator("article .menu > summary"), page.locator("details[open]")
    summaries.nth(0).click()
    page.keyboard.press("Escape")
    assert opened.count() == 0
    assert summaries.nth(0).evaluate("element => element === document.activeElement")
    summaries.nth(0).click()
    page.locator("h1").click()
    assert opened.count() == 0


def test_the_compose_box_counts_what_is_left(open_page: Opener) -> None:
    page = open_page("/style-guide")
    page.fill("#compose-text", "x" * 985)
    assert page.locator("#compose output").text_content() == "15"


def test_only_a_list_that_loads_more_in_place_is_a_feed(open_page: Opener) -> None:
    children = "() => [...document.querySelectorAll('[role=feed] > *')].map(child => child.tagName)"
    assert set(open_page("/style-guide").evaluate(children)) == {"ARTICLE"}
    assert open_page("/style-guide", javascript=False).locator("[role=feed]").count() == 0


def test_the_style_sheet_and_the_script_stay_small() -> None:
    assert gzipped(".css") <= 12 * 1024
    assert gzipped(".js") <= 10 * 1024


def test_the_style_guide_shows_every_icon_and_templates_use_no_other() -> None:
    sprite = ET.parse(STATIC / "img" / "icons.svg").getroot()
    symbols = {symbol.attrib["id"] for symbol in sprite}
    assert symbols - {"logo"} == set(ICONS)
    templates = Path(__file__).resolve().parents[2] / "feedsite" / "templates"
    named = {name for file in templates.rglob("*.html") for name in re.findall(r'icon\("(\w+)"\)', file.read_text())}
    assert named <= symbols
