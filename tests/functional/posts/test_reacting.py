"""Liking, sharing and watching notes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from feedsite.accounts.models import Person

from tests.functional.posts.writing import facts, main_text, page_of, write
from tests.site import Site


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
