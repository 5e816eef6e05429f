"""Announcements: what those who look after the site say to everybody, on every page, until it is dismissed."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Register the service, what the process keeps, the page and the views; keep it fresh before pages are made."""
    from pyramid.events import BeforeTraversal
    from pyramid.i18n import TranslationStringFactory

    from feedsite.announcing.presenters import announcements
    from feedsite.announcing.services import REMEMBERED, AnnouncementService, announcement_service, not_over
    from feedsite.remembering import Remembered, remember
    from feedsite.security.permissions import Permission

    _ = TranslationStringFactory("feedsite")
    remember(config.registry, REMEMBERED, Remembered(not_over, ()))
    config.register_service_factory(announcement_service, AnnouncementService)
    config.add_request_method(announcements, "announcements", reify=True)
    config.add_subscriber(_freshen, BeforeTraversal)
    config.add_admin_page(
        "admin.announcements",
        _("Announcements"),
        Permission.ADMINISTER,
        order=500,
        about=_("What stands on everybody's pages until they dismiss it."),
    )
    config.scan(".views")


def _freshen(event: Any) -> None:
    """Before the request has a connection; addresses for machines and files have no frame to show anything in."""
    from feedsite.announcing.services import REMEMBERED
    from feedsite.remembering import remembered_in

    route = event.request.matched_route
    if route is not None and route.name != "static" and not route.name.startswith("machines."):
        remembered_in(event.request.registry, REMEMBERED).fresh(event.request.registry["feedsite.engine"])
