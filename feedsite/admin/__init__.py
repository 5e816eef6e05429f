"""The pages of people who look after the site.

Each page belongs to the feature that knows its subject and is registered by it, with a line in its ``includeme``::

    config.add_admin_page("admin.people", _("People"), Permission.MODERATE)

The administration's menu shows every page that the reader may open, in the order of registration.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from feedsite.security.permissions import Permission

_REGISTRY_KEY = "feedsite.admin.pages"


@dataclass(frozen=True)
class AdminPage:
    """One page of the administration's menu.

    Args:
        route: its route's name.
        title: what the menu calls it, a translation string.
        permission: what its view asks for.
    """

    route: str
    title: str
    permission: Permission


def add_admin_page(config: Any, route: str, title: str, permission: Permission) -> None:
    """Configurator directive: put a page into the administration's menu. Registering a route twice is a conflict."""
    page = AdminPage(route, title, permission)
    introspectable = config.introspectable("admin pages", route, str(title), "admin page")
    introspectable.update({"route_name": route, "title": title, "permission": permission})

    def register() -> None:
        config.registry.setdefault(_REGISTRY_KEY, []).append(page)

    config.action(("admin page", route), register, introspectables=(introspectable,))


def admin_pages(request: Any) -> tuple[AdminPage, ...]:
    """The registered pages that the reader may open."""
    pages: list[AdminPage] = request.registry.get(_REGISTRY_KEY, [])
    return tuple(page for page in pages if request.has_permission(page.permission))


def includeme(config: Any) -> None:
    """Add the directive, the services, the views, and the pages of people and of the audit log."""
    from pyramid.i18n import TranslationStringFactory

    from feedsite.admin.services import PeopleDirectory, directory_service

    _ = TranslationStringFactory("feedsite")
    config.add_directive("add_admin_page", add_admin_page)
    config.register_service_factory(directory_service, PeopleDirectory)
    config.add_admin_page("admin.people", _("People"), Permission.MODERATE)
    config.add_admin_page("admin.audit", _("Audit log"), Permission.MODERATE)
    config.scan(".views")
