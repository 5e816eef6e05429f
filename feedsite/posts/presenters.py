"""Notes as a reader sees them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from pyramid.i18n import TranslationStringFactory

from feedsite.accounts.models import Person
from feedsite.accounts.services import PeopleService
from feedsite.db import new_id, utcnow
from feedsite.feeds import Manager
from feedsite.graph.presenters import mute_person, person_view
from feedsite.keeping.services import KeepingService
from feedsite.posts.models import Note
from feedsite.posts.rendering import render
from feedsite.posts.services import NoteFacts, NoteService
from feedsite.security.permissions import Permission
from feedsite.web.plurals import counted
from feedsite.web.presenting import ActionView, ChoiceView, ComposeView, LinkView, NoteView, PersonView
from feedsite.web.wording import compact, time_view

_ = TranslationStringFactory("feedsite")

_VISIBILITY_LABELS = {"public": "", "followers": _("Followers only"), "mentioned": _("Mentioned people only")}
_VISIBILITY_CHOICES = (
    ("public", _("Everybody")),
    ("followers", _("My followers")),
    ("mentioned", _("Only people I mention")),
)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the reader has muted (keys of threads), bookmarked and pinned (ids of notes)."""

    muted: Collection[str] = ()
    bookmarked: Collection[str] = ()
    pinned: str | None = None


class NotePresenter:
    """Shows notes to the reader of a request; the number of statements does not depend on the number of notes."""

    def __init__(self, request: Any) -> None:
        self._request, self._me, self._now = request, request.identity, utcnow()
        self._notes: NoteService = request.find_service(NoteService)
        self._may = {
            permission: bool(request.has_permission(permission))
            for permission in (Permission.WRITE, Permission.REACT, Permission.ARRANGE)
        }

    def views(self, notes: Iterable[Note]) -> dict[str, NoteView]:
        """Notes by their keys, in the order given, without those that the reader may not see."""
        given = {note.key: note for note in notes}
        answered = self._notes.by_key(f"note:{note.in_reply_to}" for note in given.values() if note.in_reply_to)
        readable = self._notes.readable({**answered, **given}.values(), self._me)
        shown = [note for key, note in given.items() if key in readable]
        if not shown:
            return {}
        answered = {key: note for key, note in answered.items() if key in readable}
        people = self._people([*shown, *answered.values()])
        facts = self._notes.facts(shown, self._me)
        kept = self._kept(shown)
        return {
            note.key: self._view(note, people, answered.get(f"note:{note.in_reply_to}"), facts[note.key], kept)
            for note in shown
        }

    def _people(self, notes: list[Note]) -> dict[str, Person]:
        wanted = {note.author_id for note in notes}.union(*(note.mentions.values() for note in notes))
        found: dict[str, Person] = self._request.find_service(PeopleService).by_ids(wanted)
        return found

    def _kept(self, notes: list[Note]) -> _Kept:
        if self._me is None:
            return _Kept()
        roots = {note.root for note in notes}
        rows = self._request.find_service(Manager).linked(self._me.entity, roots, kinds=("mute",))
        keeping = self._request.find_service(KeepingService)
        own = any(note.author_id == self._me.id for note in notes)
        return _Kept(
            muted={row.entity.key for row in rows},
            bookmarked=keeping.bookmarked(self._me.id, notes),
            pinned=keeping.pinned_id(self._me.id) if own else None,
        )

    def _view(
        self, note: Note, people: Mapping[str, Person], answered: Note | None, facts: NoteFacts, kept: _Kept
    ) -> NoteView:
        author = people[note.author_id]
        url = note_url(self._request, note, author)
        return NoteView(
            id=note.id,
            url=url,
            author=person_view(self._request, author),
            html=self._html(note, people),
            time=time_view(note.created, self._now, self._request.zone, self._request.locale_name),
            visibility=note.visibility,
            visibility_label=self._request.translate(_VISIBILITY_LABELS[note.visibility]),
            in_reply_to="" if answered is None else note_url(self._request, answered, people[answered.author_id]),
            in_reply_to_author=None if answered is None else person_view(self._request, people[answered.author_id]),
            reply=self._reply(url, facts.replies),
            like=self._like(note, facts),
            share=self._share(note, facts),
            menu=self._menu(note, author, facts.watching, kept),
            watching=facts.watching,
            edited=self._edited(note, author),
        )

    def _html(self, note: Note, people: Mapping[str, Person]) -> Markup:
        pages = {
            handle: self._request.route_path("timelines.profile", handle=people[person_id].handle)
            for handle, person_id in note.mentions.items()
            if person_id in people
        }
        return render(note.text, mentions=pages, tag_url=lambda tag: self._request.route_path("timelines.tag", tag=tag))

    # The bar

    def _reply(self, url: str, count: int) -> ActionView:
        replies = counted(self._request, "${count} reply", "${count} replies", count)
        if not self._may[Permission.WRITE]:
            return self._figure("reply", "reply", replies, count)
        label = self._request.localizer.translate(_("Reply (${replies})"), mapping={"replies": replies})
        return ActionView("reply", label, f"{url}#reply", "reply", self._short(count), method="get")

    def _like(self, note: Note, facts: NoteFacts) -> ActionView:
        likes = counted(self._request, "${count} like", "${count} likes", facts.likes)
        if not self._may[Permission.REACT]:
            return self._figure("like", "heart", likes, facts.likes)
        message = _("Take your like back (${likes})") if facts.liked else _("Like (${likes})")
        label = self._request.localizer.translate(message, mapping={"likes": likes})
        url = self._path("posts.unlike" if facts.liked else "posts.like", note)
        return ActionView("like", label, url, "heart", self._short(facts.likes), on=facts.liked)

    def _share(self, note: Note, facts: NoteFacts) -> ActionView | None:
        if note.visibility != "public":
            return None
        shares = counted(self._request, "${count} share", "${count} shares", facts.shares)
        if not self._may[Permission.REACT]:
            return self._figure("share", "share", shares, facts.shares)
        message = _("Take your share back (${shares})") if facts.shared else _("Share (${shares})")
        label = self._request.localizer.translate(message, mapping={"shares": shares})
        url = self._path("posts.unshare" if facts.shared else "posts.share", note)
        return ActionView("share", label, url, "share", self._short(facts.shares), on=facts.shared)

    def _figure(self, name: str, icon: str, label: str, count: int) -> ActionView:
        return ActionView(name, label, icon=icon, text=self._short(count))

    def _short(self, count: int) -> str:
        return compact(count, self._request.locale_name) if count else ""

    # The menu

    def _menu(self, note: Note, author: Person, watching: bool, kept: _Kept) -> tuple[ActionView, ...]:
        if not self._may[Permission.ARRANGE]:
            return ()
        entries = (
            self._bookmark(note, note.id in kept.bookmarked),
            self.watch(note, watching),
            self._mute_thread(note, note.root.key in kept.muted),
        )
        if self._me.id == author.id:
            return (*entries, *self._own(note, kept.pinned))
        # Whose notes are shown is not muted.
        return (*entries, mute_person(self._request, author, False), self._report(note))

    def _report(self, note: Note) -> ActionView:
        text = self._request.translate(_("Report this note"))
        return ActionView("report", text, self._path("reporting.note", note), "flag", text, method="get")

    def _own(self, note: Note, pinned: str | None) -> list[ActionView]:
        """What an author can do with a note."""
        translate, is_pinned = self._request.translate, note.id == pinned
        pin = translate(_("Unpin from your profile") if is_pinned else _("Pin on your profile"))
        pin_path = self._path("keeping.unpin" if is_pinned else "keeping.pin", note)
        entries = [ActionView("pin", pin, pin_path, "pin", pin, on=is_pinned)]
        if self._may[Permission.WRITE]:
            edit = translate(_("Edit"))
            entries.append(ActionView("edit", edit, self._path("editing.edit", note), "pen", edit, method="get"))
        erase = translate(_("Delete"))
        path = self._path("posts.delete", note)
        return [*entries, ActionView("delete", erase, path, "trash", erase, method="get", danger=True)]

    def _bookmark(self, note: Note, kept: bool) -> ActionView:
        text = self._request.translate(_("Remove bookmark") if kept else _("Bookmark"))
        url = self._path("keeping.remove_bookmark" if kept else "keeping.bookmark", note)
        return ActionView("bookmark", text, url, "bookmark", text, on=kept)

    def _edited(self, note: Note, author: Person) -> LinkView | None:
        if note.edited is None:
            return None
        path = self._request.route_path("editing.history", handle=author.handle, note_id=note.id)
        return LinkView(self._request.translate(_("edited")), path)

    def watch(self, note: Note, watching: bool) -> ActionView:
        """The button that watches the note's thread, or stops watching it."""
        text = self._request.translate(_("Stop watching this thread") if watching else _("Watch this thread"))
        url = self._path("posts.unwatch" if watching else "posts.watch", note)
        return ActionView("watch", text, url, "eye", text, on=watching)

    def _mute_thread(self, note: Note, muted: bool) -> ActionView:
        text = self._request.translate(_("Unmute this thread") if muted else _("Mute this thread"))
        url = self._path("posts.unmute" if muted else "posts.mute", note)
        return ActionView("mute", text, url, "mute", text, on=muted)

    def _path(self, route: str, note: Note) -> str:
        path: str = self._request.route_path(route, note_id=note.id)
        return path


