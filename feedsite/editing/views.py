"""Changing one's note, and the page of what a note said before."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from pyramid.exceptions import BadCSRFToken
from pyramid.httpexceptions import HTTPFound, HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.view import exception_view_config, view_config

from feedsite.accounts.services import PeopleService
from feedsite.editing.presenters import edit_box, history_view
from feedsite.editing.services import EditService
from feedsite.errors import bad_csrf, slow_down
from feedsite.posts.drafts import Draft
from feedsite.posts.finding import note_of, own_note_of, url_of
from feedsite.posts.models import Note
from feedsite.posts.presenters import anchor_of
from feedsite.posts.services import NoteRefused
from feedsite.security.permissions import Permission
from feedsite.security.throttle import Throttle, TooManyRequests
from feedsite.web.redirects import safe_next
from feedsite.web.robots import keep_out

_ = TranslationStringFactory("feedsite")

_REFUSAL = _("Only who wrote a note can change it.")


@view_config(route_name="editing.edit", renderer="editing/edit.html", request_method="GET", permission=Permission.WRITE)
def edit_page(request: Any) -> dict[str, object]:
    """The box with the note's text."""
    note, kept = own_note_of(request, _REFUSAL), Draft.kept(request)
    return _page(request, note, text=None if kept is None else kept.text)


@view_config(
    route_name="editing.edit", renderer="editing/edit.html", request_method="POST", permission=Permission.WRITE
)
def edit(request: Any) -> dict[str, object] | Response:
    """Change the note and go to it; or show the draft again with what was wrong."""
    note, draft = own_note_of(request, _REFUSAL), Draft.of(request)
    try:
        request.find_service(Throttle).hit("post", request.identity.id)
        seen = str(request.POST.get("edited", ""))
        changed = request.find_service(EditService).edit(note, draft.text, seen=seen)
    except NoteRefused as refused:
        request.response.status, problem = 422, request.translate(refused.message)
    except TooManyRequests as error:
        problem = slow_down(request, error)
        request.response.headers["Retry-After"] = str(error.retry_after)
    else:
        request.flash(_("Your note is changed.") if changed else _("Your note is as it was."))
        return HTTPSeeOther(f"{url_of(request, note)}#{anchor_of(note)}")
    return _page(request, note, text=draft.text, errors=[problem])


def _page(request: Any, note: Note, **box: Any) -> dict[str, object]:
    return {"compose": edit_box(request, note, **box), "url": url_of(request, note)}


@view_config(route_name="editing.history", renderer="editing/history.html", request_method="GET")
def history(request: Any) -> dict[str, object] | Response:
    """What a note says and said, for whoever may read it."""
    note = note_of(request)
    author = request.find_service(PeopleService).by_id(note.author_id)
    right = request.route_path("editing.history", handle=author.handle, note_id=note.id)
    if request.path != right:
        return HTTPFound(right)
    keep_out(request)
    versions = request.find_service(EditService).versions(note)
    return {"history": history_view(request, note, author, versions)}


# Forms of notes alone: elsewhere there is nothing to lose.
@exception_view_config(BadCSRFToken, request_method="POST", path_info=r"^/notes(/[0-9a-z]{1,40}/(reply|edit))?$")
def expired(error: Exception, request: Any) -> Response:
    """A note whose login has ended meanwhile: sign in, and what was typed stands in the box again."""
    back = request.path + (f"?{urlencode({'next': wanted})}" if (wanted := safe_next(request, "")) else "")
    if request.identity is None:
        response = HTTPSeeOther(f"{request.route_path('accounts.login')}?{urlencode({'next': back})}")
        sentence = _("You are not signed in any more. Sign in, and what you wrote is there again.")
    else:
        response = HTTPSeeOther(back)
        sentence = _("You have signed in anew since you opened this form. What you wrote is here: send it once more.")
    if not Draft.of(request).keep(request, response):
        return bad_csrf(error, request)
    request.flash(sentence, "info")
    return response
