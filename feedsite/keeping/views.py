"""The page of bookmarks; bookmarking and pinning: entries of a note's menu, which return to where it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.view import view_config

from feedsite.keeping.presenters import bookmarks_view, missing_sentence
from feedsite.keeping.services import KeepingService
from feedsite.posts.finding import note_of, own_note_of
from feedsite.posts.models import Note
from feedsite.security.permissions import Permission
from feedsite.security.throttle import Throttle
from feedsite.web.places import Cursors
from feedsite.web.redirects import see_other

_ = TranslationStringFactory("feedsite")


@view_config(
    route_name="keeping.bookmarks",
    renderer="keeping/bookmarks.html",
    request_method="GET",
    permission=Permission.ARRANGE,
)
def bookmarks(request: Any) -> dict[str, object]:
    """What the reader has bookmarked, the newest bookmark first."""
    cursors = Cursors(request, "bookmarks")
    page = request.find_service(KeepingService).bookmarks(request.identity, cursors.place())
    return {
        "timeline": bookmarks_view(request, page, cursors),
        "missing": missing_sentence(request, page.missing),
    }


@view_config(route_name="keeping.bookmark", request_method="POST", permission=Permission.ARRANGE)
def bookmark(request: Any) -> Response:
    """Bookmark a note."""
    _count(request)
    if request.find_service(KeepingService).bookmark(request.identity.id, note_of(request)):
        request.flash(_("Bookmarked. Your bookmarks are in the menu of your account."))
    return see_other(request, request.route_path("keeping.bookmarks"))


@view_config(route_name="keeping.remove_bookmark", request_method="POST", permission=Permission.ARRANGE)
def remove_bookmark(request: Any) -> Response:
    """Take a bookmark away; that works for notes that are gone, too."""
    _count(request)
    note_id = request.matchdict["note_id"]
    if request.find_service(KeepingService).remove_bookmark(request.identity.id, note_id):
        request.flash(_("The bookmark is removed."))
    return see_other(request, request.route_path("keeping.bookmarks"))


@view_config(route_name="keeping.pin", request_method="POST", permission=Permission.ARRANGE)
def pin(request: Any) -> Response:
    """Put one's note on top of one's profile."""
    return _with_own(request, KeepingService.pin, _("Your note is on top of your profile now."))


@view_config(route_name="keeping.unpin", request_method="POST", permission=Permission.ARRANGE)
def unpin(request: Any) -> Response:
    """Take it down again."""
    return _with_own(request, KeepingService.unpin, _("Your note is no longer on top of your profile."))


def _with_own(request: Any, change: Callable[[KeepingService, Note], object], sentence: str) -> Response:
    _count(request)
    change(request.find_service(KeepingService), own_note_of(request, _("Only who wrote a note can pin it.")))
    request.flash(sentence)
    return see_other(request, request.route_path("timelines.profile", handle=request.identity.handle))


def _count(request: Any) -> None:
    request.find_service(Throttle).hit("follow", request.identity.id)
