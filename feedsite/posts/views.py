"""A note's page with its thread; writing, answering and deleting notes; what can be done with one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urldefrag

from pyramid.httpexceptions import HTTPForbidden, HTTPFound, HTTPGone, HTTPNotFound, HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.view import view_config

from feedsite.accounts.services import PeopleService
from feedsite.errors import slow_down
from feedsite.feedsout.heads import note_head
from feedsite.graph.services import GraphService
from feedsite.notifications.opening import announce_thread, thread_was_opened
from feedsite.posts.drafts import Draft
from feedsite.posts.finding import note_of, own_note_of, url_of
from feedsite.posts.models import Note
from feedsite.posts.presenters import NotePresenter, anchor_of, compose_box
from feedsite.posts.services import NoteRefused, NoteService
from feedsite.posts.threads import ThreadPresenter, muted_view, reply_start
from feedsite.security.permissions import Permission
from feedsite.security.throttle import Throttle, TooManyRequests
from feedsite.web.cursors import cursor_from
from feedsite.web.redirects import safe_next, see_other
from feedsite.web.robots import respect

_ = TranslationStringFactory("feedsite")


# -- reading ---------------------------------------------------------------------------------------------------------


@view_config(route_name="posts.note", renderer="posts/note.html", request_method="GET")
def note_page(request: Any) -> dict[str, object] | Response:
    """A note with its thread, oldest first."""
    try:
        note = note_of(request)
    except HTTPNotFound:
        muted = muted_view(request, request.matchdict["note_id"])
        if muted is None:
            raise
        request.override_renderer = "posts/muted.html"
        return {"muted": muted}
    right = url_of(request, note)
    if request.path != right:
        # Another one's handle, a former one, or capitals.
        return HTTPFound(f"{right}?{request.query_string}" if request.query_string else right)
    author = request.find_service(PeopleService).by_id(note.author_id)
    respect(request, author)
    announce_thread(request, note)
    page = request.find_service(NoteService).thread(note, request.identity, cursor_from(request))
    thread_was_opened(request, note, page)
    thread = ThreadPresenter(request).view(note, page)
    reply = compose_box(request, answered=thread.note, text=reply_start(note, request.identity))
    return {"thread": thread, "reply": reply, "meta": note_head(request, note, author)}


# -- writing ---------------------------------------------------------------------------------------------------------


@view_config(route_name="posts.write", renderer="posts/compose.html", request_method="GET", permission=Permission.WRITE)
def compose_page(request: Any) -> dict[str, object]:
    """The box for a note, on a page of its own."""
    kept = Draft.kept(request) or Draft("")
    box = compose_box(request, next=safe_next(request, ""), autofocus=True, text=kept.text, visibility=kept.visibility)
    return {"compose": box, "answered": None}


@view_config(
    route_name="posts.write", renderer="posts/compose.html", request_method="POST", permission=Permission.WRITE
)
def write(request: Any) -> dict[str, object] | Response:
    """Write a note."""
    draft, notes = Draft.of(request), request.find_service(NoteService)
    return _send(
        request,
        draft,
        None,
        lambda: notes.write(request.identity.id, draft.text, visibility=draft.visibility, draft=draft.token),
    )


@view_config(route_name="posts.reply", renderer="posts/compose.html", request_method="GET", permission=Permission.WRITE)
def reply_page(request: Any) -> dict[str, object]:
    """The box for a reply, on a page of its own."""
    kept = Draft.kept(request)
    return _reply_page(request, note_of(request), autofocus=True, **({} if kept is None else {"text": kept.text}))


@view_config(
    route_name="posts.reply", renderer="posts/compose.html", request_method="POST", permission=Permission.WRITE
)
def reply(request: Any) -> dict[str, object] | Response:
    """Answer a note."""
    draft, notes, answered = Draft.of(request), request.find_service(NoteService), note_of(request)
    return _send(
        request,
        draft,
        answered,
        lambda: notes.reply(request.identity.id, answered, draft.text, draft=draft.token),
    )


def _send(
    request: Any, draft: Draft, answered: Note | None, write_it: Callable[[], Note]
) -> dict[str, object] | Response:
    """Write it and go where it can be seen; or show the draft again with what was wrong."""
    try:
        request.find_service(Throttle).hit("post", request.identity.id)
        note = write_it()
    except NoteRefused as refused:
        request.response.status, problem = 422, request.translate(refused.message)
    except TooManyRequests as error:
        problem = slow_down(request, error)
        request.response.headers["Retry-After"] = str(error.retry_after)
    else:
        return HTTPSeeOther(f"{urldefrag(safe_next(request, url_of(request, note))).url}#{anchor_of(note)}")
    kept: dict[str, Any] = {"text": draft.text, "visibility": draft.visibility, "errors": [problem], "autofocus": True}
    if answered is not None:
        return _reply_page(request, answered, **kept)
    return {"compose": compose_box(request, next=safe_next(request, ""), **kept), "answered": None}


def _reply_page(request: Any, answered: Note, **box: Any) -> dict[str, object]:
    view = NotePresenter(request).views([answered])[answered.key]
    box.setdefault("text", reply_start(answered, request.identity))
    return {"compose": compose_box(request, answered=view, next=safe_next(request, ""), **box), "answered": view}


# -- deleting --------------------------------------------------------------------------------------------------------


@view_config(
    route_name="posts.delete", renderer="posts/delete.html", request_method="GET", permission=Permission.ARRANGE
)
def delete_page(request: Any) -> dict[str, object]:
    """Ask once more."""
    note = own_note_of(request, _("Only who wrote a note can delete it."))
    return {"note": NotePresenter(request).views([note])[note.key]}


@view_config(route_name="posts.delete", request_method="POST", permission=Permission.ARRANGE)
def delete(request: Any) -> Response:
    """Delete one's note."""
    try:
        request.find_service(NoteService).delete(own_note_of(request, _("Only who wrote a note can delete it.")))
    except HTTPGone:
        # Sent twice: it is what was wanted.
        pass
    request.flash(_("Your note is deleted."))
    return see_other(request, request.route_path("timelines.profile", handle=request.identity.handle))


