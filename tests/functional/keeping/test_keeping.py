"""Bookmarks, which nobody else sees, and the note on top of a profile."""

from __future__ import annotations

from tests.functional.timelines.world import World, faults_of_html, main_of, pages, plain, texts
from tests.site import Browser


def press(browser: Browser, path: str, button: str):
    """Press an entry of the first menu of a page that has it."""
    page = browser.get(path)
    found = main_of(page).select_one(f"button.{button}")
    assert found is not None, f"no {button} on {path}"
    return browser.submit(found["formaction"], {"next": path}).follow()


def pinned(browser: Browser, path: str = "/@ana") -> list[str]:
    return [plain(text) for text in main_of(browser.get(path)).select(".pinned .text")]


def test_bookmark_find_it_again_and_remove_it(world: World) -> None:
    world.write("bo", "Bread")
    world.write("bo", "Soup")
    browser = world.browser("ana")
    press(browser, "/@bo", "bookmark")
    page = browser.get("/bookmarks")
    assert texts(page) == ["Soup"]
    assert faults_of_html(page) == []
    assert texts(press(browser, "/bookmarks", "bookmark")) == []
    assert "No bookmarks yet" in plain(main_of(browser.get("/bookmarks")))


def test_bookmarks_are_nobody_else_s(world: World) -> None:
    note = world.write("bo", "Bread")
    world.browser("ana").submit(f"/notes/{note.id}/bookmark")
    other = world.browser("bo")
    assert texts(other.get("/bookmarks")) == []
    assert plain(other.get("/notifications").html.select_one("main .empty .title")) == "No notifications yet"


def test_twice_is_once_and_the_newest_bookmark_is_first(world: World) -> None:
    notes = [world.write("bo", text) for text in ("Bread", "Soup")]
    browser = world.browser("ana")
    for note in (notes[1], notes[0], notes[1]):
        browser.submit(f"/notes/{note.id}/bookmark")
    assert texts(browser.get("/bookmarks")) == ["Bread", "Soup"]


def test_bookmarks_come_in_pages(world: World) -> None:
    browser = world.browser("ana")
    for note in world.write_many("bo", 21):
        browser.submit(f"/notes/{note.id}/bookmark")
    found = [texts(page) for page in pages(browser, "/bookmarks")]
    assert [len(page) for page in found] == [20, 1]
    assert [text for page in found for text in page] == [f"Note {number}" for number in reversed(range(21))]
    other = world.browser("bo")
    older = next(a["href"] for a in main_of(browser.get("/bookmarks")).select("a[rel=next]"))
    assert other.get(older, expect_errors=True).status_int == 400


def test_what_cannot_be_seen_is_counted_and_comes_back_with_its_author(world: World) -> None:
    note = world.write("bo", "Bread")
    browser = world.browser("ana")
    browser.submit(f"/notes/{note.id}/bookmark")
    browser.submit("/@bo/mute")
    page = browser.get("/bookmarks")
    assert texts(page) == []
    assert "1 bookmark is not shown" in plain(main_of(page))
    browser.submit("/@bo/unmute")
    assert texts(browser.get("/bookmarks")) == ["Bread"]
    world.delete(note)
    assert "No bookmarks yet" in plain(main_of(browser.get("/bookmarks")))


def test_what_may_not_be_read_cannot_be_bookmarked(world: World) -> None:
    note = world.write("bo", "For friends", visibility="followers")
    assert world.browser("ana").submit(f"/notes/{note.id}/bookmark", expect_errors=True).status_int == 404


def test_one_note_is_on_top_of_a_profile(world: World) -> None:
    first, second = (world.write("ana", text) for text in ("First", "Second"))
    browser = world.browser("ana")
    browser.submit(f"/notes/{first.id}/pin")
    assert pinned(browser) == ["First"]
    browser.submit(f"/notes/{second.id}/pin")
    page = browser.get("/@ana")
    assert pinned(browser) == ["Second"]
    assert faults_of_html(page) == []
    assert pinned(world.site.browser()) == ["Second"]
    press(browser, "/@ana", "pin")
    assert pinned(browser) == []


def test_a_pinned_note_is_seen_by_who_may_read_it_and_goes_when_it_is_deleted(world: World) -> None:
    note = world.write("ana", "For friends", visibility="followers")
    world.browser("ana").submit(f"/notes/{note.id}/pin")
    world.follow("bo", "ana")
    assert pinned(world.browser("bo")) == ["For friends"]
    assert pinned(world.browser("cy")) == []
    world.delete(note)
    assert pinned(world.browser("bo")) == []
