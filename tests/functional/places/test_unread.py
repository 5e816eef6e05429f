"""Home oldest first: it begins where the reader marked it as read, goes both ways, and says when it ends."""

from __future__ import annotations

from datetime import timedelta

from tests.functional.timelines.world import World, faults_of_html, form_to, link, main_of, plain, texts
from tests.site import Browser

UNREAD = "/home/unread"


def mark_all(browser: Browser) -> None:
    form_to(browser.get("/home"), "/home/read").submit()


def notes(first: int, last: int) -> list[str]:
    return [f"Note {number}" for number in range(first, last + 1)]


def test_it_begins_at_the_mark_and_runs_down_in_the_order_in_which_it_happened(world: World) -> None:
    world.follow("ana", "bo")
    world.write("bo", "Read long ago")
    browser = world.browser("ana")
    mark_all(browser)
    world.write_many("bo", 45)
    world.write("ana", "My own")
    first = browser.get(UNREAD)
    assert texts(first) == notes(0, 19)
    second = browser.get(link(first, "Newer"))
    third = browser.get(link(second, "Newer"))
    assert (texts(second), texts(third)) == (notes(20, 39), notes(40, 44))
    assert link(third, "Newer") is None
    assert texts(browser.get(link(third, "Older"))) == notes(20, 39)
    assert link(first, "Older") is None
    assert link(second, "Oldest") == UNREAD
    assert faults_of_html(second) == []


def test_a_page_marked_as_read_is_followed_by_the_next_one(world: World) -> None:
    world.follow("ana", "bo")
    world.write_many("bo", 25)
    browser = world.browser("ana")
    page = browser.get(UNREAD)
    assert "From the very beginning" in plain(main_of(page))
    answer = form_to(page, "/home/read").submit()
    assert answer.location == "http://localhost/home/unread"
    rest = answer.follow()
    assert texts(rest) == notes(20, 24)
    end = form_to(rest, "/home/read").submit().follow()
    assert "You are all caught up" in plain(main_of(end))
    assert link(end, "Show all") == "/home"
    assert "mark as read" not in plain(main_of(end)).lower()
    world.write("bo", "And on it goes")
    assert texts(browser.get(UNREAD)) == ["And on it goes"]


def test_a_page_in_the_middle_marks_what_is_before_it_too(world: World) -> None:
    world.follow("ana", "bo")
    world.write_many("bo", 45)
    browser = world.browser("ana")
    second = browser.get(link(browser.get(UNREAD), "Newer"))
    assert texts(form_to(second, "/home/read").submit().follow()) == notes(40, 44)


def test_what_is_committed_late_above_the_mark_is_not_passed_over(world: World) -> None:
    world.follow("ana", "bo", "cy")
    world.write_many("bo", 3)
    browser = world.browser("ana")
    page = browser.get(UNREAD)
    last = world.write("cy", "A moment after the page")
    world.write("cy", "An instant before it", at=last.created - timedelta(seconds=2))
    rest = form_to(page, "/home/read").submit().follow()
    assert texts(rest) == ["An instant before it", "A moment after the page"]


def test_it_shows_as_much_as_the_notice_of_home_counts(world: World) -> None:
    world.follow("ana", "bo", "cy")
    browser = world.browser("ana")
    world.write("bo", "Before")
    mark_all(browser)
    world.write_many("bo", 3)
    world.write("cy", "Muted")
    world.mute("ana", "cy")
    assert link(browser.get("/home"), "3 new") == "/home?new=1"
    assert len(texts(browser.get(UNREAD))) == 3


def test_empty_it_says_which_way_it_is_empty(world: World) -> None:
    assert "You follow nothing yet" in plain(main_of(world.browser("ana").get(UNREAD)))
    world.watch_tag("cy", "maps")
    assert "Nothing here yet" in plain(main_of(world.browser("cy").get(UNREAD)))


def test_a_cursor_of_home_is_none_of_it(world: World) -> None:
    world.write_many("ana", 25)
    world.follow("bo", "ana")
    cursor = link(world.browser("bo").get("/home"), "Older").removeprefix("/home")
    answer = world.browser("bo").get(UNREAD + cursor, expect_errors=True)
    assert answer.status_int == 400
    assert link(answer, "Go to the first page") == UNREAD
