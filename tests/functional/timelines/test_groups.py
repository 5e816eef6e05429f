"""Home by person and by type, what a reader watches, the archive by type: groups, the way to the rest, why empty."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from feedsite.feeds import Entity

from tests.functional.timelines.world import World, form_to, headings, link, main_of, pages, plain, texts

GROUPED = ("/home/objects", "/home/people", "/home/types", "/watching")


def sections_of(page) -> list[str]:
    """The headings of a page's sections."""
    return [plain(heading) for heading in main_of(page).select("section > .head h2")]


def whys(page) -> list[str]:
    return [plain(reason) for reason in main_of(page).select(".why")]


def test_one_card_a_person_with_what_they_did_last(world: World) -> None:
    world.write_many("bo", 3)
    note = world.write("cy", "By Cy")
    world.follow("ana", "bo", "cy")
    world.like(note, "bo")
    browser = world.browser("ana")
    page = browser.get("/home/people")
    assert sections_of(page) == ["Bo", "Ana", "Cy"]
    assert headings(page)[0] == "Bo liked a note by Cy"
    assert main_of(page).select_one("section > .head h2 a")["href"] == "/@bo"
    rest = browser.get(link(page, "and 3 more"))
    assert texts(rest) == ["Note 2", "Note 1", "Note 0"]
    assert plain(main_of(rest).select_one("h1")) == "Bo"
    assert link(rest, "Newest") == "/home/people"


def test_pages_of_people_show_each_once(world: World) -> None:
    for number in range(45):
        world.follow("ana", f"p{number:02}")
        world.write(f"p{number:02}", f"From {number}")
    # Following is an act of the reader's own: one card more.
    read = [sections_of(page) for page in pages(world.browser("ana"), "/home/people")]
    assert [len(page) for page in read] == [20, 20, 6]
    assert len({name for page in read for name in page}) == 46


def test_a_section_a_verb_with_its_newest_and_the_way_to_the_rest(world: World) -> None:
    notes = world.write_many("bo", 5)
    world.follow("ana", "bo")
    world.like(notes[0], "bo")
    browser = world.browser("ana")
    page = browser.get("/home/types")
    assert sections_of(page) == ["Likes", "New followers", "Notes"] or sections_of(page)[0::2] == ["Likes", "Notes"]
    assert plain(main_of(page).select("section > .head .dim")[-1]) == "5 activities"
    rest = browser.get(link(page, "More: Notes"))
    assert texts(rest) == ["Note 2", "Note 1", "Note 0"]
    assert plain(main_of(rest).select_one("h1")) == "Notes"


def test_twenty_five_verbs_are_twenty_five_sections(world: World) -> None:
    for letter in "abcdefghijklmnopqrstuvwxy":
        world.act("ana", f"verb-{letter}", Entity("project", "p"))
    read = [sections_of(page) for page in pages(world.browser("ana"), "/home/types")]
    assert [len(page) for page in read] == [10, 10, 5]
    assert [name for page in read for name in page] == [f"verb-{letter}" for letter in "yxwvutsrqponmlkjihgfedcba"]


def test_a_section_a_watched_thing_split_by_verb(world: World) -> None:
    world.watch_tag("ana", "maps")
    world.watch_tag("ana", "tea")
    world.watch_tag("ana", "silent")
    world.write_many("bo", 3, "Tea {} #tea")
    world.write("cy", "Tea on #maps #tea")
    world.write("cy", "Nothing that is watched")
    browser = world.browser("ana")
    page = browser.get("/watching")
    assert sorted(sections_of(page)) == ["#maps", "#tea"]
    counts = [plain(count) for count in main_of(page).select("section > .head > .dim")]
    assert dict(zip(sections_of(page), counts, strict=True)) == {"#tea": "4 activities", "#maps": "1 activity"}
    assert set(whys(page)) == {"Because you watch #tea.", "Because you watch #maps."}
    assert "Nothing that is watched" not in page.text
    rest = browser.get(link(page, "4 activities: Notes"))
    assert texts(rest) == ["Tea 2 #tea", "Tea 1 #tea", "Tea 0 #tea"]
    assert link(rest, "Newest") == "/watching"


