"""Bookmarks and the pinned note as templates show them."""

from __future__ import annotations

from typing import Any

from pyramid.i18n import TranslationStringFactory

from feedsite.accounts.models import Person
from feedsite.keeping.services import Bookmarks, KeepingService
from feedsite.posts.threads import NoteItems
from feedsite.web.places import Cursors
from feedsite.web.plurals import counted
from feedsite.web.presenting import EmptyView, ItemView, TimelineView

_ = TranslationStringFactory("feedsite")


def bookmarks_view(request: Any, page: Bookmarks, cursors: Cursors) -> TimelineView:
    """A page of bookmarks, each with its whole card."""
    urls = cursors.urls(page.rows)
    return TimelineView(
        items=NoteItems(request).items(page.notes),
        label=request.translate(_("Your bookmarks")),
        label_hidden=True,
        here=request.path_qs,
        older_url=urls["next"],
        newer_url=urls["previous"],
        first_url=urls["first"],
        empty=EmptyView(
            "nothing-yet",
            request.translate(_("No bookmarks yet")),
            request.translate(_("Bookmark a note in its menu, and you find it here again. Nobody else sees it.")),
        )
        if not page.rows.rows
        else None,
    )


def missing_sentence(request: Any, count: int) -> str:
    """That some bookmarks of a page are not shown; empty where all are."""
    if not count:
        return ""
    return counted(
        request,
        "${count} bookmark is not shown: its note was deleted, or you cannot see it now.",
        "${count} bookmarks are not shown: their notes were deleted, or you cannot see them now.",
        count,
    )


def pinned_item(request: Any, person: Person) -> ItemView | None:
    """The note on top of somebody's profile; it is on the first page alone."""
    if request.GET.get("cursor"):
        return None
    note = request.find_service(KeepingService).pinned(person.id, request.identity)
    return None if note is None else next(iter(NoteItems(request).items([note], anchors="pinned-")), None)
