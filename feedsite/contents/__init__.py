"""What people wrote and did, for those who look after the site: finding it, hiding, showing and deleting it."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Register the services, the letters, the page and its views."""
    from pyramid.i18n import TranslationStringFactory

    from feedsite.contents.acts import ActService, act_service
    from feedsite.contents.letters import LETTERS
    from feedsite.contents.services import ContentService, content_service
    from feedsite.security.permissions import Permission

    _ = TranslationStringFactory("feedsite")
    config.register_service_factory(content_service, ContentService)
    config.register_service_factory(act_service, ActService)
    for name, letter in LETTERS.items():
        config.add_letter(f"contents.{name}", letter)
    config.add_admin_page(
        "admin.notes",
        _("Notes"),
        Permission.MODERATE,
        order=300,
        about=_("Find what people wrote, hide it, show it again, delete it."),
    )
    config.add_admin_page(
        "admin.acts",
        _("Activities"),
        Permission.MODERATE,
        order=310,
        about=_("Find likes, shares and follows, and remove them."),
    )
    config.scan(".views")
    config.scan(".act_views")
