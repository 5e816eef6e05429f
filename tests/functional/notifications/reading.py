"""How the tests read the notifications page, and what they press on it."""

from __future__ import annotations

from webtest import TestResponse

from tests.functional.timelines.world import headings, main_of, plain
from tests.site import Browser


def badge(browser: Browser) -> str:
    """What the bell says on any page."""
    found = browser.get("/about").html.select_one("header .bell.wide .count")
    return "" if found is None else plain(found)


def listed(browser: Browser, tab: str = "") -> list[str]:
    """The sentences of a tab."""
    return headings(browser.get(f"/notifications{f'?tab={tab}' if tab else ''}"))


def sections(browser: Browser, tab: str = "") -> dict[str, list[str]]:
    """The sentences of a tab under New and Earlier."""
    page = browser.get(f"/notifications{f'?tab={tab}' if tab else ''}")
    return {
        plain(section.select_one(".head h2")): [plain(heading) for heading in section.select("article .h")]
        for section in main_of(page).select("section.timeline")
    }


def press(browser: Browser, sentence: str, button: str, tab: str = "") -> TestResponse:
    """Press a button of the group with this sentence."""
    path = f"/notifications{f'?tab={tab}' if tab else ''}"
    page = browser.get(path)
    group = next(item for item in main_of(page).select("article") if plain(item.select_one(".h")) == sentence)
    found = group.select_one(f"button[name={button}]")
    assert found is not None, f"{sentence}: no button {button}"
    return browser.submit("/notifications/groups", {button: found["value"], "next": path}).follow()


def tokens(browser: Browser) -> list[str]:
    """What the boxes of the list carry."""
    return [str(box["value"]) for box in main_of(browser.get("/notifications")).select("input.pick")]
