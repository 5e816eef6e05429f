"""What people wrote, for those who look after the site: finding notes, hiding, showing and deleting them."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Register the services, the letters, the page and its views."""
    from pyramid.i18n import TranslationStringFactory

    from feedsite.contents.letters import LETTERS
    from feedsite.contents.services import ContentService, content_service
    from feedsite.security.permissions import Permission

    _ = TranslationStringFactory("feedsite")
    config.register_service_factory(content_service, ContentService)
    for name, letter in LETTERS.items():
        config.add_letter(f"contents.{name}", letter)
    config.add_admin_page(
        "admin.notes",
        _("Notes"),
        Permission.MODERATE,
        order=300,
        about=_("Find what people wrote, hide it, show it again, delete it."),
    )
    config.scan(".views")
