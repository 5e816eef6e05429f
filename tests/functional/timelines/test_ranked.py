"""Home ranked: what is hot, and day by day; nothing else re-ranks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from feedsite.db import utcnow
from feedsite.feeds import Entity, Manager

from tests.functional.timelines.world import World, headings, link, main_of, pages, plain, texts


def weigh(world: World, follower: str, other: str, weight: float) -> None:
    """Make a link heavier or lighter."""
    ends = [Entity("person", world.person(handle).id) for handle in (follower, other)]
    with world.site.transaction() as request:
        assert request.find_service(Manager).set_weight(*ends, weight)


def days_of(page: object) -> dict[str, list[str]]:
    """The days as they stand: {"Sunday, March 10, 2024": [texts]}."""
    return {
        plain(day.select_one("h2")): [plain(text) for text in day.select("article .text")]
        for day in main_of(page).select("section.timeline")
    }


# -- hot


def test_hot_ranks_by_age_and_weight_and_says_so(world: World) -> None:
    world.follow("ana", "bo", "cy")
    weigh(world, "ana", "bo", 2)
    now = utcnow()
    for handle, days in (("cy", 0), ("bo", 2), ("bo", 4), ("cy", 13)):
        world.write(handle, f"{handle} {days}", at=now - timedelta(days=days, minutes=1))
    page = world.browser("ana").get("/home/hot")
    assert [text for text in texts(page) if text] == ["bo 2", "cy 0", "bo 4", "cy 13"]
    said = "The top 50 of the last 14 days, ranked by how recent they are and how heavy your link is."
    assert said in plain(main_of(page))
    reasons = [plain(reason) for reason in main_of(page).select(".why")]
    assert reasons[0] == "Because you follow Bo."


def test_hot_has_fifty_of_fourteen_days_and_no_further_pages(world: World) -> None:
    world.write_many("ana", 55)
    world.write("ana", "Old", at=utcnow() - timedelta(days=15))
    page = world.browser("ana").get("/home/hot")
    assert texts(page) == [f"Note {number}" for number in reversed(range(5, 55))]
    assert main_of(page).select("nav.paging") == []


def test_an_empty_hot_page_says_why(world: World) -> None:
    browser = world.browser("ana")
    assert "You follow nothing yet" in browser.get("/home/hot").text
    world.watch_tag("ana", "maps")
    assert "Nothing here yet" in browser.get("/home/hot").text
    world.write("ana", "Old", at=utcnow() - timedelta(days=15))
    page = browser.get("/home/hot")
    assert "Nothing behind this filter" in page.text
    assert link(page, "Show all") == "/home"


# -- day by day


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("UTC", {"Sunday, March 10, 2024": ["strong", "late", "early"], "Saturday, March 9, 2024": ["eve"]}),
        (
            "America/Los_Angeles",
            {"Sunday, March 10, 2024": ["late"], "Saturday, March 9, 2024": ["strong", "early", "eve"]},
        ),
        ("Asia/Kathmandu", {"Sunday, March 10, 2024": ["strong", "late", "early", "eve"]}),
    ],
)
def test_days_are_the_reader_s_and_the_strongest_link_comes_first(
    world: World, zone: str, expected: dict[str, list[str]]
) -> None:
    world.person("ana", zone=zone)
    world.follow("ana", "bo", "cy")
    weigh(world, "ana", "bo", 1.5)
    for handle, text, day, hour in (
        ("cy", "eve", 9, 20), ("bo", "strong", 10, 1), ("cy", "early", 10, 2), ("cy", "late", 10, 9),
    ):  # fmt: skip
        world.write(handle, text, at=datetime(2024, 3, day, hour, tzinfo=UTC))
    found = days_of(world.browser("ana").get("/home/days"))
    assert {day: notes for day, notes in found.items() if "2024" in day} == expected


def test_days_come_in_pages_and_none_twice(world: World) -> None:
    for day in range(1, 13):
        world.write("ana", f"Day {day}", at=datetime(2024, 3, day, 12, tzinfo=UTC))
    read = [list(days_of(page)) for page in pages(world.browser("ana"), "/home/days")]
    assert [len(days) for days in read] == [5, 5, 2]
    assert [day.split(",")[1] for days in read for day in days] == [f" March {day}" for day in range(12, 0, -1)]


def test_a_day_says_how_much_it_has_and_leads_to_the_rest(world: World) -> None:
    world.follow("ana", "bo")
    weigh(world, "ana", "bo", 3)
    morning = datetime(2024, 3, 10, 6, tzinfo=UTC)
    for number in range(2):
        world.write("bo", f"Bo {number}", at=morning + timedelta(minutes=number))
    for number in range(24):
        world.write("ana", f"Ana {number}", at=morning + timedelta(hours=1, minutes=number))
    browser = world.browser("ana")
    page = browser.get("/home/days")
    section = main_of(page).select_one("section#day-2024-03-10")
    assert plain(section.select_one(".head .dim")) == "26 activities"
    assert [plain(text) for text in section.select("article .text")] == ["Bo 1", "Bo 0", "Ana 23", "Ana 22"]
    rest = list(pages(browser, link(page, "More of Sunday, March 10, 2024")))
    assert [texts(one) for one in rest] == [[f"Ana {number}" for number in range(21, 1, -1)], ["Ana 1", "Ana 0"]]
    assert plain(main_of(rest[0]).select_one("h1")) == "Sunday, March 10, 2024"
    assert link(rest[0], "Newest") == "/home/days"


def test_days_say_why_they_are_empty(world: World) -> None:
    browser = world.browser("ana")
    assert "You follow nothing yet" in browser.get("/home/days").text
    world.watch_tag("ana", "maps")
    assert "Nothing here yet" in browser.get("/home/days").text
    notes = world.write_many("ana", 6, published=datetime(2024, 3, 10, tzinfo=UTC))
    more = link(browser.get("/home/days"), "More of Sunday, March 10, 2024")
    for note in notes:
        world.delete(note)
    page = browser.get(more)
    assert "Nothing behind this filter" in page.text
    assert link(page, "Show all") == "/home/days"


def test_both_stand_in_the_tabs_of_home(world: World) -> None:
    browser = world.browser("ana")
    for path, name in (("/home/hot", "Hot"), ("/home/days", "By day")):
        page = browser.get(path)
        assert plain(main_of(page).select_one("nav.tabs [aria-current=page]")) == name
        assert link(browser.get("/home"), name) == path


@pytest.mark.parametrize("path", ["/home/hot", "/home/days"])
def test_what_the_reader_may_not_see_is_not_there(world: World, path: str) -> None:
    world.follow("ana", "bo", "cy", "di")
    world.write("bo", "Muted")
    world.person("eve")
    world.write("cy", "For @eve alone", visibility="mentioned")
    deleted = world.write("di", "Deleted")
    world.mute("ana", "bo")
    world.delete(deleted)
    page = world.browser("ana").get(path)
    assert texts(page) == [""] * len(texts(page))
    assert not any("Bo" in heading for heading in headings(page) if "followed" not in heading)
