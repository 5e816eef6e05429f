"""The page that people, notes and tags are found on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from webtest import TestResponse

from feedsite.accounts.models import Person
from feedsite.db import counting_statements, utcnow
from feedsite.feeds import Entity
from feedsite.graph.services import GraphService

from tests.functional.timelines.world import NOON, World, faults_of_html, link, main_of, plain, texts
from tests.site import Browser


def pages(browser: Browser, path: str) -> Iterator[TestResponse]:
    """A page and those after it."""
    following: str | None = path
    while following is not None:
        page = browser.get(following)
        yield page
        older = main_of(page).select_one("a.older")
        following = None if older is None else older["href"]


def search(browser: Browser, text: str, tab: str = "", **more: Any) -> TestResponse:
    """The page that a search answers with."""
    return browser.get("/search?" + urlencode({"q": text, **({"tab": tab} if tab else {})}), **more)


def notes(browser: Browser, text: str) -> list[str]:
    """The texts of the notes that are found, page after page."""
    path = "/search?" + urlencode({"q": text, "tab": "notes"})
    return [said for page in pages(browser, path) for said in texts(page)]


def names(browser: Browser, text: str) -> list[str]:
    """The names of the people who are found, page after page."""
    path = "/search?" + urlencode({"q": text, "tab": "people"})
    return [plain(name) for page in pages(browser, path) for name in main_of(page).select(".people .h")]


def title(page: TestResponse) -> str:
    """What an empty page says."""
    return plain(main_of(page).select_one(".empty .title"))


def change(world: World, who: str, **columns: Any) -> None:
    """Change somebody's row."""
    with world.site.transaction() as request:
        person = request.dbsession.get(Person, world.person(who).id)
        for name, value in columns.items():
            setattr(person, name, value)


# -- people


def test_people_are_found_by_the_beginnings_of_their_words(world: World) -> None:
    for handle, name in (("jose", "José Ñandú"), ("maria_luz", "María Luz Ortega"), ("zed", "Josephine Ortega")):
        world.person(handle, name=name)
    anybody = world.site.browser()
    assert names(anybody, "JOSE") == ["José Ñandú", "Josephine Ortega"]
    assert names(anybody, "ñan") == names(anybody, "nandu") == ["José Ñandú"]
    assert names(anybody, "orte luz") == names(anybody, "@maria_luz") == names(anybody, "luz") == ["María Luz Ortega"]
    assert names(anybody, "sephine") == names(anybody, "luz nandu") == []


def test_names_that_change_are_found_as_they_are_now(world: World) -> None:
    world.person("ana", name="Ana Reyes")
    change(world, "ana", name="Ana Vega")
    assert names(world.site.browser(), "reyes") == []
    change(world, "ana", handle="anita")
    assert names(world.site.browser(), "anita") == names(world.site.browser(), "vega") == ["Ana Vega"]


def test_the_very_handle_comes_first_then_whom_the_reader_follows(world: World) -> None:
    for handle in ("ana", "anabel", "anatol", "anastasia"):
        world.person(handle)
    world.follow("reader", "anatol")
    assert names(world.browser("reader"), "ana") == ["Ana", "Anatol", "Anabel", "Anastasia"]
    assert names(world.site.browser(), "ana") == ["Ana", "Anabel", "Anastasia", "Anatol"]


def test_every_match_is_on_one_page_and_on_no_other(world: World) -> None:
    for number in range(43):
        world.person(f"ana{number:02}", name=f"Ana Anders {number:02}")
    world.follow("reader", *(f"ana{number:02}" for number in range(20, 43)))
    found = names(world.browser("reader"), "an")
    assert len(found) == len(set(found)) == 43
    assert {int(name[-2:]) for name in found[:23]} == set(range(20, 43))
    last = list(pages(world.browser("reader"), "/search?q=an&tab=people"))[-1]
    assert link(last, "More") is None


def test_who_is_not_to_be_found_is_not(world: World) -> None:
    world.person("ana_hidden", discoverable=False)
    world.person("ana_gone", state="suspended")
    world.person("ana_new", state="unverified")
    world.person("ana_waits", waiting=True)
    world.person("ana_limited", state="limited")
    for handle in ("ana_muted", "ana_blocked", "ana_blocks"):
        world.person(handle)
    world.follow("reader", "ana_limited", "ana_hidden")
    world.mute("reader", "ana_muted")
    with world.site.transaction() as request:
        graph = request.find_service(GraphService)
        graph.block(world.person("reader").id, world.person("ana_blocked"))
        graph.block(world.person("ana_blocks").id, world.person("reader"))
    assert names(world.browser("reader"), "ana") == ["Ana_limited"]
    assert sorted(names(world.site.browser(), "ana")) == ["Ana_blocked", "Ana_blocks", "Ana_muted"]
    assert names(world.browser("ana_hidden"), "hidden") == ["Ana_hidden"], "oneself is always there"


