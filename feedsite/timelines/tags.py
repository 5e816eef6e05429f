"""The head of a tag's page."""

from __future__ import annotations

from typing import Any

from pyramid.i18n import TranslationStringFactory

from feedsite.feeds import Entity, Manager
from feedsite.feeds.aggregators import ThingAggregator
from feedsite.graph.presenters import watch_tag
from feedsite.web.presenting import TagView
from feedsite.web.wording import compact

_ = TranslationStringFactory("feedsite")

_COUNTED = 1000


def tag_view(request: Any, name: str) -> TagView:
    """A tag with how much was written under it (as far as the reader may see it), and how many watch it."""
    feeds, entity = request.find_service(Manager), Entity("tag", name)
    viewer = None if request.identity is None else request.identity.entity
    written = ThingAggregator(entity, viewer=viewer, verbs=("create", "reply"))
    notes = feeds.count_new(written, None, cap=_COUNTED)
    number = compact(notes.number, request.locale_name) + ("" if notes.is_exact else "+")
    watchers = feeds.count_followers(entity, kinds=("watch",))
    pluralize = request.localizer.pluralize
    said = (
        pluralize("${count} note", "${count} notes", notes.number, domain="feedsite", mapping={"count": number}),
        pluralize(
            "${count} person watches it",
            "${count} people watch it",
            watchers,
            domain="feedsite",
            mapping={"count": compact(watchers, request.locale_name)},
        ),
    )
    return TagView(name, request.route_path("timelines.tag", tag=name), " · ".join(said), watch_tag(request, name))
