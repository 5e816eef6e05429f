"""Who wants to be found, and by whom: a setting that every page and suggestion keeps to."""

from __future__ import annotations

from webtest import TestResponse

from feedsite.accounts.models import Person
from feedsite.accounts.services import PrivacyService

from tests.functional.timelines.world import World, faults_of_html
from tests.site import Browser, form_with

BOXES = ("noindex", "undiscoverable", "locked")


def choose(browser: Browser, **boxes: bool) -> TestResponse:
    """Tick and untick the boxes of the settings page."""
    form = form_with(browser.get("/settings/privacy"), "noindex")
    for name, ticked in boxes.items():
        form[name] = ticked
    return form.submit()


def asks_to_be_left_out(page: TestResponse) -> bool:
    """Whether search engines are asked not to list a page: the header and the page say the same."""
    meta = page.html.select_one("meta[name=robots]")
    assert (page.headers.get("X-Robots-Tag") == "noindex") == (meta is not None and meta["content"] == "noindex")
    return meta is not None


def test_the_boxes_keep_what_was_chosen(world: World) -> None:
    browser = world.browser("ana")
    first = form_with(browser.get("/settings/privacy"), "noindex")
    assert [first[name].checked for name in BOXES] == [False, False, False]
    answer = choose(browser, noindex=True, undiscoverable=True, locked=True)
    assert answer.status_int == 303
    page = answer.follow()
    assert "Your settings are saved." in page
    assert faults_of_html(page) == []
    assert page.headers["Cache-Control"] == "no-store"
    kept = form_with(page, "noindex")
    assert [kept[name].checked for name in BOXES] == [True, True, True]
    choose(browser, noindex=False)
    again = form_with(browser.get("/settings/privacy"), "noindex")
    assert [again[name].checked for name in BOXES] == [False, True, True]


def test_pages_of_who_stays_out_of_search_engines_say_so(world: World) -> None:
    note, theirs = world.write("ana", "Hello"), world.write("bo", "Hello too")
    reader = world.site.browser()
    paths = ("/@ana", "/@ana/2026", "/@ana/2026/11", "/@ana/following", "/@ana/followers", f"/@ana/{note.id}")
    assert [path for path in paths if asks_to_be_left_out(reader.get(path))] == []
    choose(world.browser("ana"), noindex=True)
    assert [path for path in paths if not asks_to_be_left_out(reader.get(path))] == []
    for path in ("/@bo", f"/@bo/{theirs.id}"):
        assert not asks_to_be_left_out(reader.get(path))


def test_who_stays_out_of_suggestions_is_not_suggested(world: World) -> None:
    world.write("ana", "Hello")
    world.write("bo", "Hello")

    def suggested() -> set[str]:
        return {link["href"] for link in world.site.browser().get("/explore").html.select(".people .name")}

    assert suggested() == {"/@ana", "/@bo"}
    choose(world.browser("ana"), undiscoverable=True)
    assert suggested() == {"/@bo"}


def test_enough_others_are_suggested_in_their_place(world: World) -> None:
    for number in range(5):
        world.write(f"seen{number}")
    for number in range(5):
        world.write(f"hidden{number}")
        choose(world.browser(f"hidden{number}"), undiscoverable=True)
    names = [link["href"] for link in world.site.browser().get("/explore").html.select(".people .name")]
    assert names == [f"/@seen{number}" for number in (4, 3, 2, 1, 0)]


def test_people_find_themselves_all_the_same() -> None:
    ana, bo = Person(id="a", name="Ana", discoverable=False), Person(id="b", name="Bo", discoverable=True)
    assert PrivacyService.findable([ana, bo]) == [bo]
    assert PrivacyService.findable([ana, bo], but="a") == [ana, bo]
