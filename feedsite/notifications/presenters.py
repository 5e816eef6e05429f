"""Notifications as templates show them: the list, and the pane beside every page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pyramid.i18n import TranslationStringFactory

from feedsite.db import utcnow
from feedsite.feeds import Counted, Group
from feedsite.notifications.digests import DigestService
from feedsite.notifications.services import Notifications
from feedsite.notifications.tokens import group_token
from feedsite.posts.rendering import plain
from feedsite.timelines.items import ItemPresenter, shortened, sketched
from feedsite.timelines.marks import NOTIFICATIONS_READ, mark_token
from feedsite.timelines.services import Timeline
from feedsite.timelines.telling import Teller
from feedsite.timelines.verbs import Verb
from feedsite.web.cursors import first_page_url, page_url
from feedsite.web.plurals import counted
from feedsite.web.presenting import (
    ActionView,
    ChoiceView,
    EmptyView,
    NotificationGroupView,
    NotificationListView,
    PaneView,
    PersonView,
    TabView,
    TimeView,
)
from feedsite.web.wording import badge_label, time_view

_ = TranslationStringFactory("feedsite")

_EXCERPT = 140
#: Notes that are shown whole, to be answered on the spot.
_ANSWERED_HERE = ("create", "reply", "mention")


#: What can be said of groups: the icon and the words.
_SAYINGS = {
    "read": ("eye", _("Mark as read")),
    "unread": ("bell", _("Mark as unread")),
    "save": ("bookmark", _("Save")),
    "unsave": ("bookmark", _("Do not save any longer")),
    "done": ("check", _("Done")),
    "undone": ("left", _("Move back to All")),
}
_TAB_NAMES = {
    "all": _("All"),
    "mentions": _("Mentions"),
    "watching": _("Watching"),
    "saved": _("Saved"),
    "done": _("Done"),
}
_EMPTY = {
    "all": (
        _("No notifications yet"),
        _("When somebody answers, likes or shares your notes, mentions or follows you, you read it here."),
    ),
    "mentions": (_("No mentions yet"), _("Notes that mention you and replies to yours are here.")),
    "watching": (
        _("Nothing from what you watch"),
        _("Watch a thread or a tag, and what is written there is here. Writing in a thread watches it."),
    ),
    "saved": (_("Nothing saved"), _("Save a notification, and you find it here for as long as you like.")),
    "done": (
        _("Nothing done"),
        _("What you are done with is here, and no longer under All. Something newer brings it back."),
    ),
}


def saying(request: Any, name: str, *, on: bool = False) -> ActionView:
    """A button that says something of groups: "read", "unread", "save", "unsave", "done" or "undone"."""
    icon, message = _SAYINGS[name]
    text = request.translate(message)
    return ActionView(name, text, icon=icon, text=text, on=on)


class GroupPresenter:
    """Shows the notification groups of a page of the list.

    Args:
        request: for its reader.
        page: of a tab.
        tab: which.
    """

    def __init__(self, request: Any, page: Notifications, tab: str) -> None:
        self._request, self._timeline, self._saved, self._tab = request, page.timeline, page.saved, tab
        self._items = ItemPresenter(request, page.timeline)

    def views(self) -> tuple[NotificationGroupView, ...]:
        """The page's groups, less those whose newest actor is nobody the site knows."""
        known, teller = self._items.people, self._items.teller
        groups = (group for group in self._timeline.page.groups if group.item.actor.key in known)
        return tuple(self._view(group, group_view(self._request, group, teller, known)) for group in groups)

    def _view(self, group: Group, view: NotificationGroupView) -> NotificationGroupView:
        view = replace(view, token=group_token(view.key, group.item.key), tools=self._tools(view))
        note = self._items.notes.get(group.item.object.key)
        if note is None:
            return view
        if group.item.verb in _ANSWERED_HERE:
            return replace(view, url=note.url, note=note)
        return replace(view, url=note.url, excerpt=shortened(plain(note.html), _EXCERPT))

    def _tools(self, view: NotificationGroupView) -> tuple[ActionView, ...]:
        saved = view.key in self._saved
        kept = saying(self._request, "unsave" if saved else "save", on=saved)
        if self._tab == "done":
            return (kept, saying(self._request, "undone"))
        return (saying(self._request, "read" if view.is_new else "unread"), kept, saying(self._request, "done"))


def tab_views(request: Any, current: str) -> tuple[TabView, ...]:
    """The tabs of the notifications page."""
    path = request.route_path("notifications.list")
    return tuple(
        TabView(request.translate(name), path if tab == "all" else f"{path}?tab={tab}", tab == current)
        for tab, name in _TAB_NAMES.items()
    )


