"""Private feeds: read with no cookie by whoever has the address, until its owner ends it."""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from sqlalchemy import select
from webtest import TestResponse

from feedsite.db import utcnow
from feedsite.feedsout.models import FeedToken
from feedsite.feedsout.services import MOST
from feedsite.moderation.services import OPERATOR, ModerationService

from tests.functional.feedsout.schemas import check_atom, check_json_feed
from tests.functional.feedsout.test_public_feeds import acts_in, anchors
from tests.functional.timelines.world import World, faults_of_html, main_of, plain
from tests.site import Browser, Site, form_with

NEW = "/settings/feeds"


def make(browser: Browser, feed: str = "home", name: str = "Reader") -> TestResponse:
    form = form_with(browser.get(NEW), "name")
    form["feed"], form["name"] = feed, name
    return form.submit(expect_errors=True)


def paths_on(page: TestResponse) -> dict[str, str]:
    """The addresses that a page shows, as paths, by their ending."""
    found = [urlsplit(plain(code)).path for code in page.html.select(".codes code")]
    return {path.rpartition(".")[2]: path for path in found}


def a_feed(world: World, handle: str, feed: str = "home") -> dict[str, str]:
    """The paths of a new private feed of somebody, by their ending."""
    return paths_on(make(world.browser(handle), feed))


def titles(world: World, path: str) -> list[str]:
    """What a private feed has, read with no cookie."""
    answer = world.site.browser().get(path)
    if path.endswith(".atom"):
        return [entry.title for entry in check_atom(answer.body).entries]
    check_json_feed(answer.json)
    return [item["title"] for item in answer.json["items"]]


@pytest.fixture
def village(world: World) -> World:
    """Ana follows Bo and Cy; Bo wrote to her, for followers only, and liked what she wrote."""
    world.follow("ana", "bo", "cy")
    mine = world.write("ana", "Mine")
    world.write("bo", "For my followers", visibility="followers")
    world.write("cy", "Soup")
    world.write("bo", "Hello @ana")
    world.like(mine, "bo", "cy")
    return world


# -- the page


def test_a_feed_is_made_shown_once_and_listed(village: World) -> None:
    browser = village.browser("ana")
    page = make(browser, "notifications", "The telephone")
    assert page.status_int == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert faults_of_html(page) == []
    paths = paths_on(page)
    assert set(paths) == {"atom", "json"}
    assert all(path.startswith("/feeds/") for path in paths.values())
    again = browser.get(NEW)
    assert paths["atom"].removesuffix(".atom") not in again.text
    assert again.headers["Cache-Control"] == "no-store"
    (row,) = main_of(again).select(".person")
    assert "The telephone" in plain(row)
    assert "Your notifications" in plain(row)
    assert "Never read so far" in plain(row)
    village.site.browser().get(paths["atom"])
    assert "Last read" in plain(main_of(browser.get(NEW)).select_one(".person"))


@pytest.mark.parametrize(
    ("feed", "name", "sentence"),
    [
        ("home", "", "Please fill this in."),
        ("home", "x" * 61, "A name of a feed has at most 60 characters."),
        ("home", "two\x85lines", "A name has no line breaks"),
        ("everything", "Reader", "Not a valid choice"),
    ],
)
def test_a_form_that_is_wrong_says_what(world: World, feed: str, name: str, sentence: str) -> None:
    browser = world.browser("ana")
    answer = browser.submit(NEW, {"feed": feed, "name": name}, expect_errors=True)
    assert answer.status_int == 422
    assert sentence in answer.text
    assert main_of(answer).select(".person") == []


def test_nobody_has_more_than_they_can_look_through(world: World) -> None:
    browser = world.browser("ana")
    token = browser.csrf_token()
    values = {"csrf_token": token, "feed": "home", "name": "Reader"}
    assert {browser.post(NEW, values).status_int for _ in range(MOST)} == {200}
    refused = browser.post(NEW, values, expect_errors=True)
    assert refused.status_int == 422
    assert "You have as many private feeds as one may have." in refused.text


def test_the_password_is_asked_for_again_before_one_is_made(world: World) -> None:
    browser = world.browser("ana")
    token = browser.csrf_token()
    with time_machine.travel(utcnow() + timedelta(hours=1), tick=True):
        answer = browser.post(NEW, {"csrf_token": token, "feed": "home", "name": "Reader"})
    assert answer.location == "http://localhost/settings/confirm?next=%2Fsettings%2Ffeeds"


