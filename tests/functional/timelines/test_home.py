"""Home: what is on it, in which order, in pages, up to where it was read, and why it is empty."""

from __future__ import annotations

import pytest

from feedsite.feeds import Entity

from tests.functional.timelines.world import World, form_to, headings, link, main_of, pages, plain, texts


def test_the_front_page_says_what_this_is_and_shows_public_notes(world: World) -> None:
    world.write("bo", "For everybody")
    world.write("bo", "For followers", visibility="followers")
    page = world.site.browser().get("/")
    assert link(page, "Join") == "/join"
    assert link(page, "Sign in") == "/login"
    assert texts(page) == ["For everybody"]


def test_who_is_signed_in_goes_home(world: World) -> None:
    answer = world.browser("ana").get("/")
    assert (answer.status_int, answer.location) == (303, "http://localhost/home")


def test_home_has_what_the_reader_follows_watches_and_wrote_newest_first(world: World) -> None:
    world.write("bo", "Before the follow")
    world.write("cy", "Under a tag #maps")
    world.write("di", "From nobody the reader follows")
    world.follow("ana", "bo")
    world.watch_tag("ana", "maps")
    world.write("cy", "Under the tag since #maps")
    world.write("ana", "My own")
    page = world.browser("ana").get("/home")
    notes = [text for text in texts(page) if text]
    assert notes == ["My own", "Under the tag since #maps", "Under a tag #maps", "Before the follow"]


def test_every_item_says_why_it_is_there(world: World) -> None:
    world.follow("ana", "bo")
    world.watch_tag("ana", "maps")
    world.write("bo", "A plain note")
    world.write("cy", "With a #maps")
    reasons = [plain(reason) for reason in main_of(world.browser("ana").get("/home")).select(".why")]
    assert reasons == ["Because you watch #maps.", "Because you follow Bo.", "Because it is your own."]


def test_pages_have_twenty_items_each_once(world: World) -> None:
    world.person("ana")
    world.follow("ana", "bo")
    world.write_many("bo", 49)
    read = [texts(page) for page in pages(world.browser("ana"), "/home")]
    assert [len(page) for page in read] == [20, 20, 9]
    assert [text for page in read for text in page] == [f"Note {number}" for number in reversed(range(49))]


def test_what_arrives_while_one_pages_moves_nothing(world: World) -> None:
    world.write_many("ana", 30)
    browser, read = world.browser("ana"), []
    for page in pages(browser, "/home"):
        read += texts(page)
        world.write("ana", "Meanwhile")
    assert read == [f"Note {number}" for number in reversed(range(30))]


def test_a_last_page_that_is_exactly_full_has_no_older_link(world: World) -> None:
    world.write_many("ana", 40)
    first, last = pages(world.browser("ana"), "/home")
    assert len(texts(last)) == 20
    assert link(last, "Older") is None
    assert link(last, "Newer") is not None
    assert link(first, "Newer") is None
    back = world.browser("ana").get(link(last, "Newer"))
    assert texts(back) == texts(first)


@pytest.mark.parametrize(
    "path", ["/home", "/home/objects", "/home/days", "/explore", "/@ana", "/notifications", "/tags/maps"]
)
def test_a_tampered_cursor_is_a_400_page_with_a_way_to_the_first(world: World, path: str) -> None:
    world.write_many("ana", 25, "Note {} #maps")
    browser = world.browser("ana")
    good = link(browser.get("/home"), "Older").split("cursor=")[1]
    for cursor in (
        "x",
        "",
        good[:-2],
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        "%00",
        "%C3%A9",
        good + "=" * 7000,
    ):
        answer = browser.get(f"{path}?cursor={cursor}", expect_errors=True)
        if cursor == "":
            assert answer.status_int == 200
            continue
        assert answer.status_int == 400, (path, cursor)
        if cursor != "%00":
            assert link(answer, "Go to the first page") == path


def test_a_foreign_cursor_is_a_400_page(world: World) -> None:
    world.follow("bo", "ana")
    world.write_many("ana", 25)
    cursor = link(world.browser("ana").get("/home"), "Older").removeprefix("/home")
    for browser, path in (
        (world.browser("bo"), "/home"),
        (world.browser("ana"), "/explore"),
        (world.browser("ana"), "/@ana"),
    ):
        assert browser.get(path + cursor, expect_errors=True).status_int == 400
    assert world.browser("ana").get("/home" + cursor).status_int == 200


# -- empty states


def test_who_follows_nothing_is_told_so(world: World) -> None:
    page = world.browser("ana").get("/home")
    assert "You follow nothing yet" in page.text
    assert link(page, "Find people and tags") == "/explore"


def test_who_follows_somebody_silent_is_told_so(world: World) -> None:
    world.person("ana")
    world.watch_tag("ana", "maps")
    page = world.browser("ana").get("/home")
    assert "Nothing here yet" in page.text
    assert link(page, "What you follow") == "/@ana/following"


def test_a_filter_that_hides_everything_says_so(world: World) -> None:
    world.follow("ana", "bo")
    world.write("bo")
    browser = world.browser("ana")
    form_to(browser.get("/home"), "/home/read").submit()
    page = browser.get("/home?new=1")
    assert "Nothing behind this filter" in page.text
    assert link(page, "Show all") == "/home"
    assert "You follow nothing yet" in world.browser("cy").get("/home?new=1").text


# -- the mark