def group_view(
    request: Any, group: Group, teller: Teller, people: Mapping[str, PersonView], *, anchors: str = "ntf"
) -> NotificationGroupView:
    """A group's sentence, time and faces; it leads to whoever did it, or to the list of them."""
    item, key = group.item, str(group.value)
    everybody: str = request.route_path("notifications.group", key=key)
    return NotificationGroupView(
        key=key,
        anchor=f"{anchors}-{key}",
        kind=item.verb,
        icon=teller.verb(item.verb).icon,
        sentence=teller.together(group, everybody),
        time=time_view(item.published, utcnow(), request.zone, request.locale_name),
        url=everybody if group.actor_count > 1 else people[item.actor.key].url,
        people=tuple(people[end.key] for end in group.actors if end.key in people),
        is_new=group.new,
        reason=teller.reason(item),
    )


def list_view(request: Any, page: Notifications, *, tab: str = "all", just_marked: bool) -> NotificationListView:
    """The notifications page.

    Args:
        tab: which of its tabs.
        just_marked: the reader has marked all as read a moment ago, and may want it back.
    """
    groups = GroupPresenter(request, page, tab).views()
    token = "" if page.upto is None else mark_token(request, NOTIFICATIONS_READ, page.upto)
    shown, (title, text) = page.timeline.page, _EMPTY[tab]
    bulk = ("save", "undone") if tab == "done" else ("read", "unread", "save", "done")
    return NotificationListView(
        new=tuple(group for group in groups if group.is_new),
        earlier=tuple(group for group in groups if not group.is_new),
        # What is said of a group moves it, and its page with it: the answer is the tab's first page.
        here=first_page_url(request),
        mark_read=_action(request, "read", _("Mark all as read"), "notifications.read", upto=token)
        if page.has_new and tab == "all"
        else None,
        undo=_action(request, "undo", _("Undo"), "notifications.undo") if just_marked and page.can_undo else None,
        bulk=tuple(saying(request, name) for name in bulk),
        action=request.route_path("notifications.groups"),
        older_url=page_url(request, shown.next) or "",
        newer_url="",
        first_url=first_page_url(request) if request.GET.get("cursor") else "",
        empty=EmptyView("nothing-yet", request.translate(title), request.translate(text)),
    )


def pane_view(request: Any, timeline: Timeline, badge: Counted) -> PaneView:
    """The pane with its badge, "99+" at most."""
    label, text = badge_words(request, badge.number)
    return PaneView(
        url=request.route_path("notifications.list"),
        badge=badge.number,
        badge_label=label,
        badge_text=text,
        groups=_pane_groups(request, timeline),
    )


def badge_words(request: Any, number: int) -> tuple[str, str]:
    """What a badge shows ("99+" at most) and what that means in words; both empty for none."""
    label = badge_label(number)
    text = counted(request, "${count} new notification", "${count} new notifications", number, count=label)
    return label, text if label else ""


def _pane_groups(request: Any, timeline: Timeline) -> tuple[NotificationGroupView, ...]:
    # The pane stands on every page: it says who did what and leads there, and asks for nothing that it does not show.
    people, notes = sketched(request, timeline)
    teller = Teller(request, people, notes)
    views = []
    for group in timeline.page.groups:
        if group.item.actor.key in people:
            note = notes.get(group.item.object.key)
            view = group_view(request, group, teller, people, anchors="pane")
            views.append(view if note is None else replace(view, url=note.url))
    return tuple(views)


def sentences(request: Any, timeline: Timeline) -> list[str]:
    """What stands in the groups of a page, as text."""
    return [view.sentence.striptags() for view in _pane_groups(request, timeline)]


def _action(request: Any, name: str, text: str, route: str, **fields: str) -> ActionView:
    words = request.translate(text)
    return ActionView(name, words, request.route_path(route), text=words, fields=tuple(fields.items()))


_OFTEN = {"off": _("Never"), "daily": _("Every day"), "weekly": _("Every Monday")}


@dataclass(frozen=True)
class DigestView:
    """How often a reader is mailed what is new, and when the next mail is made."""

    choices: tuple[ChoiceView, ...]
    next: TimeView | None


def digest_view(request: Any) -> DigestView:
    """The choice of how often."""
    digest = request.find_service(DigestService).of(request.identity.id)
    every = "off" if digest is None else digest.every
    choices = tuple(ChoiceView(name, request.translate(text), name == every) for name, text in _OFTEN.items())
    due = None if digest is None else time_view(digest.due, utcnow(), request.zone, request.locale_name)
    return DigestView(choices, due)


_KINDS = {
    "create": _("Notes that mention you or have a tag that you watch"),
    "reply": _("Replies to you and in threads that you watch"),
    "mention": _("Other mentions of you"),
    "like": _("Likes of your notes"),
    "announce": _("Shares of your notes"),
    "follow": _("New followers"),
}


def kind_views(request: Any, verbs: Iterable[Verb], unwanted: Collection[str]) -> tuple[ChoiceView, ...]:
    """The kinds of notifications there are, and which of them are wanted."""
    return tuple(
        ChoiceView(verb.name, request.translate(_KINDS.get(verb.name, verb.title)), verb.name not in unwanted)
        for verb in verbs
    )
