"""Nonsense of every kind, to every route, as everybody: a clear 4xx or a page, never a 500, and nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from webtest import TestResponse

from feedsite.security.throttle import LIMITS

from tests.functional.matrix.table import CASES, path_of
from tests.functional.security.nonsense import (
    COOKIES,
    HEADERS,
    HOSTILE,
    IDS,
    QUERIES,
    ROLES,
    Request,
    Target,
    bodies,
    fields_of,
    requests,
)
from tests.functional.security.nonsense_report import put_row
from tests.site import Browser, Site

NO_LIMITS = {f"throttle_{name}": "100000000 per minute" for name in LIMITS}
_WORLD = {"note_id": "0" * 20, "person_id": "0" * 20, "report_id": "0" * 20, "handle": "ana", "tag": "x"}


@pytest.fixture(scope="module")
def target(sqlite_url: str) -> Iterator[Target]:
    site = Site(sqlite_url, **NO_LIMITS)
    made = Target(site)
    yield made
    made.close()
    site.close()


@pytest.mark.usefixtures("target")  # the classes of forms are those of a site that has been made
def test_the_fields_are_those_of_the_code() -> None:
    """What is sent is made from the classes of forms and from what views read: a new field is sent by itself."""
    assert {"handle", "email", "password", "zone", "theme"} <= {field.name for field in fields_of("accounts")}
    assert {"state", "reason", "about"} <= {field.name for field in fields_of("reporting")}
    assert "cursor" in {field.name for field in fields_of("timelines")}
    assert "upto" in {field.name for field in fields_of("notifications")}
    assert all(fields_of(route.split(".", maxsplit=1)[0]) for route in CASES)


def fuzz(target: Target, asked: Request) -> None:
    # The ids of this site stand for those of the strategy, which knows no site.
    real = {name: target.known.get(name, value) for name, value in _WORLD.items()}
    swapped = {_WORLD[name]: value for name, value in real.items()}
    pairs = [tuple((name, swapped.get(value, value)) for name, value in some) for some in (asked.query, asked.fields)]
    sent = Request(asked.route, asked.method, asked.role, asked.ids, *pairs)
    browser = target.browser(asked.role)
    token = browser.csrf_token() if asked.method == "POST" else ""
    target.checked(str(sent), asked.method, lambda: target.ask(browser, sent, token))


@given(requests(_WORLD, ("POST",)))
def test_every_form_takes_anything(target: Target, asked: Request) -> None:
    fuzz(target, asked)


@given(requests(_WORLD, ("GET",)))
def test_every_address_takes_any_query(target: Target, asked: Request) -> None:
    fuzz(target, asked)


@pytest.mark.drill
@pytest.mark.timeout(7200)
@pytest.mark.parametrize(
    ("method", "what"), [("POST", "anything in every form"), ("GET", "any query to every address")]
)
def test_thousands_of_each_are_taken(target: Target, method: str, what: str) -> None:
    @given(requests(_WORLD, (method,)))
    def send_it(asked: Request) -> None:
        fuzz(target, asked)

    target.answers.clear()
    send_it()
    put_row(what, target.answers)
    assert target.answers.total() >= settings().max_examples


def crawl(target: Target, roles: tuple[str, ...], whole: bool) -> int:
    """Send nonsense to every route; returns how many requests that were.

    Args:
        whole: every kind to every route as everybody; otherwise the kinds take turns.
    """
    sent = 0
    kinds = [
        *(("body", name) for name in bodies()),
        *(("query", query) for query in QUERIES),
        *(("headers", number) for number in range(len(HEADERS))),
        *(("cookie", cookie) for cookie in COOKIES),
        *(("id", one) for one in IDS),
        *(("method", one) for one in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "X" * 50)),
    ]
    turns = cycle(kinds)
    for role in roles:
        browser = target.browser(role)
        token, cookies = browser.csrf_token(), dict(browser.cookies)
        places = [(route, method) for route, methods in CASES.items() for method in methods]
        for route, method in places:
            if route == "accounts.logout":
                continue
            for kind, what in kinds if whole else [next(turns)]:
                if browser.cookies != cookies:
                    token, cookies = browser.csrf_token(), dict(browser.cookies)
                name = f"{kind} {what!r} to {method} {route} as {role}"
                method_sent = what if kind == "method" else "POST" if kind == "body" else method
                target.checked(name, method_sent, partial(send, target, browser, token, (route, method), kind, what))
                sent += 1
    return sent


def send(target: Target, browser: Browser, token: str, place: tuple[str, str], kind: str, what: Any) -> TestResponse:
    route, method = place
    ids = dict.fromkeys(target.known, what) if kind == "id" else target.known
    path = path_of(target.site, route, **ids)
    headers = dict(HEADERS[what]) if kind == "headers" else {}
    if kind == "body":
        body, content_type = bodies(route.split(".", maxsplit=1)[0])[what]
        headers |= {"X-CSRF-Token": token, "Content-Type": content_type}
        return browser.request(path, method="POST", body=body, headers=headers, expect_errors=True)
    if kind == "query":
        path += "?" + what
    if kind == "method":
        return browser.request(path, method=what, headers={"X-CSRF-Token": token}, expect_errors=True)
    if kind == "cookie":
        names = ("session", "visitor", "device", "second", "flash", "theme", "draft", "draft_rest")
        headers["Cookie"] = "; ".join(f"feedsite_{name}={what}" for name in names).encode().decode("latin-1")
        browser = target.browser("anonymous")
    if method == "POST":
        return browser.post(path, {"csrf_token": token, "text": "", "reason": ""}, headers=headers, expect_errors=True)
    return browser.get(path, headers=headers, expect_errors=True)


def test_nonsense_is_refused_by_every_route(target: Target) -> None:
    """The kinds take turns: one a route and role; the drill sends each of them everywhere."""
    assert crawl(target, ("anonymous", "member", "admin"), whole=False) > 350


@pytest.mark.drill
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("role", ROLES)
def test_every_kind_of_nonsense_is_refused_by_every_route_as_everybody(target: Target, role: str) -> None:
    target.answers.clear()
    sent = crawl(target, (role,), whole=True)
    put_row(f"every kind of nonsense to every route, {role}", target.answers)
    assert sent > 7000


def test_a_drill_replaces_its_own_row(tmp_path: Path) -> None:
    document = tmp_path / "security.md"
    document.write_text("a\n<!-- nonsense: begin -->\n<!-- nonsense: end -->\nz\n")
    for what, answers in (("b", {200: 1}), ("a", {404: 2, 422: 1_000}), ("b", {200: 3, 303: 1})):
        put_row(what, Counter(answers), document)
    rows = [line.split(" | ") for line in document.read_text().splitlines() if line.startswith(("| a", "| b"))]
    assert [[row[0], *row[2:]] for row in rows] == [
        ["| a", "1,002", "0", "0", "1,002", "0 |"],
        ["| b", "4", "3", "1", "0", "0 |"],
    ]


@given(st.data())
@settings(max_examples=20)
def test_tampered_cookies_and_cursors_are_nothing(target: Target, data: st.DataObject) -> None:
    """One byte of each is another: nobody is signed in by it, and no page of a list comes of it."""
    browser = target.browser("member")
    for name in ("feedsite_session", "feedsite_visitor"):
        browser.csrf_token()
        if name in browser.cookies:
            value = browser.cookies[name].strip('"')
            at = data.draw(st.integers(0, len(value) - 1))
            other = data.draw(st.sampled_from("ABab01-_.").filter(lambda one, was=value[at]: one != was))
            stranger = target.site.browser()
            stranger.set_cookie(name, value[:at] + other + value[at + 1 :])
            answer = target.checked(name, "GET", partial(stranger.get, "/settings/profile", expect_errors=True))
            assert answer.status_int == 303
    wrong = data.draw(st.sampled_from(HOSTILE))
    if wrong:
        target.checked("cursor", "GET", lambda: browser.get("/home", {"cursor": wrong}, status=400))


def test_a_file_in_place_of_a_text_is_nothing_to_any_form(target: Target) -> None:
    """Every field of every form is given a file; found by the crawl, in the form that reports a note."""
    browser = target.browser("admin")
    token = browser.csrf_token()
    for route, methods in CASES.items():
        if "POST" in methods and route != "accounts.logout":
            what = f"files to {route}"
            target.checked(what, "POST", partial(send, target, browser, token, (route, "POST"), "body", "files"))
