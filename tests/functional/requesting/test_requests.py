"""Asking to follow somebody who approves who follows them, and the answers, as browsers do it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from webtest import TestResponse, Upload

from feedsite.accounts.models import Person
from feedsite.db import counting_statements, utcnow
from feedsite.feeds import Entity, Manager
from feedsite.graph.services import GraphService, Outcome
from feedsite.requesting.models import FollowRequest
from feedsite.requesting.services import FollowRequestService

from tests.functional.leaving.going import leave, take_out
from tests.functional.taking_in.archives import exported, packed, taken_in
from tests.functional.timelines.world import World, faults_of_html, form_to, link, main_of, plain, texts
from tests.site import Browser, form_with

PAGE = "/requests"


@pytest.fixture
def ana(world: World) -> Person:
    """Approves who follows her."""
    return world.person("ana", locked=True)


def change(world: World, who: str, **columns: object) -> None:
    """Change somebody's row."""
    with world.site.transaction() as request:
        person = request.dbsession.get(Person, world.person(who).id)
        for name, value in columns.items():
            setattr(person, name, value)


def ask(world: World, *handles: str) -> None:
    """People ask to follow ana, the last one last."""
    for handle in handles:
        world.follow(handle, "ana")


def follows(world: World, follower: str, followed: str = "ana") -> bool:
    one, other = (Entity("person", world.person(handle).id) for handle in (follower, followed))
    with world.site.transaction() as request:
        return bool(request.find_service(Manager).linked(one, [other], kinds=("follow",)))


def waiting(world: World) -> set[str]:
    """Everybody whose request stands in the table, whoever it is for."""
    names = {person.id: handle for handle, person in world.people.items()}
    with world.site.transaction() as request:
        return {names[row.requester_id] for row in request.dbsession.query(FollowRequest)}


def listed(page: TestResponse) -> list[str]:
    """Who asks, in the order of the page."""
    return [plain(name) for name in main_of(page).select(".people .name")]


def button(page: TestResponse) -> tuple[str, str, str]:
    """The follow button of a profile: its text, its accessible name, where it posts."""
    found = page.html.select_one(".profile button.follow")
    return plain(found), found.get("aria-label", ""), found.find_parent("form")["action"]


def said(page: TestResponse) -> list[str]:
    return [plain(message) for message in main_of(page).select(".flash")]


def press(page: TestResponse, label: str) -> TestResponse:
    """Press the button of a page with this accessible name, as a browser without JavaScript does."""
    found = next(b for b in main_of(page).select("button") if label in (b.get("aria-label"), plain(b)))
    form = found.find_parent("form")
    values = [(field["name"], field["value"]) for field in form.select("input[type=hidden]")]
    answer = page.test_app.post(found.get("formaction") or form["action"], values)
    assert answer.status_int == 303
    return answer.follow()


# Asking


def test_following_who_approves_followers_asks_and_can_be_taken_back(world: World, ana: Person) -> None:
    browser = world.browser("bo")
    page = browser.get("/@ana")
    assert button(page) == ("Ask to follow", "Ask to follow Ana", "/@ana/follow")
    assert "Approves who follows them" in plain(page.html.select_one(".profile"))
    page = press(page, "Ask to follow Ana")
    assert button(page) == ("Requested", "Requested to follow Ana: take the request back", "/@ana/unfollow")
    assert (follows(world, "bo"), waiting(world)) == (False, {"bo"})
    assert plain(main_of(world.browser("ana").get("/notifications"))).count("followed you") == 0
    page = press(page, "Requested to follow Ana: take the request back")
    assert button(page)[0] == "Ask to follow"
    assert waiting(world) == set()
    assert faults_of_html(page) == []


def test_who_follows_already_goes_on_and_does_not_ask(world: World) -> None:
    world.person("ana")
    world.follow("bo", "ana")
    browser = world.browser("ana")
    form = form_with(browser.get("/settings/privacy"), "locked")
    form["locked"] = True
    form.submit()
    page = world.browser("bo").get("/@ana")
    assert button(page)[0] == "Following"
    assert world.browser("bo").submit("/@ana/follow").status_int == 303
    assert (follows(world, "bo"), waiting(world)) == (True, set())


def test_notes_for_followers_are_read_from_the_answer_on(world: World, ana: Person) -> None:
    note = world.write("ana", "Between us", visibility="followers")
    browser = world.browser("bo")
    ask(world, "bo")
    assert browser.get(f"/@ana/{note.id}", expect_errors=True).status_int == 404
    assert "Between us" not in browser.get("/home").text
    press(world.browser("ana").get(PAGE), "Accept: Bo may follow you")
    assert texts(browser.get("/home")) == ["Between us"]
    assert browser.get(f"/@ana/{note.id}").status_int == 200


