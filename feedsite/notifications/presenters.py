"""Notifications as templates show them: the list, and the pane beside every page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pyramid.i18n import TranslationStringFactory

from feedsite.db import utcnow
from feedsite.feeds import Counted, Group
from feedsite.notifications.services import Notifications
from feedsite.posts.rendering import plain
from feedsite.timelines.items import ItemPresenter, shortened, sketched
from feedsite.timelines.marks import NOTIFICATIONS_READ, mark_token
from feedsite.timelines.services import Timeline
from feedsite.timelines.telling import Teller
from feedsite.web.cursors import first_page_url, page_url
from feedsite.web.presenting import (
    ActionView,
    EmptyView,
    NotificationGroupView,
    NotificationListView,
    PaneView,
    PersonView,
)
from feedsite.web.wording import badge_label, time_view

_ = TranslationStringFactory("feedsite")

_EXCERPT = 140
#: Notes that are shown whole, to be answered on the spot.
_ANSWERED_HERE = ("create", "reply", "mention")


class GroupPresenter:
    """Shows the notification groups of a page of the list."""

    def __init__(self, request: Any, timeline: Timeline) -> None:
        self._request, self._timeline = request, timeline
        self._items = ItemPresenter(request, timeline)

    def views(self) -> tuple[NotificationGroupView, ...]:
        """The page's groups, less those whose newest actor is nobody the site knows."""
        known, teller = self._items.people, self._items.teller
        groups = (group for group in self._timeline.page.groups if group.item.actor.key in known)
        return tuple(self._view(group, group_view(self._request, group, teller, known)) for group in groups)

    def _view(self, group: Group, view: NotificationGroupView) -> NotificationGroupView:
        note = self._items.notes.get(group.item.object.key)
        if note is None:
            return view
        if group.item.verb in _ANSWERED_HERE:
            return replace(view, url=note.url, note=note)
        return replace(view, url=note.url, excerpt=shortened(plain(note.html), _EXCERPT))


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


def list_view(request: Any, page: Notifications, *, just_marked: bool) -> NotificationListView:
    """The notifications page.

    Args:
        just_marked: the reader has marked all as read a moment ago, and may want it back.
    """
    groups = GroupPresenter(request, page.timeline).views()
    token = "" if page.upto is None else mark_token(request, NOTIFICATIONS_READ, page.upto)
    shown = page.timeline.page
    return NotificationListView(
        new=tuple(group for group in groups if group.is_new),
        earlier=tuple(group for group in groups if not group.is_new),
        here=request.path_qs,
        mark_read=_action(request, "read", _("Mark all as read"), "notifications.read", upto=token)
        if page.has_new
        else None,
        undo=_action(request, "undo", _("Undo"), "notifications.undo") if just_marked and page.can_undo else None,
        older_url=page_url(request, shown.next) or "",
        newer_url="",
        first_url=first_page_url(request) if request.GET.get("cursor") else "",
        empty=EmptyView(
            "nothing-yet",
            request.translate(_("No notifications yet")),
            request.translate(
                _("When somebody answers, likes or shares your notes, mentions or follows you, you read it here.")
            ),
        ),
    )


def pane_view(request: Any, timeline: Timeline, badge: Counted) -> PaneView:
    """The pane with its badge, "99+" at most."""
    label = badge_label(badge.number)
    text = request.localizer.pluralize(
        "${count} new notification",
        "${count} new notifications",
        badge.number,
        domain="feedsite",
        mapping={"count": label},
    )
    return PaneView(
        url=request.route_path("notifications.list"),
        badge=badge.number,
        badge_label=label,
        badge_text=text if label else "",
        groups=_pane_groups(request, timeline),
    )


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


def _action(request: Any, name: str, text: str, route: str, **fields: str) -> ActionView:
    words = request.translate(text)
    return ActionView(name, words, request.route_path(route), text=words, fields=tuple(fields.items()))
