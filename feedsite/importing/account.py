"""Taking an archive into somebody's account: what is there already stays as it is, so twice is once.

Nobody hears of it: notes stand at their own instants, and name nobody, as a handle may be somebody else's here.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedsite.accounts.models import Person
from feedsite.editing.models import NoteVersion
from feedsite.feeds import Activity, Entity, Manager
from feedsite.feeds.names import digest
from feedsite.importing.contents import ArchivedNote, Contents, TakenIn
from feedsite.importing.links import LinkTaker
from feedsite.keeping.services import KeepingService
from feedsite.mail.services import TOPICS, MailService
from feedsite.notifications.states import StateService
from feedsite.pictures.encoding import PictureRefused
from feedsite.pictures.services import PictureService
from feedsite.posts import text as texts
from feedsite.posts.acts import SHARE, reaction_to, watching, writing_of
from feedsite.posts.models import Note

_AT_ONCE = 500
_ID_BYTES = 12


class AccountImport:
    """Takes archives into accounts, in the caller's transaction: all of it, or nothing.

    Args:
        max_length: of a note's text, in characters.
        links, keeping, mails, states, pictures: the services that hold what is not a note.
    """

    def __init__(
        self,
        session: Session,
        feeds: Manager,
        max_length: int,
        *,
        links: LinkTaker,
        keeping: KeepingService,
        mails: MailService,
        states: StateService,
        pictures: PictureService,
    ) -> None:
        self._session, self._feeds, self._max_length = session, feeds, max_length
        self._links, self._keeping, self._mails, self._states = links, keeping, mails, states
        self._pictures = pictures

    def take_in(self, person: Person, contents: Contents) -> TakenIn:
        """Take an archive in.

        Notes keep their instants, texts and earlier texts; an answer to a note of the archive stays one, any other is a
        note. Links lead to whom an id or, failing that, a handle means here.

        Args:
            person: whose account it goes into; their name, their text about them and their settings are replaced.
            contents: an archive that was read.
        """
        taken = TakenIn(skipped=contents.skipped.copy())
        notes = self._notes(person, contents, taken)
        self._shares(person, contents, notes)
        # Before the links: a mute among them may hide what was bookmarked.
        self._bookmarks(person, contents, notes, taken)
        self._links.take_in(person, contents.links, notes, taken)
        if contents.account:
            self._account(person, contents.account, notes)
        if contents.picture is not None:
            self._picture(person, contents.picture, taken)
        return taken

    # Notes

    def _notes(self, person: Person, contents: Contents, taken: TakenIn) -> dict[str, Note]:
        """The archive's notes as they are here, by their ids there."""
        given = {note.id: note for note in sorted(contents.notes, key=lambda note: (note.created, note.id))}
        here = self._known([*given, *(_id_of(person, name) for name in given)])
        found: dict[str, Note] = {}
        fresh: list[tuple[Note, ArchivedNote]] = []
        for name, archived in given.items():
            known = here.get(name) if name in here and here[name].author_id == person.id else None
            known = known or here.get(_id_of(person, name))
            if known is not None:
                taken.known += 1
                found[name] = known
                continue
            note = self._made(person, archived, found.get(archived.in_reply_to or ""), taken)
            if note is not None:
                found[name] = note
                fresh.append((note, archived))
        self._store(person, fresh, found)
        taken.notes = len(fresh)
        return {name: note for name, note in found.items() if note.deleted is None}

    def _known(self, ids: list[str]) -> dict[str, Note]:
        known: dict[str, Note] = {}
        for at in range(0, len(ids), _AT_ONCE):
            asked = select(Note).where(Note.id.in_(ids[at : at + _AT_ONCE]))
            known |= {note.id: note for note in self._session.scalars(asked)}
        return known

    def _made(self, person: Person, archived: ArchivedNote, answered: Note | None, taken: TakenIn) -> Note | None:
        text = texts.normalised(archived.text)
        refused = texts.refusal(text, self._max_length)
        if refused is not None:
            taken.skipped[f"notes of which this site says: {refused.interpolate()}"] += 1
            return None
        if archived.in_reply_to is not None and answered is None:
            taken.skipped["answers to others, which are notes of their own now"] += 1
        note_id = _id_of(person, archived.id)
        # A thread has one circle of readers.
        visibility = archived.visibility if answered is None else answered.visibility
        return Note(
            id=note_id,
            author_id=person.id,
            text=text,
            visibility=visibility,
            gate_id=person.id,
            in_reply_to=None if answered is None else answered.id,
            root_id=note_id if answered is None else answered.root_id,
            created=archived.created,
            edited=archived.edited,
            tags=texts.tags(text),
            mentions={},
        )

    def _store(self, person: Person, fresh: list[tuple[Note, ArchivedNote]], found: Mapping[str, Note]) -> None:
        acts: list[Activity] = []
        for note, archived in fresh:
            self._session.add(note)
            answered = None if note.in_reply_to is None else found[archived.in_reply_to or ""]
            acts.append(writing_of(note, answered, published=note.created))
        self._session.flush()
        for note, archived in fresh:
            for number, (written, text) in enumerate(archived.earlier, 1):
                version = NoteVersion(note_id=note.id, number=number, text=texts.normalised(text), written=written)
                self._session.add(version)
        self._session.flush()
        self._feeds.add_activities(acts)
        roots = (note for note, _archived in fresh if note.root_id == note.id)
        self._feeds.add_links(watching(person.id, note.root, note.created) for note in roots)

    def _shares(self, person: Person, contents: Contents, notes: Mapping[str, Note]) -> None:
        for name, at in contents.shares:
            note = notes.get(name)
            if note is not None and note.visibility == "public":
                self._feeds.perform(reaction_to(note, SHARE, person.id, published=at))

    # The rest

    def _bookmarks(self, person: Person, contents: Contents, notes: Mapping[str, Note], taken: TakenIn) -> None:
        others = self._known([name for name, _at in contents.bookmarks if name not in notes])
        me = Entity("person", person.id)
        readable = self._feeds.readable([note.act_id for note in others.values()], me)
        for name, at in contents.bookmarks:
            note = notes.get(name) or others.get(name)
            if note is None or (name not in notes and note.act_id not in readable):
                taken.skipped["bookmarks of notes that are not here, or not for them"] += 1
            elif self._keeping.bookmark(person.id, note, at):
                taken.bookmarks += 1
            else:
                taken.known += 1

    def _account(self, person: Person, given: Mapping[str, Any], notes: Mapping[str, Note]) -> None:
        for name in ("name", "bio", "zone", "theme", "noindex", "discoverable", "locked"):
            if name in given:
                setattr(person, name, given[name])
        for topic in TOPICS:
            self._mails.refuse(person.id, topic, refused=topic in given["mails_refused"])
        unwanted = [verb for verb in given["notifications_unwanted"] if 0 < len(verb) <= 64]
        self._states.want_all_but(person.id, unwanted)
        pinned = notes.get(given["pinned_note"] or "")
        if pinned is not None:
            self._keeping.pin(pinned)

    def _picture(self, person: Person, body: bytes, taken: TakenIn) -> None:
        # Anybody can make an archive: its picture is made anew like any other file.
        try:
            self._pictures.choose(person.id, BytesIO(body))
        except PictureRefused as refused:
            taken.skipped[f"picture of which this site says: {refused}"] += 1


def _id_of(person: Person, name: str) -> str:
    """The id that a note of an archive has in somebody's account: the same one whenever it is taken in."""
    return digest("taken in", person.id, name, size=_ID_BYTES)


def account_import(_context: object, request: Any) -> AccountImport:
    """Service factory."""
    return AccountImport(
        request.dbsession,
        request.find_service(Manager),
        request.site_settings.note_max_length,
        links=request.find_service(LinkTaker),
        keeping=request.find_service(KeepingService),
        mails=request.find_service(MailService),
        states=request.find_service(StateService),
        pictures=request.find_service(PictureService),
    )
