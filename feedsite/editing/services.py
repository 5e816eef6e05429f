"""Changing notes, and what they said before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pyramid.i18n import TranslationStringFactory
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedsite.db import utcnow
from feedsite.editing.models import NoteVersion
from feedsite.feeds import Manager
from feedsite.posts.acts import LIKE, SHARE, reaction_to, writing_of
from feedsite.posts.models import Note
from feedsite.posts.services import NoteRefused, NoteService

_ = TranslationStringFactory("feedsite")

#: How often a note may be changed: its history is one page.
MAX_VERSIONS = 50


class EditService:
    """Changes notes. Who reads a note reads what it said before: nothing is changed in secret."""

    def __init__(self, session: Session, feeds: Manager, notes: NoteService) -> None:
        self._session, self._feeds, self._notes = session, feeds, notes

    def edit(self, note: Note, text: str, *, seen: str) -> bool:
        """Change a note's text; who may read it and when it was written stay.

        Whom the new text names finds it in their notifications at the time of the note; tags, and what muted words
        look at, are those of the new text at once.

        Args:
            note: one that stands.
            text: what was typed.
            seen: the version that the form was made with (`version_of`); there may be a newer one.

        Returns whether something changed. Raises NoteRefused.
        """
        note = self._session.get_one(Note, note.id, with_for_update=True, populate_existing=True)
        if version_of(note) != seen:
            raise NoteRefused(_("You have changed this note elsewhere meanwhile. This is what you typed here."))
        before, tags = note.text, note.tags
        version = self._next_version(note, before)
        self._notes.spell(note, text)
        if note.text == before:
            return False
        if version.number > MAX_VERSIONS:
            raise NoteRefused(_("A note can be changed ${max} times.", mapping={"max": MAX_VERSIONS}))
        self._session.add(version)
        note.edited = utcnow()
        self._feeds.update_activity(writing_of(note, self._answered(note)))
        if note.tags != tags:
            self._tag_reactions(note)
        return True

    def versions(self, note: Note) -> list[NoteVersion]:
        """What a note said before, the newest first."""
        mine = select(NoteVersion).where(NoteVersion.note_id == note.id)
        return list(self._session.scalars(mine.order_by(NoteVersion.number.desc())))

    def _next_version(self, note: Note, text: str) -> NoteVersion:
        last = self._session.scalar(select(func.max(NoteVersion.number)).where(NoteVersion.note_id == note.id)) or 0
        return NoteVersion(note_id=note.id, number=last + 1, text=text, written=note.edited or note.created)

    def _answered(self, note: Note) -> Note | None:
        return None if note.in_reply_to is None else self._session.get_one(Note, note.in_reply_to)

    def _tag_reactions(self, note: Note) -> None:
        """Likes and shares stand under the note's tags, too (`acts.reaction_to`)."""
        for verb in (LIKE, SHARE):
            for item in self._notes.reactions(note, verb):
                self._feeds.update_activity(replace(reaction_to(note, verb, item.actor.id), id=item.id))


def version_of(note: Note) -> str:
    """What tells a note's text from earlier and later ones: the instant of its last change, or nothing."""
    return "" if note.edited is None else note.edited.isoformat()


def edit_service(_context: object, request: Any) -> EditService:
    """Service factory."""
    return EditService(request.dbsession, request.find_service(Manager), request.find_service(NoteService))
