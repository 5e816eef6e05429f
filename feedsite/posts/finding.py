"""The note that an address means, for who may read it."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPForbidden, HTTPGone, HTTPNotFound
from pyramid.i18n import TranslationString, TranslationStringFactory

from feedsite.accounts.services import PeopleService
from feedsite.posts.models import Note
from feedsite.posts.presenters import note_url
from feedsite.posts.services import NoSuchNote, NoteDeleted, NoteService

_ = TranslationStringFactory("feedsite")


def note_of(request: Any) -> Note:
    """The note of the address. Raises HTTPNotFound or HTTPGone."""
    try:
        found: Note = request.find_service(NoteService).find(request.matchdict["note_id"], request.identity)
    except NoteDeleted:
        raise HTTPGone(_("This note has been deleted.")) from None
    except NoSuchNote:
        raise HTTPNotFound from None
    return found


def own_note_of(request: Any, refusal: TranslationString) -> Note:
    """The reader's own note. Raises as `note_of`, and HTTPForbidden with this sentence where it is another's."""
    note = note_of(request)
    if note.author_id != request.identity.id:
        raise HTTPForbidden(refusal)
    return note


def url_of(request: Any, note: Note) -> str:
    """The address of a note's page."""
    return note_url(request, note, request.find_service(PeopleService).by_id(note.author_id))