def test_everywhere_else_where_people_stand_the_button_says_the_same(world: World, ana: Person) -> None:
    world.follow("cy", "bo")
    change(world, "ana", locked=False)
    world.browser("cy").submit("/@ana/follow")
    change(world, "ana", locked=True)
    ask(world, "bo")

    def cards(reader: str) -> dict[str, str]:
        page = main_of(world.browser(reader).get("/@cy/following"))
        return {card["action"]: plain(card) for card in page.select(".person form.follow")}

    assert cards("bo") == {"/@ana/unfollow": "Requested"}
    assert cards("dan") == {"/@ana/follow": "Ask to follow", "/@bo/follow": "Follow"}
    assert cards("cy") == {"/@ana/unfollow": "Following", "/@bo/unfollow": "Following"}


def test_a_table_asks_and_says_so(world: World, ana: Person) -> None:
    world.person("bo")
    browser = world.browser("cy")
    for expected in (
        ["1 link is new.", "1 person approves who follows them, and was asked."],
        ["0 links are new.", "2 were there already."],
    ):
        form = form_to(browser.get("/links"), "/links/import")
        form["table"] = Upload("links.csv", b"type,what,weight\nperson,ana,2\nperson,bo,1\n")
        assert said(form.submit().follow()) == expected
    assert (follows(world, "cy"), waiting(world)) == (False, {"cy"})


def test_an_archive_asks_and_brings_the_setting(world: World, ana: Person) -> None:
    row = {"kind": "follow", "type": "person", "id": "x", "handle": "ana", "since": "2026-01-01T00:00:00Z"}
    archive = packed(links=[{**row, "until": None, "weight": 1.0}])
    taken = taken_in(world.site, world.person("bo").id, archive)
    assert taken.links == 0
    assert taken.skipped == {"follow links to people who approve who follows them, and were asked": 1}
    assert (follows(world, "bo"), waiting(world)) == (False, {"bo"})
    taken_in(world.site, world.person("cy").id, exported(world.site, ana.id))
    with world.site.transaction() as request:
        assert request.dbsession.get(Person, world.person("cy").id).locked


def test_who_asks_very_fast_waits(world: World, ana: Person) -> None:
    browser = world.browser("bo")
    token = browser.csrf_token()
    with time_machine.travel(utcnow().replace(second=1), tick=True):
        asked = [browser.post("/@ana/follow", {"csrf_token": token}).status_int for _ in range(60)]
        accepting = {"csrf_token": token, "request": ana.id}
        answers = [browser.post("/requests/accept", accepting, expect_errors=True).status_int for _ in range(2)]
    assert (asked, answers) == ([303] * 60, [429, 429])


# Answering


def test_the_page_lists_who_asks_and_accepting_is_following(world: World, ana: Person) -> None:
    ask(world, "bo", "cy")
    browser = world.browser("ana")
    page = browser.get(PAGE)
    assert (page.headers["Cache-Control"], faults_of_html(page)) == ("private, no-cache", [])
    assert listed(page) == ["Cy", "Bo"]
    page = press(page, "Accept: Bo may follow you")
    assert (said(page), listed(page)) == (["Bo follows you now."], ["Cy"])
    assert (follows(world, "bo"), follows(world, "cy")) == (True, False)
    assert "Bo followed you" in plain(main_of(browser.get("/notifications")))
    assert button(world.browser("bo").get("/@ana"))[0] == "Following"


def test_declining_tells_nobody_and_they_may_ask_again(world: World, ana: Person) -> None:
    ask(world, "bo")
    other = world.browser("bo")
    page = press(world.browser("ana").get(PAGE), "Decline the request of Bo")
    assert said(page) == ["1 request is declined. Nobody is told."]
    assert listed(page) == []
    assert "Nobody asks to follow you" in plain(main_of(page))
    assert faults_of_html(page) == []
    assert main_of(other.get("/notifications")).select(".note-group") == []
    page = other.get("/@ana")
    assert (button(page)[0], waiting(world), follows(world, "bo")) == ("Ask to follow", set(), False)
    press(page, "Ask to follow Ana")
    assert waiting(world) == {"bo"}


