"""What is being written when a login ends is there again after the next one, for whoever wrote it."""

from __future__ import annotations

import pytest

from feedsite.accounts.models import LoginSession

from tests.functional.timelines.world import World, form_to, main_of, plain, texts
from tests.site import PASSWORD, Browser

#: As many bytes as a browser's box can hold: every character has three.
LONG = "水" * 1000


def end_logins(world: World) -> None:
    with world.site.transaction() as request:
        request.dbsession.query(LoginSession).delete()


def sign_in_after(answer, handle: str):
    """From the refused form to the page that comes after signing in."""
    assert answer.status_int == 303
    page = answer.follow()
    form = form_to(page, "/login")
    form["login"], form["password"] = handle, PASSWORD
    return form.submit().follow()


def typed(browser: Browser, path: str, text: str, **more: str):
    form = form_to(browser.get(path), path.split("?", maxsplit=1)[0])
    form["text"] = text
    for name, value in more.items():
        form[name] = value
    return form


@pytest.mark.parametrize("text", ["Where was I?", LONG], ids=["short", "long"])
def test_a_note_survives_an_expired_login(world: World, text: str) -> None:
    browser = world.browser("ana")
    form = typed(browser, "/notes?next=/home", text, visibility="followers")
    end_logins(world)
    page = sign_in_after(form.submit(), "ana")
    kept = form_to(page, "/notes")
    assert (kept["text"].value, kept["visibility"].value) == (text, "followers")
    assert kept.submit().location.startswith("http://localhost/home")
    assert texts(browser.get("/@ana")) == [text]
    assert form_to(browser.get("/notes"), "/notes")["text"].value == "", "it is kept once"


def test_a_reply_and_an_edit_survive_too(world: World) -> None:
    note = world.write("ana", "Mine")
    for path in (f"/notes/{note.id}/reply", f"/notes/{note.id}/edit"):
        browser = world.browser("ana")
        form = typed(browser, path, "Almost done")
        end_logins(world)
        page = sign_in_after(form.submit(), "ana")
        assert page.request.path == path
        assert form_to(page, path)["text"].value == "Almost done"


def test_somebody_else_does_not_see_it(world: World) -> None:
    browser = world.browser("ana")
    world.person("bo")
    form = typed(browser, "/notes", "Dear diary")
    end_logins(world)
    page = sign_in_after(form.submit(), "bo")
    assert form_to(page, "/notes")["text"].value == ""
    assert form_to(browser.get("/notes"), "/notes")["text"].value == ""


def test_who_signed_in_anew_in_another_tab_sends_it_once_more(world: World) -> None:
    browser = world.browser("ana")
    form = typed(browser, "/notes", "Still here")
    browser.sign_in(world.person("ana"))
    page = form.submit().follow()
    assert "send it once more" in plain(main_of(page))
    form_to(page, "/notes").submit()
    assert texts(browser.get("/@ana")) == ["Still here"]


def test_another_site_fills_no_box(world: World) -> None:
    browser = world.browser("ana")
    form = {"text": "Buy this", "writer": world.person("ana").id}
    answer = browser.post("/notes", form, headers={"Origin": "https://evil.example"}, expect_errors=True)
    assert answer.status_int == 400
    assert form_to(browser.get("/notes"), "/notes")["text"].value == ""


def test_what_does_not_fit_is_refused_as_before(world: World) -> None:
    browser = world.site.browser()
    answer = browser.post("/notes", {"text": "水" * 5000}, expect_errors=True)
    assert answer.status_int == 400
    assert "no longer good" in plain(main_of(answer))
