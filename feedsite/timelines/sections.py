"""Grouped pages as sections: what happened by verb, and what happened to the things that a reader watches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pyramid.i18n import TranslationStringFactory

from feedsite.feeds import Entity, Group
from feedsite.timelines.archive import count_label, figure
from feedsite.timelines.home import WATCHES_NOTHING
from feedsite.timelines.items import anchor
from feedsite.timelines.presenters import TimelinePresenter, empty_state
from feedsite.timelines.services import Timeline
from feedsite.timelines.verbs import verbs_of
from feedsite.web.cursors import first_page_url, page_url
from feedsite.web.presenting import EmptyView, ItemView, LinkView, SectionPageView, SectionView, ThingSectionView

_ = TranslationStringFactory("feedsite")

#: So many verbs of a watched thing show their newest act; the others are named with their counts.
_SHOWN_VERBS = 4


class SectionPresenter:
    """A page of sections for the reader of a request."""

    def __init__(self, request: Any, timeline: Timeline) -> None:
        self._request, self._timeline = request, timeline
        self._presenter = TimelinePresenter(request, timeline)
        self._anchors: set[str] = set()

    def by_verb(self, label: str, *, empty: EmptyView | None = None, toggle: LinkView | None = None) -> SectionPageView:
        """One section for each verb."""
        sections = tuple(self._verb(group) for group in self._timeline.page.groups)
        return self._page(label, empty, toggle, sections=tuple(section for section in sections if section.items))

    def by_thing(
        self, label: str, *, empty: EmptyView | None = None, toggle: LinkView | None = None
    ) -> SectionPageView:
        """One section for each thing, with one inside for each of its verbs."""
        things = tuple(self._thing(group) for group in self._timeline.page.groups)
        return self._page(label, empty, toggle, things=tuple(thing for thing in things if thing.parts))

    def rest(self) -> dict[str, object]:
        """The rest of a section, which its cursor leads to: its heading and its acts."""
        items = self._timeline.page.items
        title = self._title(items[0].verb) if items else self._request.translate(_("The rest of it"))
        return {"rest": self._presenter.rest(first_page_url(self._request)), "heading": title}

    def _page(self, label: str, empty: EmptyView | None, toggle: LinkView | None, **parts: Any) -> SectionPageView:
        return SectionPageView(
            sections=parts.pop("sections", ()),
            label=self._request.translate(label),
            here=self._request.path_qs,
            empty=empty,
            toggle=toggle,
            **self._presenter.pages(),
            **parts,
        )

    def _verb(self, group: Group, within: str = "") -> SectionView:
        title, more = self._title(str(group.value)), page_url(self._request, group.more)
        text = self._request.localizer.translate(_("More: ${title}"), mapping={"title": title})
        return SectionView(
            anchor=f"{within}verb-{group.value}",
            label=title,
            items=self._once(self._presenter.items.views(group.items)),
            count_label=count_label(self._request, group),
            more=None if more is None else LinkView(text, more),
        )

    def _thing(self, group: Group) -> ThingSectionView:
        thing: Any = group.value
        name = anchor(thing.key).replace("act-", "thing-")
        parts = [self._verb(verb, f"{name}-") for verb in group.groups]
        shown = [part for part in parts if part.items]
        return ThingSectionView(
            anchor=name,
            heading=self._presenter.thing_heading(thing, self._example(group, thing)),
            count_label=count_label(self._request, group),
            parts=tuple(shown[:_SHOWN_VERBS]),
            others=tuple(self._other(verb) for verb in group.groups[_SHOWN_VERBS:]),
        )

    def _other(self, group: Group) -> LinkView:
        """A verb that is only named: with its count it leads to its acts."""
        text = f"{self._title(str(group.value))} {figure(group, self._request.locale_name)}"
        return LinkView(text, page_url(self._request, group.more) or "")

    @staticmethod
    def _example(group: Group, thing: Entity) -> Any:
        """What the writer of some act kept with the thing."""
        for verb in group.groups:
            for item in verb.items:
                for role in ("object", "target", "origin"):
                    if getattr(item, role) == thing and item.extras.get(role):
                        return item.extras[role]
        return None

    def _once(self, items: Iterable[ItemView]) -> tuple[ItemView, ...]:
        """Cards whose ids are their own in the page: an act may stand in several sections."""
        made = []
        for item in items:
            name, number = item.anchor, 1
            while name in self._anchors:
                number += 1
                name = f"{item.anchor}-{number}"
            self._anchors.add(name)
            made.append(item if name == item.anchor else replace(item, anchor=name))
        return tuple(made)

    def _title(self, verb: str) -> str:
        title: str = self._request.translate(verbs_of(self._request.registry)[verb].title)
        return title


def empty_groups(request: Any, kind: str) -> EmptyView | None:
    """What an empty page of groups says, by why it is empty; None for "".

    Args:
        kind: as `HomeService.grouped` says.
    """
    if kind != WATCHES_NOTHING:
        return empty_state(request, kind, all_url=request.path)
    translate = request.translate
    text = _("Watch a tag or a thread, and what happens to it appears here.")
    explore = LinkView(translate(_("Find people and tags")), request.route_path("timelines.explore"), primary=True)
    return EmptyView("follows-nothing", translate(_("You watch nothing yet")), translate(text), (explore,))
