"""People who write, like and follow, for the tests of what readers see; and how to read a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import html5lib
from webtest import TestResponse

from feedsite.accounts.models import Person
from feedsite.feeds import Activity, Actor, Entity, Manager, Object
from feedsite.graph.services import GraphService
from feedsite.posts.models import Note
from feedsite.posts.services import NoteService

from tests.site import Browser, Site

NOON = datetime(2026, 3, 15, 12, tzinfo=UTC)


class World:
    """A site with people, in the words of the domain. Each act is a transaction of its own."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.people: dict[str, Person] = {}

    def person(self, handle: str, **columns: Any) -> Person:
        """Somebody; made at the first mention."""
        if handle not in self.people:
            self.people[handle] = self.site.person(handle, **columns)
        return self.people[handle]

    def browser(self, handle: str) -> Browser:
        """The browser of somebody who is signed in."""
        return self.site.browser(self.person(handle))

    def write(
        self, handle: str, text: str = "A note", *, at: datetime | None = None, visibility: str = "public"
    ) -> Note:
        """Write a note; its text is its own."""
        author = self.person(handle)
        with self.site.transaction() as request:
            note = request.find_service(NoteService).write(author.id, text, visibility=visibility, published=at)
            return self._detached(request, note)

    def write_many(self, handle: str, count: int, text: str = "Note {}", **more: Any) -> list[Note]:
        """Notes "Note 0", "Note 1", …, in one transaction."""
        author = self.person(handle)
        with self.site.transaction() as request:
            notes = request.find_service(NoteService)
            made = [notes.write(author.id, text.format(number), **more) for number in range(count)]
            return [self._detached(request, note) for note in made]

    def reply(self, handle: str, note: Note, text: str = "A reply") -> Note:
        author = self.person(handle)
        with self.site.transaction() as request:
            answered = request.dbsession.get(Note, note.id)
            return self._detached(request, request.find_service(NoteService).reply(author.id, answered, text))

    def like(self, note: Note, *handles: str) -> None:
        people = [self.person(handle) for handle in handles]
        with self.site.transaction() as request:
            for person in people:
                request.find_service(NoteService).like(person.id, note)

    def unlike(self, note: Note, handle: str) -> None:
        with self.site.transaction() as request:
            request.find_service(NoteService).unlike(self.person(handle).id, note)

    def share(self, note: Note, *handles: str) -> None:
        people = [self.person(handle) for handle in handles]
        with self.site.transaction() as request:
            for person in people:
                request.find_service(NoteService).share(person.id, note)

    def delete(self, note: Note) -> None:
        with self.site.transaction() as request:
            request.find_service(NoteService).delete(request.dbsession.get(Note, note.id))

    def follow(self, handle: str, *others: str) -> None:
        people = [self.person(other) for other in others]
        follower = self.person(handle)
        with self.site.transaction() as request:
            for person in people:
                request.find_service(GraphService).follow(follower.id, person)

    def unfollow(self, handle: str, other: str) -> None:
        with self.site.transaction() as request:
            request.find_service(GraphService).unfollow(self.person(handle).id, self.person(other))

    def watch_tag(self, handle: str, tag: str) -> None:
        with self.site.transaction() as request:
            request.find_service(GraphService).watch(self.person(handle).id, Entity("tag", tag))

    def mute(self, handle: str, other: str) -> None:
        with self.site.transaction() as request:
            request.find_service(GraphService).mute(self.person(handle).id, Entity("person", self.person(other).id))

    def act(self, handle: str, verb: str, thing: Entity, **more: Any) -> None:
        """Any act at all."""
        with self.site.transaction() as request:
            activity = Activity(
                verb, Actor(self.person(handle).id), Object(thing.id, thing.type, more.pop("extra", None)), **more
            )
            request.find_service(Manager).add_activity_feed(activity)

    @staticmethod
    def _detached(request: Any, note: Note) -> Note:
        request.dbsession.flush()
        request.dbsession.refresh(note)
        request.dbsession.expunge(note)
        return note


# -- reading a page


def plain(node: Any) -> str:
    """The text of a part of a page, with single spaces."""
    return re.sub(r"\s+", " ", node.get_text()).strip()


def main_of(page: TestResponse) -> Any:
    """The page's own part: neither the pane nor the frame."""
    return page.html.select_one("main")


def headings(page: TestResponse) -> list[str]:
    """The sentences of the cards, in order."""
    return [plain(heading) for heading in main_of(page).select("article.item .line .h")]


def texts(page: TestResponse) -> list[str]:
    """The texts of the notes, in order."""
    return [plain(text) for text in main_of(page).select("article.item .text")]


def link(page: TestResponse, text: str) -> str | None:
    """Where the page's link with this text leads; None: there is none."""
    found = [a for a in main_of(page).select("a[href]") if plain(a) == text]
    return found[0]["href"] if found else None


def pages(browser: Browser, path: str) -> Iterator[TestResponse]:
    """A page and the older ones after it."""
    following: str | None = path
    while following is not None:
        page = browser.get(following)
        yield page
        following = link(page, "Older")


def form_to(page: TestResponse, action: str) -> Any:
    """The form of a page that posts to this path."""
    found = [form for form in page.forms.values() if form.action == action]
    assert found, f"no form posts to {action}"
    return found[0]


def faults_of_html(page: TestResponse) -> list[str]:
    """What is wrong with a page's HTML: strict parsing, and ids that are not unique."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    parser.parse(page.text)
    ids = [node["id"] for node in page.html.select("[id]")]
    doubled = sorted({name for name in ids if ids.count(name) > 1})
    return [f"{place}: {error} {data}" for place, error, data in parser.errors] + [
        f"id {name} twice" for name in doubled
    ]