def test_the_divider_stands_where_the_reader_stopped(world: World) -> None:
    world.follow("ana", "bo")
    world.write_many("bo", 3, "Old {}")
    browser = world.browser("ana")
    page = browser.get("/home")
    assert not page.html.select(".divider"), "nothing was read before"
    form_to(page, "/home/read").submit()
    page = browser.get("/home")
    assert not page.html.select(".divider"), "nothing is new"
    assert link(page, "2 new") is None
    world.write_many("bo", 2, "New {}")
    page = browser.get("/home")
    divided = page.html.select_one(".divider").find_parent("article")
    assert plain(divided.select_one(".text")) == "Old 2"
    assert link(page, "2 new") == "/home?new=1"
    assert texts(browser.get("/home?new=1")) == ["New 1", "New 0"]


def test_reading_moves_no_mark(world: World) -> None:
    world.follow("ana", "bo")
    world.write("bo", "First")
    browser = world.browser("ana")
    form_to(browser.get("/home"), "/home/read").submit()
    world.write("bo", "Second")
    for _ in range(2):
        browser.get("/home?new=1")
        assert link(browser.get("/home"), "1 new") is not None


def test_what_arrived_after_the_page_stays_new(world: World) -> None:
    world.follow("ana", "bo")
    world.write("bo", "On the page")
    browser = world.browser("ana")
    form = form_to(browser.get("/home"), "/home/read")
    world.write("bo", "Meanwhile")
    form.submit()
    assert texts(browser.get("/home?new=1")) == ["Meanwhile"]


def test_an_old_page_does_not_move_the_mark_back(world: World) -> None:
    world.follow("ana", "bo")
    world.write("bo", "One")
    browser = world.browser("ana")
    old = form_to(browser.get("/home"), "/home/read")
    world.write("bo", "Two")
    form_to(browser.get("/home"), "/home/read").submit()
    old.submit()
    assert texts(browser.get("/home?new=1")) == []


def test_one_s_own_acts_are_never_new(world: World) -> None:
    world.follow("ana", "bo")
    world.write("bo")
    browser = world.browser("ana")
    form_to(browser.get("/home"), "/home/read").submit()
    world.write("ana", "My own")
    page = browser.get("/home")
    assert not page.html.select(".divider, .notice")
    assert texts(browser.get("/home?new=1")) == []


def test_a_mark_that_the_site_did_not_give_is_refused(world: World) -> None:
    for reader in ("ana", "cy"):
        world.follow(reader, "bo")
    world.write("bo")
    page = world.browser("cy").get("/home")
    foreign = form_to(page, "/home/read")["upto"].value
    browser = world.browser("ana")
    for token in ("", "x", foreign, foreign[:-1], "é"):
        assert browser.submit("/home/read", {"upto": token}, expect_errors=True).status_int == 400
    own = form_to(browser.get("/home"), "/home/read")["upto"].value
    assert browser.submit("/notifications/read", {"upto": own}, expect_errors=True).status_int == 400


# -- one card a thing


def test_one_card_a_thing_with_its_newest_act_and_how_many_more(world: World) -> None:
    note, other = world.write("bo", "Much liked"), world.write("bo", "Not liked")
    world.follow("ana", "bo", "cy", "di")
    world.like(note, "cy", "di")
    browser = world.browser("ana")
    page = browser.get("/home/objects")
    cards = main_of(page).select("section.group")
    assert [plain(card.select_one("h2")) for card in cards][0:1] == ["A note by Bo: Much liked"]
    assert plain(cards[0].select_one("article .h")) == "Di liked a note by Bo"
    assert other.id in cards[1].decode() or other.id in page.text
    rest = browser.get(link(page, "and 2 more"))
    assert headings(rest)[0] == "Cy liked a note by Bo"
    assert texts(rest) == ["Much liked", "Much liked"]
    assert plain(main_of(rest).select_one("h1")) == "A note by Bo: Much liked"
    assert link(rest, "Newest") == "/home/objects"


def test_pages_of_cards_show_each_thing_once(world: World) -> None:
    world.write_many("ana", 45)
    read = [texts(page) for page in pages(world.browser("ana"), "/home/objects")]
    assert [len(page) for page in read] == [20, 20, 5]
    assert len({text for page in read for text in page}) == 45


# -- what may not be seen


def test_a_deleted_note_is_gone_at_once(world: World) -> None:
    note = world.write("bo", "Regretted #maps")
    world.follow("ana", "bo")
    world.like(note, "cy")
    world.delete(note)
    browser = world.browser("ana")
    for path in (
        "/home",
        "/home/hot",
        "/home/objects",
        "/home/days",
        "/archive",
        "/explore",
        "/@bo",
        "/@cy",
        "/tags/maps",
    ):
        page = browser.get(path)
        assert "Regretted" not in page.text, path
        assert "liked a note" not in page.text, path


def test_an_unknown_verb_reads_as_a_plain_sentence(world: World) -> None:
    world.follow("ana", "bo")
    world.act("bo", "plant", Entity("tree", "oak"), extra={"name": "The <old> oak"})
    world.act("bo", "join", Entity("project", "bread"), extra={"name": "Bread & butter"})
    world.act("bo", "add", Entity("project", "rye"))
    page = world.browser("ana").get("/home")
    assert headings(page)[:3] == [
        "Bo added project rye",
        "Bo joined Bread & butter",
        "Bo did something (plant)",
    ]
