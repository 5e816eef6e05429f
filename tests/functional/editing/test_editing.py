"""Changing a note: what it says everywhere at once, and what it said before."""

from __future__ import annotations

import pytest
from webtest import TestResponse

from feedsite.editing.models import NoteVersion
from feedsite.editing.services import MAX_VERSIONS
from feedsite.posts.models import Note

from tests.functional.timelines.world import World, faults_of_html, form_to, headings, link, main_of, plain, texts
from tests.site import Browser


def change(browser: Browser, note: Note, text: str) -> TestResponse:
    """Open the box, type, save."""
    path = f"/notes/{note.id}/edit"
    form = form_to(browser.get(path), path)
    form["text"] = text
    return form.submit(expect_errors=True)


def test_a_changed_note_reads_so_everywhere_and_its_history_has_the_rest(world: World) -> None:
    note = world.write("ana", "The 1st #draft")
    browser, other = world.browser("ana"), world.browser("bo")
    page = change(browser, note, "The first #edition").follow()
    assert texts(page) == ["The first #edition"]
    for path in ("/@ana", "/tags/edition"):
        assert texts(other.get(path)) == ["The first #edition"]
    assert texts(other.get("/tags/draft")) == []
    page = other.get(link(other.get("/@ana"), "edited"))
    said = [plain(text) for text in main_of(page).select(".versions .text")]
    assert said == ["The first #edition", "The 1st #draft"]
    assert faults_of_html(page) == []


def test_the_form_has_the_source_of_the_text(world: World) -> None:
    note = world.write("ana", "See https://example.org/ <b>&amp; #tags, @nobody")
    page = world.browser("ana").get(f"/notes/{note.id}/edit")
    assert form_to(page, f"/notes/{note.id}/edit")["text"].value == note.text


def test_shares_and_words_follow_the_new_text(world: World) -> None:
    """What was shared under a tag leaves the tag's page, and a muted word looks at the text as it is."""
    note = world.write("ana", "About #tea")
    world.share(note, "bo")
    change(world.browser("ana"), note, "About #coffee")
    reader = world.browser("cy")
    assert headings(reader.get("/tags/tea")) == []
    assert len(headings(reader.get("/tags/coffee"))) == 2


def test_whom_an_edit_names_finds_it_in_their_notifications(world: World) -> None:
    note = world.write("ana", "Good morning")
    world.person("bo")
    change(world.browser("ana"), note, "Good morning @bo")
    assert headings(world.browser("bo").get("/notifications")) == ["Ana mentioned you in a note"]
    change(world.browser("ana"), note, "Good morning")
    assert headings(world.browser("bo").get("/notifications")) == []


def test_an_edit_that_changes_nothing_leaves_no_version(world: World) -> None:
    note = world.write("ana", "The same")
    browser = world.browser("ana")
    page = change(browser, note, "  The same \n").follow()
    assert "as it was" in plain(main_of(page))
    assert link(page, "edited") is None


@pytest.mark.parametrize("text", ["", "x" * 1001])
def test_a_refused_edit_keeps_the_draft_and_the_note(world: World, text: str) -> None:
    note = world.write("ana", "As it was")
    browser = world.browser("ana")
    answer = change(browser, note, text)
    assert answer.status_int == 422
    assert form_to(answer, f"/notes/{note.id}/edit")["text"].value == text
    assert texts(browser.get("/@ana")) == ["As it was"]


def test_a_note_for_the_mentioned_cannot_lose_all_of_them(world: World) -> None:
    world.person("bo")
    note = world.write("ana", "Only @bo", visibility="mentioned")
    answer = change(world.browser("ana"), note, "Only nobody")
    assert answer.status_int == 422
    assert texts(world.browser("bo").get(f"/@ana/{note.id}")) == ["Only @bo"]


def test_two_tabs_do_not_overwrite_each_other(world: World) -> None:
    note = world.write("ana", "One")
    browser, path = world.browser("ana"), f"/notes/{note.id}/edit"
    forms = [form_to(browser.get(path), path) for _ in range(2)]
    for form, text in zip(forms, ("Two", "Three"), strict=True):
        form["text"] = text
    assert forms[0].submit().status_int == 303
    answer = forms[1].submit(expect_errors=True)
    assert answer.status_int == 422
    assert "meanwhile" in plain(main_of(answer))
    assert form_to(answer, path)["text"].value == "Three"
    assert texts(browser.get("/@ana")) == ["Two"]


def test_a_note_has_a_last_version(world: World) -> None:
    note = world.write("ana", "Again")
    with world.site.transaction() as request:
        for number in range(MAX_VERSIONS):
            version = NoteVersion(note_id=note.id, number=number + 1, text=str(number), written=note.created)
            request.dbsession.add(version)
    answer = change(world.browser("ana"), note, "And again")
    assert answer.status_int == 422
    assert f"{MAX_VERSIONS} times" in plain(main_of(answer))


def test_the_history_is_for_those_who_may_read_the_note(world: World) -> None:
    note = world.write("ana", "For friends", visibility="followers")
    world.follow("bo", "ana")
    change(world.browser("ana"), note, "For good friends")
    path = f"/@ana/{note.id}/history"
    assert world.browser("bo").get(path).status_int == 200
    assert world.browser("cy").get(path, expect_errors=True).status_int == 404
    assert world.site.browser().get(path, expect_errors=True).status_int == 404


def test_a_deleted_note_leaves_no_earlier_text(world: World) -> None:
    note = world.write("ana", "A secret")
    change(world.browser("ana"), note, "No secret")
    world.delete(note)
    assert world.browser("ana").get(f"/@ana/{note.id}/history", expect_errors=True).status_int == 410
    with world.site.transaction() as request:
        assert request.dbsession.query(NoteVersion).count() == 0


def test_only_its_author_changes_a_note(world: World) -> None:
    note = world.write("ana", "Mine")
    browser = world.browser("bo")
    answer = browser.submit(f"/notes/{note.id}/edit", {"text": "Yours", "edited": ""}, expect_errors=True)
    assert answer.status_int == 403
    assert texts(browser.get("/@ana")) == ["Mine"]
