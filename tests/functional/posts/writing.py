"""Notes in the words of the tests: by the service, and as a browser does it."""

from __future__ import annotations

from sqlalchemy import select
from webtest import TestResponse

from feedsite.accounts.models import Person
from feedsite.posts.models import Note
from feedsite.posts.services import NoteFacts, NoteService
from feedsite.security.identity import Identity

from tests.site import Browser, Site, form_with


def identity(person: Person) -> Identity:
    """Somebody as a reader."""
    names = ("id", "handle", "name", "role", "state", "zone", "locale", "theme")
    return Identity(**{name: getattr(person, name) for name in names}, session_id="", confirmed=person.created)


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
