"""Pages as they are served: accessible and within the window, in both themes, on a phone and on a desktop."""

from __future__ import annotations

import itertools

import pytest

from tests.browser.conftest import DESKTOP, PHONE, LiveSite, Opener
from tests.browser.looking import accessibility_faults, sideways_pixels

pytestmark = pytest.mark.browser

PUBLIC = ["/about", "/help", "/privacy", "/join", "/login", "/nowhere-at-all"]
SETTINGS = ["/settings/display", "/settings/profile"]
LOOKS = list(itertools.product((PHONE, DESKTOP), ("light", "dark")))


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_is_accessible_and_fits(open_page: Opener, path: str) -> None:
    for width, theme in LOOKS:
        page = open_page(path, width=width, theme=theme)
        assert (accessibility_faults(page), sideways_pixels(page)) == ([], 0), (width, theme)


@pytest.mark.parametrize("path", SETTINGS)
def test_a_settings_page_is_accessible_and_fits(live: LiveSite, open_page: Opener, path: str) -> None:
    ana = live.site.person("ana")
    for width, theme in LOOKS:
        page = open_page(path, width=width, theme=theme, person=ana)
        assert (accessibility_faults(page), sideways_pixels(page)) == ([], 0), (width, theme)


def test_a_refused_form_takes_the_focus_to_its_summary(open_page: Opener) -> None:
    page = open_page("/join", width=PHONE)
    page.fill("[name=handle]", "not a handle!")
    page.locator("form.form").evaluate("form => { form.noValidate = true; form.submit() }")
    page.wait_for_selector(".summary")
    assert page.locator(".summary").evaluate("element => element === document.activeElement")
    assert accessibility_faults(page) == []
