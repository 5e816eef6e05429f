"""Timelines and grouped pages as templates show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from markupsafe import Markup
from pyramid.i18n import TranslationStringFactory

from feedsite.feeds import Entity, Group, Item
from feedsite.posts.rendering import plain
from feedsite.timelines.home import FILTERED, FOLLOWS_NOTHING, Home
from feedsite.timelines.items import ItemPresenter, anchor, shortened
from feedsite.timelines.marks import HOME, mark_token
from feedsite.timelines.services import Timeline
from feedsite.web.cursors import first_page_url, page_url
from feedsite.web.plurals import counted
from feedsite.web.presenting import ActionView, EmptyView, GroupPageView, GroupView, LinkView, TimelineView
from feedsite.web.wording import badge_label

_ = TranslationStringFactory("feedsite")

_HEADING = 60
_ICONS = {"person": "user", "tag": "tag", "project": "folder"}


class TimelinePresenter:
    """A page of a feed for the reader of a request."""

    def __init__(self, request: Any, timeline: Timeline) -> None:
        self._request, self._timeline = request, timeline
        self.items = ItemPresenter(request, timeline)

    def view(self, label: str, *, empty: EmptyView | None = None, label_hidden: bool = False) -> TimelineView:
        """The page as a list of acts.

        Args:
            label: its heading.
            empty: what to say when there is nothing.
            label_hidden: the heading is for screen readers alone.
        """
        return TimelineView(
            items=self.items.views(self._timeline.page.items),
            label=self._request.translate(label),
            here=self._request.path_qs,
            empty=empty,
            label_hidden=label_hidden,
            **self.pages(),
        )

    def groups(self, label: str, *, empty: EmptyView | None = None, toggle: LinkView | None = None) -> GroupPageView:
        """The page as one card for each thing or person."""
        return GroupPageView(
            groups=tuple(
                self._card(group) for group in self._timeline.page.groups if group.item.actor.key in self.items.people
            ),
            label=self._request.translate(label),
            here=self._request.path_qs,
            empty=empty,
            toggle=toggle,
            **self.pages(),
        )

    def rest(self, first_url: str) -> TimelineView:
        """The rest of a card, which its cursor leads to.

        Args:
            first_url: the page of cards.
        """
        view = self.view(_("The rest of it"), label_hidden=True)
        return replace(view, newer_url="", first_url=first_url)

    def rest_heading(self, field: str = "object") -> Markup:
        """What the acts of the rest of a card are about, or who did them.

        Args:
            field: what there is a card for: "object" or "actor".
        """
        if not self._timeline.page.items:
            return Markup("{}").format(self._request.translate(_("The rest of it")))
        item = self._timeline.page.items[0]
        return self._heading(item, getattr(item, field))

    def pages(self) -> dict[str, Any]:
        """The links to other pages, empty where there is none."""
        page, request = self._timeline.page, self._request
        return {
            "older_url": page_url(request, page.next) or "",
            "newer_url": page_url(request, page.previous) or "",
            "first_url": first_page_url(request) if request.GET.get("cursor") else "",
        }

    def _card(self, group: Group) -> GroupView:
        item, whose = group.item, group.value
        assert isinstance(whose, Entity)
        view = self.items.views([item])[0]
        return GroupView(
            key=whose.key,
            anchor=f"thing-{anchor(whose.key)}",
            heading=self._heading(item, whose),
            time=view.time,
            items=(view,),
            icon=_ICONS.get(whose.type, "reply" if item.verb == "reply" else "pen"),
            url=view.url,
            total_label=self._more_label(group),
            more_url=page_url(self._request, group.more) or "",
            is_thing=whose == item.object,
        )

    def _heading(self, item: Item, whose: Entity) -> Markup:
        """The heading of a card: that of a thing, or a person's name."""
        return self.thing_heading(whose, item.extras.get("object" if whose == item.object else "actor"))

    def thing_heading(self, thing: Entity, extra: Mapping[str, Any] | None = None) -> Markup:
        """What acts are about, with its link: "A note by Ana: The beginning of it…", "#python".

        The beginning tells the cards of one author apart, for who hears their names only, too.

        Args:
            thing: what they are about.
            extra: what the writer of one of them kept with it.
        """
        note = self.items.notes.get(thing.key)
        if note is None:
            return self.items.teller.named(thing, extra)
        beginning = {"name": note.author.name, "text": shortened(plain(note.html), _HEADING)}
        text = self._request.localizer.translate(_("A note by ${name}: ${text}"), mapping=beginning)
        return Markup('<a href="{}">{}</a>').format(note.url, text)

    def _more_label(self, group: Group) -> str:
        more = group.total - len(group.items)
        if more <= 0 and group.total_is_exact:
            return ""
        if not group.total_is_exact:
            return self._request.localizer.translate(_("and more than ${count} more"), mapping={"count": more})
        return counted(self._request, "and ${count} more", "and ${count} more", more)


