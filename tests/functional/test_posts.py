"""Writing, answering, liking, sharing, watching and deleting notes, as a browser does it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select
from webtest import TestResponse

from feedsite.accounts.models import Person
from feedsite.db import counting_statements
from feedsite.feeds import Entity, Manager
from feedsite.posts.models import Note
from feedsite.posts.services import NoteFacts, NoteService
from feedsite.security.identity import Identity

from tests.site import Browser, Site, form_with


@pytest.fixture
def ana(site: Site) -> Person:
    return site.person("ana")


@pytest.fixture
def bo(site: Site) -> Person:
    return site.person("bo")


def identity(person: Person) -> Identity:
    """Somebody as a reader."""
    names = ("id", "handle", "name", "role", "state", "zone", "locale", "theme")
    return Identity(**{name: getattr(person, name) for name in names}, session_id="")


def write(site: Site, author: Person, text: str, answers: Note | None = None, **more: str) -> Note:
    """A note, by the service."""
    with site.transaction() as request:
        notes = request.find_service(NoteService)
        note = notes.write(author.id, text, **more) if answers is None else notes.reply(author.id, answers, text)
        request.dbsession.refresh(note)
        request.dbsession.expunge(note)
    return note


def page_of(author: Person, note: Note) -> str:
    return f"/@{author.handle}/{note.id}"


def compose(browser: Browser, text: str, **fields: str) -> TestResponse:
    """Fill in the box and send it."""
    form = form_with(browser.get("/notes"), "text")
    form["text"] = text
    for name, value in fields.items():
        form[name] = value
    return form.submit(expect_errors=True)


def notes(site: Site) -> list[Note]:
    with site.transaction() as request:
        found = list(request.dbsession.scalars(select(Note).order_by(Note.created, Note.id)))
        request.dbsession.expunge_all()
    return found


def facts(site: Site, note: Note, viewer: Person | None) -> NoteFacts:
    with site.transaction() as request:
        who = None if viewer is None else identity(viewer)
        return request.find_service(NoteService).facts([note], who)[note.key]


def main_text(answer: TestResponse) -> str:
    return str(answer.html.main.get_text(" ", strip=True))


# -- writing


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


# -- answering


def test_a_reply_is_in_the_thread_and_watches_it(site: Site, ana: Person, bo: Person) -> None:
    note = write(site, ana, "Who bakes rye? #bread")
    browser = site.browser(bo)
    form = browser.get(page_of(ana, note)).forms["reply"]
    form["text"] = "I do, on Saturdays."
    answer = form.submit()
    reply = notes(site)[1]
    assert answer.location == f"http://localhost/@bo/{reply.id}#act-note.{reply.id}"
    assert (reply.in_reply_to, reply.root_id, reply.visibility) == (note.id, note.id, "public")
    page = browser.get(answer.location)
    cards = page.html.select("#thread article")
    assert [card["id"] for card in cards] == [f"act-note.{note.id}", f"act-note.{reply.id}"], "oldest first"
    assert ["focus" in card["class"] for card in cards] == [False, True]
    assert "Bo replied to Ana" in cards[1].get_text(" ", strip=True)
    with site.transaction() as request:
        feeds = request.find_service(Manager)
        act = feeds.get_activity(reply.act_id)
        assert (act.verb, act.target) == ("reply", note.entity)
        assert set(act.about) == {note.author, reply.author, note.entity}
        assert act.audience == (note.author,)
        assert feeds.linked(reply.author, [note.root], kinds=("watch",))
    assert facts(site, note, ana) == NoteFacts(replies=1, watching=True)


def test_an_empty_reply_keeps_the_note_in_sight(site: Site, ana: Person, bo: Person) -> None:
    note = write(site, ana, "Who bakes rye?")
    answer = site.browser(bo).submit(f"/notes/{note.id}/reply", {"text": " "}, expect_errors=True)
    assert answer.status_int == 422
    assert "Who bakes rye?" in main_text(answer)
    assert "Your reply to Ana" in main_text(answer)
    assert form_with(answer, "text").action == f"/notes/{note.id}/reply"


def test_a_reply_to_ones_own_note_notifies_nobody(site: Site, ana: Person) -> None:
    note = write(site, ana, "One.")
    reply = write(site, ana, "Two, @ana.", note)
    with site.transaction() as request:
        assert request.find_service(Manager).get_activity(reply.act_id).audience == ()


def test_a_long_thread_has_pages_and_shows_the_note_on_each(site: Site, ana: Person, bo: Person) -> None:
    root = write(site, ana, "Counting.")
    replies = [write(site, bo, f"Number {n}.", root) for n in range(45)]
    seen: list[str] = []
    browser, url = site.browser(), f"/@bo/{replies[30].id}"
    while url:
        page = browser.get(url)
        assert "Number 30." in main_text(page)
        seen += [card["id"] for card in page.html.select("#thread article")]
        later = page.html.select_one("a[rel=next]")
        url = later["href"] if later else ""
    assert seen == [f"act-{note.act_id}" for note in (root, *replies)]
    assert browser.get(f"/@bo/{replies[30].id}?cursor=abc", expect_errors=True).status_int == 400


def test_the_page_of_a_note_has_one_address(site: Site, ana: Person, bo: Person) -> None:
    note = write(site, ana, "Here.")
    browser = site.browser()
    for handle in ("bo", "ANA", "nobody"):
        answer = browser.get(f"/@{handle}/{note.id}?x=1")
        assert (answer.status_int, answer.location) == (302, f"http://localhost/@ana/{note.id}?x=1")
    assert browser.get("/@ana/nosuchnote", expect_errors=True).status_int == 404


def test_a_mention_leads_to_who_it_is_now(site: Site, ana: Person, bo: Person) -> None:
    note = write(site, ana, "Ask @bo.")
    with site.transaction() as request:
        request.dbsession.get(Person, bo.id).handle = "bo_the_baker"
    link = site.browser().get(page_of(ana, note)).html.select_one("#thread .text a")
    assert (link["href"], link.get_text()) == ("/@bo_the_baker", "@bo")


# -- liking, sharing, watching


@pytest.mark.parametrize(("do", "undo", "field"), [("like", "unlike", "liked"), ("share", "unshare", "shared")])
def test_a_reaction_is_there_once_and_can_be_taken_back(
    site: Site, ana: Person, bo: Person, do: str, undo: str, field: str
) -> None:
    note = write(site, ana, "Rye. #bread")
    browser, url = site.browser(bo), page_of(ana, note)
    count = {"liked": "likes", "shared": "shares"}[field]
    button = browser.get(url).html.select_one(f"button.{do}")
    assert (button["formaction"], "on" in button["class"]) == (f"/notes/{note.id}/{do}", False)
    for _ in range(2):
        assert browser.submit(f"/notes/{note.id}/{do}", {"next": "/home#x"}).location == "http://localhost/home#x"
    assert (getattr(facts(site, note, bo), count), getattr(facts(site, note, bo), field)) == (1, True)
    assert (getattr(facts(site, note, ana), count), getattr(facts(site, note, ana), field)) == (1, False)
    assert getattr(facts(site, note, None), count) == 1
    button = browser.get(url).html.select_one(f"button.{do}")
    assert (button["formaction"], "on" in button["class"]) == (f"/notes/{note.id}/{undo}", True)
    assert f"1 {do}" in button["aria-label"]
    for _ in range(2):
        assert browser.submit(f"/notes/{note.id}/{undo}").location == f"http://localhost{url}"
    assert (getattr(facts(site, note, bo), count), getattr(facts(site, note, bo), field)) == (0, False)


def test_twenty_likes_at_once_are_one(site: Site, ana: Person, bo: Person) -> None:
    note = write(site, ana, "Rye.")
    browsers = [site.browser(bo) for _ in range(8)]
    tokens = [browser.csrf_token() for browser in browsers]

    def press(n: int) -> int:
        return browsers[n % 8].post(f"/notes/{note.id}/like", {"csrf_token": tokens[n % 8]}).status_int

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(press, range(20))) == {303}
    assert facts(site, note, bo).likes == 1


def test_a_like_of_a_reply_is_no_like_of_the_thread(site: Site, ana: Person, bo: Person) -> None:
    root = write(site, ana, "Rye.")
    reply = write(site, bo, "Wheat.", root)
    deeper = write(site, ana, "Oats.", reply)
    site.browser(ana).submit(f"/notes/{reply.id}/like")
    assert (facts(site, root, None).likes, facts(site, reply, None).likes) == (0, 1)
    assert [facts(site, note, None).replies for note in (root, reply, deeper)] == [1, 1, 0]


def test_only_public_notes_are_shared(site: Site, ana: Person, bo: Person) -> None:
    note = write(site, ana, "For @bo", visibility="mentioned")
    browser = site.browser(bo)
    assert browser.get(page_of(ana, note)).html.select_one(".share") is None
    answer = browser.submit(f"/notes/{note.id}/share", expect_errors=True)
    assert answer.status_int == 403
    assert "Only notes that everybody can see can be shared." in answer.text


def test_a_thread_is_watched_from_any_of_its_notes(site: Site, ana: Person, bo: Person) -> None:
    root = write(site, ana, "Rye.")
    reply = write(site, ana, "Wheat.", root)
    browser = site.browser(bo)
    form = browser.get(page_of(ana, reply)).html.select_one(f"form[action='/notes/{reply.id}/watch']")
    assert form.button.get_text(strip=True) == "Watch this thread"
    for _ in range(2):
        browser.submit(f"/notes/{reply.id}/watch")
    assert facts(site, root, bo).watching
    assert "Stop watching this thread" in main_text(browser.get(page_of(ana, root)))
    browser.submit(f"/notes/{root.id}/unwatch")
    assert not facts(site, reply, bo).watching


def test_who_is_not_signed_in_sees_figures_and_no_buttons(site: Site, ana: Person, bo: Person) -> None:
    note = write(site, ana, "Rye.")
    site.browser(bo).submit(f"/notes/{note.id}/like")
    page = site.browser().get(page_of(ana, note))
    assert page.html.select("#thread button, #thread summary, #reply") == []
    assert page.html.select_one("#thread span.like")["aria-label"] == "1 like"


# -- deleting


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


# -- how much is asked of the database


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
