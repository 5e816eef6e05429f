"""Following and muting people, watching tags, as a browser does it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from urllib.parse import quote

import pytest
import time_machine
from sqlalchemy import event
from webtest import TestResponse

from feedsite.accounts.models import HandleHistory, Person
from feedsite.db import counting_statements, engine_of, utcnow
from feedsite.feeds import Entity, Manager
from feedsite.feeds.aggregators import NotificationAggregator
from feedsite.graph.services import GraphService
from feedsite.posts.services import NoteService

from tests.site import Browser, Site


@pytest.fixture
def ana(site: Site) -> Person:
    return site.person("ana", name="Ana Reyes")


@pytest.fixture
def bo(site: Site) -> Person:
    return site.person("bo")


def entity(person: Person) -> Entity:
    return Entity("person", person.id)


def links(site: Site, holder: Person, kind: str) -> set[str]:
    """What somebody follows, watches or mutes, without themselves."""
    with site.transaction() as request:
        found = request.find_service(Manager).following(entity(holder), kinds=(kind,))
        return {row.entity.key for row in found.links}


def follows_told(site: Site, person: Person) -> int:
    """How many acts of following somebody's notifications tell of."""
    with site.transaction() as request:
        page = request.find_service(Manager).get_page(NotificationAggregator(entity(person)))
        return sum(group.total for group in page.groups if group.item.verb == "follow")


def button(page: TestResponse, name: str) -> dict[str, str]:
    """Where the form of a profile's button leads, its text and its accessible name."""
    found = page.html.select_one(f".profile button.{name}")
    assert found is not None
    url = found.get("formaction") or found.find_parent("form")["action"]
    return {"url": url, "text": found.get_text(strip=True), "label": found.get("aria-label", "")}


def test_following_is_a_link_and_an_act(site: Site, ana: Person, bo: Person) -> None:
    browser = site.browser(bo)
    assert button(browser.get("/@ana"), "follow") == {
        "url": "/@ana/follow",
        "text": "Follow",
        "label": "Follow Ana Reyes",
    }
    answer = browser.submit("/@ana/follow", {"next": "/explore#act-1"})
    assert (answer.status_int, answer.location) == (303, "http://localhost/explore#act-1")
    assert links(site, bo, "follow") == {ana.key}
    assert follows_told(site, ana) == 1
    assert button(browser.get("/@ana"), "follow") == {
        "url": "/@ana/unfollow",
        "text": "Following",
        "label": "Following Ana Reyes: stop following",
    }
    assert browser.submit("/@ana/unfollow").location == "http://localhost/@ana"
    assert links(site, bo, "follow") == set()
    assert follows_told(site, ana) == 0


def test_home_changes_with_the_next_page(site: Site, ana: Person, bo: Person) -> None:
    with site.transaction() as request:
        request.find_service(NoteService).write(ana.id, "A morning of long ago.")
    browser = site.browser(bo)
    for act, expected in (("follow", True), ("unfollow", False), ("follow", True)):
        browser.submit(f"/@ana/{act}")
        assert ("A morning of long ago." in browser.get("/home").text) == expected


def test_a_follow_pressed_twenty_times_at_once_is_one(site: Site, ana: Person, bo: Person) -> None:
    browsers = [site.browser(bo) for _ in range(8)]
    tokens = [browser.csrf_token() for browser in browsers]

    def press(n: int) -> int:
        return browsers[n % 8].post("/@ana/follow", {"csrf_token": tokens[n % 8]}).status_int

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(press, range(20))) == {303}
    with site.transaction() as request:
        assert request.find_service(Manager).count_followers(entity(ana)) == 1
    assert follows_told(site, ana) == 1


def test_twenty_follows_and_unfollows_at_once_leave_one_truth(site: Site, ana: Person, bo: Person) -> None:
    """Link and act say the same, whoever was last."""
    browsers = [site.browser(bo) for _ in range(8)]
    tokens = [browser.csrf_token() for browser in browsers]

    def press(n: int) -> int:
        act = "follow" if n % 2 else "unfollow"
        return browsers[n % 8].post(f"/@ana/{act}", {"csrf_token": tokens[n % 8]}).status_int

    refused: list[str] = []
    event.listen(engine_of(site.registry), "handle_error", lambda error: refused.append(str(error.original_exception)))
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(press, range(20))) == {303}
    assert refused == [], "they wait for each other in one order: nobody has to be tried again"
    with site.transaction() as request:
        feeds = request.find_service(Manager)
        linked = feeds.count_followers(entity(ana)) == 1
        assert (feeds.performed("follow", entity(bo), [entity(ana)]) == {ana.key}) == linked


def test_two_who_block_each_other_at_once_wait_in_no_circle(site: Site, ana: Person, bo: Person) -> None:
    def block(one: Person, other: Person, together: Barrier) -> bool:
        together.wait(10)
        with site.transaction() as request:
            return request.find_service(GraphService).block(one.id, other)

    refused: list[str] = []
    event.listen(engine_of(site.registry), "handle_error", lambda error: refused.append(str(error.original_exception)))
    for _ in range(5):
        with site.transaction() as request:
            graph = request.find_service(GraphService)
            for one, other in ((ana, bo), (bo, ana)):
                graph.unblock(one.id, other)
            for one, other in ((ana, bo), (bo, ana)):
                graph.follow(one.id, other)
        with ThreadPoolExecutor(2) as pool:
            together = Barrier(2)
            done = [pool.submit(block, one, other, together) for one, other in ((ana, bo), (bo, ana))]
            assert [one.result() for one in done] == [True, True]
    assert refused == []