# -- what they have


def test_home_has_what_the_page_has(village: World) -> None:
    paths, stranger = a_feed(village, "ana"), village.site.browser()
    shown = anchors(village.browser("ana").get("/home"))
    atom, json = check_atom(stranger.get(paths["atom"]).body), stranger.get(paths["json"]).json
    assert acts_in([entry.id for entry in atom.entries]) == acts_in([item["id"] for item in json["items"]]) == shown
    assert {"Hello @ana", "Soup", "For my followers", "Mine"} <= {item["title"] for item in json["items"]}


@pytest.mark.parametrize("ending", ["atom", "json"])
def test_notifications_are_those_of_the_page_and_none_is_seen_by_it(village: World, ending: str) -> None:
    paths, browser = a_feed(village, "ana", "notifications"), village.browser("ana")
    found = titles(village, paths[ending])
    assert found == ["Cy and Bo liked your note", "Bo mentioned you in a note"]
    assert plain(browser.get("/about").html.select_one(".top .count")) == "2"
    page = main_of(browser.get("/notifications"))
    assert [plain(heading) for heading in page.select("article.item .h")] == found


def test_an_entry_of_a_notification_keeps_its_id_when_it_grows(village: World) -> None:
    path = a_feed(village, "ana", "notifications")["atom"]
    before = check_atom(village.site.browser().get(path).body).entries[0]
    mine = village.write("ana", "Another")
    village.like(mine, "cy")
    first = check_atom(village.site.browser().get(path).body).entries[0]
    village.like(mine, "bo")
    grown = check_atom(village.site.browser().get(path).body).entries[0]
    assert first.id == grown.id != before.id
    assert grown.title == "Bo and Cy liked your note"
    assert grown.updated > first.updated


