"""Whatever goes wrong, the answer is a page in the site's frame that says what to do and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.exc import OperationalError
from webob import Request

from feedsite.security import public
from feedsite.security.sessions import LoginSessionService

from tests.site import PASSWORD, Browser, Site


@pytest.fixture(scope="session")
def one_site(migrated_url: str) -> Iterator[Site]:
    """The site, with pages that go wrong."""
    known = public.PUBLIC_ROUTES
    site = Site(migrated_url, **{"pyramid.includes": "tests.functional.trouble"})
    yield site
    site.close()
    public.PUBLIC_ROUTES = known


@pytest.mark.parametrize(
    ("kind", "status", "sentence"),
    [
        ("missing", 404, "There is nothing at this address"),
        ("gone", 410, "What was here has been deleted."),
        ("cursor", 400, "Go to the first page"),
        ("often", 429, "Please wait 2 minutes and try again."),
        ("store", 503, "Please try again shortly."),
        ("unavailable", 503, "Please try again shortly."),
        ("away", 503, "Please try again shortly."),
        ("mistake", 500, "The site made a mistake."),
        ("refused", 500, "The site made a mistake."),
        ("sql", 500, "The site made a mistake."),
        ("who", 500, "The site made a mistake."),
    ],
)
@pytest.mark.parametrize("signed_in", [False, True])
def test_an_error_is_a_page(site: Site, kind: str, status: int, sentence: str, signed_in: bool) -> None:
    browser = site.browser(site.person("ana") if signed_in else None)
    answer = browser.get(f"/trouble/{kind}?cursor=abc&only=new", expect_errors=True)
    assert answer.status_int == status
    assert sentence in answer.html.main.get_text(" ", strip=True)
    assert answer.html.h1
    assert answer.html.select_one("main a[href='/']")
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert "SELECT" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_bad_cursor_leads_to_the_first_page_of_the_same_list(browser: Browser) -> None:
    answer = browser.get("/trouble/cursor?cursor=abc&only=new", status=400)
    assert answer.html.select_one("main a[href='/trouble/cursor?only=new']")


def test_the_wait_is_said_to_machines_too(browser: Browser) -> None:
    assert browser.get("/trouble/often", status=429).headers["Retry-After"] == "90"
    assert browser.get("/trouble/store", status=503).headers["Retry-After"] == "5"


def test_403_says_why(site: Site) -> None:
    assert "Only on Sundays." in site.browser(site.person("ana")).get("/trouble/forbidden", status=403).text


def test_an_address_that_is_not_there(browser: Browser) -> None:
    for path in ("/nowhere", "/static/css/none.css", "/@nobody/x/y", "/static/../development.ini", "/static/.hidden"):
        assert browser.get(path, expect_errors=True).status_int == 404, path


def test_a_method_that_does_not_fit_is_405_with_those_that_do(browser: Browser) -> None:
    answer = browser.put("/about", expect_errors=True)
    assert answer.status_int == 405
    assert answer.headers["Allow"] == "GET, HEAD"
    assert browser.get("/logout", expect_errors=True).headers["Allow"] == "POST"


@pytest.mark.parametrize(
    "query", ["x=%ff", "x=%00", "%c3%28=1", "x=%ed%a0%80"], ids=["byte", "nul", "broken-name", "surrogate"]
)
def test_what_is_no_text_is_refused(browser: Browser, query: str) -> None:
    assert browser.get(f"/about?{query}", expect_errors=True).status_int == 400


@pytest.mark.parametrize("path", ["/\xff", "/tags/\xc3(", "/@\0", "/tags/a\0b"])
def test_a_path_that_is_no_text_is_refused(site: Site, path: str) -> None:
    answer = Request.blank("/", {"PATH_INFO": path}).get_response(site.app)
    assert answer.status_int == 400
    assert "</html>" in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_form_that_is_no_text_is_refused(browser: Browser) -> None:
    body = f"csrf_token={browser.csrf_token()}&login=%ff&password=%00".encode()
    answer = browser.post("/login", body, content_type="application/x-www-form-urlencoded", expect_errors=True)
    assert answer.status_int == 400


def test_a_body_that_is_too_large_is_413(site: Site, browser: Browser) -> None:
    body = b"x=" + b"y" * site.settings.max_body_bytes
    answer = browser.post("/login", body, expect_errors=True)
    assert answer.status_int == 413
    assert "too large" in answer.html.main.get_text()


def test_the_error_page_does_without_the_database(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = site.browser(site.person("ana"))

    def away(self: LoginSessionService, token: str, **options: bool) -> None:
        raise OperationalError("SELECT", {}, Exception("secret detail"), connection_invalidated=True)

    monkeypatch.setattr(LoginSessionService, "find", away)
    answer = browser.get("/about", expect_errors=True)
    assert answer.status_int == 503
    assert answer.html.h1
    assert "secret" not in answer.text


def test_when_no_page_can_be_made_there_is_still_an_answer(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedsite.errors.render_to_response", None)
    answer = site.browser().get("/trouble/mistake", expect_errors=True)
    assert answer.status_int == 500
    assert "Something went wrong" in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_what_was_refused_left_nothing_behind(site: Site, browser: Browser) -> None:
    site.person("ana")
    assert browser.post("/login", {"login": "ana", "password": PASSWORD}, expect_errors=True).status_int == 400
    assert "feedsite_session" not in browser.cookies
