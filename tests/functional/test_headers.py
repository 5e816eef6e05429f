"""Headers and cookies, on every answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.functional.matrix.table import CASES, path_of
from tests.site import PASSWORD, Browser, Site, form_with

ALWAYS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@pytest.fixture(scope="module")
def https_site(migrated_url: str) -> Iterator[Site]:
    """The same site, reached over https."""
    site = Site(migrated_url, site_url="https://example.org")
    yield site
    site.close()


def assert_safe(answer) -> None:
    for name, value in ALWAYS.items():
        assert answer.headers[name] == value, (answer.request.path, name)
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert policy["base-uri"] == "'none'"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "*" not in answer.headers["Content-Security-Policy"]
    assert "Cache-Control" in answer.headers


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "DELETE"])
def test_every_route_and_every_error_has_them(site: Site, method: str) -> None:
    """Whatever the answer is: page, redirect, refusal, not found, method not allowed."""
    people = [None, site.person("ana"), site.person("root", role="admin")] if method == "GET" else [site.person("ana")]
    for person in people:
        browser = site.browser(person)
        for name in CASES:
            path = path_of(site, name)
            assert_safe(browser.request(path, method=method, expect_errors=True))
        assert_safe(browser.request("/nowhere/at/all", method=method, expect_errors=True))


def test_hsts_exactly_when_the_site_is_https(site: Site, https_site: Site) -> None:
    for path in ("/about", "/nowhere", "/static/css/site.css"):
        assert "Strict-Transport-Security" not in site.browser().get(path, expect_errors=True).headers
        sent = https_site.browser().get(path, expect_errors=True).headers["Strict-Transport-Security"]
        assert int(sent.split(";")[0].removeprefix("max-age=")) >= 365 * 86_400


def cookies_of(answer) -> dict[str, set[str]]:
    """The cookies an answer sets: {name: attributes in lower case}."""
    found = {}
    for line in answer.headers.getall("Set-Cookie"):
        pair, *attributes = (part.strip() for part in line.split(";"))
        found[pair.split("=", 1)[0]] = {attribute.lower() for attribute in attributes}
    return found


def every_cookie(site: Site) -> dict[str, set[str]]:
    site.wipe()
    site.person("ana")
    browser, found = site.browser(), {}
    referer = {"Referer": site.settings.site_url + "/login"}
    page = browser.get("/login")
    found |= cookies_of(page)
    form = form_with(page, "login")
    form["login"], form["password"] = "ana", PASSWORD
    found |= cookies_of(form.submit(headers=referer))
    found |= cookies_of(browser.submit("/theme", {"theme": "dark"}, headers=referer))
    found |= cookies_of(browser.submit("/logout", headers=referer))
    return found


def test_cookies_over_http(one_site: Site) -> None:
    found = every_cookie(one_site)
    names = ("session", "visitor", "device", "theme", "flash")
    assert set(found) == {f"feedsite_{name}" for name in names}
    for name, attributes in found.items():
        assert {"httponly", "samesite=lax", "path=/"} <= attributes, name
        assert "secure" not in attributes, name


def test_cookies_over_https(https_site: Site) -> None:
    found = every_cookie(https_site)
    names = ("session", "visitor", "device", "theme", "flash")
    assert set(found) == {f"__Host-feedsite_{name}" for name in names}
    for name, attributes in found.items():
        assert {"httponly", "samesite=lax", "path=/", "secure"} <= attributes, name
        assert not any(attribute.startswith("domain") for attribute in attributes), name


def test_no_cache_keeps_what_is_somebodys_own(site: Site) -> None:
    browser = site.browser(site.person("ana"))
    assert browser.get("/settings/profile").headers["Cache-Control"] == "no-store"
    assert browser.get("/about").headers["Cache-Control"] == "private, no-cache"
    assert site.browser().get("/login").headers["Cache-Control"] == "no-store"
    assert "Cookie" in browser.get("/about").headers["Vary"]


def test_a_cookie_comes_only_with_a_form(browser: Browser) -> None:
    for path in ("/robots.txt", "/healthz", "/.well-known/security.txt", "/static/css/site.css"):
        assert "Set-Cookie" not in browser.get(path).headers, path


def test_static_files_may_be_kept_for_good_under_their_hashed_names(browser: Browser) -> None:
    page = browser.get("/about")
    sheet = page.html.select_one("link[rel=stylesheet]")["href"]
    answer = browser.get(sheet)
    assert answer.content_type == "text/css"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert browser.get("/static/css/site.css").headers["Cache-Control"] == "no-cache"
    stem, _hash, suffix = sheet.rsplit(".", 2)
    assert browser.get(f"{stem}.{'0' * 12}.{suffix}").headers["Cache-Control"] == "no-cache"


def test_machines_are_answered(site: Site, browser: Browser) -> None:
    assert browser.get("/healthz").text == "ok\n"
    assert browser.get("/readyz").text == "ok\n"
    assert "Disallow: /home" in browser.get("/robots.txt").text
    told = dict(line.split(": ", 1) for line in browser.get("/.well-known/security.txt").text.splitlines())
    assert told["Contact"] == "mailto:security@example.org"
    assert told["Canonical"] == "http://localhost/.well-known/security.txt"
    assert told["Expires"].endswith("Z")
