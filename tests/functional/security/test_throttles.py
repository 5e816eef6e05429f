"""Every limit is met, says how long to wait, and is in the documents with its number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields

import pytest
from limits import parse_many
from webtest import TestResponse

from feedsite.posts.services import NoteService
from feedsite.security.throttle import LIMITS, Throttle
from feedsite.settings import Settings

from tests.functional.accounts.test_two_factor import first_half, second_half, set_up
from tests.house.checkout import ROOT
from tests.site import PASSWORD, Browser, Site

Ask = Callable[[int], TestResponse]


def _own(site: Site, path: str, values: dict[str, str] | None = None, role: str = "member") -> Ask:
    """The same form of somebody who is signed in, again and again."""
    browser = site.browser(site.person("ana", role=role))
    token = browser.csrf_token()
    return lambda _: browser.post(path, {"csrf_token": token, **(values or {})}, expect_errors=True)


def _stranger(site: Site, path: str, **values: str) -> Ask:
    """A form of somebody who is not, from one address; {} in a value is the number of the try."""

    def ask(number: int) -> TestResponse:
        filled = {name: value.format(number) for name, value in values.items()}
        return site.browser().submit(path, filled, expect_errors=True)

    return ask


def _note(site: Site) -> str:
    bo = site.person("bo")
    with site.transaction() as request:
        return str(request.find_service(NoteService).write(bo.id, "A note").id)


def _join(site: Site) -> Ask:
    return _stranger(
        site, "/join", handle="bot{}", name="Bot", email="bot{}@example.org", password="nothing at all {}", zone="UTC"
    )


def _code(site: Site) -> Ask:
    set_up(site.browser(site.person("ana")))
    with site.transaction() as request:
        request.find_service(Throttle).reset()
    browser = site.browser()
    first_half(browser)
    return lambda number: second_half(browser, f"{number:06}")


def _export(site: Site) -> Ask:
    browser = site.browser(site.person("ana"))
    return lambda _: browser.get("/settings/export/archive.zip", expect_errors=True)


def _follow(site: Site) -> Ask:
    site.person("bo")
    return _own(site, "/@bo/follow")


#: Each limit of `LIMITS`, and how it is met.
HOW: dict[str, Callable[[Site], Ask]] = {
    "login_address": lambda site: _stranger(site, "/login", login="nobody{}", password="wrong"),
    "login_account": lambda site: _stranger(site, "/login", login="ana", password="wrong"),
    "join": _join,
    "reset": lambda site: _stranger(site, "/reset", email="p{}@example.org"),
    "mail": lambda site: _stranger(site, "/reset", email="ana@example.org"),
    "confirm": lambda site: _own(site, "/settings/confirm", {"password": "wrong"}),
    "code": _code,
    "export": _export,
    "import": lambda site: _own(site, "/settings/import"),
    "picture": lambda site: _own(site, "/settings/profile/picture"),
    "audit_export": lambda site: _own(site, "/admin/audit/export", role="admin"),
    "feed": lambda site: lambda _: site.browser().get("/feeds/never-made.atom", expect_errors=True),
    "post": lambda site: _own(site, "/notes", {"text": ""}),
    "react": lambda site: _own(site, f"/notes/{_note(site)}/like"),
    "follow": _follow,
    "search": lambda site: lambda number: site.browser().get(f"/search?q=bread{number}", expect_errors=True),
    "report": lambda site: _own(site, f"/notes/{_note(site)}/report", {"reason": "spam"}),
}


def test_every_limit_is_met_here() -> None:
    assert set(HOW) == set(LIMITS)
    assert {field.name for field in fields(Settings) if field.name.startswith("throttle_")} == {
        "throttle_storage",
        *(f"throttle_{name}" for name in LIMITS),
    }


@pytest.mark.parametrize("limit", LIMITS)
def test_a_limit_that_is_met_says_how_long(sqlite_url: str, limit: str) -> None:
    """With three a minute: the fourth is refused with 429, in the site's frame, and nobody else is."""
    site = Site(sqlite_url, **{f"throttle_{limit}": "3 per minute"})
    try:
        site.wipe()
        ask = HOW[limit](site)
        answers = [ask(number) for number in range(4)]
        assert [answer.status_int == 429 for answer in answers] == [False, False, False, True], limit
        refused = answers[-1]
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
        assert "You did this very often in a short time. Please wait 1 minute and try again." in refused.text
        assert refused.html.select_one("header nav.main")
        assert site.browser(site.person("eve"), REMOTE_ADDR="198.51.100.7").get("/home").status_int == 200
    finally:
        site.close()


@pytest.mark.parametrize("limit", ["login_address", "join", "reset"])
def test_limits_by_address_count_an_ipv6_customer_once(sqlite_url: str, limit: str) -> None:
    site = Site(sqlite_url, **{f"throttle_{limit}": "2 per minute"})
    paths = {"login_address": "/login", "join": "/join", "reset": "/reset"}
    values = {"login": "nobody", "password": "wrong"}
    try:
        site.wipe()
        for end, is_refused in ((":1", False), (":2", False), (":3", True)):
            answer = site.browser(REMOTE_ADDR=f"2001:db8:0:7:{end}").submit(paths[limit], values, expect_errors=True)
            assert (answer.status_int == 429) == is_refused
        other = site.browser(REMOTE_ADDR="2001:db8:0:8::1").submit(paths[limit], values, expect_errors=True)
        assert other.status_int != 429
    finally:
        site.close()


def test_who_asks_says_nothing_of_where_from(site: Site) -> None:
    """Headers that a proxy writes count only where a proxy is named (production.ini.example)."""
    for number in range(31):
        browser = site.browser()
        headers = {"X-Forwarded-For": f"192.0.2.{number}", "X-Real-IP": f"192.0.2.{number}"}
        values = {"login": f"nobody{number}", "password": "wrong"}
        last = browser.submit("/login", values, headers=headers, expect_errors=True)
    assert last.status_int == 429


def test_strangers_do_not_use_up_what_its_owner_may_do(site: Site) -> None:
    """Counts of acts are those of who is signed in; those of the door are a browser's own once it was in."""
    own = Browser.sign_in(site.browser(REMOTE_ADDR="198.51.100.1"), site.person("ana"))
    own.submit("/logout")
    assert own.submit("/login", {"login": "ana", "password": PASSWORD}).status_int == 303
    own.submit("/logout")
    for number in range(12):
        site.browser(REMOTE_ADDR=f"203.0.113.{number}").submit(
            "/login", {"login": "ana", "password": "wrong"}, expect_errors=True
        )
    assert own.submit("/login", {"login": "ana", "password": PASSWORD}).status_int == 303


def test_the_documents_have_each_limit_with_its_number() -> None:
    text = (ROOT / "docs" / "accounts.md").read_text()
    for field in fields(Settings):
        if field.name in {f"throttle_{name}" for name in LIMITS}:
            usual = field.metadata["default"]
            assert f"| `{field.name}` | {usual} |" in text, field.name
            assert parse_many(usual)
