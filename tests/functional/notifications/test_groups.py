"""What a reader says of single notifications: read, unread, saved, done; one by one and in bulk."""

from __future__ import annotations

import pytest

from tests.functional.notifications.reading import badge, listed, press, sections, tokens
from tests.functional.timelines.world import World, faults_of_html, form_to, main_of, plain


@pytest.fixture
def liked(world: World) -> World:
    """Bo likes one note of ana's, Cy another one."""
    world.like(world.write("ana", "One"), "bo")
    world.like(world.write("ana", "Two"), "cy")
    return world


def test_one_group_is_read_and_the_others_are_not(liked: World) -> None:
    browser = liked.browser("ana")
    press(browser, "Bo liked your note", "read")
    assert sections(browser) == {"New": ["Cy liked your note"], "Earlier": ["Bo liked your note"]}


def test_what_is_newer_than_a_read_group_is_new_by_itself(world: World) -> None:
    note = world.write("ana", "One")
    world.like(note, "bo")
    browser = world.browser("ana")
    press(browser, "Bo liked your note", "read")
    world.like(note, "cy")
    assert sections(browser) == {"New": ["Cy liked your note"], "Earlier": ["Bo liked your note"]}
    assert badge(browser) == ""  # the list was opened just now


def test_what_came_while_the_page_was_open_stays_new(world: World) -> None:
    note = world.write("ana", "One")
    world.like(note, "bo")
    browser = world.browser("ana")
    box = tokens(browser)
    world.like(note, "cy")
    browser.submit("/notifications/groups", {"do": "read", "group": box})
    assert sections(browser) == {"New": ["Cy liked your note"], "Earlier": ["Bo liked your note"]}


def test_unread_is_new_again_until_all_is_read_and_after_undo(liked: World) -> None:
    browser = liked.browser("ana")
    form_to(browser.get("/notifications"), "/notifications/read").submit()
    press(browser, "Bo liked your note", "unread")
    assert sections(browser) == {"New": ["Bo liked your note"], "Earlier": ["Cy liked your note"]}
    page = form_to(browser.get("/notifications"), "/notifications/read").submit().follow()
    assert list(sections(browser)) == ["Earlier"]
    form_to(page, "/notifications/undo").submit()
    assert sections(browser) == {"New": ["Bo liked your note"], "Earlier": ["Cy liked your note"]}


def test_done_leaves_all_and_is_under_done_until_it_is_moved_back(liked: World) -> None:
    browser = liked.browser("ana")
    press(browser, "Bo liked your note", "done")
    assert listed(browser) == ["Cy liked your note"]
    assert listed(browser, "done") == ["Bo liked your note"]
    press(browser, "Bo liked your note", "undone", tab="done")
    assert listed(browser, "done") == []
    assert sections(browser) == {"New": ["Cy liked your note"], "Earlier": ["Bo liked your note"]}


def test_something_newer_brings_back_what_was_done(world: World) -> None:
    note = world.write("ana", "One")
    world.like(note, "bo")
    browser = world.browser("ana")
    press(browser, "Bo liked your note", "done")
    assert badge(browser) == ""
    world.like(note, "cy")
    assert badge(browser) == "1"
    assert sections(browser) == {"New": ["Cy liked your note"]}
    form_to(browser.get("/notifications"), "/notifications/read").submit()
    assert sections(browser) == {"Earlier": ["Cy and Bo liked your note"]}, "read, it is whole again"
    assert listed(browser, "done") == []


def test_saved_stays_whatever_else_is_said(liked: World) -> None:
    browser = liked.browser("ana")
    press(browser, "Bo liked your note", "save")
    press(browser, "Bo liked your note", "done")
    assert listed(browser, "saved") == ["Bo liked your note"]
    press(browser, "Bo liked your note", "unsave", tab="saved")
    assert listed(browser, "saved") == []