def test_following_again_within_a_day_tells_nothing_new(site: Site, ana: Person, bo: Person) -> None:
    graph = {"follow": GraphService.follow, "unfollow": GraphService.unfollow}

    def firsts(*acts: str) -> list[int]:
        with site.transaction() as request:
            for act in acts:
                graph[act](request.find_service(GraphService), bo.id, ana)
        with site.transaction() as request:
            page = request.find_service(Manager).get_page(NotificationAggregator(entity(ana)))
            return [item.newness.position for group in page.groups for item in group.items]

    first = firsts("follow")
    assert firsts("unfollow", "follow") == first
    assert len(first) == 1


@pytest.mark.parametrize("act", ["follow", "unfollow", "mute"])
def test_oneself_is_refused(site: Site, ana: Person, act: str) -> None:
    browser = site.browser(ana)
    answer = browser.submit(f"/@ana/{act}", expect_errors=True)
    assert answer.status_int == 403
    assert "yourself" in answer.text or "your own notes" in answer.text
    page = browser.get("/@ana").html
    assert page.select(".profile button") == []
    with site.transaction() as request:
        own = request.find_service(Manager).linked(entity(ana), [entity(ana)])
        assert [row.kind for row in own] == ["follow"], "what brings one's own notes home is still there"


def test_nobody_is_not_found(site: Site, ana: Person) -> None:
    browser = site.browser(ana)
    for act in ("follow", "unfollow", "mute", "unmute"):
        answer = browser.submit(f"/@nobody/{act}", expect_errors=True)
        assert answer.status_int == 404
        assert "Nobody has this handle." in answer.text


def test_the_suspended_are_not_followed_anew_but_can_be_left(site: Site, ana: Person, bo: Person) -> None:
    browser = site.browser(bo)
    browser.submit("/@ana/follow")
    with site.transaction() as request:
        request.dbsession.get(Person, ana.id).state = "suspended"
    chidi = site.browser(site.person("chidi"))
    answer = chidi.submit("/@ana/follow", expect_errors=True)
    assert answer.status_int == 403
    assert "This account is suspended" in answer.text
    assert browser.submit("/@ana/unfollow").status_int == 303
    assert links(site, bo, "follow") == set()


def test_a_former_handle_leads_to_who_had_it(site: Site, ana: Person, bo: Person) -> None:
    with site.transaction() as request:
        request.dbsession.get(Person, ana.id).handle = "ana_reyes"
        request.dbsession.add(HandleHistory(handle="ana", person_id=ana.id, until=utcnow() + timedelta(days=9)))
    answer = site.browser(bo).submit("/@ana/follow")
    assert answer.location == "http://localhost/@ana_reyes"
    assert links(site, bo, "follow") == {ana.key}


def test_muting_is_said_and_taken_back(site: Site, ana: Person, bo: Person) -> None:
    browser = site.browser(bo)
    assert button(browser.get("/@ana"), "mute")["text"] == "Mute Ana Reyes"
    for _ in range(2):
        answer = browser.submit("/@ana/mute")
    page = browser.get(answer.location)
    assert "You see nothing more of Ana Reyes." in page.text
    assert page.html.select_one(".profile .tagged").get_text(strip=True) == "Muted"
    assert button(page, "mute") == {"url": "/@ana/unmute", "text": "Unmute Ana Reyes", "label": ""}
    assert links(site, bo, "mute") == {ana.key}
    browser.submit("/@ana/unmute")
    assert links(site, bo, "mute") == set()


def test_a_tag_is_watched_under_its_one_name(site: Site, ana: Person, bo: Person) -> None:
    browser = site.browser(bo)
    for written in ("Straße", "STRASSE", "strasse"):
        assert browser.submit(f"/tags/{quote(written)}/watch").location == "http://localhost/tags/strasse"
    assert links(site, bo, "watch") == {"tag:strasse"}
    with site.transaction() as request:
        request.find_service(NoteService).write(ana.id, "On the #Straße.")
    assert "On the" in browser.get("/home").text
    browser.submit("/tags/strasse/unwatch")
    assert "On the" not in browser.get("/home").text
    for wrong in ("a-b", "123", "x" * 65, "a%20b"):
        assert browser.submit(f"/tags/{wrong}/watch", expect_errors=True).status_int == 404


def test_who_follows_very_fast_waits(site: Site, ana: Person, bo: Person) -> None:
    browser = site.browser(bo)
    token = browser.csrf_token()
    with time_machine.travel(utcnow().replace(second=1), tick=True):
        answers = [
            browser.post("/@ana/follow", {"csrf_token": token}, expect_errors=True).status_int for _ in range(61)
        ]
    assert answers == [303] * 60 + [429]


def test_a_list_of_people_costs_the_same_however_long(site: Site, ana: Person, bo: Person) -> None:
    people = [site.person() for _ in range(12)]

    def follow(person: Person) -> None:
        with site.transaction() as request:
            request.find_service(GraphService).follow(person.id, ana)

    def statements(browser: Browser) -> int:
        with counting_statements() as count:
            browser.get("/@ana/followers")
        return len(count)

    browser = site.browser(bo)
    follow(people[0])
    one = statements(browser)
    for person in people[1:]:
        follow(person)
    assert statements(browser) == one
    assert len(browser.get("/@ana/followers").html.select(".people form.follow")) == 12
