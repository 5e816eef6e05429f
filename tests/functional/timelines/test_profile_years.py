"""A person's 53 weeks, years and months, and what is trending: for whom, in which zone, as far as they may see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from feedsite.db import utcnow
from feedsite.feeds.composing import Remembered

from tests.functional.timelines.world import World, headings, link, main_of, pages, plain, texts
from tests.site import Site


@pytest.fixture(autouse=True)
def nothing_is_remembered(site: Site) -> None:
    """What is trending may be a minute old: this test's minute has nothing from the one before."""
    site.registry["feedsite.remembered"] = Remembered()


def heat_of(page) -> dict[str, str]:
    """The heat map in words: {month: figure}."""
    return {
        plain(month.select_one(".m")): plain(month.select_one(".n"))
        for month in main_of(page).select(".heat .months a")
    }


def test_a_profile_has_its_last_53_weeks_in_a_picture_in_words_and_in_links(world: World) -> None:
    now = utcnow()
    for days in (0, 0, 1, 40, 800):
        world.write("bo", "A day", at=now - timedelta(days=days))
    page = world.site.browser().get("/@bo")
    picture = main_of(page).select_one(".heat svg")
    assert picture["role"] == "img"
    busiest = f"{now:%B} {now.day}, {now.year}"
    assert (
        picture["aria-label"] == f"4 activities in the last 53 weeks, on 3 days. The busiest one was {busiest} with 2."
    )
    assert plain(main_of(page).select_one(".heat summary")) == picture["aria-label"]
    assert sum(map(int, heat_of(page).values())) == 4
    assert picture.select("[style]") == []
    levels = {path["class"][0]: path["d"].count("z") for path in picture.select("path") if path["class"] != ["ground"]}
    assert levels == {"l4": 1, "l2": 2}
    month = world.site.browser().get(main_of(page).select_one(".heat .months a")["href"])
    assert "A day" in texts(month)


def test_a_heat_map_is_as_its_reader_may_see_it(world: World) -> None:
    world.write("bo", "Open")
    world.write("bo", "Closed", visibility="followers")
    world.follow("ana", "bo")
    seen = [
        sum(map(int, heat_of(browser.get("/@bo")).values())) for browser in (world.browser("ana"), world.browser("cy"))
    ]
    assert seen == [2, 1]
    assert not main_of(world.site.browser().get("/@cy")).select(".heat"), "nothing to show"


def test_only_the_first_page_of_a_profile_has_the_heat_map(world: World) -> None:
    world.write_many("bo", 25)
    first, last = pages(world.site.browser(), "/@bo")
    assert len(main_of(first).select(".heat")) == 1
    assert not main_of(last).select(".heat")


def test_a_persons_year_has_its_months_and_a_month_its_acts_in_pages_and_by_verb(world: World) -> None:
    for month in range(1, 13):
        world.write("bo", f"Month {month}", at=datetime(2024, month, 15, tzinfo=UTC))
    world.write_many("bo", 24, published=datetime(2024, 3, 16, tzinfo=UTC))
    note = world.write("ana", "Not by Bo", at=datetime(2024, 3, 1, tzinfo=UTC))
    browser = world.browser("ana")
    year = browser.get("/@bo/2024")
    months = [plain(heading) for heading in main_of(year).select("section > .head h2")]
    assert (len(months), months[0], months[-1]) == (12, "December", "January")
    assert link(year, "All of March 2024") == "/@bo/2024/3"
    assert link(year, "2023") == "/@bo/2023"
    assert [len(headings(page)) for page in pages(browser, "/@bo/2024/3")] == [20, 5]
    assert note.id not in browser.get("/@bo/2024/3").text
    assert link(browser.get("/@bo/2024/3"), "2024") == "/@bo/2024"
    filtered = browser.get("/@bo/2024/3?verb=like")
    assert "Nothing behind this filter" in filtered.text
    assert link(filtered, "Show all") == "/@bo/2024/3"
    empty = browser.get("/@bo/2023/3")
    assert "There is nothing here that you may see." in empty.text
    assert link(empty, "All activity") == "/@bo"
    assert "There is nothing here that you may see." in browser.get("/@bo/2023").text


@pytest.mark.parametrize(("zone", "month"), [("America/Los_Angeles", "2"), ("Asia/Kathmandu", "3")])
def test_a_persons_months_are_those_of_the_readers_zone(world: World, zone: str, month: str) -> None:
    world.person("ana", zone=zone)
    world.write("bo", "On the edge", at=datetime(2024, 3, 1, 7, 0, tzinfo=UTC))
    assert texts(world.browser("ana").get(f"/@bo/2024/{month}")) == ["On the edge"]


@pytest.mark.parametrize(
    "path", ["/@bo/1700", "/@bo/2024/0", "/@bo/2024/13", "/@bo/2024/3?verb=no%20verb", "/@no/2024"]
)
def test_what_no_calendar_and_no_person_has_is_not_found(world: World, path: str) -> None:
    world.person("bo")
    assert world.site.browser().get(path, expect_errors=True).status_int == 404


def test_capitals_lead_to_the_one_address_of_a_month(world: World) -> None:
    world.person("bo")
    answer = world.site.browser().get("/@BO/2024/3?verb=create")
    assert (answer.status_int, answer.location) == (302, "http://localhost/@bo/2024/3?verb=create")


# -- trending


def trends_of(page) -> list[str]:
    return [plain(one) for one in page.html.select(".trends li")]


def test_explore_shows_what_is_trending_for_everybody_alike(world: World) -> None:
    world.write_many("bo", 3, "Rivers {} #maps")
    note = world.write("bo", "Steep it #tea")
    # The newest of what happened to it is an answer to an answer, which does not name its author.
    world.reply("di", world.reply("cy", note, "With milk?"), "Never!")
    world.like(note, "cy")
    world.write("bo", "For followers #tea", visibility="followers")
    for browser in (world.site.browser(), world.browser("bo"), world.browser("ana")):
        page = browser.get("/explore")
        assert trends_of(page)[:2] == ["A note by Bo: Steep it #tea 4 activities", "#maps 3 activities"]
        assert "#tea 2 activities" in trends_of(page)
        assert page.html.select_one(".trends a[href='/tags/maps']")


def test_what_a_reader_muted_is_not_trending_for_them_and_what_is_deleted_for_nobody(world: World) -> None:
    note = world.write("bo", "Steep it")
    world.like(note, "ana", "cy")
    world.mute("di", "bo")
    assert trends_of(world.site.browser().get("/explore")) == ["A note by Bo: Steep it 3 activities"]
    assert trends_of(world.browser("di").get("/explore")) == []
    world.delete(note)
    assert trends_of(world.site.browser().get("/explore")) == []


def test_what_is_trending_is_counted_once_a_minute_for_the_whole_process(world: World) -> None:
    world.write("bo", "One #maps")
    assert "#maps 1 activity" in trends_of(world.site.browser().get("/explore"))
    world.write("bo", "Two #maps")
    assert "#maps 1 activity" in trends_of(world.browser("ana").get("/explore"))


def test_explore_of_a_silent_site_has_no_trends(world: World) -> None:
    assert "Trending" not in world.site.browser().get("/explore").text
