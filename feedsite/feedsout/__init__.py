"""Feeds out: the site's lists for feed readers (Atom, JSON Feed) and for other programs (ActivityStreams 2.0)."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Register the predicate, the service, and find the views."""
    from feedsite.feedsout.negotiation import WantsActivity, add_vary
    from feedsite.feedsout.services import FeedTokenService, feed_token_service

    config.add_view_predicate("wants_activity", WantsActivity)
    config.add_subscriber(add_vary, "pyramid.events.NewResponse")
    config.register_service_factory(feed_token_service, FeedTokenService)
    config.add_personal_data("feeds out", tables=("feed_tokens",))
    for views in (".views", ".activity_views", ".private_views"):
        config.scan(views)
