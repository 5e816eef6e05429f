"""Pages of things by type and id: what touched them, who watches them, and where other things have their pages."""

from __future__ import annotations

import pytest

from feedsite.feeds import Activity, Actor, Entity, Manager, Object, Target
from feedsite.feeds.aggregators import CursorAggregator
from feedsite.posts.services import NoteService

from tests.functional.timelines.world import World, main_of
from tests.site import Site


@pytest.fixture
def books(sqlite_site: Site) -> World:
    """Ana read a book and put another one on a shelf."""
    sqlite_site.wipe()
    world = World(sqlite_site)
    ana = world.person("ana")
    world.person("bo")
    read(world, "read", "dune", name="Dune")
    with sqlite_site.transaction() as request:
        shelved = Activity("add", Actor(ana.id), Object("emma", "book"), activity_target=Target("ours", "shelf"))
        request.find_service(Manager).add_activity_feed(shelved)
    return world


def read(world: World, verb: str, book: str, name: str) -> None:
    world.act("ana", verb, Entity("book", book), extra={"name": name})


def test_a_page_shows_what_touched_a_thing_and_calls_it_as_its_newest_act_does(books: World) -> None:
    page = books.site.browser().get("/o/book/dune")
    assert page.html.h1.get_text() == "Dune"
    assert len(main_of(page).select("article.item")) == 1
    assert page.html.select_one("link[rel=canonical]")["href"].endswith("/o/book/dune")
    assert {link["type"] for link in page.html.select("link[rel=alternate]")} == {
        "application/atom+xml", "application/feed+json", "application/activity+json",
    }  # fmt: skip
    assert books.site.browser().get("/o/shelf/ours").html.h1.get_text() == "shelf ours"


def test_sentences_lead_to_it(books: World) -> None:
    links = [link["href"] for link in main_of(books.site.browser().get("/@ana")).select("article.item a")]
    assert {"/o/book/emma", "/o/shelf/ours"} <= set(links)


@pytest.mark.parametrize(
    "path", ["/o/book/none", "/o/shares/x", "/o/site/all", "/o/word/x", "/o/B%20k/x", "/o/book/a%20b", "/o/person/none",
             "/o/note/none", "/o/tag/-"],
)  # fmt: skip
def test_what_is_no_thing_is_not_there(books: World, path: str) -> None:
    books.browser("bo").get(path, status=404)
    for ending in ("/feed.atom", "/feed.json", "/outbox"):
        books.site.browser().get(f"{path}{ending}", status=404)


def test_people_notes_and_tags_have_pages_of_their_own(books: World) -> None:
    note = books.write("ana", "A #loaf")
    ana, browser = books.person("ana"), books.site.browser()
    for path, page in (
        (f"/o/person/{ana.id}", "/@ana"),
        (f"/o/note/{note.id}", f"/@ana/{note.id}"),
        ("/o/tag/LOAF", "/tags/loaf"),
    ):
        assert browser.get(path, status=302).location.endswith(page), path
        for ending in ("/feed.atom", "/outbox"):
            browser.get(f"{path}{ending}", status=404)
        books.browser("bo").submit(f"{path}/watch", {}, status=404)


def test_nobody_is_told_that_there_is_a_note_they_may_not_see(books: World) -> None:
    mine = books.write("ana", "For my followers", visibility="followers")
    gone = books.write("ana", "Away")
    with books.site.transaction() as request:
        request.find_service(NoteService).delete(request.dbsession.merge(gone))
    for note in (mine, gone):
        for browser in (books.site.browser(), books.browser("bo")):
            browser.get(f"/o/note/{note.id}", status=404)
    assert books.browser("ana").get(f"/o/note/{mine.id}", status=302).location.endswith(f"/@ana/{mine.id}")


def test_an_id_may_end_as_a_feed_does(books: World) -> None:
    read(books, "read", "notes.json", name="Notes")
    browser = books.site.browser()
    assert browser.get("/o/book/notes.json").html.h1.get_text() == "Notes"
    assert browser.get("/o/book/notes.json/feed.json").json["items"]


def test_watching_it_brings_what_happens_next_home(books: World) -> None:
    browser = books.browser("bo")
    browser.submit("/o/book/dune/watch", {}, status=303)
    page = browser.get("/o/book/dune")
    assert "1 person watches it" in page.html.get_text(" ")
    assert (
        page.html.select_one("form[action='/o/book/dune/unwatch'] button")["aria-label"]
        == "Watching Dune: stop watching"
    )
    read(books, "reread", "dune", name="Dune")
    with books.site.transaction() as request:
        bo = request.dbsession.merge(books.person("bo"))
        items = request.find_service(Manager).get_page(CursorAggregator(bo.id)).items
    assert [item.verb for item in items] == ["reread"]
    assert "book dune" in browser.get("/links").html.get_text(" ")
    browser.submit("/o/book/dune/unwatch", {}, status=303)
    assert "0 people watch it" in browser.get("/o/book/dune").html.get_text(" ")


def test_a_watched_thing_keeps_its_page_for_who_watches_it(books: World) -> None:
    browser = books.browser("bo")
    browser.submit("/o/book/quiet/watch", {}, status=404)
    browser.submit("/o/book/dune/watch", {}, status=303)
    with books.site.transaction() as request:
        request.find_service(Manager).delete_activities_on(Entity("book", "dune"))
    assert "Nothing here yet" in browser.get("/o/book/dune").html.get_text(" ")
    books.browser("ana").get("/o/book/dune", status=404)
