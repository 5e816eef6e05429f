"""The registry of the administration's pages: ``config.add_admin_page``, the menu, and what the start page shows.

Each page belongs to the feature that knows its subject and is registered by it, with a line in its ``includeme``::

    config.add_admin_page("admin.people", _("People"), Permission.MODERATE, order=100)

Whoever may open a page finds it in the administration's menu and on its start page; nobody else hears of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pyramid.exceptions import ConfigurationError
from pyramid.interfaces import IRoutesMapper

from feedsite.security.permissions import Permission
from feedsite.web.wording import badge_label

#: Counts one page's waiting things, for the request's reader: at most a hundred of them have to be counted.
Counter = Callable[[Any], int]

#: Where a page of a site's own stands that says nothing of its order: after those of the site.
LAST = 1000

_REGISTRY_KEY = "feedsite.admin.pages"


@dataclass(frozen=True)
class AdminPage:
    """One page of the administration's menu.

    Args:
        route: its route's name, which is the page's name too.
        title: what the menu calls it, a translation string.
        permission: what its view asks for.
        order: where it stands: smaller comes first; equal ones by their routes' names.
        about: what it is for, a whole sentence and a translation string, for the start page; empty: none.
        count: how many things wait on it; None: it has no badge.
    """

    route: str
    title: str
    permission: Permission
    order: int = LAST
    about: str = ""
    count: Counter | None = None


@dataclass(frozen=True)
class MenuEntry:
    """A page in the menu of one reader: finished texts, and "99+" at most where things wait on it."""

    route: str
    url: str
    title: str
    about: str
    badge: str


def add_admin_page(
    config: Any,
    route: str,
    title: str,
    permission: Permission,
    *,
    order: int = LAST,
    about: str = "",
    count: Counter | None = None,
) -> None:
    """Configurator directive: put a page into the administration's menu. The arguments are those of `AdminPage`.

    Registering a page twice is a conflict, which stops the start; an application's own registration takes the place of
    one of the site's, as with every directive of Pyramid's. So does a page without its route stop the start.
    """
    page = AdminPage(route, title, permission, order, about, count)
    introspectable = config.introspectable("admin pages", route, str(title), "admin page")
    introspectable.update({"route_name": route, "title": title, "permission": permission, "order": order})

    def register() -> None:
        if config.registry.getUtility(IRoutesMapper).get_route(route) is None:
            raise ConfigurationError(f"The page {route!r} of the administration has no route of this name")
        config.registry.setdefault(_REGISTRY_KEY, {})[route] = page

    # After the routes, whichever of the two was said first.
    config.action(("admin page", route), register, introspectables=(introspectable,), order=1)


def admin_pages(request: Any) -> tuple[AdminPage, ...]:
    """The registered pages that the reader may open, in their order."""
    pages: dict[str, AdminPage] = request.registry.get(_REGISTRY_KEY, {})
    allowed = (page for page in pages.values() if request.has_permission(page.permission))
    return tuple(sorted(allowed, key=lambda page: (page.order, page.route)))


def admin_menu(request: Any) -> tuple[MenuEntry, ...]:
    """The pages that the reader may open, with what waits on each (``request.admin_menu``, asked once a request)."""
    return tuple(
        MenuEntry(
            route=page.route,
            url=request.route_path(page.route),
            title=request.translate(page.title),
            about=request.translate(page.about),
            badge="" if page.count is None else badge_label(page.count(request)),
        )
        for page in admin_pages(request)
    )
