"""Writing the demo to the record, in bulk and as the site itself would have written it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from feedsite.accounts.models import Person
from feedsite.accounts.name_words import store_words
from feedsite.accounts.services import email_key
from feedsite.db import utcnow
from feedsite.demo.history import Deed, DemoNote, History, make_history
from feedsite.demo.people import ADMIN_HANDLE, DEMO_HANDLE, DemoPerson
from feedsite.feeds import Activity, Actor, Entity, Link, Manager, Object, Target
from feedsite.feeds.network import link
from feedsite.feeds.order import floor_position, milliseconds
from feedsite.posts import text
from feedsite.posts.acts import reaction_to, watching, writing_of
from feedsite.posts.models import Note
from feedsite.security.passwords import Passwords
from feedsite.settings import Settings
from feedsite.timelines.marks import HOME, NOTIFICATIONS_READ, NOTIFICATIONS_SEEN, Mark, MarkService

#: Everybody can read these: they open a demo on one's own machine, and nothing else.
PASSWORDS = {DEMO_HANDLE: "seven herons over the tram", ADMIN_HANDLE: "every biscuit is counted"}
#: A tag that the demo person watches, so that her notifications show why each came.
WATCHED_TAG = "sourdough"
#: Up to where the demo person has read: hours before now.
_LAST_READ = {HOME: 2.0, NOTIFICATIONS_READ: 9.0, NOTIFICATIONS_SEEN: 2.0}


class DemoRefused(Exception):
    """The demo is not loaded here; the message says why."""


@dataclass(frozen=True)
class Loaded:
    """How much was stored."""

    people: int
    notes: int
    acts: int
    links: int


class DemoLoader:
    """Loads the demo, once.

    Args:
        session: whose transaction all of it belongs to: a demo that was stopped half way is none.
        feeds: in the same transaction.
    """

    def __init__(self, session: Session, feeds: Manager, passwords: Passwords, settings: Settings) -> None:
        self._session, self._feeds, self._passwords, self._settings = session, feeds, passwords, settings

    def load(self, now: datetime | None = None) -> Loaded | None:
        """Load the demo as of `now` (aware; None: this moment). None: it is there already.

        Raises DemoRefused outside development, and where other people have one of its handles.
        """
        if self._settings.environment != "development":
            raise DemoRefused(
                "the demo's passwords are known to everybody: it is loaded only where feedsite.environment is "
                f"development, and here it is {self._settings.environment}"
            )
        history = make_history(now or utcnow())
        if self._session.get(Person, history.people[0].id) is not None:
            return None
        self._check_handles(history)
        self._session.execute(insert(Person), [self._person(history, person) for person in history.people])
        names = [(person.id, person.name, person.handle) for person in history.people]
        store_words(self._session.connection(), names)
        notes = self._add_notes(history)
        links = self._feeds.add_links(_links(history))
        acts = self._feeds.add_activities(_writings(history, notes))
        acts += self._feeds.perform_all(_reactions(history, notes))
        self._leave_marks(history)
        return Loaded(len(history.people), len(notes), acts, links)

    def _check_handles(self, history: History) -> None:
        handles = [person.handle for person in history.people]
        statement = select(func.count()).select_from(Person).where(Person.handle.in_(handles))
        if taken := self._session.scalar(statement):
            raise DemoRefused(
                f"{taken} of the demo's handles belong to people of this site; load the demo into a database of its own"
            )

    def _person(self, history: History, person: DemoPerson) -> dict[str, Any]:
        password = PASSWORDS.get(person.handle)
        return {
            "id": person.id,
            "handle": person.handle,
            "name": person.name,
            "email": person.email,
            "email_key": email_key(person.email),
            "password_hash": None if password is None else self._passwords.hash(password),
            "bio": person.bio,
            "role": person.role,
            "state": "active",
            "zone": person.zone,
            "locale": "en",
            "theme": "auto",
            "created": history.ago(person.joined),
        }

    def _leave_marks(self, history: History) -> None:
        """The demo person was here yesterday and looked in this morning: something is new, not everything."""
        marks = MarkService(self._session)
        for timeline, hours in _LAST_READ.items():
            at = milliseconds(history.ago(hours / 24))
            marks.move(history.people[0].id, timeline, Mark(floor_position(at)))

    def _add_notes(self, history: History) -> dict[str, Note]:
        """Store the notes; returns them by id, as the site knows them."""
        ids = {person.handle: person.id for person in history.people}
        # What is answered before what answers it.
        notes = {made.id: _note(made, ids) for made in sorted(history.notes, key=lambda note: (note.at, note.id))}
        columns = [column.key for column in Note.__mapper__.column_attrs]
        self._session.execute(
            insert(Note), [{name: getattr(note, name) for name in columns} for note in notes.values()]
        )
        return notes


def _note(made: DemoNote, ids: dict[str, str]) -> Note:
    content = text.normalised(made.text)
    return Note(
        id=made.id,
        author_id=made.author.id,
        text=content,
        visibility=made.visibility,
        gate_id=made.root.author.id,
        in_reply_to=None if made.answered is None else made.answered.id,
        root_id=made.root.id,
        created=made.at,
        deleted=None,
        tags=text.tags(content),
        mentions={handle: ids[handle] for handle in text.handles(content) if handle in ids},
    )


def _links(history: History) -> Iterator[Link]:
    """Who follows whom, and who watches which thread, tag and project."""
    for person in history.people:
        me = Entity("person", person.id)
        yield link(me, "follow", me, since=history.ago(person.joined))
    for (follower, followed), days in history.network.follows.items():
        yield link(Entity("person", follower), "follow", Entity("person", followed), since=history.ago(days))
    for note in sorted(history.notes, key=lambda note: (note.at, note.id)):
        yield replace(watching(note.author.id, Entity("note", note.root.id)), linked=note.at)
    for deed in history.deeds:
        if deed.verb == "join":
            yield link(Entity("person", deed.person.id), "watch", Entity("project", deed.project.id), since=deed.at)
    yield replace(watching(history.people[0].id, Entity("tag", WATCHED_TAG)), linked=history.ago(60))


def _writings(history: History, notes: dict[str, Note]) -> Iterator[Activity]:
    """The acts that are done once: notes, replies, and what was done for projects."""
    for made in history.notes:
        answered = None if made.answered is None else notes[made.answered.id]
        yield writing_of(notes[made.id], answered, published=made.at)
    for number, deed in enumerate(history.deeds):
        if deed.verb != "join":
            yield _deed(deed, f"demo.{number}")


def _reactions(history: History, notes: dict[str, Note]) -> Iterator[Activity]:
    """The acts that can be undone: likes, shares, follows, and joining a project."""
    for reaction in history.reactions:
        yield reaction_to(notes[reaction.note.id], reaction.verb, reaction.person.id, published=reaction.at)
    for (follower, followed), days in history.network.follows.items():
        told = (Entity("person", followed),)
        yield Activity("follow", Actor(follower), Object(followed, "person"), history.ago(days), audience=told)
    for deed in history.deeds:
        if deed.verb == "join":
            yield _deed(deed, None)


def _deed(deed: Deed, act_id: str | None) -> Activity:
    name = {"name": deed.project.name}
    if deed.note is None:
        project = Object(deed.project.id, "project", name)
        return Activity(deed.verb, Actor(deed.person.id), project, deed.at, id=act_id)
    target = Target(deed.project.id, "project", name)
    return Activity(
        deed.verb,
        Actor(deed.person.id),
        Object(deed.note.id, "note"),
        deed.at,
        activity_target=target,
        id=act_id,
        about=(Entity("person", deed.note.author.id), Entity("note", deed.note.root.id)),
    )