def test_all_that_are_chosen_at_once(liked: World) -> None:
    browser = liked.browser("ana")
    browser.submit("/notifications/groups", {"do": "done", "group": tokens(browser)})
    assert listed(browser) == []
    assert listed(browser, "done") == ["Cy liked your note", "Bo liked your note"]
    answer = browser.submit("/notifications/groups", {"do": "done"}).follow()
    assert "Choose some notifications first." in plain(main_of(answer))


@pytest.mark.parametrize(
    "form",
    [
        {"do": "read", "group": "nonsense"},
        {"do": "read", "group": "00.1"},
        {"do": "burn", "group": "00.1.x"},
        {"read": f"00.{'9' * 40}.x"},
        {"do": "read", "group": [f"{number:x}.1.x" for number in range(101)]},
    ],
    ids=["nonsense", "cut", "verb", "huge", "many"],
)
def test_a_form_that_makes_no_sense_is_refused(world: World, form: dict[str, object]) -> None:
    assert world.browser("ana").submit("/notifications/groups", form, expect_errors=True).status_int == 400


# -- tabs


def test_each_tab_has_its_own(world: World) -> None:
    note = world.write("ana", "Mine")
    world.like(note, "bo")
    world.reply("bo", note, "An answer")
    world.watch_tag("ana", "maps")
    world.write("cy", "Under a #maps")
    world.write("di", "Under #maps, @ana")
    browser = world.browser("ana")
    assert listed(browser, "mentions") == ["Di mentioned you in a note", "Bo replied to you"]
    assert listed(browser, "watching") == ["Di mentioned you in a note", "Cy wrote a note", "Bo replied to you"]
    assert listed(browser, "saved") == listed(browser, "done") == []
    for tab in ("mentions", "watching", "saved", "done"):
        page = browser.get(f"/notifications?tab={tab}")
        assert faults_of_html(page) == []
        assert plain(main_of(page).select_one(".tabs [aria-current]")) == tab.capitalize()
    assert browser.get("/notifications?tab=x", expect_errors=True).status_int == 404


def test_who_watches_nothing_has_nothing_under_watching(world: World) -> None:
    world.person("ana")
    world.write("bo", "Hello @ana")
    assert listed(world.browser("ana"), "watching") == []


# -- opening


def test_opening_a_thread_reads_what_was_done_to_its_notes(world: World) -> None:
    note, other = world.write("ana", "Mine"), world.write("ana", "Another")
    world.like(note, "bo")
    world.reply("bo", note, "An answer")
    world.like(other, "cy")
    browser = world.browser("ana")
    assert badge(browser) == "3"
    browser.get(f"/@ana/{note.id}")
    assert badge(browser) == "1"
    assert sections(browser) == {
        "New": ["Cy liked your note"],
        "Earlier": ["Bo replied to you", "Bo liked your note"],
    }


def test_opening_everybody_in_a_group_reads_the_group(world: World) -> None:
    note = world.write("ana", "Mine")
    world.like(note, "bo", "cy", "di")
    browser = world.browser("ana")
    page = browser.get("/notifications")
    browser.get(next(a["href"] for a in main_of(page).select("a[href*='/g/']")))
    assert list(sections(browser)) == ["Earlier"]


# -- kinds


def test_unwanted_kinds_are_neither_listed_nor_counted(world: World) -> None:
    note = world.write("ana", "Mine")
    world.like(note, "bo")
    world.follow("cy", "ana")
    browser = world.browser("ana")
    page = browser.get("/settings/notifications")
    assert faults_of_html(page) == []
    form = form_to(page, "/settings/notifications")
    for box in form.fields["wanted"]:
        box.checked = box._value != "like"
    form.submit()
    assert badge(browser) == "1"
    assert listed(browser) == ["Cy followed you"]
    boxes = main_of(browser.get("/settings/notifications")).select("input[name=wanted]")
    assert [box["value"] for box in boxes if not box.has_attr("checked")] == ["like"]