def only_new_toggle(request: Any) -> LinkView:
    """The link that shows only what is new on a page of groups, or everything again."""
    if request.GET.get("new") == "1":
        return LinkView(request.translate(_("Show all")), request.path)
    return LinkView(request.translate(_("Only new")), f"{request.path}?new=1")


def home_view(request: Any, home: Home, *, only_new: bool) -> TimelineView:
    """A reader's home: acts, divider, notice of what is new, filter, and the button that marks it as read."""
    path = request.route_path("timelines.home")
    label = _("New since you marked it as read") if only_new else _("Latest from what you follow")
    view = TimelinePresenter(request, home.timeline).view(label, empty=empty_state(request, home.empty, all_url=path))
    show_all, show_new = (
        LinkView(request.translate(_("Show all")), path),
        LinkView(request.translate(_("Only new")), f"{path}?new=1"),
    )
    return replace(
        view,
        divider_index=None if only_new else home.first_read(request.identity.entity),
        notice=None if only_new else _notice(request, home),
        toggle=show_all if only_new else show_new,
        mark_read=_mark_read(request, home),
        since="" if only_new or request.GET.get("cursor") else _since(request, home),
    )


def unread_view(request: Any, home: Home) -> TimelineView:
    """What a reader has not read, oldest first, and the button that marks a page of it as read and goes on."""
    label = _("Since you marked it as read, oldest first") if home.mark else _("From the very beginning, oldest first")
    view = TimelinePresenter(request, home.timeline).view(label, empty=_all_read(request, home))
    mark_read = _mark_read(request, home)
    if mark_read is not None:
        text = request.translate(_("Mark as read and go on"))
        mark_read = replace(mark_read, text=text, label=text)
    return replace(view, here=request.path, mark_read=mark_read, oldest_first=True)


def _all_read(request: Any, home: Home) -> EmptyView | None:
    path = request.route_path("timelines.home")
    if home.empty != FILTERED:
        return empty_state(request, home.empty, all_url=path)
    text = request.translate(_("You have read everything up to here. What comes next begins this page again."))
    links = (LinkView(request.translate(_("Show all")), path, primary=True),)
    return EmptyView(FILTERED, request.translate(_("You are all caught up")), text, links)


def _since(request: Any, home: Home) -> str:
    newest = home.newest
    return "" if newest is None else mark_token(request, HOME, newest)


def _notice(request: Any, home: Home) -> LinkView | None:
    if home.mark is None or not home.new.number:
        return None
    return LinkView(new_label(request, home.new.number), f"{request.route_path('timelines.home')}?new=1")


def new_label(request: Any, number: int) -> str:
    """How much is new ("5 new", at most "99+ new"); empty for nothing."""
    count = badge_label(number)
    text = counted(request, "${count} new", "${count} new", number, count=count)
    return text if count else ""


def _mark_read(request: Any, home: Home) -> ActionView | None:
    if home.upto is None or not home.new.number:
        return None
    text = request.translate(_("Mark as read"))
    return ActionView(
        "read",
        request.translate(_("Mark as read up to here")),
        request.route_path("timelines.home_read"),
        text=text,
        fields=(("upto", mark_token(request, HOME, home.upto)),),
    )


def empty_state(request: Any, kind: str, *, all_url: str = "") -> EmptyView | None:
    """What an empty page of a reader's network says, by why it is empty; None for "".

    Args:
        kind: as `HomeService.why_empty` says.
        all_url: the page without its filter.
    """
    translate, path = request.translate, request.route_path
    if not kind:
        return None
    explore = LinkView(translate(_("Find people and tags")), path("timelines.explore"), primary=True)
    if kind == FOLLOWS_NOTHING:
        text = _("Follow a few people or watch a tag, and what they do appears here.")
        return EmptyView(kind, translate(_("You follow nothing yet")), translate(text), (explore,))
    if kind == FILTERED:
        text = _("There is something, but this filter hides all of it.")
        links = (LinkView(translate(_("Show all")), all_url, primary=True),)
        return EmptyView(kind, translate(_("Nothing behind this filter")), translate(text), links)
    following = LinkView(
        translate(_("What you follow")), path("timelines.following", handle=request.identity.handle), primary=True
    )
    text = _("Nothing has come from what you follow so far.")
    return EmptyView(
        kind, translate(_("Nothing here yet")), translate(text), (following, replace(explore, primary=False))
    )


def nothing_yet(request: Any, title: str, text: str) -> EmptyView:
    """An empty page that is nobody's network: a profile, a tag, the public."""
    return EmptyView("nothing-yet", request.translate(title), request.translate(text))
