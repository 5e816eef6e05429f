"""The administration's pages of notes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from pyramid.httpexceptions import HTTPForbidden, HTTPNotFound, HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.view import view_config

from feedsite.accounts.models import Person
from feedsite.accounts.services import PeopleService
from feedsite.admin.forms import ReasonForm
from feedsite.contents.forms import NoteFilterForm
from feedsite.contents.services import ContentService
from feedsite.db import utcnow
from feedsite.keyset import Rows
from feedsite.moderation.ranks import Actor, NotAllowed
from feedsite.posts.models import Note
from feedsite.posts.rendering import excerpt, render
from feedsite.security.permissions import Permission
from feedsite.web.places import Cursors
from feedsite.web.presenting import LinkView, TimeView
from feedsite.web.wording import time_view

_ = TranslationStringFactory("feedsite")

_RANK = _("You may not act on somebody of your own or a higher rank.")


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A note for those who look after the site; no address of its author where they are gone."""

    id: str
    url: str
    page_url: str
    author: LinkView
    time: TimeView
    text: Markup
    beginning: str
    is_reply: bool
    is_hidden: bool


@view_config(
    route_name="admin.notes", renderer="contents/list.html", request_method="GET", permission=Permission.MODERATE
)
def notes(request: Any) -> dict[str, object]:
    """What people wrote, filtered, newest first."""
    form, everybody = NoteFilterForm.of_query(request), request.find_service(PeopleService)
    asked = form.asked(everybody, request.zone)
    cursors, rows = Cursors(request, "notes", asked), Rows[Note](())
    if asked is None:
        request.response.status = 400
    else:
        rows = request.find_service(ContentService).page(asked, cursors.place())
    people = everybody.by_ids({note.author_id for note in rows.rows})
    shown = [_row(request, note, people.get(note.author_id)) for note in rows.rows]
    return {"form": form, "notes": shown, "pages": cursors.urls(rows)}


@view_config(
    route_name="admin.note", renderer="contents/note.html", request_method="GET", permission=Permission.MODERATE
)
def note(request: Any) -> dict[str, object]:
    """One note, and what can be done about it."""
    return _page(request, _asked(request), ReasonForm.blank(request))


@view_config(
    route_name="admin.note_hide", renderer="contents/note.html", request_method="POST", permission=Permission.MODERATE
)
def hide(request: Any) -> dict[str, object] | Response:
    """Let nobody see a note."""
    return _act(request, ContentService.hide, _("The note is hidden."))


@view_config(
    route_name="admin.note_show", renderer="contents/note.html", request_method="POST", permission=Permission.MODERATE
)
def show(request: Any) -> dict[str, object] | Response:
    """Show a note again."""
    return _act(request, ContentService.show, _("The note is shown again."))


@view_config(
    route_name="admin.note_delete",
    renderer="contents/note.html",
    request_method="POST",
    permission=Permission.MODERATE,
)
def delete(request: Any) -> dict[str, object] | Response:
    """Delete a note."""
    return _act(request, ContentService.delete, _("The note is deleted."))


def _act(
    request: Any, act: Callable[[ContentService, Actor, Note, str], bool], sentence: str
) -> dict[str, object] | Response:
    found, form = _asked(request), ReasonForm.of(request)
    if not form.validate():
        request.response.status = 422
        return _page(request, found, form)
    service, actor = request.find_service(ContentService), Actor.of(request.identity)
    try:
        changed = act(service, actor, found, form.reason.data or "")
    except NotAllowed:
        raise HTTPForbidden(request.translate(_RANK)) from None
    if changed:
        request.flash(sentence)
    else:
        request.flash(_("Nothing was changed: it was so already."), "info")
    gone = found.deleted is not None
    return HTTPSeeOther(request.route_path("admin.notes") if gone else _url(request, found))


def _asked(request: Any) -> Note:
    found: Note | None = request.find_service(ContentService).find(request.matchdict["note_id"])
    if found is None:
        raise HTTPNotFound(request.translate(_("There is no such note, or it is deleted.")))
    return found


def _url(request: Any, note: Note) -> str:
    return str(request.route_path("admin.note", note_id=note.id))


def _page(request: Any, found: Note, form: ReasonForm) -> dict[str, object]:
    author = request.find_service(PeopleService).by_id(found.author_id)
    history = request.route_path("admin.audit", _query={"target": found.key})
    return {"note": _row(request, found, author), "form": form, "note_id": found.id, "history_url": history}


def _row(request: Any, note: Note, author: Person | None) -> NoteRow:
    who, page = LinkView(f"person:{note.author_id}", ""), ""
    if author is not None:
        who = LinkView(f"@{author.handle}", request.route_path("admin.person", person_id=author.id))
        page = request.route_path("posts.note", handle=author.handle, note_id=note.id)
    return NoteRow(
        id=note.id,
        url=_url(request, note),
        page_url=page,
        author=who,
        time=time_view(note.created, utcnow(), request.zone, request.locale_name),
        text=render(note.text, mentions={}, tag_url=lambda tag: str(request.route_path("timelines.tag", tag=tag))),
        beginning=excerpt(note.text, 120),
        is_reply=note.in_reply_to is not None,
        is_hidden=note.hidden is not None,
    )