# -- what can be done with a note ------------------------------------------------------------------------------------


@view_config(route_name="posts.like", request_method="POST", permission=Permission.REACT)
def like(request: Any) -> Response:
    """Like a note."""
    return _react(request, NoteService.like)


@view_config(route_name="posts.unlike", request_method="POST", permission=Permission.REACT)
def unlike(request: Any) -> Response:
    """Take a like back."""
    return _react(request, NoteService.unlike)


@view_config(route_name="posts.share", request_method="POST", permission=Permission.REACT)
def share(request: Any) -> Response:
    """Share a note with one's followers."""
    return _react(request, NoteService.share)


@view_config(route_name="posts.unshare", request_method="POST", permission=Permission.REACT)
def unshare(request: Any) -> Response:
    """Take a share back."""
    return _react(request, NoteService.unshare)


def _react(request: Any, act: Callable[[NoteService, str, Note], bool]) -> Response:
    request.find_service(Throttle).hit("react", request.identity.id)
    note = note_of(request)
    try:
        act(request.find_service(NoteService), request.identity.id, note)
    except NoteRefused as refused:
        raise HTTPForbidden(refused.message) from None
    return see_other(request, url_of(request, note))


@view_config(route_name="posts.watch", request_method="POST", permission=Permission.ARRANGE)
def watch(request: Any) -> Response:
    """Watch a note's thread."""
    request.find_service(Throttle).hit("follow", request.identity.id)
    note = note_of(request)
    request.find_service(GraphService).watch(request.identity.id, note.root)
    return see_other(request, url_of(request, note))


@view_config(route_name="posts.unwatch", request_method="POST", permission=Permission.ARRANGE)
def unwatch(request: Any) -> Response:
    """Stop watching a note's thread."""
    request.find_service(Throttle).hit("follow", request.identity.id)
    note = note_of(request)
    request.find_service(GraphService).unwatch(request.identity.id, note.root)
    return see_other(request, url_of(request, note))


@view_config(route_name="posts.mute", request_method="POST", permission=Permission.ARRANGE)
def mute(request: Any) -> Response:
    """See nothing more of a note's thread."""
    request.find_service(Throttle).hit("follow", request.identity.id)
    note = note_of(request)
    request.find_service(GraphService).mute(request.identity.id, note.root)
    request.flash(_("You see nothing more of this thread."))
    return see_other(request, request.route_path("timelines.home"))


@view_config(route_name="posts.unmute", request_method="POST", permission=Permission.ARRANGE)
def unmute(request: Any) -> Response:
    """See a muted thread again."""
    request.find_service(Throttle).hit("follow", request.identity.id)
    notes = request.find_service(NoteService).by_key([f"note:{request.matchdict['note_id']}"])
    note = next(iter(notes.values()), None)
    # What is muted cannot be read; that there is a mute to take back shows that it was.
    if note is None or not request.find_service(GraphService).unmute(request.identity.id, note.root):
        note = note_of(request)
    return see_other(request, url_of(request, note))
