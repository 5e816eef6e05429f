"""Taking somebody's notes out for good, and them out of the notes of others."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Text, cast, delete, or_, select, update
from sqlalchemy.orm import Session

from feedsite.accounts.models import Person
from feedsite.posts.models import Note
from feedsite.posts.services import NoteService

#: Each is some statements: a transaction stays far below a second.
_AT_ONCE = 50


class NoteForgetter:
    """Removes the notes of people who go.

    Unlike a note that its author deleted, these leave no row: what answers them stays, as a reply to something that is
    not there any more.
    """

    def __init__(self, session: Session, notes: NoteService) -> None:
        self._session, self._notes = session, notes

    def forget(self, person: Person) -> bool:
        """Remove some of somebody's notes, and in the end them from what others wrote; whether there is more."""
        mine = select(Note).where(Note.author_id == person.id).order_by(Note.created, Note.id).limit(_AT_ONCE)
        notes = list(self._session.scalars(mine))
        if not notes:
            self._take_out_of_others(person)
            return False
        ids = [note.id for note in notes]
        for note in notes:
            if note.deleted is None:
                self._notes.delete(note)
        self._session.flush()
        for note in notes:
            self._session.expunge(note)
        self._change(update(Note).where(Note.in_reply_to.in_(ids)).values(in_reply_to=None))
        self._change(delete(Note).where(Note.id.in_(ids)))
        return True

    def _take_out_of_others(self, person: Person) -> None:
        # Their own text still says "@ana": it leads nowhere then. One look through the table, once a person.
        named = or_(cast(Note.mentions, Text).contains(person.id, autoescape=True), Note.gate_id == person.id)
        for note in self._session.scalars(select(Note).where(named)):
            note.mentions = {handle: who for handle, who in note.mentions.items() if who != person.id}
            if note.gate_id == person.id:
                # Of a thread for the followers of who goes, a reply is left to its author and to whom it names.
                note.gate_id = note.author_id
                note.visibility = "mentioned" if note.visibility == "followers" else note.visibility
        self._session.flush()

    def _change(self, statement: Any) -> None:
        self._session.execute(statement.execution_options(synchronize_session=False))


def note_forgetter(_context: object, request: Any) -> NoteForgetter:
    """Service factory."""
    return NoteForgetter(request.dbsession, request.find_service(NoteService))
