"""The head of a tag's page."""

from __future__ import annotations

from typing import Any

from pyramid.i18n import TranslationStringFactory

from feedsite.feeds import Counted, Entity, Manager
from feedsite.feeds.aggregators import ThingAggregator
from feedsite.graph.presenters import watch_tag
from feedsite.timelines.things import watched
from feedsite.web.plurals import counted
from feedsite.web.presenting import TagView
from feedsite.web.wording import compact

_ = TranslationStringFactory("feedsite")

_COUNTED = 1000


def expect_tag_view(request: Any, name: str) -> None:
    """Say that the head of a tag's page will be asked for soon."""
    feeds, entity = request.find_service(Manager), Entity("tag", name)
    feeds.expect(lambda manager: _notes(request, manager, entity))
    feeds.expect(lambda manager: manager.count_followers(entity, kinds=("watch",)))


def _notes(request: Any, feeds: Manager, tag: Entity) -> Counted:
    viewer = None if request.identity is None else request.identity.entity
    return feeds.count_new(ThingAggregator(tag, viewer=viewer, verbs=("create", "reply")), None, cap=_COUNTED)


def tag_view(request: Any, name: str) -> TagView:
    """A tag with how much was written under it (as far as the reader may see it), and how many watch it."""
    feeds, entity = request.find_service(Manager), Entity("tag", name)
    notes = _notes(request, feeds, entity)
    number = compact(notes.number, request.locale_name) + ("" if notes.is_exact else "+")
    said = (
        counted(request, "${count} note", "${count} notes", notes.number, count=number),
        watched(request, entity),
    )
    return TagView(name, request.route_path("timelines.tag", tag=name), " · ".join(said), watch_tag(request, name))
