"""The archive: every month that has something, in the reader's zone, with counts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from feedsite.feeds import Entity

from tests.functional.timelines.world import World, headings, link, main_of, pages, plain, texts


def months_of(page) -> dict[str, list[str]]:
    """The archive as it stands: {year: ["March 2", …]}."""
    return {
        plain(year.select_one("h2")): [
            f"{plain(month.select_one('.m'))} {plain(month.select_one('.n'))}" for month in year.select(".months li")
        ]
        for year in main_of(page).select("section.year")
    }


def test_twelve_months_are_twelve(world: World) -> None:
    for month in range(1, 13):
        world.write("ana", f"Month {month}", at=datetime(2024, month, 15, tzinfo=UTC))
    world.write("ana", "Much older", at=datetime(1987, 6, 1, tzinfo=UTC))
    found = months_of(world.browser("ana").get("/archive"))
    assert list(found) == ["2024", "1987"]
    assert len(found["2024"]) == 12
    assert found["2024"][0] == "December 1"
    assert found["1987"] == ["June 1"]
    year = world.browser("ana").get("/archive/2024")
    assert [plain(heading) for heading in main_of(year).select("section > .head h2")][::11] == ["December", "January"]
    assert link(year, "All of March 2024") == "/archive/2024/3"


@pytest.mark.parametrize(
    ("zone", "month"),
    [
        ("UTC", "2024/3"),
        ("America/Los_Angeles", "2024/2"),
        ("Asia/Kolkata", "2024/3"),
        ("Asia/Kathmandu", "2024/3"),
        ("Pacific/Apia", "2024/3"),
    ],
)
def test_months_are_those_of_the_reader_s_zone(world: World, zone: str, month: str) -> None:
    """Seven in the morning of the first of March in Greenwich is the evening of February in California."""
    world.person("ana", zone=zone)
    world.write("ana", "On the edge", at=datetime(2024, 3, 1, 7, 0, tzinfo=UTC))
    browser = world.browser("ana")
    assert [a["href"] for a in main_of(browser.get("/archive")).select(".months a")] == [f"/archive/{month}"]
    assert texts(browser.get(f"/archive/{month}")) == ["On the edge"]
    other = "2024/2" if month == "2024/3" else "2024/3"
    assert "Nothing behind this filter" in browser.get(f"/archive/{other}").text


def test_a_month_comes_whole_in_pages_and_by_verb(world: World) -> None:
    world.write_many("ana", 25, published=datetime(2024, 3, 15, tzinfo=UTC))
    for number in range(3):
        world.act("ana", "join", Entity("project", f"p{number}"), published=datetime(2024, 3, 1 + number, tzinfo=UTC))
    browser = world.browser("ana")
    first = browser.get("/archive/2024/3")
    assert plain(main_of(first).select_one("h1")) == "March 2024"
    tabs = {plain(tab): tab["href"] for tab in main_of(first).select("nav.tabs a")}
    assert tabs == {
        "All": "/archive/2024/3",
        "Notes 25": "/archive/2024/3?verb=create",
        "Joined 3": "/archive/2024/3?verb=join",
    }
    assert [len(headings(page)) for page in pages(browser, "/archive/2024/3")] == [20, 8]
    assert len(headings(browser.get("/archive/2024/3?verb=join"))) == 3
    assert "Nothing behind this filter" in browser.get("/archive/2024/3?verb=like").text


def test_twenty_five_verbs_are_twenty_five(world: World) -> None:
    for number in range(25):
        verb = "verb-" + "abcdefghijklmnopqrstuvwxy"[number]
        world.act("ana", verb, Entity("project", "p"), published=datetime(2024, 3, 1, tzinfo=UTC))
    page = world.browser("ana").get("/archive/2024/3")
    assert len(main_of(page).select("nav.tabs a")) == 26


@pytest.mark.parametrize(
    "path",
    ["2024/0", "2024/13", "0000", "1700", "2200/1", "9999", "0000/1", "2024/99", "2024/3?verb=no%20verb", "20x4"],
)
def test_what_no_calendar_has_is_not_found(world: World, path: str) -> None:
    assert world.browser("ana").get(f"/archive/{path}", expect_errors=True).status_int == 404


@pytest.mark.parametrize("zone", ["Pacific/Apia", "America/Los_Angeles"])
def test_the_ends_of_time_are_pages(world: World, zone: str) -> None:
    world.person("ana", zone=zone)
    browser = world.browser("ana")
    for path in ("1701", "1701/1", "2199", "2199/12"):
        assert browser.get(f"/archive/{path}").status_int == 200


def test_an_empty_archive_says_why(world: World) -> None:
    assert "You follow nothing yet" in world.browser("ana").get("/archive").text
    world.watch_tag("ana", "maps")
    assert "Nothing here yet" in world.browser("ana").get("/archive").text
