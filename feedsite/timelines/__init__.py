"""Timelines: home, archive, profiles, tags, explore; the verbs that acts speak in; and readers' places in them."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Register the verbs' directive and the site's verbs, the services, and find the views."""
    from feedsite.timelines.home import HomeService, home_service
    from feedsite.timelines.marks import MarkService, mark_service
    from feedsite.timelines.services import TimelineService, timeline_service
    from feedsite.timelines.verbs import add_verb

    config.add_directive("add_verb", add_verb)
    config.include(".site_verbs")
    config.register_service_factory(timeline_service, TimelineService)
    config.register_service_factory(mark_service, MarkService)
    config.register_service_factory(home_service, HomeService)
    config.add_personal_data("timelines", tables=("reader_marks",))
    for views in (".views", ".grouped_views", ".profile_views"):
        config.scan(views)