# -- notes


def test_what_the_help_says_is_found(world: World) -> None:
    """One search for each line of the table in the help."""
    long_ago = NOON - timedelta(days=400)
    world.write("bo", "Old rye bread", at=long_ago)
    world.write("ana", "Bread of rye, at NOON #baking", at=NOON)
    world.write("bo", "Fresh rye bread", at=NOON + timedelta(days=40))
    anybody = world.site.browser()
    old, mine, fresh = "Old rye bread", "Bread of rye, at NOON #baking", "Fresh rye bread"
    assert notes(anybody, "rye bread") == [fresh, mine, old]
    assert notes(anybody, '"rye bread"') == notes(anybody, "“RYE bread”") == [fresh, old]
    assert notes(anybody, "bread from:ana") == notes(anybody, "bread from:@ANA") == [mine]
    assert notes(anybody, "bread #baking") == notes(anybody, "#baking") == [mine]
    assert notes(anybody, "bread since:2026-03-15") == [fresh, mine]
    assert notes(anybody, "bread since:2026-03-16") == [fresh]
    assert notes(anybody, "bread until:2026-03") == [mine, old]
    assert notes(anybody, "bread until:2025") == [old]
    assert notes(anybody, "bread since:2026-03-15 until:2026-03-15") == [mine]
    assert '"rye bread"' in plain(anybody.get("/help/search").html)


def test_accents_are_found_with_and_without_being_typed(world: World) -> None:
    world.write("ana", "Un café con leche")
    world.write("ana", "A cafe in town")
    anybody = world.site.browser()
    assert notes(anybody, "CAFE") == ["A cafe in town", "Un café con leche"]
    assert notes(anybody, "café") == notes(anybody, '"cafe con"') == ["Un café con leche"]


def test_days_are_those_of_the_reader(world: World) -> None:
    world.write("bo", "Late bread", at=NOON.replace(hour=23))
    world.person("ana", zone="Asia/Kathmandu")
    assert notes(world.browser("ana"), "bread since:2026-03-16") == ["Late bread"]
    assert notes(world.site.browser(), "bread since:2026-03-16") == []


def test_only_what_everybody_may_read_is_found(world: World) -> None:
    world.write("ana", "Secret bread for followers", visibility="followers")
    world.person("reader")
    world.write("ana", "Bread for @reader", visibility="mentioned")
    gone = world.write("ana", "Bread that is gone")
    world.write("hidden", "Bread of nobody")
    world.write("quiet", "Bread of somebody muted")
    public = world.write("ana", "Bread for all")
    world.reply("ana", public, "An answer with bread")
    world.follow("reader", "ana")
    world.mute("reader", "quiet")
    change(world, "hidden", discoverable=False)
    world.delete(gone)
    assert notes(world.browser("reader"), "bread") == ["An answer with bread", "Bread for all"]
    assert notes(world.browser("hidden"), "bread from:hidden") == ["Bread of nobody"]
    with world.site.transaction() as request:
        request.find_service(GraphService).mute(world.person("reader").id, Entity("word", "answer"))
    assert notes(world.browser("reader"), "bread") == ["Bread for all"]


def test_pages_of_sifted_notes_are_whole(world: World) -> None:
    for number in range(90):
        world.write("ana", f"bread {'rye' if number % 2 else 'of rye'} {number} #one {'#two' if number % 3 else ''}")
    anybody = world.site.browser()
    for text, fits in (('"bread rye"', lambda n: n % 2), ("#one #two", lambda n: n % 3)):
        path = "/search?" + urlencode({"q": text, "tab": "notes"})
        found = [texts(page) for page in pages(anybody, path)]
        assert [len(page) for page in found[:-1]] == [20] * (len(found) - 1)
        numbers = [int(next(word for word in said.split() if word.isdigit())) for page in found for said in page]
        assert numbers == [number for number in range(89, -1, -1) if fits(number)]


# -- tags


def test_tags_are_found_when_there_is_something_under_them(world: World) -> None:
    world.write("ana", "One #bread #breakfast")
    world.reply("bo", world.write("bo", "#bread"), "And #bread")
    world.write("ana", "#breathe", visibility="followers")
    world.delete(world.write("ana", "#bream"))
    page = search(world.site.browser(), "#bre", "tags")
    assert [plain(line) for line in main_of(page).select(".found li")] == ["#bread 3 notes", "#breakfast 1 note"]
    assert link(page, "#bread") == "/tags/bread"
    own = search(world.browser("ana"), "brea", "tags")
    assert "#breathe" in plain(main_of(own))


