"""What a page costs: valid HTML, few bytes and nodes, and statements that do not grow with its items."""

from __future__ import annotations

import gzip

import pytest

from feedsite.db import counting_statements
from feedsite.feeds.stores.sql import merging

from tests.functional.timelines.world import World, faults_of_html, headings
from tests.site import Browser

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
    "/archive",
    "/archive/{now}",
    "/archive/{year}",
    "/archive/{year}/types",
    "/@bo",
    "/@bo/{year}",
    "/@bo/{now}",
    "/tags/maps",
    "/explore",
    "/notifications",
)
#: Long enough for a note, as people write them.
TEXT = "Note {} about rivers and what was drawn of them, with a #maps for those who look, and @ana who knows them best."


def fill(world: World, count: int) -> list[str]:
    """A world in which every list has `count` items of several kinds; the paths of the lists."""
    world.follow("ana", "bo")
    world.watch_tag("ana", "maps")
    notes = world.write_many("bo", count, TEXT)
    mine = world.write_many("ana", max(1, count // 4), "Mine {} #maps")
    for number, note in enumerate(mine):
        world.like(note, *[f"p{other}" for other in range(1 + number % 5)])
        world.reply("bo", note, f"An answer to {number}")
    world.share(notes[0], "cy")
    now = notes[0].created
    return [path.format(now=f"{now:%Y}/{now.month}", year=now.year) for path in LISTS]


def statements(browser: Browser, path: str) -> int:
    browser.get(path)
    # What was found out about a reader's network decides which way is tried first: each page begins without it.
    merging.forget()
    with counting_statements() as count:
        browser.get(path)
    return len(count)


def test_full_pages_are_light_and_valid(world: World) -> None:
    paths = fill(world, 24)
    for browser in (world.browser("ana"), world.site.browser()):
        for path in (
            paths
            if browser.cookies
            else [*(one for one in paths if one.startswith("/@")), "/", "/tags/maps", "/explore", "/@bo/followers"]
        ):
            page = browser.get(path)
            assert faults_of_html(page) == [], path
            # The marks are those of a list of 20 items; hot has 50.
            share = max(20, len(headings(page))) / 20 if path == "/home/hot" else 1
            assert len(gzip.compress(page.body, 6)) <= 15 * 1024 * share, path
            assert len(page.html.find_all(True)) <= 1200 * share, path


def test_empty_and_odd_pages_are_valid(world: World) -> None:
    browser = world.browser("ana")
    for path in (
        *LISTS[:9],
        "/archive/2020/types",
        "/@ana/2020",
        "/@ana/2020/1",
        "/archive/2020",
        "/archive/2020/1",
        "/@ana",
        "/@ana/followers",
        "/tags/maps",
        "/explore",
        "/notifications",
        "/home?cursor=x",
        "/archive/2020/13",
    ):
        assert faults_of_html(browser.get(path, expect_errors=True)) == [], path
    assert faults_of_html(world.site.browser().get("/")) == []


def test_statements_do_not_grow_with_items(world: World) -> None:
    paths = fill(world, 4)
    browser = world.browser("ana")
    few = {path: statements(browser, path) for path in paths}
    world.write_many("bo", 30, "More {} #maps @ana")
    more = world.write_many("ana", 8, "More of mine {}")
    for number, note in enumerate(more):
        world.like(note, *[f"q{other}" for other in range(1 + number % 3)])
    # Whoever is seen on a page of few is seen on one of many: else they are looked up where they are mentioned.
    world.share(more[-1], "cy")
    many = {path: statements(browser, path) for path in paths}
    grown = {path: (few[path], many[path]) for path in paths if many[path] > few[path]}
    assert grown == {}


@pytest.mark.parametrize("path", ["/home", "/notifications", "/@bo"])
def test_signed_in_pages_are_nobody_else_s(world: World, path: str) -> None:
    world.person("bo")
    assert world.browser("ana").get(path).headers["Cache-Control"] == "private, no-cache"
