"""The box in which a note is changed, and what it said before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup
from pyramid.i18n import TranslationStringFactory

from feedsite.accounts.models import Person
from feedsite.db import utcnow
from feedsite.editing.models import NoteVersion
from feedsite.editing.services import version_of
from feedsite.posts.models import Note
from feedsite.posts.presenters import NotePresenter, compose_box, note_url
from feedsite.posts.rendering import render
from feedsite.web.presenting import ComposeView, PersonView, TimeView
from feedsite.web.wording import time_view

_ = TranslationStringFactory("feedsite")


def edit_box(request: Any, note: Note, *, text: str | None = None, errors: Iterable[str] = ()) -> ComposeView | None:
    """The box with a note's text, or with what was typed into it.

    Args:
        text: the draft; None: the note as it is.
        errors: what was wrong with the draft.
    """
    box = compose_box(request, text=note.text if text is None else text, errors=errors, autofocus=True)
    if box is None:
        return None
    return replace(
        box,
        action=request.route_path("editing.edit", note_id=note.id),
        label=request.translate(_("Your note")),
        button=request.translate(_("Save")),
        visibilities=(),
        fields=(("edited", version_of(note)), ("writer", request.identity.id)),
    )


@dataclass(frozen=True, slots=True)
class VersionView:
    """A text that a note had, and since when."""

    html: Markup
    time: TimeView
    is_current: bool


@dataclass(frozen=True, slots=True)
class HistoryView:
    """What a note says and said, the newest first."""

    url: str
    author: PersonView
    versions: tuple[VersionView, ...]


def history_view(request: Any, note: Note, author: Person, versions: Iterable[NoteVersion]) -> HistoryView:
    """The history of a note that the reader may see."""
    now = NotePresenter(request).views([note])[note.key]
    earlier = (_version(request, version.text, version.written, False) for version in versions)
    current = _version(request, note.text, note.edited or note.created, True)
    return HistoryView(note_url(request, note, author), now.author, (replace(current, html=now.html), *earlier))


def _version(request: Any, text: str, written: Any, is_current: bool) -> VersionView:
    # Whom an earlier text named is not kept: only the note as it is now names people.
    html = render(text, mentions={}, tag_url=lambda tag: request.route_path("timelines.tag", tag=tag))
    return VersionView(html, time_view(written, utcnow(), request.zone, request.locale_name), is_current)
