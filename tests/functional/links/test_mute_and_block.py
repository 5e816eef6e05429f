"""What mute and block do: the table of /help/mute-block, opened page by page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from feedsite.feeds import Entity, Manager
from feedsite.graph.services import GraphService

from tests.functional.timelines.world import World, faults_of_html, form_to, headings, main_of, plain, texts
from tests.site import Browser

SECRET = "zwieback"


@pytest.fixture
def village(world: World) -> World:
    """Ana follows Bo and Cy; everything that Bo did says so, on every page there is."""
    world.follow("ana", "bo", "cy")
    world.follow("bo", "ana")
    world.watch_tag("ana", "bread")
    mine, other = world.write("ana", "Mine #bread"), world.write("cy", "Soup #bread")
    theirs = world.write("bo", f"{SECRET} #bread @ana")
    world.like(mine, "bo")
    world.share(mine, "bo")
    world.reply("bo", mine, f"{SECRET} for you")
    world.like(other, "bo")
    world.share(theirs, "cy")
    world.browser("ana").submit(f"/notes/{theirs.id}/bookmark")
    world.notes = {"mine": mine, "theirs": theirs, "other": other}  # type: ignore[attr-defined]
    return world


def pages_of(world: World) -> list[str]:
    """Every page of ana's that could show what Bo did."""
    mine = world.notes["mine"]  # type: ignore[attr-defined]
    now = datetime.now(UTC)
    return [
        "/home",
        "/home?new=1",
        "/home/objects",
        "/archive",
        f"/archive/{now.year}",
        f"/archive/{now.year}/{now.month}",
        "/explore",
        "/tags/bread",
        "/@ana",
        "/@bo",
        "/@cy",
        f"/@ana/{mine.id}",
        f"/search?q={SECRET}&tab=notes",
        "/search?q=%23bread",
        "/bookmarks",
        "/notifications",
        *(f"/notifications?tab={tab}" for tab in ("mentions", "watching", "saved", "done")),
    ]


def traces(browser: Browser, path: str) -> list[str]:
    """What a page says of Bo's doings: cards of theirs, their words, sentences with their name."""
    page = browser.get(path)
    # One's own acts are never taken away: that Ana follows Bo is among them.
    said = [sentence for sentence in headings(page) if "Bo" in sentence and not sentence.startswith("Ana ")]
    beside = [plain(line) for line in page.html.select(".pane li") if "Bo" in plain(line)]
    return [*said, *beside, *([SECRET] if SECRET in plain(page.html.body) else [])]


def counts(browser: Browser, path: str) -> set[str]:
    """The figures of likes, shares and replies on a page."""
    bar = ".act.like, .act.share, .act.reply"
    return {plain(figure) for figure in main_of(browser.get(path)).select(bar)} - {""}


def test_before_anything_is_said_the_pages_have_it(village: World) -> None:
    """The test below would see nothing, and say so, if these pages showed nothing of Bo."""
    browser = village.browser("ana")
    empty = {"/notifications?tab=saved", "/notifications?tab=done", "/archive"}
    assert [path for path in pages_of(village) if path not in empty and not traces(browser, path)] == []


@pytest.mark.parametrize("who", ["ana mutes bo", "ana blocks bo", "bo blocks ana"])
def test_nothing_is_left_on_any_page_and_in_any_count(village: World, who: str) -> None:
    holder, verb, end = who.split()
    village.browser(holder).submit(f"/@{end}/{verb.removesuffix('s')}")
    browser = village.browser("ana")
    assert {path: traces(browser, path) for path in pages_of(village)} == {key: [] for key in pages_of(village)}
    mine, other = (village.notes[name] for name in ("mine", "other"))  # type: ignore[attr-defined]
    assert counts(browser, f"/@ana/{mine.id}") == counts(browser, f"/@cy/{other.id}") == set()
    assert browser.get("/about").html.select(".top .count") == []


def test_a_muted_person_can_do_what_they_did(village: World) -> None:
    village.browser("ana").submit("/@bo/mute")
    mine = village.notes["mine"]  # type: ignore[attr-defined]
    other = village.browser("bo")
    assert texts(other.get(f"/@ana/{mine.id}"))[0] == "Mine #bread"
    assert other.submit(f"/notes/{mine.id}/reply", {"text": "Still here"}).status_int == 303
    assert "Bo" in [plain(name) for name in main_of(village.browser("ana").get("/@ana/followers")).select(".h")]


@pytest.mark.parametrize("blocker", ["ana", "bo"])
def test_a_block_ends_following_and_lists_and_forbids_more(village: World, blocker: str) -> None:
    blocked = "bo" if blocker == "ana" else "ana"
    assert village.browser(blocker).submit(f"/@{blocked}/block").status_int == 303
    mine = village.notes["mine"]  # type: ignore[attr-defined]
    other = village.browser("bo")
    for path in ("/@ana/followers", "/@ana/following"):
        names = [plain(name) for name in main_of(village.browser("ana").get(path)).select(".people .h")]
        assert "Bo" not in names
    assert other.get(f"/@ana/{mine.id}", expect_errors=True).status_int == 404
    for path in (f"/notes/{mine.id}/like", f"/notes/{mine.id}/reply"):
        assert other.submit(path, {"text": "x"}, expect_errors=True).status_int == 404
    assert other.submit("/@ana/follow", expect_errors=True).status_int == 403
    assert village.browser("ana").submit("/@bo/follow", expect_errors=True).status_int == 403
    assert main_of(other.get("/@ana")).select("article.item") == []
    assert texts(village.site.browser().get("/@ana"))[-1] == "Mine #bread", "what is public is public"


