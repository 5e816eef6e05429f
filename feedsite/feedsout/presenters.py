"""Private feeds as the settings page shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pyramid.i18n import TranslationStringFactory

from feedsite.db import utcnow
from feedsite.feedsout.addresses import Addresses
from feedsite.feedsout.models import FeedToken
from feedsite.feedsout.sources import FORMATS
from feedsite.web.presenting import AlternateView, TimeView
from feedsite.web.wording import time_view

_ = TranslationStringFactory("feedsite")

#: What private feeds are of, and the pages that show the same.
TITLES = {"home": _("Your home"), "notifications": _("Your notifications")}
PAGES = {"home": "timelines.home", "notifications": "notifications.list"}


@dataclass(frozen=True, slots=True)
class FeedView:
    """A private feed.

    Attributes:
        id: what the form that ends it sends.
        used: when it was read last; None: never.
    """

    id: str
    name: str
    title: str
    since: TimeView
    used: TimeView | None


def feed_views(request: Any, feeds: Iterable[FeedToken]) -> list[FeedView]:
    """Somebody's private feeds, in the order given."""
    now, zone, locale = utcnow(), request.zone, request.locale_name
    return [
        FeedView(
            id=feed.id,
            name=feed.name,
            title=request.translate(TITLES[feed.feed]),
            since=time_view(feed.created, now, zone, locale),
            used=None if feed.last_used is None else time_view(feed.last_used, now, zone, locale),
        )
        for feed in feeds
    ]


def addresses_of(request: Any, token: str) -> tuple[AlternateView, ...]:
    """The addresses of a feed that was just made: they are shown this once."""
    page = Addresses(request).page
    return tuple(
        AlternateView(media, name, page("feedsout.private", token=token, format=ending))
        for ending, (media, name) in FORMATS.items()
    )
