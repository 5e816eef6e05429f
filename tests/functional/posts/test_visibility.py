"""Who sees what: notes for a few, and what a reader has muted, on every page where a note could stand."""

from __future__ import annotations

import pytest

from feedsite.accounts.models import Person
from feedsite.feeds import Entity, Manager
from feedsite.graph.services import GraphService
from feedsite.posts.models import Note
from feedsite.posts.services import NoteService

from tests.site import Browser, Site

SECRET = "xylophone"
"""A word that stands in one note alone."""


@pytest.fixture
def people(site: Site) -> dict[str, Person]:
    """Ana writes; Bo follows her; Chidi is mentioned by her; Dora is a stranger."""
    made = {name: site.person(name) for name in ("ana", "bo", "chidi", "dora")}
    with site.transaction() as request:
        request.find_service(GraphService).follow(made["bo"].id, made["ana"])
    return made


def write(site: Site, author: Person, text: str, answers: Note | None = None, visibility: str = "public") -> Note:
    with site.transaction() as request:
        service = request.find_service(NoteService)
        if answers is None:
            note = service.write(author.id, text, visibility=visibility)
        else:
            note = service.reply(author.id, answers, text)
        request.dbsession.refresh(note)
        request.dbsession.expunge(note)
    return note


def where(browser: Browser, pages: list[str]) -> set[str]:
    """On which of these pages the secret stands."""
    return {path for path in pages if SECRET in browser.get(path, expect_errors=True).text}


@pytest.mark.parametrize(
    ("visibility", "readers"),
    [
        ("public", {"anonymous", "ana", "bo", "chidi", "dora"}),
        ("followers", {"ana", "bo", "chidi"}),
        ("mentioned", {"ana", "chidi"}),
    ],
)
def test_a_note_is_where_its_readers_look_and_nowhere_else(
    site: Site, people: dict[str, Person], visibility: str, readers: set[str]
) -> None:
    """On its own page, the author's profile, its tag, its thread's other notes, and the public pages."""
    note = write(site, people["ana"], f"The {SECRET}, @chidi #music", visibility=visibility)
    found = {}
    for name in ("anonymous", *people):
        browser = site.browser(people.get(name))
        pages = [f"/@ana/{note.id}", "/@ana", "/tags/music", "/explore", "/"]
        if name != "anonymous":
            pages[-1] = "/home"
        found[name] = where(browser, pages)
    for name, pages in found.items():
        own = {f"/@ana/{note.id}", "/@ana", "/tags/music"}
        assert own <= pages if name in readers else not pages, (name, pages)
    assert site.browser(people["dora"]).get(f"/@ana/{note.id}", expect_errors=True).status_int == (
        200 if visibility == "public" else 404
    )
    assert ("/home" in found["bo"]) == ("bo" in readers)
    assert ("/explore" in found["dora"]) == (visibility == "public")


def test_a_reply_is_for_those_whom_the_thread_is_for(site: Site, people: dict[str, Person]) -> None:
    """A follower answers a followers-only note: its author's followers read the answer, the writer's do not."""
    note = write(site, people["ana"], "For followers.", visibility="followers")
    with site.transaction() as request:
        request.find_service(GraphService).follow(people["dora"].id, people["bo"])
        request.find_service(GraphService).follow(people["chidi"].id, people["ana"])
    reply = write(site, people["bo"], f"The {SECRET}!", note)
    assert (reply.visibility, reply.gate_id) == ("followers", people["ana"].id)
    pages = [f"/@bo/{reply.id}", f"/@ana/{note.id}", "/@bo", "/home"]
    assert where(site.browser(people["chidi"]), pages[:3]) == set(pages[:3])
    assert where(site.browser(people["dora"]), pages) == set()
    assert where(site.browser(), pages) == set()


def test_what_cannot_be_read_cannot_be_acted_on(site: Site, people: dict[str, Person]) -> None:
    note = write(site, people["ana"], SECRET, visibility="followers")
    browser = site.browser(people["dora"])
    for act in ("like", "unlike", "share", "watch", "mute", "unmute", "delete", "reply"):
        answer = browser.submit(f"/notes/{note.id}/{act}", {"text": "Hello"}, expect_errors=True)
        assert answer.status_int == 404, act
        assert SECRET not in answer.text
    assert browser.get(f"/@dora/{note.id}", expect_errors=True).status_int == 404, "no redirect that tells whose it is"


def test_who_stops_following_reads_it_no_more(site: Site, people: dict[str, Person]) -> None:
    note = write(site, people["ana"], SECRET, visibility="followers")
    browser = site.browser(people["bo"])
    assert browser.get(f"/@ana/{note.id}").status_int == 200
    browser.submit("/@ana/unfollow")
    assert browser.get(f"/@ana/{note.id}", expect_errors=True).status_int == 404


def test_a_conversation_of_few_names_the_others(site: Site, people: dict[str, Person]) -> None:
    note = write(site, people["ana"], "Plans, @bo and @chidi?", visibility="mentioned")
    page = site.browser(people["bo"]).get(f"/@ana/{note.id}")
    assert page.forms["reply"]["text"].value == "@chidi "
    reply = write(site, people["bo"], f"@chidi the {SECRET}", note)
    for name in ("ana", "bo", "chidi"):
        assert where(site.browser(people[name]), [f"/@bo/{reply.id}"])
    assert not where(site.browser(people["dora"]), [f"/@bo/{reply.id}", "/@bo"])


