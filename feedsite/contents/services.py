"""Finding notes and acting on them. Hiding is a mute by everybody: reversible, and at once on every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from feedsite.accounts.models import Person
from feedsite.accounts.services import NoticeService
from feedsite.db import utcnow
from feedsite.feeds import Manager
from feedsite.keyset import Order, Place, Rows
from feedsite.moderation.audit import AuditService
from feedsite.moderation.ranks import Actor, Ranks
from feedsite.moderation.services import EVERYBODY
from feedsite.posts.models import Note
from feedsite.posts.rendering import excerpt
from feedsite.posts.services import NoteService

SIZE = 50
#: So many notes at most are looked through for words, for one page: the next page goes on where this one ended.
LOOKED_THROUGH = 5_000
MAX_WORDS = 10

_NEWEST_FIRST = Order((Note.created, Note.id), descending=True)


@dataclass(frozen=True)
class NoteFilter:
    """Which notes are asked for; what is empty is not asked.

    Args:
        author_id: whose.
        words: texts that all stand in it, without case.
        verb: ``create`` (it answers nothing) or ``reply``.
        state: ``shown`` or ``hidden``.
        since, until: aware instants; the first inclusive, the second exclusive.
    """

    author_id: str = ""
    words: tuple[str, ...] = ()
    verb: str = ""
    state: str = ""
    since: datetime | None = None
    until: datetime | None = None


class ContentService:
    """Finds notes, hides, shows and deletes them: by rank, with a reason, one audit row and one notice each.

    What was written to single people is a letter: it is not found here, and acted on only by its id (from a report).
    """

    def __init__(
        self,
        session: Session,
        feeds: Manager,
        notes: NoteService,
        ranks: Ranks,
        audit: AuditService,
        notices: NoticeService,
    ) -> None:
        self._session, self._feeds, self._notes = session, feeds, notes
        self._ranks, self._audit, self._notices = ranks, audit, notices

    def page(self, asked: NoteFilter, place: Place | None = None, *, size: int = SIZE) -> Rows[Note]:
        """A page of notes, newest first. With words it looks through `LOOKED_THROUGH` notes at most: it may be short,
        or empty, and have a next page all the same.

        Raises ValueError when the place is none of this list.
        """
        statement = _matching(asked)
        if not asked.words:
            return _NEWEST_FIRST.page(self._session, statement, place, size)
        if place is not None and place.backwards:
            raise ValueError("lists with words have no way back")
        last = self._last_looked_at(statement, place)
        if last is not None:
            statement = statement.where(tuple_(Note.created, Note.id) >= tuple_(last.created, last.id))
        for word in asked.words:
            statement = statement.where(Note.text.icontains(word, autoescape=True))
        rows = _NEWEST_FIRST.page(self._session, statement, place, size)
        following = rows.next
        if following is None and last is not None:
            following = Place((last.created.isoformat(), last.id))
        return Rows(rows.rows, following)

    def _last_looked_at(self, statement: Select[Note], place: Place | None) -> Note | None:
        beyond = statement
        if place is not None:
            created, note_id = place.values
            at = tuple_(datetime.fromisoformat(created), note_id)
            beyond = statement.where(tuple_(Note.created, Note.id) < at)
        newest = beyond.order_by(Note.created.desc(), Note.id.desc())
        return self._session.scalar(newest.offset(LOOKED_THROUGH - 1).limit(1))

    def find(self, note_id: str) -> Note | None:
        """A note that is not deleted, whoever may read it."""
        found = self._session.get(Note, note_id)
        return None if found is None or found.deleted is not None else found

    def hide(self, actor: Actor, note: Note, reason: str) -> bool:
        """Let nobody see a note, nor what touches it, until it is shown again.

        Args:
            actor: who hides.
            note: what.
            reason: why, 1 to `ranks.MAX_REASON` characters; its author reads it.

        Returns whether it was shown. Raises NotAllowed.
        """
        author = self._ranks.ready(actor, note.author_id, reason).person
        if note.hidden is not None:
            return False
        note.hidden = utcnow()
        self._feeds.mute(EVERYBODY, note.entity)
        self._done(actor, "hide note", "hidden", note, author, reason)
        return True

    def show(self, actor: Actor, note: Note, reason: str) -> bool:
        """Show a hidden note again, and what touches it. Arguments, result and errors as for `hide`."""
        author = self._ranks.ready(actor, note.author_id, reason).person
        if note.hidden is None:
            return False
        note.hidden = None
        self._feeds.un_mute(EVERYBODY, note.entity)
        self._done(actor, "show note", "shown", note, author, reason)
        return True

    def delete(self, actor: Actor, note: Note, reason: str) -> bool:
        """Delete a note, as its author could. Arguments, result and errors as for `hide`."""
        author = self._ranks.ready(actor, note.author_id, reason).person
        if note.deleted is not None:
            return False
        self._done(actor, "delete note", "deleted", note, author, reason)
        if note.hidden is not None:
            note.hidden = None
            self._feeds.un_mute(EVERYBODY, note.entity)
        self._notes.delete(note)
        return True

    def _done(self, actor: Actor, action: str, letter: str, note: Note, author: Person, reason: str) -> None:
        after = {"author": author.key}
        self._audit.record(actor.key, action, note.key, after=after, reason=reason.strip())
        self._notices.write(author, f"contents.{letter}", reason=reason.strip(), text=excerpt(note.text, 80))


def _matching(asked: NoteFilter) -> Select[Note]:
    statement = select(Note).where(Note.deleted.is_(None), Note.visibility != "mentioned")
    if asked.author_id:
        statement = statement.where(Note.author_id == asked.author_id)
    if asked.verb:
        is_reply = Note.in_reply_to.is_not(None)
        statement = statement.where(is_reply if asked.verb == "reply" else ~is_reply)
    if asked.state:
        statement = statement.where(Note.hidden.is_not(None) if asked.state == "hidden" else Note.hidden.is_(None))
    if asked.since is not None:
        statement = statement.where(Note.created >= asked.since)
    if asked.until is not None:
        statement = statement.where(Note.created < asked.until)
    return statement


def content_service(_context: object, request: Any) -> ContentService:
    """Service factory."""
    services = (Manager, NoteService, Ranks, AuditService, NoticeService)
    return ContentService(request.dbsession, *(request.find_service(service) for service in services))