def test_many_tags_are_on_pages(world: World) -> None:
    for at in range(0, 45, 15):
        world.write("ana", " ".join(f"#tag{number:02}" for number in range(at, at + 15)))
    found = [
        plain(name)
        for page in pages(world.site.browser(), "/search?q=tag&tab=tags")
        for name in main_of(page).select(".found a")
    ]
    assert found == [f"#tag{number:02}" for number in range(45)]


# -- the page


def test_the_query_is_shown_back_and_its_page_is_in_no_search_engine(world: World) -> None:
    world.write("ana", "Bread & <b>butter</b>")
    page = search(world.browser("ana"), ' bread "<b>butter" ')
    assert page.html.select_one("#q")["value"] == 'bread "<b>butter"'
    assert page.html.select_one("meta[name=robots]")["content"] == "noindex"
    assert [plain(tab) for tab in page.html.select(".tabs [aria-current]")] == ["Notes"]
    assert faults_of_html(page) == []
    assert page.html.select("header form.find") == [], "one field is enough"
    assert world.browser("ana").get("/home").html.select_one("header form.find")["action"] == "/search"


def test_three_kinds_of_nothing(world: World) -> None:
    world.write("ana", "Bread")
    anybody = world.site.browser()
    assert title(anybody.get("/search")) == "Find people, notes and tags"
    for tab in ("people", "notes", "tags"):
        assert title(search(anybody, "nothing", tab)) == "Nothing found"
    narrow = search(anybody, "bread since:2030", "notes")
    assert title(narrow) == "Nothing behind this filter"
    wider = anybody.get(link(narrow, "Look for the words alone"))
    assert texts(wider) == ["Bread"]
    assert title(search(anybody, "bread from:nobody")) == "Nobody has this handle"
    assert title(search(anybody, "since:2020", "people")) == "There is no word in this search"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('say "cheese', "A quotation mark is missing"),
        ("from:", "After from: comes a handle"),
        ("from:a-b", "After from: comes a handle"),
        ("from:ana from:bo", "give from: once"),
        ("since:yesterday", "After since: comes a date"),
        ("until:2026-02-30", "After until: comes a date"),
        ("until:0000", "After until: comes a date"),
        ("since:2026 until:2025", "There is no time between these dates"),
        ("#a-b", "#a-b is no tag"),
        ("?!", "There is nothing in this that can be searched for"),
        ("x" * 201, "at most 200 characters"),
        (" ".join(f"w{number}" for number in range(13)), "at most 12 words"),
    ],
)
def test_what_cannot_be_searched_for_is_said(world: World, text: str, said: str) -> None:
    page = search(world.site.browser(), text, status=422)
    assert said in plain(page.html.select_one("#q-error"))
    assert page.html.select_one("#q")["value"] == text
    assert faults_of_html(page) == []


def test_a_cursor_belongs_to_its_search_and_its_reader(world: World) -> None:
    for number in range(21):
        world.person(f"ana{number:02}")
    world.write_many("ana00", 21, "bread #tag{}")
    anybody = world.site.browser()
    for tab, text in (("people", "ana"), ("notes", "bread"), ("tags", "tag")):
        older = main_of(search(anybody, text, tab)).select_one("a.older")["href"]
        assert anybody.get(older).status_int == 200
        for wrong in (older.replace("q=", "q=x"), older[:-2] + "AA"):
            assert anybody.get(wrong, expect_errors=True).status_int == 400
        if tab != "notes":
            assert world.browser("ana00").get(older, expect_errors=True).status_int == 400


def test_who_searches_very_fast_waits(world: World) -> None:
    with time_machine.travel(utcnow().replace(second=1), tick=True):
        answers = [search(world.site.browser(), "?", status="*").status_int for _ in range(3)]
        answers += [search(world.site.browser(), "x", status="*").status_int for _ in range(61)]
    assert answers == [422] * 3 + [200] * 60 + [429]


def test_a_page_costs_the_same_however_much_is_found(world: World) -> None:
    def statements(text: str, tab: str) -> int:
        with counting_statements() as count:
            search(browser, text, tab)
        return len(count)

    world.write("ana0", "bread #tag0")
    world.follow("reader", "ana0")
    browser = world.browser("reader")
    asked = (("ana", "people"), ("bread", "notes"), ("tag", "tags"))
    search(browser, "ana")
    few = [statements(*one) for one in asked]
    for number in range(1, 20):
        world.write(f"ana{number}", f"bread #tag{number}")
        world.follow("reader", f"ana{number}")
    assert [statements(*one) for one in asked] == few
    assert max(few) < 30