def test_all_of_a_page_are_accepted_and_the_others_wait(world: World, ana: Person) -> None:
    names = [f"p{number:02}" for number in range(23)]
    ask(world, *names)
    browser = world.browser("ana")
    page = browser.get(PAGE)
    assert listed(page) == [name.capitalize() for name in reversed(names[3:])]
    older = browser.get(next(a["href"] for a in main_of(page).select("a[rel=next]")))
    assert listed(older) == ["P02", "P01", "P00"]
    assert main_of(older).select("a[rel=next]") == []
    page = press(page, "Accept all 20 on this page")
    assert (said(page), listed(page)) == (["20 people follow you now."], ["P02", "P01", "P00"])
    assert (follows(world, "p22"), follows(world, "p00")) == (True, False)
    # Decided from further down, one is led back there.
    assert listed(press(older, "Accept: P01 may follow you")) == ["P02", "P00"]


def test_a_cursor_of_another_reader_is_refused(world: World, ana: Person) -> None:
    ask(world, *(f"p{number}" for number in range(21)))
    older = next(a["href"] for a in main_of(world.browser("ana").get(PAGE)).select("a[rel=next]"))
    assert world.browser("p1").get(older, expect_errors=True).status_int == 400
    assert world.browser("ana").get(PAGE + "?cursor=x", expect_errors=True).status_int == 400


def test_only_one_s_own_requests_are_answered(world: World, ana: Person) -> None:
    """Whoever sends the ids of others, of nobody or of who did not ask changes nothing; what is no id is refused."""
    ask(world, "bo")
    eve, bo = world.browser("eve"), world.person("bo").id
    for path in ("/requests/accept", "/requests/decline"):
        assert eve.submit(path, {"request": bo}).status_int == 303
        assert said(eve.get(PAGE)) == ["There is no such request any more: it was taken back, or answered already."]
        for wrong in ({}, {"request": ""}, {"request": "x" * 41}):
            answer = eve.submit(path, wrong, expect_errors=True)
            assert answer.status_int == 400
            assert "request: the ids of 1 to 20 people" in answer.text
    token = eve.csrf_token()
    many = [("csrf_token", token), *[("request", f"id{number}") for number in range(21)]]
    assert eve.post("/requests/accept", many, expect_errors=True).status_int == 400
    assert (waiting(world), follows(world, "bo"), follows(world, "bo", "eve")) == ({"bo"}, False, False)


def test_how_many_wait_is_said_to_who_approves_and_costs_others_nothing(world: World, ana: Person) -> None:
    def statements(browser: Browser, path: str) -> int:
        browser.get(path)
        with counting_statements() as count:
            browser.get(path)
        return len(count)

    browser, other = world.browser("ana"), world.browser("bo")
    assert link(browser.get("/settings/privacy"), "Follow requests") == PAGE
    paths = ("/notifications", "/settings/privacy", PAGE)
    assert [statements(browser, path) - statements(other, path) for path in paths] == [1, 1, 0]
    ask(world, "bo", "cy")
    assert [link(browser.get(path), "2 people ask to follow you") for path in paths[:2]] == [PAGE, PAGE]
    assert browser.get("/home").html.select_one(f'header a[href="{PAGE}"]') is not None
    assert other.get("/home").html.select_one(f'header a[href="{PAGE}"]') is None
    two = statements(browser, PAGE)
    ask(world, *(f"p{number}" for number in range(17)))
    assert statements(browser, PAGE) == two
    with world.site.transaction() as request:
        people = [request.dbsession.get(Person, world.person("ana").id)]
        assert request.find_service(FollowRequestService).count(people[0].id) == 19