def test_a_block_is_taken_back_and_nobody_follows_by_themselves(village: World) -> None:
    browser = village.browser("ana")
    browser.submit("/@bo/block")
    page = browser.get("/@bo")
    assert plain(main_of(page).select_one(".tagged")) == "Blocked"
    assert main_of(page).select(".follow button") == []
    browser.submit("/@bo/unblock")
    assert plain(main_of(browser.get("/@bo")).select_one(".follow button")) == "Follow"
    assert len(texts(browser.get("/@bo"))) > 0


def test_hidden_shares_are_those_of_one_person_alone(world: World) -> None:
    world.follow("ana", "bo", "cy")
    note = world.write("di", "Jam")
    own = world.write("bo", "Bread")
    world.share(note, "bo")
    world.share(own, "cy")
    browser = world.browser("ana")
    browser.submit("/@bo/hide-shares")
    assert headings(browser.get("/home"))[:2] == ["Cy shared a note by Bo", "Bo @bo"]
    browser.submit("/@bo/show-shares")
    assert "Bo shared a note by Di" in headings(browser.get("/home"))


def test_a_removed_follower_is_none_and_may_follow_again(world: World) -> None:
    world.follow("bo", "ana")
    browser = world.browser("ana")
    browser.submit("/@bo/remove-follower")
    assert main_of(browser.get("/@ana/followers")).select(".people li") == []
    assert world.browser("bo").submit("/@ana/follow").status_int == 303


# -- the page of mutes


def mute(browser: Browser, name: str, term: str = ""):
    form = form_to(browser.get("/settings/mutes"), "/settings/mutes")
    form["name"], form["term"] = name, term
    return form.submit(expect_errors=True)


def listed(browser: Browser) -> list[str]:
    page = browser.get("/settings/mutes")
    assert faults_of_html(page) == []
    return [plain(row.select_one(".what b, .what a")) for row in main_of(page).select(".link-list li")]


def test_a_muted_word_is_nowhere_until_it_is_unmuted(world: World) -> None:
    world.follow("ana", "bo")
    world.write("bo", f"Fresh {SECRET.upper()} today")
    world.write("bo", "Nothing else")
    browser = world.browser("ana")
    assert mute(browser, SECRET.capitalize()).status_int == 303
    for path in ("/home", "/@bo", "/explore"):
        assert texts(browser.get(path))[:1] == ["Nothing else"]
    assert listed(browser) == [SECRET]
    browser.submit("/settings/mutes/change", {"unmute": f"word:{SECRET}"})
    assert len(texts(browser.get("/@bo"))) == 2
    assert listed(browser) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [("@nobody", "Nobody has this handle."), ("two words", "Enter one word"), ("  ", "Enter one word")],
)
def test_what_cannot_be_muted_is_refused_with_its_reason(world: World, name: str, said: str) -> None:
    answer = mute(world.browser("ana"), name)
    assert answer.status_int == 422
    assert said in plain(main_of(answer).select_one(".error"))
    assert mute(world.browser("ana"), "@ana").status_int == 422
    assert world.browser("ana").submit("/settings/mutes", {"name": "x", "term": "year"}, status=400)


def test_a_mute_for_a_time_ends_by_itself_and_can_be_changed(world: World) -> None:
    world.follow("ana", "bo")
    world.write("bo", "Bread")
    browser = world.browser("ana")
    mute(browser, "@bo", "hour")
    assert texts(browser.get("/home")) == []
    assert "until" in plain(main_of(browser.get("/settings/mutes")).select_one(".link-list li"))
    until = end_of(world, "bo")
    assert until is not None
    assert timedelta(minutes=59) < until - datetime.now(UTC) <= timedelta(hours=1)
    browser.submit("/settings/mutes/change", {"set": f"person:{world.person('bo').id}", "term": "week"})
    later = end_of(world, "bo")
    assert later is not None
    assert later - until > timedelta(days=6)
    browser.submit("/settings/mutes/change", {"set": f"person:{world.person('bo').id}", "term": ""})
    assert end_of(world, "bo") is None


def end_of(world: World, handle: str) -> datetime | None:
    with world.site.transaction() as request:
        me = Entity("person", world.person("ana").id)
        row = request.find_service(Manager).linked(me, [Entity("person", world.person(handle).id)], kinds=("mute",))[0]
        return None if row.until is None else datetime.fromtimestamp(row.until / 1000, UTC)


def test_a_mute_that_has_ended_hides_nothing(world: World) -> None:
    world.follow("ana", "bo")
    world.write("bo", "Bread")
    with world.site.transaction() as request:
        bo = Entity("person", world.person("bo").id)
        past = datetime.now(UTC) - timedelta(seconds=1)
        request.find_service(GraphService).mute(world.person("ana").id, bo, past)
    browser = world.browser("ana")
    assert texts(browser.get("/home")) == ["Bread"]
    assert listed(browser) == []


def test_threads_and_blocks_are_listed_and_taken_back_here(world: World) -> None:
    note = world.write("bo", "A long story")
    browser = world.browser("ana")
    browser.submit(f"/notes/{note.id}/mute")
    world.person("cy")
    browser.submit("/@cy/block")
    assert listed(browser) == ["Cy", "A thread by Bo"], "a muted thread's text is not shown"
    for key in (f"note:{note.id}", f"person:{world.person('cy').id}"):
        browser.submit("/settings/mutes/change", {"unmute": key})
    assert listed(browser) == []


def test_the_table_is_for_everybody(world: World) -> None:
    assert faults_of_html(world.site.browser().get("/help/mute-block")) == []
