"""Notes: writing and deleting them, finding them, liking and sharing them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyramid.i18n import TranslationString, TranslationStringFactory
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from feedsite.accounts.services import PeopleService
from feedsite.db import new_id, utcnow
from feedsite.editing.models import NoteVersion
from feedsite.feeds import Entity, Item, Manager, Page
from feedsite.feeds.aggregators import ThreadAggregator
from feedsite.feeds.names import digest
from feedsite.keeping.models import Bookmark, Pin
from feedsite.posts import text as texts
from feedsite.posts.acts import LIKE, REPLY, SHARE, reaction_to, watching, writing_of
from feedsite.posts.models import VISIBILITIES, Note
from feedsite.security.identity import Identity

_ = TranslationStringFactory("feedsite")

_ID_BYTES = 12
_REACTIONS_PAGE = 500
_THREAD_PAGE = 20


class NoteRefused(ValueError):
    """A note that cannot be written.

    Args:
        message: why, as a sentence for who wrote it.
    """

    def __init__(self, message: TranslationString) -> None:
        self.message = message
        super().__init__(str(message))


class NoSuchNote(LookupError):
    """There is no such note, or none that the reader may see."""


class NoteDeleted(LookupError):
    """There was a note; it has been deleted."""


@dataclass(frozen=True, slots=True)
class NoteFacts:
    """What has become of a note, as far as the reader may see it.

    Attributes:
        replies, likes, shares: how many.
        liked, shared: whether the reader did.
        watching: whether the reader watches its thread.
    """

    replies: int = 0
    likes: int = 0
    shares: int = 0
    liked: bool = False
    shared: bool = False
    watching: bool = False


class NoteService:
    """Writes, reads and deletes notes; the number of statements does not depend on the number of notes."""

    def __init__(self, session: Session, feeds: Manager, people: PeopleService, max_length: int) -> None:
        self._session, self._feeds, self._people, self._max_length = session, feeds, people, max_length

    # Finding

    def by_key(self, keys: Iterable[str]) -> dict[str, Note]:
        """Notes by their feed keys (``note:{id}``), deleted ones too, as far as they exist; other keys are passed
        over."""
        ids = {key.removeprefix("note:") for key in keys if key.startswith("note:")}
        if not ids:
            return {}
        return {note.key: note for note in self._session.scalars(select(Note).where(Note.id.in_(sorted(ids))))}

    def find(self, note_id: str, viewer: Identity | None) -> Note:
        """A note that the viewer may read.

        Raises NoSuchNote, or NoteDeleted where the viewer could have known it.
        """
        note = self._session.get(Note, note_id)
        if note is None:
            raise NoSuchNote
        if note.deleted is not None:
            # What was for a few is not told apart from what never was.
            own = viewer is not None and viewer.id == note.author_id
            raise NoteDeleted if own or note.visibility == "public" else NoSuchNote
        if not self.readable([note], viewer):
            raise NoSuchNote
        return note

    def readable(self, notes: Iterable[Note], viewer: Identity | None) -> set[str]:
        """The keys of those notes that stand and that the viewer may see."""
        acts = {note.act_id: note.key for note in notes if note.deleted is None}
        return {acts[act_id] for act_id in self._feeds.readable(acts, _entity(viewer))}

    def facts(self, notes: Collection[Note], viewer: Identity | None) -> dict[str, NoteFacts]:
        """What has become of notes, by their keys: counts, and what the viewer did."""
        who, things = _entity(viewer), [note.entity for note in notes]
        replies = self._feeds.counts(things, (REPLY,), viewer=who, by="target")
        counts = self._feeds.counts(things, (LIKE, SHARE), viewer=who)
        liked = self._feeds.performed(LIKE, who, things) if who else set()
        shared = self._feeds.performed(SHARE, who, things) if who else set()
        roots = {note.root for note in notes}
        watched = {row.entity for row in self._feeds.linked(who, roots, kinds=("watch",))} if who else set()
        return {
            note.key: NoteFacts(
                replies=replies[note.key, REPLY],
                likes=counts[note.key, LIKE],
                shares=counts[note.key, SHARE],
                liked=note.key in liked,
                shared=note.key in shared,
                watching=note.root in watched,
            )
            for note in notes
        }

    def thread(self, note: Note, viewer: Identity | None, cursor: str | None = None) -> Page:
        """A page of the thread of a note, oldest first, as far as the viewer may see it.

        Raises InvalidCursor.
        """
        return self._feeds.get_page(ThreadAggregator(note.root, viewer=_entity(viewer), size=_THREAD_PAGE), cursor)

    # Writing

    def write(
        self,
        author_id: str,
        text: str,
        *,
        visibility: str = "public",
        draft: str = "",
        published: datetime | None = None,
    ) -> Note:
        """Write a note, and watch its thread.

        Args:
            author_id: a person's id.
            text: what was typed.
            visibility: "public", "followers" or "mentioned".
            draft: any token of the form that it was typed in: the same text of the same draft is one note, however
                often it is sent.
            published: when it was written; None: now.

        Raises NoteRefused.
        """
        if visibility not in VISIBILITIES:
            raise NoteRefused(_("Choose who can see this note."))
        note = Note(author_id=author_id, visibility=visibility, gate_id=author_id, in_reply_to=None)
        return self._write(note, text, None, draft, published)

    def reply(
        self, author_id: str, answered: Note, text: str, *, draft: str = "", published: datetime | None = None
    ) -> Note:
        """Answer a note that the author may read, and watch its thread; the reply is for those whom the note is for.

        Arguments as for `write`. Raises NoteRefused.
        """
        note = Note(
            author_id=author_id,
            visibility=answered.visibility,
            gate_id=answered.gate_id,
            in_reply_to=answered.id,
            root_id=answered.root_id,
        )
        return self._write(note, text, answered, draft, published)

    def _write(self, note: Note, text: str, answered: Note | None, draft: str, published: datetime | None) -> Note:
        self.spell(note, text)
        note.id = _id_of(note, draft)
        return self._store(note, answered, published)

    def spell(self, note: Note, text: str) -> None:
        """Give a note its text, with the tags and the people in it.

        Raises NoteRefused, and leaves the note as it was.
        """
        text = texts.normalised(text)
        refused = texts.refusal(text, self._max_length)
        if refused is not None:
            raise NoteRefused(refused)
        named = self._people_named(text)
        if note.visibility == "mentioned" and not note.is_reply and not set(named.values()) - {note.author_id}:
            raise NoteRefused(_("Mention somebody with @: nobody else could read this note."))
        note.text, note.tags, note.mentions = text, texts.tags(text), named

    def _store(self, note: Note, answered: Note | None, published: datetime | None) -> Note:
        note.root_id = note.id if answered is None else answered.root_id
        act = writing_of(note, answered, published=published)
        if not self._feeds.add_activity_feed(act):
            # Sent before. If it was deleted since, it is meant once more.
            before = self._session.get(Note, note.id)
            if before is not None and before.deleted is None:
                return before
            note.id = new_id()
            return self._store(note, answered, published)
        stored = self._feeds.get_activity(note.act_id)
        # The record's clock, not this host's: the same instant wherever the note is shown.
        note.created = utcnow() if stored is None else stored.published
        self._session.add(note)
        self._session.flush()
        self._feeds.add_network_link(watching(note.author_id, note.root))
        return note

    def _people_named(self, text: str) -> dict[str, str]:
        people = self._people.by_handles(texts.handles(text))
        return {handle: person.id for handle, person in people.items()}

    def delete(self, note: Note) -> None:
        """Delete a note: its texts are erased, its likes, shares and bookmarks go with it; what answers it stays."""
        note.text, note.tags, note.mentions, note.deleted = "", [], {}, utcnow()
        for kept in (NoteVersion, Bookmark, Pin):
            self._session.execute(delete(kept).where(kept.note_id == note.id))
        # Those of people whom the author does not see, too.
        self._feeds.delete_activities_on(note.entity)

    def reactions(self, note: Note, verb: str) -> Iterator[Item]:
        """Every like or share of a note, as its author may see them, newest first."""
        cursor = None
        while True:
            page = self._feeds.get_activities(
                activity_type=verb, object_=note.entity, viewer=note.author, cursor=cursor, size=_REACTIONS_PAGE
            )
            yield from page.items
            cursor = page.next
            if cursor is None:
                break

    # Liking and sharing

    def like(self, person_id: str, note: Note) -> bool:
        """Like a note; returns whether that is new."""
        return bool(self._feeds.perform(reaction_to(note, LIKE, person_id)))

    def unlike(self, person_id: str, note: Note) -> bool:
        """Take a like back; returns whether there was one."""
        return self._feeds.undo(LIKE, Entity("person", person_id), note.entity)

    def share(self, person_id: str, note: Note) -> bool:
        """Share a note with one's followers; returns whether that is new.

        Raises NoteRefused for a note that is not for everybody.
        """
        if note.visibility != "public":
            raise NoteRefused(_("Only notes that everybody can see can be shared."))
        return bool(self._feeds.perform(reaction_to(note, SHARE, person_id)))

    def unshare(self, person_id: str, note: Note) -> bool:
        """Take a share back; returns whether there was one."""
        return self._feeds.undo(SHARE, Entity("person", person_id), note.entity)


def _entity(viewer: Identity | None) -> Entity | None:
    return None if viewer is None else viewer.entity


def _id_of(note: Note, draft: str) -> str:
    if not draft:
        return new_id()
    parts = (note.author_id, draft, note.visibility, note.in_reply_to or "", note.text)
    return digest(*parts, size=_ID_BYTES)


def note_service(_context: object, request: Any) -> NoteService:
    """Service factory."""
    return NoteService(
        request.dbsession,
        request.find_service(Manager),
        request.find_service(PeopleService),
        request.site_settings.note_max_length,
    )