@pytest.mark.parametrize(("feed", "verb"), [("home", "block"), ("notifications", "mute")])
def test_mute_and_block_subtract_from_them(village: World, feed: str, verb: str) -> None:
    paths = a_feed(village, "ana", feed)
    before = village.site.browser().get(paths["json"])
    village.browser("ana").submit(f"/@bo/{verb}")
    after = village.site.browser().get(paths["json"], headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_int == 200
    own = [item for item in after.json["items"] if item["authors"][0]["name"] == "Ana"]
    others = [item for item in after.json["items"] if item not in own]
    assert "Bo" in before.text
    assert all("Bo" not in item["title"] and "Hello" not in item["content_html"] for item in others)


def test_one_s_own_act_stays_without_what_one_may_not_see_any_more(village: World) -> None:
    village.like(village.write("bo", "Zwieback"), "ana")
    path = a_feed(village, "ana")["json"]
    assert "Zwieback" in village.site.browser().get(path)
    village.mute("ana", "bo")
    answer = village.site.browser().get(path)
    assert "Ana liked" in answer
    assert "Zwieback" not in answer


def test_a_feed_opens_one_list_and_nothing_else(village: World) -> None:
    """The token is no login: no page takes it, nothing can be sent with it, and cookies say nothing to the feed."""
    path = a_feed(village, "ana")["atom"]
    stranger = village.site.browser()
    answer = stranger.get(path)
    assert "Set-Cookie" not in answer.headers
    assert stranger.get("/home").location.startswith("http://localhost/login")
    assert village.browser("bo").get(path).body == answer.body
    assert stranger.post(path, expect_errors=True).status_int in (400, 405)


def test_pages_of_a_private_feed_follow_one_another(world: World) -> None:
    world.follow("ana", "bo")
    world.write_many("bo", 45)
    path, browser, found = a_feed(world, "ana")["json"], world.site.browser(), []
    following: str | None = path
    while following is not None:
        page = browser.get(following).json
        found.append([item["id"] for item in page["items"]])
        following = page.get("next_url")
    assert [len(ids) for ids in found] == [20, 20, 6]
    assert len({one for ids in found for one in ids}) == 46
    cursor = browser.get(path).json["next_url"].partition("?")[2]
    other = a_feed(world, "bo")["json"]
    assert browser.get(f"{other}?{cursor}", expect_errors=True).status_int == 400


# -- how they are kept


def test_answers_are_for_their_reader_alone(village: World) -> None:
    path, browser = a_feed(village, "ana")["atom"], village.site.browser()
    answer = browser.get(path)
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    again = browser.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_int == 304
    assert again.headers["Cache-Control"] == "private, no-cache"


def test_the_database_holds_no_token(village: World) -> None:
    path = a_feed(village, "ana")["atom"]
    token = path.removeprefix("/feeds/").removesuffix(".atom")
    with village.site.transaction() as request:
        (row,) = request.dbsession.scalars(select(FeedToken))
        assert row.id == hashlib.sha256(token.encode()).hexdigest()
        assert token not in repr(vars(row))


def test_no_token_is_in_a_log(village: World, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        path = a_feed(village, "ana")["atom"]
        token = path.removeprefix("/feeds/").removesuffix(".atom")
        browser = village.site.browser()
        browser.get(path)
        browser.get(f"{path}?cursor=wrong", expect_errors=True)
        browser.get(path.replace(".atom", ".rss"), expect_errors=True)
        browser.post(path, expect_errors=True)
        village.browser("ana").submit("/settings/feeds/revoke", {"feed": hashlib.sha256(token.encode()).hexdigest()})
        assert browser.get(path, expect_errors=True).status_int == 410
    assert "route=feedsout.private" in caplog.text
    assert token not in caplog.text


def test_one_is_ended_and_the_others_go_on(village: World) -> None:
    browser = village.browser("ana")
    gone, kept = a_feed(village, "ana"), a_feed(village, "ana", "notifications")
    (button,) = [
        button
        for button in browser.get(NEW).html.select("button[name=feed]")
        if "Your home" in plain(button.parent.parent)
    ]
    assert village.browser("bo").submit("/settings/feeds/revoke", {"feed": button["value"]}).status_int == 303
    assert village.site.browser().get(gone["atom"]).status_int == 200, "another one's form ends nothing"
    page = browser.submit("/settings/feeds/revoke", {"feed": button["value"]}).follow()
    assert "This feed is ended." in page
    stranger = village.site.browser()
    for path in gone.values():
        assert stranger.get(path, expect_errors=True).status_int == 410
    assert stranger.get(kept["atom"]).status_int == 200
    again = browser.submit("/settings/feeds/revoke", {"feed": button["value"]}).follow()
    assert "This feed was ended already." in again


def test_suspending_somebody_ends_their_feeds_for_good(village: World) -> None:
    path, ana = a_feed(village, "ana")["atom"], village.person("ana")
    stranger = village.site.browser()
    for act, status in (("suspend", 404), ("reinstate", 410)):
        with village.site.transaction() as request:
            getattr(request.find_service(ModerationService), act)(OPERATOR, ana.id, "Because")
        assert stranger.get(path, expect_errors=True).status_int == status


def test_feeds_end_with_the_account(village: World) -> None:
    path, ana = a_feed(village, "ana")["atom"], village.person("ana")
    with village.site.transaction() as request:
        columns = FeedToken.__table__.columns
        (key,) = columns["person_id"].foreign_keys
        assert key.ondelete == "CASCADE"
        row = request.dbsession.scalars(select(FeedToken).where(FeedToken.person_id == ana.id)).one()
        request.dbsession.delete(row)
    assert village.site.browser().get(path, expect_errors=True).status_int == 404


def test_an_address_that_was_ended_is_forgotten_at_last(village: World) -> None:
    path, browser = a_feed(village, "ana")["atom"], village.browser("ana")
    value = browser.get(NEW).html.select_one("button[name=feed]")["value"]
    browser.submit("/settings/feeds/revoke", {"feed": value})
    with time_machine.travel(utcnow() + timedelta(days=91), tick=True):
        make(village.browser("ana"))
        assert village.site.browser().get(path, expect_errors=True).status_int == 404


def test_a_reader_that_asks_too_often_waits_and_the_others_do_not(sqlite_url: str) -> None:
    site = Site(sqlite_url, throttle_feed="3 per minute")
    try:
        site.wipe()
        world = World(site)
        mine, other = a_feed(world, "ana")["atom"], a_feed(world, "bo")["atom"]
        answers = [site.browser().get(mine, expect_errors=True) for _ in range(4)]
        assert [answer.status_int for answer in answers] == [200, 200, 200, 429]
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
        assert site.browser().get(other).status_int == 200
    finally:
        site.close()


def test_what_nobody_made_opens_nothing(site: Site) -> None:
    for token in ("x", "x" * 43, "x" * 128, "x" * 200):
        assert site.browser().get(f"/feeds/{token}.atom", expect_errors=True).status_int == 404