def note_url(request: Any, note: Note, author: Person) -> str:
    """The address of a note's page."""
    url: str = request.route_path("posts.note", handle=author.handle, note_id=note.id)
    return url


def anchor_of(note: Note) -> str:
    """The id that the act of writing a note has in pages: the fragment that leads to it."""
    return f"act-{note.act_id}"


def compose_box(
    request: Any,
    *,
    answered: NoteView | None = None,
    text: str = "",
    visibility: str = "public",
    errors: Iterable[str] = (),
    next: str = "",
    autofocus: bool = False,
) -> ComposeView | None:
    """The box for a new note, or for a reply; None for who may not write.

    Args:
        answered: the note that is answered; None: a note of its own.
        text, visibility, errors: the draft, kept, and what was wrong with it.
        next: where to go when the note is written: a path; empty: to the note.
    """
    if not request.has_permission(Permission.WRITE):
        return None
    localizer, me = request.localizer, request.identity
    route = ("posts.write", {}) if answered is None else ("posts.reply", {"note_id": answered.id})
    label = _("What is happening?") if answered is None else _("Your reply to ${name}")
    choices = tuple(
        ChoiceView(value, request.translate(words), value == visibility) for value, words in _VISIBILITY_CHOICES
    )
    return ComposeView(
        action=request.route_path(route[0], **route[1]),
        label=localizer.translate(label, mapping={"name": answered.author.name} if answered else None),
        button=request.translate(_("Post") if answered is None else _("Reply")),
        author=person_view_of(request, me),
        text=text,
        max_length=request.site_settings.note_max_length,
        hint=request.translate(_("Mention people with @, tags with #.")),
        visibilities=choices if answered is None else (),
        errors=tuple(errors),
        fields=(("draft", new_id()), ("writer", me.id), *([("next", next)] if next else [])),
        autofocus=autofocus,
    )


def person_view_of(request: Any, identity: Any) -> PersonView:
    """The signed-in person, without asking the database."""
    return person_view(
        request, Person(id=identity.id, handle=identity.handle, name=identity.name, picture=identity.picture)
    )
