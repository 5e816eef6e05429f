"""Profiles, followers and following, tags, explore: who is shown what."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feedsite.accounts.models import HandleHistory, Person
from feedsite.db import utcnow

from tests.functional.timelines.world import World, link, main_of, pages, plain, texts


def test_a_profile_shows_the_person_and_what_they_did(world: World) -> None:
    world.write_many("bo", 3)
    world.follow("ana", "bo")
    world.follow("bo", "cy")
    page = world.browser("ana").get("/@bo")
    assert plain(main_of(page).select_one("h1")) == "Bo"
    stats = [plain(stat) for stat in main_of(page).select(".stats li")]
    assert stats == ["3 notes", "1 following", "1 follower"]
    assert "Joined in" in page.text
    assert texts(page) == ["Note 2", "Note 1", "Note 0"]
    assert "Bo followed Cy" in plain(main_of(page))


def test_the_follow_button_is_on_the_profile(world: World) -> None:
    world.person("bo")
    browser = world.browser("ana")
    form = next(form for form in browser.get("/@bo").forms.values() if form.action == "/@bo/follow")
    form.submit()
    assert "/@bo/unfollow" in browser.get("/@bo").text
    assert 'action="/@ana/follow"' not in browser.get("/@ana").text
    assert 'action="/@bo/follow"' not in world.site.browser().get("/@bo").text


def test_capitals_lead_to_the_one_address(world: World) -> None:
    world.person("bo")
    for path in ("/@BO", "/@Bo/followers", "/@bO/following"):
        answer = world.site.browser().get(path)
        assert (answer.status_int, answer.location) == (302, f"http://localhost{path.lower()}")


def test_a_former_handle_leads_to_the_new_one_for_a_while(world: World) -> None:
    bo = world.person("bo")
    with world.site.transaction() as request:
        request.dbsession.get(Person, bo.id).handle = "robert"
        request.dbsession.add(HandleHistory(handle="bo", person_id=bo.id, until=utcnow() + timedelta(days=1)))
    assert world.site.browser().get("/@bo").location == "http://localhost/@robert"
    with world.site.transaction() as request:
        request.dbsession.get(HandleHistory, "bo").until = utcnow() - timedelta(days=1)
    assert world.site.browser().get("/@bo", expect_errors=True).status_int == 404


def test_nobody_and_the_suspended_are_not_found(world: World) -> None:
    world.person("bo", state="suspended")
    for path in ("/@nobody", "/@bo", "/@bo/followers", "/@bo/following"):
        assert world.browser("ana").get(path, expect_errors=True).status_int == 404


def test_notes_for_followers_are_for_followers(world: World) -> None:
    world.write("bo", "Open #maps")
    world.write("bo", "Closed #maps", visibility="followers")
    world.person("cy")
    world.write("bo", "For @cy alone #maps", visibility="mentioned")
    world.follow("ana", "bo")
    for path in ("/@bo", "/tags/maps", "/explore"):
        seen = {handle: texts(world.browser(handle).get(path)) for handle in ("ana", "cy", "di", "bo")}
        # Explore is what everybody may see, for everybody.
        beyond = path != "/explore"
        assert seen["ana"] == ["Closed #maps", "Open #maps"][not beyond :], path
        assert seen["cy"] == ["For @cy alone #maps", "Open #maps"][not beyond :], path
        assert seen["di"] == ["Open #maps"], path
        assert len(seen["bo"]) == (3 if beyond else 1), path
        assert texts(world.site.browser().get(path)) == ["Open #maps"], path
    counted = plain(main_of(world.browser("di").get("/@bo")).select_one(".stats li"))
    assert counted == "1 note"
    assert "1 note ·" in plain(main_of(world.browser("di").get("/tags/maps")))
    assert texts(world.site.browser().get("/")) == ["Open #maps"]


def test_likes_and_counts_of_a_closed_note_stay_closed(world: World) -> None:
    note = world.write("bo", "Closed", visibility="followers")
    world.follow("cy", "bo")
    world.like(note, "cy")
    world.follow("di", "cy")
    for browser in (world.browser("di"), world.site.browser()):
        assert "liked" not in plain(main_of(browser.get("/@cy")))
    assert "liked" not in plain(main_of(world.browser("di").get("/home")))


@pytest.mark.parametrize(("path", "wanted"), [("/@bo/followers", 45), ("/@cy/following", 0)])
def test_followers_come_in_pages(world: World, path: str, wanted: int) -> None:
    world.person("cy")
    for number in range(wanted):
        world.follow(f"fan{number:02}", "bo")
    world.person("bo")
    read = [[plain(name) for name in main_of(page).select(".people .h")] for page in pages(world.site.browser(), path)]
    assert [name for page in read for name in page] == [f"Fan{number:02}" for number in reversed(range(wanted))]
    assert [len(page) for page in read] == ([20, 20, 5] if wanted else [0])


def test_a_list_s_cursor_is_that_list_s(world: World) -> None:
    for number in range(21):
        world.follow(f"fan{number}", "bo", "cy")
    browser = world.site.browser()
    older = link(browser.get("/@bo/followers"), "Older")
    assert browser.get(older).status_int == 200
    cursor = older.partition("?")[2]
    for path in (f"/@cy/followers?{cursor}", f"/@bo/following?{cursor}", "/@bo/followers?cursor=x", f"{older}x"):
        answer = browser.get(path, expect_errors=True)
        assert answer.status_int == 400
        assert link(answer, "Go to the first page") == path.partition("?")[0]


def test_the_suspended_are_in_no_list(world: World) -> None:
    world.follow("ana", "bo")
    world.person("ghost", state="suspended")
    world.follow("ghost", "bo")
    assert "Ghost" not in world.site.browser().get("/@bo/followers").text


def test_a_tag_has_one_address(world: World) -> None:
    answer = world.site.browser().get("/tags/MAPS")
    assert (answer.status_int, answer.location) == (302, "http://localhost/tags/maps")
    for path in ("/tags/a%20b", "/tags/123", "/tags/" + "a" * 65, "/tags/-"):
        assert world.site.browser().get(path, expect_errors=True).status_int == 404
    assert "Nobody has used this tag" in world.site.browser().get("/tags/unheard").text


def test_a_tag_can_be_watched_from_its_page(world: World) -> None:
    browser = world.browser("ana")
    form = next(form for form in browser.get("/tags/maps").forms.values() if form.action == "/tags/maps/watch")
    assert form.submit().status_int == 303
    page = browser.get("/tags/maps")
    assert "/tags/maps/unwatch" in page.text
    assert "1 person watches it" in page.text


def test_explore_names_people_who_are_active_and_not_followed_yet(world: World) -> None:
    for handle in ("bo", "cy", "di", "ana"):
        world.write(handle)
    world.follow("ana", "bo")
    world.person("ed")
    page = world.browser("ana").get("/explore")
    aside = page.html.select_one("aside.card")
    assert [plain(name) for name in aside.select(".h")] == ["Di", "Cy"]
    assert len(texts(page)) == 4
