"""Acts and notifications as entries of a feed, whatever format it is written in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from feedsite.accounts.models import Person
from feedsite.feeds import Group, Item
from feedsite.feedsout.addresses import Addresses
from feedsite.feedsout.material import Material
from feedsite.posts.models import Note
from feedsite.posts.presenters import note_url
from feedsite.posts.rendering import excerpt, render
from feedsite.timelines.items import anchor, sketched
from feedsite.timelines.telling import Teller

_TITLE = 100
#: What no XML document may hold, in no spelling (https://www.w3.org/TR/xml/#charsets).
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote an entry, or all of a feed: a name and an address."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The note that an entry answers: its id and its address."""

    id: str
    url: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry.

    Attributes:
        id: the same for good.
        url: the page that shows it.
        title: plain text.
        html: safe, with whole addresses.
        published, updated: when it was done, and when what it says changed last.
        author: None: nobody whom the site knows.
        tags: of the note that it is about.
        answered: what it answers, where that may be seen.
    """

    id: str
    url: str
    title: str
    html: Markup
    published: datetime
    updated: datetime
    author: Author | None = None
    tags: tuple[str, ...] = ()
    answered: Answered | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A page of a feed.

    Attributes:
        id: of the feed, the same on all of its pages and for good.
        title: plain text.
        page_url: the page that shows the same.
        url, first_url, next_url, previous_url: of this page of the feed, and of others (empty: there is none).
        updated: when it changed last.
        language: BCP 47.
        author: whose feed it is, where it is one person's.
    """

    id: str
    title: str
    page_url: str
    url: str
    first_url: str
    next_url: str
    previous_url: str
    updated: datetime
    language: str
    entries: tuple[Entry, ...]
    author: Author | None = None


def clean(text: str) -> str:
    """A text without what XML cannot hold."""
    return _FORBIDDEN.sub("", text)


def text_of(html: Markup) -> str:
    """The text of a sentence with links."""
    return clean(html.striptags())


class EntryWriter:
    """Makes entries of a page for whoever a request is from. No statement."""

    def __init__(self, request: Any, material: Material) -> None:
        self._request, self._material, self._addresses = request, material, Addresses(request)
        people, notes = sketched(request, material.timeline)
        self._teller = Teller(request, people, notes)

    def acts(self, items: Iterable[Item]) -> tuple[Entry, ...]:
        """Acts, one entry each."""
        return tuple(self._act(item) for item in items)

    def groups(self, groups: Iterable[Group]) -> tuple[Entry, ...]:
        """Notifications, one entry each, which changes when something is added to it."""
        return tuple(self._group(group) for group in groups if group.item.actor.key in self._material.people)

    def note_html(self, note: Note) -> Markup:
        """A note's text, with whole addresses."""
        people = self._material.people
        pages = {
            handle: self._addresses.page("timelines.profile", handle=people[f"person:{person_id}"].handle)
            for handle, person_id in note.mentions.items()
            if f"person:{person_id}" in people
        }
        return render(note.text, mentions=pages, tag_url=lambda tag: self._addresses.page("timelines.tag", tag=tag))

    def sentence(self, item: Item) -> Markup:
        """Who did what, with whole addresses."""
        return self._addresses.html(self._teller.sentence(item))

    def url_of(self, note: Note) -> str:
        """The address of a note's page."""
        author = self._material.people[note.author.key]
        return self._addresses.whole(note_url(self._request, note, author))

    def author(self, person: Person) -> Author:
        """A person as the author of something."""
        return Author(clean(person.name), self._addresses.page("timelines.profile", handle=person.handle))

    def _note(self, item: Item) -> Note | None:
        note = self._material.notes.get(item.object.key)
        return note if note is not None and note.author.key in self._material.people else None

    def _act(self, item: Item) -> Entry:
        note, actor = self._note(item), self._material.people[item.actor.key]
        own = note is not None and note.author == item.actor
        sentence, author = self.sentence(item), self.author(actor)
        return Entry(
            id=self._addresses.act(item.id),
            url=f"{author.url}#{anchor(item.id)}" if note is None else self.url_of(note),
            title=clean(excerpt(note.text, _TITLE)) if note is not None and own else text_of(sentence),
            html=self.note_html(note) if note is not None and own else self._about(sentence, note),
            published=item.published,
            updated=_updated(item, note),
            author=author,
            tags=() if note is None else tuple(note.tags),
            answered=self._answered(note),
        )

    def _group(self, group: Group) -> Entry:
        item, note = group.item, self._note(group.item)
        page = self._addresses.page("notifications.group", key=str(group.value))
        sentence = self._addresses.html(self._teller.together(group, page))
        return Entry(
            id=page,
            url=page if note is None else self.url_of(note),
            title=text_of(sentence),
            html=self._about(sentence, note),
            published=item.published,
            updated=_updated(item, note),
            author=self.author(self._material.people[item.actor.key]),
        )

    def _about(self, sentence: Markup, note: Note | None) -> Markup:
        said = Markup("<p>{}</p>").format(sentence)
        if note is None:
            return said
        return said + Markup('<blockquote cite="{}">{}</blockquote>').format(self.url_of(note), self.note_html(note))

    def _answered(self, note: Note | None) -> Answered | None:
        answered = None if note is None else self._material.notes.get(f"note:{note.in_reply_to}")
        if answered is None or answered.author.key not in self._material.people:
            return None
        return Answered(self._addresses.note(answered.id), self.url_of(answered))


def _updated(item: Item, note: Note | None) -> datetime:
    edited = None if note is None else note.edited
    return item.published if edited is None else max(item.published, edited)
