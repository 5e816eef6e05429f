"""Notifications as templates show them: the list, and the pane beside every page."""

from __future__ import annotations

from typing import Any

from pyramid.i18n import TranslationStringFactory

from feedsite.feeds import Counted, Group
from feedsite.notifications.services import Notifications
from feedsite.timelines.items import ItemPresenter
from feedsite.timelines.marks import NOTIFICATIONS_READ, mark_token
from feedsite.timelines.services import Timeline
from feedsite.web.cursors import first_page_url, page_url
from feedsite.web.presenting import ActionView, EmptyView, NotificationGroupView, NotificationListView, PaneView
from feedsite.web.wording import badge_label

_ = TranslationStringFactory("feedsite")

_EXCERPT = 140
#: Notes that are shown whole, to be answered on the spot.
_ANSWERED_HERE = ("create", "reply", "mention")


class GroupPresenter:
    """Shows notification groups to the reader of a request."""

    def __init__(self, request: Any, timeline: Timeline, *, anchors: str = "ntf") -> None:
        self._request, self._timeline, self._anchors = request, timeline, anchors
        self._items = ItemPresenter(request, timeline)

    def views(self) -> tuple[NotificationGroupView, ...]:
        """The page's groups, less those whose actors are nobody the site knows."""
        groups = self._timeline.page.groups
        return tuple(self._view(group) for group in groups if group.item.actor.key in self._items.people)

    def _view(self, group: Group) -> NotificationGroupView:
        item, key = group.item, str(group.value)
        note = self._items.notes.get(item.object.key)
        teller = self._items.teller
        everybody = self._request.route_path("notifications.group", key=key)
        answerable = note is not None and item.verb in _ANSWERED_HERE
        actor = self._items.people[item.actor.key]
        return NotificationGroupView(
            key=key,
            anchor=f"{self._anchors}-{key}",
            kind=item.verb,
            icon=teller.verb(item.verb).icon,
            sentence=teller.together(group, everybody),
            time=self._items.time(item),
            url=note.url if note is not None else everybody if group.actor_count > 1 else actor.url,
            people=tuple(self._items.people[end.key] for end in group.actors if end.key in self._items.people),
            excerpt="" if note is None or answerable else _shortened(note.html.striptags()),
            note=note if answerable else None,
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
        groups=GroupPresenter(request, timeline, anchors="pane").views(),
    )


def _action(request: Any, name: str, text: str, route: str, **fields: str) -> ActionView:
    words = request.translate(text)
    return ActionView(name, words, request.route_path(route), text=words, fields=tuple(fields.items()))


def _shortened(text: str) -> str:
    if len(text) <= _EXCERPT:
        return text
    cut = text[:_EXCERPT]
    return f"{cut.rsplit(' ', 1)[0]}…"