def test_a_watched_thread_is_named_by_its_note(world: World) -> None:
    note = world.write("bo", "The beginning of it all")
    world.reply("ana", note)
    world.reply("cy", note, "An answer")
    page = world.browser("ana").get("/watching")
    assert sections_of(page) == ["A note by Bo: The beginning of it all"]
    assert "An answer" in texts(page)


def test_many_watched_things_come_in_pages(world: World) -> None:
    for number in range(12):
        world.watch_tag("ana", f"tag{number:02}")
        world.write("bo", f"About #tag{number:02}")
    read = [sections_of(page) for page in pages(world.browser("ana"), "/watching")]
    assert read[0] == [f"#tag{number:02}" for number in (11, 10, 9, 8, 7)]
    assert [len(page) for page in read] == [5, 5, 2]


@pytest.mark.parametrize("path", GROUPED)
def test_an_empty_page_of_groups_says_why(world: World, path: str) -> None:
    nothing = "You watch nothing yet" if path == "/watching" else "You follow nothing yet"
    browser = world.browser("ana")
    page = browser.get(path)
    assert nothing in page.text
    assert link(page, "Find people and tags") == "/explore"
    assert link(page, "Only new") is None
    world.watch_tag("ana", "maps")
    assert "Nothing here yet" in browser.get(path).text
    world.write("bo", "On #maps")
    form_to(browser.get("/home"), "/home/read").submit()
    page = browser.get(link(browser.get(path), "Only new"))
    assert "Nothing behind this filter" in page.text
    assert link(page, "Show all") == path
    world.write("bo", "New on #maps")
    world.write("ana", "My own on #maps")
    page = browser.get(f"{path}?new=1")
    assert texts(page) == ["New on #maps"]


@pytest.mark.parametrize("path", GROUPED)
def test_a_tampered_cursor_of_a_grouped_page_is_a_400_page(world: World, path: str) -> None:
    world.write_many("ana", 5)
    answer = world.browser("ana").get(f"{path}?cursor=x", expect_errors=True)
    assert answer.status_int == 400
    assert link(answer, "Go to the first page") == path


def test_the_rest_of_a_card_of_which_all_is_deleted_is_an_empty_page(world: World) -> None:
    old, new = world.write("bo", "Old"), world.write("bo", "New")
    world.follow("ana", "bo")
    browser = world.browser("ana")
    rests = [link(browser.get("/home/people"), "and 1 more"), link(browser.get("/home/types"), "More: Notes")]
    for note in (old, new):
        world.delete(note)
    for path in rests:
        if path is not None:
            assert browser.get(path).status_int == 200


def test_a_year_by_type_has_its_months_and_verbs_with_counts(world: World) -> None:
    for month in (3, 12):
        world.write_many("ana", 2, published=datetime(2024, month, 15, tzinfo=UTC))
    world.act("ana", "join", Entity("project", "p"), published=datetime(2024, 3, 16, tzinfo=UTC))
    browser = world.browser("ana")
    page = browser.get("/archive/2024/types")
    assert sections_of(page) == ["December 2024", "March 2024"]
    listed = main_of(page).select("section.year:nth-of-type(2) .months a")
    verbs = {f"{plain(a.select_one('.m'))} {plain(a.select_one('.n'))}": a["href"] for a in listed}
    assert verbs == {"Joined 1": "/archive/2024/3?verb=join", "Notes 2": "/archive/2024/3?verb=create"}
    assert link(page, "By month") == "/archive/2024"
    assert link(browser.get("/archive/2024"), "By type") == "/archive/2024/types"
    assert len(headings(browser.get(verbs["Joined 1"]))) == 1
    assert "Nothing behind this filter" in browser.get("/archive/2023/types").text
    assert "You follow nothing yet" in world.browser("bo").get("/archive/2024/types").text
    world.watch_tag("cy", "maps")
    assert "Nothing here yet" in world.browser("cy").get("/archive/2024/types").text
    assert browser.get("/archive/2200/types", expect_errors=True).status_int == 404
