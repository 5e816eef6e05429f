"""The pages of people who look after the site: their registry (`pages`), their frame, people and the audit log."""

from __future__ import annotations

from typing import Any

from feedsite.admin.pages import AdminPage, MenuEntry, add_admin_page, admin_menu, admin_pages
from feedsite.security.permissions import Permission

__all__ = ["AdminPage", "MenuEntry", "add_admin_page", "admin_menu", "admin_pages", "includeme"]


def includeme(config: Any) -> None:
    """Add the directive, the services, the views, and the pages of people and of the audit log."""
    from pyramid.i18n import TranslationStringFactory

    from feedsite.admin.services import PeopleDirectory, directory_service

    _ = TranslationStringFactory("feedsite")
    config.add_directive("add_admin_page", add_admin_page)
    config.add_request_method(admin_menu, "admin_menu", reify=True)
    config.register_service_factory(directory_service, PeopleDirectory)
    config.add_admin_page(
        "admin.people",
        _("People"),
        Permission.MODERATE,
        order=100,
        about=_("Find people, limit, suspend and reinstate them, and change their roles."),
    )
    config.add_admin_page(
        "admin.audit",
        _("Audit log"),
        Permission.MODERATE,
        order=800,
        about=_("Who did what to whom, when and why."),
    )
    config.scan(".views")
    config.scan(".person_views")
    config.scan(".audit_views")