def test_a_like_of_a_note_for_few_tells_nobody_else(site: Site, people: dict[str, Person]) -> None:
    note = write(site, people["ana"], f"{SECRET} for @chidi", visibility="mentioned")
    site.browser(people["chidi"]).submit(f"/notes/{note.id}/like")
    pages = ["/@chidi", "/@ana", "/explore", "/home"]
    for name in ("bo", "dora"):
        browser = site.browser(people[name])
        assert where(browser, pages) == set()
        assert note.id not in "".join(browser.get(path).text for path in pages)


# -- muting


def test_a_muted_person_is_gone_from_every_page(site: Site, people: dict[str, Person]) -> None:
    """Their notes, their replies in others' threads, likes of their notes, and what they count."""
    ana, bo, chidi, dora = (people[name] for name in ("ana", "bo", "chidi", "dora"))
    thread = write(site, dora, "Music? #music")
    reply = write(site, ana, f"The {SECRET}. #music", thread)
    site.browser(chidi).submit(f"/notes/{reply.id}/like")
    site.browser(ana).submit(f"/notes/{thread.id}/like")
    with site.transaction() as request:
        request.find_service(GraphService).follow(bo.id, chidi)
    browser = site.browser(bo)
    pages = ["/home", "/home/objects", "/tags/music", "/explore", f"/@dora/{thread.id}", "/@ana", "/@chidi"]
    assert {"/home", "/tags/music", f"/@dora/{thread.id}"} <= where(browser, pages)
    assert browser.get(f"/@dora/{thread.id}").html.select_one("a.reply")["aria-label"] == "Reply (1 reply)"
    answer = browser.submit("/@ana/mute")
    assert "You see nothing more of Ana." in browser.get(answer.location).text
    assert where(browser, pages) == set()
    page = browser.get(f"/@dora/{thread.id}")
    assert page.html.select_one("a.reply")["aria-label"] == "Reply (0 replies)"
    assert page.html.select_one("button.like")["aria-label"] == "Like (0 likes)"
    assert where(site.browser(dora), pages), "nobody else misses anything"
    browser.submit("/@ana/unmute")
    assert f"/@dora/{thread.id}" in where(browser, pages)


def test_a_muted_person_s_note_says_why_it_is_not_shown(site: Site, people: dict[str, Person]) -> None:
    note = write(site, people["ana"], SECRET)
    browser = site.browser(people["dora"])
    browser.submit("/@ana/mute")
    page = browser.get(f"/@ana/{note.id}")
    assert SECRET not in page.text
    assert "You have muted Ana." in page.text
    form = next(form for form in page.forms.values() if form.action == "/@ana/unmute")
    assert SECRET in browser.get(form.submit().location).text, "and the button leads back to it"


def test_a_muted_thread_is_gone_and_can_be_had_back(site: Site, people: dict[str, Person]) -> None:
    root = write(site, people["ana"], "Music?")
    reply = write(site, people["chidi"], f"The {SECRET}.", root)
    browser = site.browser(people["bo"])
    with site.transaction() as request:
        request.find_service(GraphService).follow(people["bo"].id, people["chidi"])
    pages = ["/home", "/@chidi", "/explore"]
    assert where(browser, pages) == set(pages)
    answer = browser.submit(f"/notes/{reply.id}/mute")
    assert answer.location == "http://localhost/home"
    assert where(browser, pages) == set()
    page = browser.get(f"/@chidi/{reply.id}")
    assert SECRET not in page.text
    assert "You have muted this thread." in page.text
    form = next(form for form in page.forms.values() if form.action == f"/notes/{reply.id}/unmute")
    assert SECRET in browser.get(form.submit().location).text
    assert where(browser, pages) == set(pages)


def test_the_muted_do_not_learn_of_it(site: Site, people: dict[str, Person]) -> None:
    note = write(site, people["ana"], SECRET)
    site.browser(people["bo"]).submit("/@ana/mute")
    assert "muted" not in site.browser(people["ana"]).get("/@bo").html.main.get_text().lower()
    site.browser(people["bo"]).submit(f"/notes/{note.id}/like", expect_errors=True)
    with site.transaction() as request:
        ana = people["ana"]
        counts = request.find_service(Manager).counts([note.entity], ["like"], viewer=Entity("person", ana.id))
        assert counts[note.key, "like"] == 0, "what is not shown cannot be liked"


def test_what_a_suspended_person_wrote_is_hidden_and_comes_back(site: Site, people: dict[str, Person]) -> None:
    note = write(site, people["ana"], SECRET)
    everybody = Entity("site", "all")
    with site.transaction() as request:
        request.find_service(Manager).mute(everybody, Entity("person", people["ana"].id))
    pages = [f"/@ana/{note.id}", "/@ana", "/explore", "/home"]
    assert where(site.browser(people["bo"]), pages) == set()
    with site.transaction() as request:
        request.find_service(Manager).un_mute(everybody, Entity("person", people["ana"].id))
    assert where(site.browser(people["bo"]), pages) == set(pages)
