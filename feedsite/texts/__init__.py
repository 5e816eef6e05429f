"""The site's rules and its contact page, which admins write."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Register the service and the pages."""
    from pyramid.i18n import TranslationStringFactory

    from feedsite.security.permissions import Permission
    from feedsite.texts.services import TextService, text_service

    _ = TranslationStringFactory("feedsite")
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
