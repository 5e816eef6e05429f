"""Writing notes, as a browser does it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from feedsite.accounts.models import Person
from feedsite.feeds import Entity, Manager

from tests.functional.posts.writing import compose, main_text, notes, write
from tests.site import Site, form_with


def test_a_note_is_on_its_page_at_once(site: Site, ana: Person, bo: Person) -> None:
    browser = site.browser(ana)
    answer = compose(browser, "  Good morning, @Bo and @nobody!\r\n\r\n#Straße https://example.org/x  ")
    (note,) = notes(site)
    assert answer.status_int == 303
    assert answer.location == f"http://localhost/@ana/{note.id}#act-note.{note.id}"
    assert note.text == "Good morning, @Bo and @nobody!\n\n#Straße https://example.org/x"
    assert (note.tags, note.mentions, note.root_id, note.gate_id) == (["strasse"], {"bo": bo.id}, note.id, ana.id)
    page = browser.get(answer.location)
    card = page.html.find(id=f"act-note.{note.id}")
    assert [link["href"] for link in card.select(".text a")] == ["/@bo", "/tags/strasse", "https://example.org/x"]
    assert "@nobody" in card.get_text()
    assert page.html.title.get_text().startswith("Ana: Good morning, @Bo and @nobody!")


def test_the_act_says_who_may_see_it_and_whom_it_concerns(site: Site, ana: Person, bo: Person) -> None:
    note = write(site, ana, "To @bo and @ana about #rye", visibility="followers")
    with site.transaction() as request:
        feeds = request.find_service(Manager)
        act = feeds.get_activity(note.act_id)
        assert (act.verb, act.object, act.visibility, act.gate) == ("create", note.entity, "followers", note.author)
        assert set(act.about) == {note.author, Entity("tag", "rye")}
        assert act.audience == (Entity("person", bo.id),)
        assert {"rye", "about"} <= set(act.words)
        assert act.published == note.created
        assert feeds.linked(note.author, [note.root], kinds=("watch",))[0].verbs == ("create", "reply")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Write something first."),
        (" \n ", "Write something first."),
        ("x" * 1001, "This note has 1001 characters; 1000 are possible."),
        ("bell \x07", "control characters"),
        (" ".join(f"#tag{n}" for n in range(21)), "at most 20 different tags"),
        (" ".join(f"@p{n}" for n in range(41)), "mentions at most 40 people"),
    ],
)
def test_what_is_wrong_is_said_and_the_draft_is_kept(site: Site, ana: Person, text: str, sentence: str) -> None:
    answer = compose(site.browser(ana), text, visibility="followers")
    assert answer.status_int == 422
    assert sentence in main_text(answer)
    form = form_with(answer, "text")
    assert form["text"].value.replace("\r\n", "\n").strip() == text.replace("\r\n", "\n").strip()
    assert form["visibility"].value == "followers"
    assert answer.html.find("textarea")["aria-invalid"] == "true"
    assert notes(site) == []


def test_a_visibility_that_does_not_exist_is_refused(site: Site, ana: Person) -> None:
    answer = site.browser(ana).submit("/notes", {"text": "Hello", "visibility": "nobody"}, expect_errors=True)
    assert answer.status_int == 422
    assert "Choose who can see this note." in answer.text


def test_a_file_in_place_of_a_text_is_refused(site: Site, ana: Person) -> None:
    browser = site.browser(ana)
    values = {"csrf_token": browser.csrf_token()}
    answer = browser.post("/notes", values, upload_files=[("text", "a.txt", b"hello")], expect_errors=True)
    assert answer.status_int == 422
    assert notes(site) == []


def test_a_note_for_the_mentioned_needs_somebody_mentioned(site: Site, ana: Person) -> None:
    answer = compose(site.browser(ana), "Dear @ana, dear @nobody", visibility="mentioned")
    assert answer.status_int == 422
    assert "nobody else could read this note" in answer.text


def test_sent_twice_it_is_one_note(site: Site, ana: Person) -> None:
    browser = site.browser(ana)
    form = form_with(browser.get("/notes"), "text")
    form["text"] = "Once."
    assert form.submit().location == form.submit().location
    assert len(notes(site)) == 1
    form["text"] = "Twice."
    form.submit()
    assert [note.text for note in notes(site)] == ["Once.", "Twice."], "another text of the same form is another note"


def test_twenty_clicks_at_once_are_one_note(site: Site, ana: Person) -> None:
    browsers = [site.browser(ana) for _ in range(8)]
    values = [{"text": "Once.", "draft": "the-same", "csrf_token": browser.csrf_token()} for browser in browsers]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: browsers[n].post("/notes", values[n]).location, range(8)))
    assert len(set(answers)) == 1
    assert len(notes(site)) == 1


def test_deleted_and_sent_again_it_is_meant_again(site: Site, ana: Person) -> None:
    browser = site.browser(ana)
    form = form_with(browser.get("/notes"), "text")
    form["text"] = "Once."
    form.submit()
    (first,) = notes(site)
    browser.submit(f"/notes/{first.id}/delete")
    second = form.submit()
    assert first.id not in second.location
    assert "Once." in main_text(browser.get(second.location))


def test_it_returns_to_where_it_was_written(site: Site, ana: Person) -> None:
    browser = site.browser(ana)
    form = form_with(browser.get("/notes?next=/explore"), "text")
    form["text"] = "Hello"
    answer = form.submit()
    assert answer.location == f"http://localhost/explore#act-note.{notes(site)[0].id}"
    away = browser.submit("/notes", {"text": "Away", "next": "//evil.example/"})
    assert urlsplit(away.location).netloc == "localhost"


def test_who_writes_very_fast_waits_and_keeps_the_draft(site: Site, ana: Person) -> None:
    browser = site.browser(ana)
    token = browser.csrf_token()
    for n in range(30):
        assert browser.post("/notes", {"text": f"Note {n}", "csrf_token": token}).status_int == 303
    answer = browser.post("/notes", {"text": "One more", "csrf_token": token}, expect_errors=True)
    assert answer.status_int == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "Please wait 1 minute" in main_text(answer)
    assert form_with(answer, "text")["text"].value == "One more"
