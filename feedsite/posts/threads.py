"""A note's page: its thread, and what is shown in its place to who has muted it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from pyramid.i18n import TranslationStringFactory

from feedsite.accounts.services import PeopleService
from feedsite.feeds import Page
from feedsite.graph.presenters import mute_person
from feedsite.graph.services import GraphService
from feedsite.posts.models import Note
from feedsite.posts.presenters import NotePresenter
from feedsite.posts.rendering import excerpt
from feedsite.posts.services import NoteService
from feedsite.security.identity import Identity
from feedsite.security.permissions import Permission
from feedsite.web.cursors import page_url
from feedsite.web.presenting import ActionView, ItemView, NoteView, PersonView
from feedsite.web.wording import activity_templates, fill

_ = TranslationStringFactory("feedsite")


@dataclass(frozen=True, slots=True)
class ThreadView:
    """A note's page.

    Attributes:
        note: the note that the page is of.
        title: its author and beginning, for the window.
        top: the note itself, where it is on another page of its thread.
        items: a page of the thread, oldest first.
        anchor: which of the items is the note.
        here: this page's path and query.
        earlier_url, later_url: the pages around this one; empty when there is none.
        watch: the button that watches the thread; None for who may not.
    """

    note: NoteView
    title: str
    top: ItemView | None
    items: tuple[ItemView, ...]
    anchor: str
    here: str
    earlier_url: str = ""
    later_url: str = ""
    watch: ActionView | None = None


class NoteItems:
    """Shows notes as the cards of a list; the number of statements does not depend on theirs."""

    def __init__(self, request: Any) -> None:
        self._request, self.notes = request, NotePresenter(request)

    def items(self, notes: Iterable[Note], *, anchors: str = "") -> tuple[ItemView, ...]:
        """The notes that the reader may see, in the order given.

        Args:
            anchors: what the cards' ids begin with, where the same note may be on the page twice.
        """
        given = {note.key: note for note in notes}
        views = self.notes.views(given.values())
        return tuple(self.item(given[key], view, anchors) for key, view in views.items())

    def item(self, note: Note, view: NoteView, anchors: str = "") -> ItemView:
        """A note as a card."""
        verb = "reply" if note.is_reply else "create"
        return ItemView(
            id=note.act_id,
            anchor=f"{anchors}act-{note.act_id}",
            verb=verb,
            object_type="note",
            templates=activity_templates("note", verb),
            actor=view.author,
            sentence=self._sentence(verb, view),
            time=view.time,
            url=view.url,
            note=view,
        )

    def _sentence(self, verb: str, view: NoteView) -> Markup:
        actor = name_link(view.author)
        if verb == "create":
            return fill(self._request.translate(_("%(actor)s wrote a note")), {"actor": actor})
        if view.in_reply_to_author is None:
            return fill(self._request.translate(_("%(actor)s replied")), {"actor": actor})
        other = name_link(view.in_reply_to_author)
        return fill(self._request.translate(_("%(actor)s replied to %(other)s")), {"actor": actor, "other": other})


class ThreadPresenter:
    """Shows a thread to the reader of a request; the number of statements does not depend on its length."""

    def __init__(self, request: Any) -> None:
        self._request, self._items = request, NoteItems(request)

    def view(self, note: Note, page: Page) -> ThreadView:
        """The page of a note that the reader may see.

        Args:
            page: of its thread, from `NoteService.thread`.
        """
        notes = self._request.find_service(NoteService).by_key(item.object.key for item in page.items)
        views = self._items.notes.views({**notes, note.key: note}.values())
        items = tuple(
            self._items.item(notes[key], views[key]) for key in notes_in(page) if key in views and key in notes
        )
        own = self._items.item(note, views[note.key])
        may_watch = self._request.has_permission(Permission.ARRANGE)
        return ThreadView(
            note=own.note or views[note.key],
            title=f"{views[note.key].author.name}: {excerpt(note.text, 60)}",
            top=None if any(item.id == own.id for item in items) else own,
            items=items,
            anchor=own.anchor,
            here=self._request.path_qs,
            earlier_url=page_url(self._request, page.previous) or "",
            later_url=page_url(self._request, page.next) or "",
            watch=self._items.notes.watch(note, views[note.key].watching) if may_watch else None,
        )


def notes_in(page: Page) -> list[str]:
    """The keys of the notes of a thread's page, in its order."""
    return [item.object.key for item in page.items]


def name_link(person: PersonView) -> Markup:
    """Somebody's name, leading to them."""
    return Markup('<a class="name" href="{}">{}</a>').format(person.url, person.name)


@dataclass(frozen=True, slots=True)
class MutedView:
    """Why a page is not shown, and the button that shows it."""

    sentence: str
    unmute: ActionView


def muted_view(request: Any, note_id: str) -> MutedView | None:
    """What stands in the place of a note that the reader muted themselves; None: that is not the reason."""
    if request.identity is None:
        return None
    note = request.find_service(NoteService).by_key([f"note:{note_id}"]).get(f"note:{note_id}")
    if note is None or note.deleted is not None:
        return None
    muted = request.find_service(GraphService).muted(request.identity.id, [note.root, note.author])
    if note.root in muted:
        text = request.translate(_("Unmute this thread"))
        unmute = ActionView("mute", text, request.route_path("posts.unmute", note_id=note.id), "mute", text, on=True)
        return MutedView(request.translate(_("You have muted this thread.")), unmute)
    if note.author in muted:
        author = request.find_service(PeopleService).by_id(note.author_id)
        sentence = request.localizer.translate(_("You have muted ${name}."), mapping={"name": author.name})
        return MutedView(sentence, mute_person(request, author, True))
    return None


def reply_start(note: Note, reader: Identity | None) -> str:
    """What a reply begins with: the others in a conversation of few, who would not see it if they were not named."""
    if note.visibility != "mentioned" or reader is None:
        return ""
    others = [handle for handle, person_id in note.mentions.items() if person_id not in (reader.id, note.author_id)]
    return "".join(f"@{handle} " for handle in others)
