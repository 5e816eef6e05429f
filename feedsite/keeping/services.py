"""Keeping notes: bookmarks and the pinned note."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from feedsite.db import insert_into, utcnow
from feedsite.keeping.models import Bookmark, Pin
from feedsite.keyset import Order, Place, Rows
from feedsite.posts.models import Note
from feedsite.posts.services import NoteService
from feedsite.security.identity import Identity

PAGE = 20
_NEWEST = Order((Bookmark.created, Bookmark.note_id), descending=True)


@dataclass(frozen=True)
class Bookmarks:
    """A page of somebody's bookmarks, the newest bookmark first.

    Attributes:
        rows: the bookmarks, and where the next page begins.
        notes: the notes that they may read now, in the same order.
    """

    rows: Rows[Bookmark]
    notes: tuple[Note, ...]

    @property
    def missing(self) -> int:
        """How many of the page's notes are not shown: deleted, muted, or for others by now."""
        return len(self.rows.rows) - len(self.notes)


class KeepingService:
    """Bookmarks and pins. Doing it twice is harmless; each change returns whether something changed."""

    def __init__(self, session: Session, notes: NoteService) -> None:
        self._session, self._notes = session, notes

    # Bookmarks

    def bookmark(self, person_id: str, note: Note, at: datetime | None = None) -> bool:
        """Bookmark a note that the person may read; now, unless `at` says when."""
        row = {"person_id": person_id, "note_id": note.id, "created": at or utcnow()}
        done = self._session.execute(
            insert_into(self._session, Bookmark).values(row).on_conflict_do_nothing().returning(Bookmark.note_id)
        )
        return done.first() is not None

    def remove_bookmark(self, person_id: str, note_id: str) -> bool:
        """Take a bookmark away, whatever became of its note."""
        mine = delete(Bookmark).where(Bookmark.person_id == person_id, Bookmark.note_id == note_id)
        return self._session.execute(mine.returning(Bookmark.note_id)).first() is not None

    def bookmarked(self, person_id: str, notes: Collection[Note]) -> set[str]:
        """The ids of those notes that the person has bookmarked."""
        if not notes:
            return set()
        ids = sorted(note.id for note in notes)
        found = select(Bookmark.note_id).where(Bookmark.person_id == person_id, Bookmark.note_id.in_(ids))
        return set(self._session.scalars(found))

    def bookmarks(self, reader: Identity, place: Place | None = None) -> Bookmarks:
        """A page of the reader's bookmarks.

        Raises ValueError when the place is none of this list.
        """
        rows = _NEWEST.page(self._session, select(Bookmark).where(Bookmark.person_id == reader.id), place, PAGE)
        keys = [f"note:{row.note_id}" for row in rows.rows]
        notes = self._notes.by_key(keys)
        readable = self._notes.readable(notes.values(), reader)
        return Bookmarks(rows, tuple(notes[key] for key in keys if key in readable))

    # The pinned note

    def pin(self, note: Note) -> None:
        """Put a note on top of its author's profile, in place of the one that was there."""
        row = {"person_id": note.author_id, "note_id": note.id}
        insert = insert_into(self._session, Pin).values(row)
        self._session.execute(
            insert.on_conflict_do_update(index_elements=[Pin.person_id], set_={"note_id": insert.excluded.note_id})
        )

    def unpin(self, note: Note) -> bool:
        """Take a note down from its author's profile."""
        mine = delete(Pin).where(Pin.person_id == note.author_id, Pin.note_id == note.id)
        return self._session.execute(mine.returning(Pin.note_id)).first() is not None

    def pinned_id(self, person_id: str) -> str | None:
        """The id of the note that somebody has pinned."""
        return self._session.scalar(select(Pin.note_id).where(Pin.person_id == person_id))

    def pinned(self, person_id: str, viewer: Identity | None) -> Note | None:
        """The note on top of somebody's profile, as far as the viewer may read it."""
        note_id = self.pinned_id(person_id)
        note = None if note_id is None else self._session.get(Note, note_id)
        if note is None or note.deleted is not None or not self._notes.readable([note], viewer):
            return None
        return note


def keeping_service(_context: object, request: Any) -> KeepingService:
    """Service factory."""
    return KeepingService(request.dbsession, request.find_service(NoteService))
