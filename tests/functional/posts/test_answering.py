"""Answering notes, and the pages of threads."""

from __future__ import annotations

from feedsite.accounts.models import Person
from feedsite.feeds import Manager
from feedsite.posts.services import NoteFacts

from tests.functional.posts.writing import facts, main_text, notes, page_of, write
from tests.site import Site, form_with


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
