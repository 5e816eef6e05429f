"""The demo network on a real index: how often a page asks the cluster, and that it shows what the database would."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from click.testing import CliRunner

from feedsite.accounts.models import Person
from feedsite.accounts.services import PeopleService
from feedsite.cli import main
from feedsite.feeds.stores.elasticsearch import bounds
from feedsite.feeds.stores.elasticsearch.client import counting_trips
from feedsite.indexing.process import index_of
from feedsite.observability import settings_of

from tests.functional.indexing.conftest import OVERRIDES
from tests.site import INI, Browser, Site, migrate

READERS = ("ana", "greta")
LISTS = (
    "/home",
    "/home?new=1",
    "/home/unread",
    "/home/hot",
    "/home/objects",
    "/home/days",
    "/home/people",
    "/home/types",
    "/watching",
    "/watching?new=1",
    "/notifications",
    "/archive",
    "/archive/{year}",
    "/archive/{year}/types",
    "/archive/{month}",
    "/explore",
    "/@ana",
    "/@ana/{year}",
    "/@ana/{month}",
    "/tags/python",
)
OTHERS = ("/@ana/followers", "/@ana/following", "/settings/profile", "/settings/display", "/about", "/help")
ANONYMOUS_LISTS = (
    "/",
    "/explore",
    "/@ana",
    "/@ana/2026",
    "/@ana/2026/11",
    "/tags/python",
    "/@ana/followers",
    "/@ana/following",
)
STATIC = ("/about", "/login", "/join", "/privacy", "/healthz", "/robots.txt")


@pytest.fixture(scope="module")
def sites(
    tmp_path_factory: pytest.TempPathFactory, elasticsearch_url: str, elasticsearch_prefix: str
) -> Iterator[tuple[Site, Site]]:
    """The demo network: a site with an index of it, and one without; nothing is written in these tests."""
    url = f"sqlite:///{tmp_path_factory.mktemp('demo') / 'demo.sqlite'}"
    migrate(url)
    environ = {"FEEDSITE_DATABASE_URL": url, "FEEDSITE_ENVIRONMENT": "development"}
    done = CliRunner().invoke(main, ["-c", INI, "demo", "load"], env=environ)
    assert done.exit_code == 0, done.output
    names = {
        "elasticsearch_feed_index": f"{elasticsearch_prefix}-demo-feeds",
        "elasticsearch_network_index": f"{elasticsearch_prefix}-demo-network",
    }
    indexed, plain = Site(url, elasticsearch_hosts=elasticsearch_url, **names, **OVERRIDES), Site(url)
    index = index_of(indexed.registry)
    assert index is not None
    # What is counted are round trips, however long a busy machine takes for one.
    index.runtime.limits = replace(index.runtime.limits, seconds=60)
    generation = index.delivery.create()
    # Nor is it how long a busy machine takes between two pages: nothing is written here that a pause could miss.
    margin, bounds._MARGIN_MS = bounds._MARGIN_MS, -(10**9)
    yield indexed, plain
    bounds._MARGIN_MS = margin
    index.runtime.index.drop(generation)
    index.close()
    for site in (indexed, plain):
        site.close()


def _person(site: Site, handle: str) -> Person:
    with site.transaction() as request:
        person = request.find_service(PeopleService).by_handle(handle)
        request.dbsession.expunge(person)
    return person  # type: ignore[no-any-return]


def _path(pattern: str, browser: Browser) -> str:
    """The pattern with a month in it that has something."""
    if "{" not in pattern:
        return pattern
    months = re.findall(r'href="/archive/(\d+/\d+)"', browser.get("/archive").text)
    return pattern.format(month=months[0], year=months[0].split("/")[0])


def _trips(browser: Browser, path: str) -> int:
    """How often a page asks the cluster once the process knows the reader's links."""
    browser.get(path)
    with counting_trips() as trips:
        page = browser.get(path)
    assert page.status_int == 200
    assert "resting" not in page.text
    return len(trips)


@pytest.mark.parametrize("handle", READERS)
def test_timelines_and_notifications_take_two_round_trips_with_badge_and_pane(
    sites: tuple[Site, Site], handle: str
) -> None:
    browser = sites[0].browser(_person(sites[0], handle))
    for pattern in LISTS:
        path = _path(pattern, browser)
        assert 1 <= _trips(browser, path) <= 2, path


def test_older_pages_take_no_more(sites: tuple[Site, Site]) -> None:
    browser = sites[0].browser(_person(sites[0], "ana"))
    for start in (
        "/home",
        "/home/unread",
        "/home/objects",
        "/home/days",
        "/watching",
        "/notifications",
        "/explore",
        "/@ana",
    ):
        path = start
        for _ in range(3):
            older = _older(browser.get(path).text)
            if older is None:
                break
            path = older
            assert 1 <= _trips(browser, path) <= 2, start


def test_other_signed_in_pages_take_one(sites: tuple[Site, Site]) -> None:
    browser = sites[0].browser(_person(sites[0], "ana"))
    for path in OTHERS:
        assert _trips(browser, path) == 1, path


def test_what_a_page_asks_once_a_minute_takes_one(sites: tuple[Site, Site]) -> None:
    browser = sites[0].browser(_person(sites[0], "ana"))
    since = re.search(r'data-since="([^"]+)"', browser.get("/home").text)
    assert since is not None
    for path in ("/counters", f"/counters?since={since[1]}"):
        assert _trips(browser, path) == 1, path


def test_anonymous_lists_take_one_and_static_pages_none(sites: tuple[Site, Site]) -> None:
    browser = sites[0].browser()
    for path in ANONYMOUS_LISTS:
        assert _trips(browser, path) == 1, path
    for path in STATIC:
        assert _trips(browser, path) == 0, path


def test_server_timing_says_the_round_trips_in_development(sites: tuple[Site, Site]) -> None:
    assert settings_of(sites[0].registry).environment == "testing"
    assert "Server-Timing" not in sites[0].browser().get("/explore").headers


@pytest.mark.parametrize("handle", ["", *READERS])
def test_the_index_shows_what_the_database_shows(sites: tuple[Site, Site], handle: str) -> None:
    """Every kind of page, three pages deep, character by character."""
    pair = [site.browser(_person(site, handle) if handle else None) for site in sites]
    patterns = (*LISTS, *OTHERS[:2]) if handle else ANONYMOUS_LISTS
    compared = 0
    for pattern in patterns:
        path = _path(pattern, pair[0])
        for _ in range(3):
            shown = [browser.get(path).text for browser in pair]
            assert _normal(shown[0]) == _normal(shown[1]), path
            compared += 1
            older = _older(shown[0])
            if older is None:
                break
            path = older
    assert compared > len(patterns)


def _older(html: str) -> str | None:
    link = re.search(r'rel="next" href="([^"]+)"', html)
    return None if link is None else link[1].replace("&amp;", "&")


def _normal(html: str) -> str:
    """A page without what differs from login to login and from instant to instant."""
    html = re.sub(r'(name="(?:csrf_token|draft|upto)" value=")[^"]+', r"\1", html)
    html = re.sub(r"(<time[^>]*>)[^<]+", r"\1", html)
    html = re.sub(r' data-since="[^"]+"', "", html)
    # A cursor carries the instant at which its first page was read.
    return re.sub(r"cursor=[\w.-]+", "cursor=", html)
