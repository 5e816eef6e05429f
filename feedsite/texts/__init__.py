"""The site's rules and its contact page, which admins write."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Register the service, what the process keeps and the pages; keep it fresh before pages are made that need it."""
    from pyramid.events import BeforeTraversal
    from pyramid.i18n import TranslationStringFactory

    from feedsite.remembering import Remembered, remember
    from feedsite.security.permissions import Permission
    from feedsite.texts.services import REMEMBERED, TextService, text_service, written

    _ = TranslationStringFactory("feedsite")
    remember(config.registry, REMEMBERED, Remembered(written, {}))
    config.add_subscriber(_freshen, BeforeTraversal)
    config.register_service_factory(text_service, TextService)
    config.add_admin_page(
        "admin.rules",
        _("Rules"),
        Permission.ADMINISTER,
        order=600,
        about=_("What this site asks of everybody, which reports can name."),
    )
    config.add_admin_page(
        "admin.contact",
        _("Contact"),
        Permission.ADMINISTER,
        order=610,
        about=_("What the page says about reaching you."),
    )
    config.scan(".views")


def _freshen(event: Any) -> None:
    """Before the request has a connection: only pages of the administration show what is kept."""
    from feedsite.remembering import remembered_in
    from feedsite.texts.services import REMEMBERED

    route = event.request.matched_route
    if route is not None and route.name.startswith("admin."):
        remembered_in(event.request.registry, REMEMBERED).fresh(event.request.registry["feedsite.engine"])