def test_more_than_are_counted_are_many(world: World, ana: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedsite.requesting.services.COUNTED", 3)
    monkeypatch.setattr("feedsite.requesting.presenters.COUNTED", 3)
    ask(world, "bo", "cy", "di", "ed")
    assert link(world.browser("ana").get("/notifications"), "2+ people ask to follow you") == PAGE


# What ends them


@pytest.mark.parametrize("path", ["/@bo/block", "/@bo/remove-follower"])
def test_who_is_asked_ends_it(world: World, ana: Person, path: str) -> None:
    ask(world, "bo", "cy")
    world.browser("ana").submit(path)
    assert waiting(world) == {"cy"}


def test_a_block_by_who_asked_ends_it_and_the_blocked_cannot_ask(world: World, ana: Person) -> None:
    ask(world, "bo")
    world.browser("bo").submit("/@ana/block")
    assert waiting(world) == set()
    for blocked, other in (("ana", "bo"), ("bo", "ana")):
        answer = world.browser(blocked).submit(f"/@{other}/follow", expect_errors=True)
        assert answer.status_int == 403
    assert waiting(world) == set()


def test_a_request_that_a_block_met_is_not_accepted(world: World, ana: Person) -> None:
    """It came between the question who is blocked and the block."""
    with world.site.transaction() as request:
        request.find_service(GraphService).block(ana.id, world.person("bo"))
        request.find_service(FollowRequestService).ask(world.person("bo").id, ana.id)
    world.browser("ana").submit("/requests/accept", {"request": world.person("bo").id})
    assert (waiting(world), follows(world, "bo")) == (set(), False)


@pytest.mark.parametrize(
    ("gone", "back"),
    [
        ({"state": "suspended"}, {"state": "active"}),
        ({"leaves": utcnow() + timedelta(days=30)}, {"leaves": None}),
    ],
    ids=["suspended", "leaving"],
)
def test_who_is_not_there_is_neither_listed_nor_accepted(world: World, ana: Person, gone: Any, back: Any) -> None:
    ask(world, "bo", "cy")
    browser, bo = world.browser("ana"), world.person("bo").id
    change(world, "bo", **gone)
    assert listed(browser.get(PAGE)) == ["Cy"]
    assert link(browser.get("/notifications"), "1 person asks to follow you") == PAGE
    browser.submit("/requests/accept", {"request": bo})
    assert (waiting(world), follows(world, "bo")) == ({"bo", "cy"}, False)
    change(world, "bo", **back)
    press(browser.get(PAGE), "Accept: Bo may follow you")
    assert follows(world, "bo")


def test_nobody_asks_who_is_suspended(world: World, ana: Person) -> None:
    browser = world.browser("bo")
    change(world, "ana", state="suspended")
    answer = browser.submit("/@ana/follow", expect_errors=True)
    assert answer.status_int == 403
    assert "This account is suspended" in answer.text
    assert waiting(world) == set()


@pytest.mark.parametrize("who", ["ana", "bo"])
def test_who_is_taken_out_takes_the_request_along(world: World, ana: Person, who: str) -> None:
    ask(world, "bo")
    leave(world.site, world.person(who).id)
    take_out(world.site, world.person(who).id)
    assert waiting(world) == set()


# Approving no longer


def test_who_approves_no_longer_is_followed_at_once_and_who_asked_before_waits(world: World, ana: Person) -> None:
    ask(world, "bo", "cy", "di")
    browser = world.browser("ana")
    form = form_with(browser.get("/settings/privacy"), "locked")
    form["locked"] = False
    page = form.submit().follow()
    assert {handle for handle in ("bo", "cy", "di") if follows(world, handle)} == set()
    page = browser.get(link(page, "Follow requests"))
    assert listed(page) == ["Di", "Cy", "Bo"]
    assert "Everybody can follow you now without asking." in plain(main_of(page))
    assert link(browser.get("/notifications"), "3 people ask to follow you") is None
    other = world.browser("bo").get("/@ana")
    assert (button(other)[0], "Approves who" in other.text) == ("Follow", False)
    press(other, "Follow Ana")
    assert (follows(world, "bo"), waiting(world)) == (True, {"cy", "di"})
    press(page, "Accept: Cy may follow you")
    assert (follows(world, "cy"), waiting(world)) == (True, {"di"})


def test_what_came_of_following_is_said_of_each_kind(world: World, ana: Person) -> None:
    bo, cy = world.person("bo"), world.person("cy")
    with world.site.transaction() as request:
        graph = request.find_service(GraphService)
        found = [graph.follow(bo.id, person) for person in (ana, ana, cy, cy)]
        assert found == [Outcome.ASKED, Outcome.SAME, Outcome.LINKED, Outcome.SAME]
        assert [graph.unfollow(bo.id, person) for person in (ana, ana)] == [True, False]


def test_all_of_it_is_said_in_spanish(world: World, ana: Person) -> None:
    world.person("bo", locale="es")
    browser = world.browser("bo")
    page = press(browser.get("/@ana"), "Pedir seguir a Ana")
    assert button(page)[0] == "Solicitado"
    form = form_to(browser.get("/links"), "/links/import")
    form["table"] = Upload("links.csv", b"type,what\nperson,ana\ntag,bread\n")
    assert said(form.submit().follow()) == ["1 enlace es nuevo.", "1 ya estaba."]
    change(world, "bo", locked=True)
    assert "Nadie pide seguirte" in plain(main_of(browser.get(PAGE)))
