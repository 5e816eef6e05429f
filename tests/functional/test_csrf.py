"""A form counts only when this site gave it to this browser."""

from __future__ import annotations

import pytest

from tests.site import PASSWORD, Browser, Site

LOGIN = {"login": "ana", "password": PASSWORD}


@pytest.fixture
def ana(site: Site):
    return site.person("ana")


@pytest.mark.parametrize("token", [None, "", "guess", "é", "a" * 10_000])
def test_without_a_good_token_nothing_happens(site: Site, ana, token: str | None) -> None:
    browser = site.browser(ana)
    values = {"theme": "dark"} if token is None else {"theme": "dark", "csrf_token": token}
    answer = browser.post("/settings/display", values, expect_errors=True)
    assert answer.status_int == 400
    assert "Nothing was changed." in answer.html.main.get_text()
    assert not browser.get("/about").html.html.has_attr("data-theme")


def test_a_token_belongs_to_one_browser(site: Site, ana, browser: Browser) -> None:
    other = site.browser().csrf_token()
    browser.csrf_token()
    assert browser.post("/login", {**LOGIN, "csrf_token": other}, expect_errors=True).status_int == 400


def test_a_token_ends_with_the_login(site: Site, ana, browser: Browser) -> None:
    before = browser.csrf_token()
    assert browser.post("/login", {**LOGIN, "csrf_token": before}).status_int == 303
    assert browser.csrf_token() != before
    assert browser.post("/theme", {"theme": "dark", "csrf_token": before}, expect_errors=True).status_int == 400


def test_a_visitor_cookie_of_ones_own_making_is_nothing(site: Site, browser: Browser) -> None:
    browser.csrf_token()
    forged = "WzE3MDAwMDAwMDAsImF0dGFja2VyIl0.AAAA"
    browser.set_cookie("feedsite_visitor", forged)
    token = browser.csrf_token()
    assert browser.cookies["feedsite_visitor"] != forged
    assert token


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "https://localhost"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_what_comes_from_another_site_is_refused(ana, browser: Browser, headers: dict[str, str]) -> None:
    values = {**LOGIN, "csrf_token": browser.csrf_token()}
    assert browser.post("/login", values, headers=headers, expect_errors=True).status_int == 400


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}])
def test_what_comes_from_here_is_accepted(ana, browser: Browser, headers: dict[str, str]) -> None:
    values = {**LOGIN, "csrf_token": browser.csrf_token()}
    assert browser.post("/login", values, headers=headers).status_int == 303


def test_the_token_may_come_in_a_header(ana, browser: Browser) -> None:
    assert browser.post("/login", LOGIN, headers={"X-CSRF-Token": browser.csrf_token()}).status_int == 303


def test_a_token_in_the_address_is_none(ana, browser: Browser) -> None:
    token = browser.csrf_token()
    assert browser.post(f"/login?csrf_token={token}", LOGIN, expect_errors=True).status_int == 400


def test_over_https_a_request_from_nowhere_is_refused(migrated_url: str) -> None:
    site = Site(migrated_url, site_url="https://example.org")
    site.wipe()
    site.person("ana")
    browser = site.browser()
    values = {**LOGIN, "csrf_token": browser.csrf_token()}
    assert browser.post("/login", values, expect_errors=True).status_int == 400
    assert browser.post("/login", values, headers={"Referer": "https://example.org/login"}).status_int == 303
    site.close()
