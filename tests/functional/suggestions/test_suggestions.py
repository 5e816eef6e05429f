"""Whom to follow: on the page that explores, in an empty home, and on a page of its own."""

from __future__ import annotations

from datetime import timedelta

from webtest import TestResponse

from feedsite.accounts.models import Person
from feedsite.db import counting_statements, utcnow
from feedsite.graph.services import GraphService

from tests.functional.timelines.world import World, faults_of_html, link, main_of, plain
from tests.site import Browser

PAGE = "/explore/people"


def suggested(page: TestResponse) -> dict[str, str]:
    """Who is suggested, and why."""
    cards = page.html.select(".people > li")
    return {plain(card.select_one(".h")): plain(card.select_one(".why")) for card in cards}


def block(world: World, blocker: str, blocked: str) -> None:
    """Somebody blocks somebody."""
    with world.site.transaction() as request:
        request.find_service(GraphService).block(world.person(blocker).id, world.person(blocked))


def change(world: World, who: str, **columns: object) -> None:
    """Change somebody's row."""
    with world.site.transaction() as request:
        person = request.dbsession.get(Person, world.person(who).id)
        for name, value in columns.items():
            setattr(person, name, value)


def village(world: World) -> Browser:
    """The reader follows three people, who follow others; two more write in public."""
    world.follow("reader", "ana", "bo", "cy")
    world.follow("ana", "di", "ed", "reader")
    world.follow("bo", "di")
    world.follow("cy", "di", "ana")
    for handle in ("writer", "ed", "reader", "ana"):
        world.write(handle)
    return world.browser("reader")


def test_friends_of_friends_come_first_each_with_the_reason(world: World) -> None:
    found = suggested(village(world).get(PAGE))
    assert list(found) == ["Di", "Ed", "Writer"]
    assert found["Di"].removeprefix("Followed by ") in {f"{one} and 2 others you follow" for one in ("Ana", "Bo", "Cy")}
    assert (found["Ed"], found["Writer"]) == ("Followed by Ana", "Active lately")


def test_nobody_is_suggested_whom_one_would_not_want(world: World) -> None:
    browser = village(world)
    assert set(suggested(browser.get(PAGE))) == {"Di", "Ed", "Writer"}
    change(world, "di", discoverable=False)
    world.mute("reader", "ed")
    block(world, "writer", "reader")
    assert suggested(browser.get(PAGE)) == {}
    assert "Nobody to suggest" in plain(browser.get(PAGE).html)
    for state in ("suspended", "limited", "unverified"):
        change(world, "di", discoverable=True, state=state)
        assert suggested(browser.get(PAGE)) == {}
    change(world, "di", state="active", leaves=utcnow() + timedelta(days=30))
    assert suggested(browser.get(PAGE)) == {}
    change(world, "di", leaves=None, waiting=True)
    assert suggested(browser.get(PAGE)) == {}


def test_a_suggestion_that_is_dismissed_does_not_come_back(world: World) -> None:
    browser = village(world)
    page = browser.get(PAGE)
    form = next(form for form in page.forms.values() if form.action == "/@di/dismiss")
    answer = form.submit()
    assert (answer.status_int, answer.location) == (303, "http://localhost/explore/people")
    page = browser.get(answer.location)
    assert "Di is not suggested again." in plain(page.html)
    assert list(suggested(page)) == ["Ed", "Writer"]
    assert browser.submit("/@di/dismiss").status_int == 303, "twice is once"
    assert browser.submit("/@nobody/dismiss", expect_errors=True).status_int == 404
    world.follow("other", "ana")
    assert "Di" in suggested(world.browser("other").get(PAGE)), "it is nobody else's"


def test_a_home_of_nobody_yet_says_whom_to_follow(world: World) -> None:
    world.write("ana")
    page = world.browser("newcomer").get("/home")
    assert suggested(page) == {"Ana": "Active lately"}
    assert link(page, "More people") == PAGE
    assert faults_of_html(page) == []
    world.follow("newcomer", "ana")
    assert main_of(world.browser("newcomer").get("/home")).select(".people") == []


def test_explore_suggests_a_few_and_leads_to_the_rest(world: World) -> None:
    browser = village(world)
    page = browser.get("/explore")
    assert list(suggested(page)) == ["Di", "Ed", "Writer"]
    assert page.html.select_one(f'aside a[href="{PAGE}"]') is not None
    assert set(suggested(world.site.browser().get("/explore"))) == {"Writer", "Ed", "Reader", "Ana"}
    assert faults_of_html(browser.get(PAGE)) == []


def test_suggestions_cost_the_same_however_many_there_are(world: World) -> None:
    def statements() -> int:
        with counting_statements() as count:
            browser.get(PAGE)
        return len(count)

    browser = village(world)
    few = statements()
    for number in range(20):
        world.follow("ana" if number % 2 else "bo", f"person{number}")
        world.write(f"person{number}")
        world.follow("reader", f"friend{number}")
    assert statements() == few
