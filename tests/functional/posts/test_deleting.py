"""Deleting notes; and how much is asked of the database."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from feedsite.accounts.models import Person
from feedsite.db import counting_statements
from feedsite.feeds import Entity, Manager
from feedsite.posts.models import Note
from feedsite.posts.services import NoteFacts

from tests.functional.posts.writing import compose, facts, main_text, notes, page_of, write
from tests.site import Site


def test_a_deleted_note_is_gone_and_what_answers_it_stays(site: Site, ana: Person, bo: Person) -> None:
    note = write(site, ana, "Something foolish about #rye, @bo.")
    reply = write(site, bo, "Sure?", note)
    site.browser(bo).submit(f"/notes/{note.id}/like")
    site.browser(bo).submit(f"/notes/{note.id}/share")
    browser = site.browser(ana)
    asked = browser.get(browser.get(page_of(ana, note)).html.select_one("a.delete")["href"])
    assert "Something foolish" in main_text(asked)
    assert notes(site)[0].deleted is None, "looking deletes nothing"
    form = next(form for form in asked.forms.values() if form.action.endswith("/delete"))
    assert form.submit().location == "http://localhost/@ana"
    for reader in (None, ana, bo):
        gone = site.browser(reader).get(page_of(ana, note), expect_errors=True)
        assert gone.status_int == 410
        assert "This note has been deleted." in main_text(gone)
    page = site.browser().get(page_of(bo, reply))
    assert [card["id"] for card in page.html.select("#thread article")] == [f"act-note.{reply.id}"]
    row = next(found for found in notes(site) if found.id == note.id)
    assert (row.text, row.tags, row.mentions) == ("", [], {})
    assert facts(site, note, None) == NoteFacts(replies=1)
    with site.transaction() as request:
        feeds = request.find_service(Manager)
        assert feeds.get_activity(note.act_id) is None
        assert feeds.performed("like", Entity("person", bo.id), [note.entity]) == set()
    assert browser.submit(f"/notes/{note.id}/delete").status_int == 303, "pressed twice"
    assert site.browser(bo).submit(f"/notes/{note.id}/like", expect_errors=True).status_int == 410


def test_a_deleted_note_for_few_is_to_others_what_never_was(site: Site, ana: Person, bo: Person) -> None:
    note = write(site, ana, "Secret.", visibility="followers")
    site.browser(ana).submit(f"/notes/{note.id}/delete")
    assert site.browser(bo).get(page_of(ana, note), expect_errors=True).status_int == 404
    assert site.browser(ana).get(page_of(ana, note), expect_errors=True).status_int == 410


def test_only_the_author_deletes(site: Site, ana: Person, bo: Person) -> None:
    note = write(site, ana, "Rye.")
    browser = site.browser(bo)
    for ask in (browser.get, browser.submit):
        answer = ask(f"/notes/{note.id}/delete", expect_errors=True)
        assert answer.status_int == 403
        assert "Only who wrote a note can delete it." in answer.text
    assert browser.get(page_of(ana, note)).html.select_one("a.delete") is None


@pytest.mark.parametrize("signed_in", [False, True])
def test_statements_do_not_grow_with_the_notes(site: Site, ana: Person, bo: Person, signed_in: bool) -> None:
    """The thread of two notes costs as many as a page full, with other authors, mentions, tags and likes."""
    root = write(site, ana, "Counting.")
    write(site, bo, "One.", root)
    browser = site.browser(site.person("chidi") if signed_in else None)

    def statements() -> int:
        with counting_statements() as count:
            browser.get(page_of(ana, root))
        return len(count)

    few = statements()
    people = [ana, bo, site.person("dora"), site.person("emil")]
    for n in range(17):
        reply = write(site, people[n % 4], f"Number {n} for @ana and @dora #tag{n}", root)
        site.browser(people[n % 3]).submit(f"/notes/{reply.id}/like")
    assert len(browser.get(page_of(ana, root)).html.select("#thread article")) == 19
    assert statements() == few


def test_what_is_refused_leaves_nothing(site: Site, ana: Person) -> None:
    compose(site.browser(ana), "x" * 1001)
    with site.transaction() as request:
        assert request.dbsession.scalar(select(func.count()).select_from(Note)) == 0
        assert request.find_service(Manager).get_activities(viewer=Entity("person", ana.id)).items == ()
