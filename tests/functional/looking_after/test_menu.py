"""The administration's menu and start page: what features registered, for whoever may open it."""

from __future__ import annotations

from typing import Any

import pytest
from pyramid.config import Configurator
from pyramid.exceptions import ConfigurationConflictError, ConfigurationError
from pyramid.testing import DummyRequest

from feedsite.admin import add_admin_page, admin_menu, admin_pages
from feedsite.reporting.services import ReportService
from feedsite.security.permissions import Permission

from tests.site import Browser, Site


def menu(page: Any) -> list[str]:
    """The texts of a page's menu."""
    return [link.get_text(" ", strip=True) for link in page.html.select("nav[aria-label=Administration] a")]


def test_every_page_of_the_administration_is_registered(site: Site) -> None:
    """A page that is opened with GET and needs nothing in its address is in the menu, or nobody finds it."""
    views = [one["introspectable"] for one in site.registry.introspector.get_category("views")]
    routes = {one["introspectable"]["name"]: one["introspectable"] for one in _introspected(site, "routes")}
    pages = {one["introspectable"]["route_name"] for one in _introspected(site, "admin pages")}
    opened = {
        view["route_name"]
        for view in views
        if str(view["route_name"]).startswith("admin.") and "GET" in str(view["request_methods"])
    }
    alone = {name for name in opened if "{" not in routes[name]["pattern"]}
    # Without a search cluster the page about it is not in the menu.
    assert alone - pages == {"admin.start", "admin.index"}


def _introspected(site: Site, category: str) -> Any:
    return site.registry.introspector.get_category(category)


def test_the_menu_and_the_start_page_are_the_registered_pages_in_their_order(admin: Browser, site: Site) -> None:
    page = admin.get("/admin")
    assert menu(page)[:2] == ["People", "Reports"]
    assert [heading.get_text() for heading in page.html.select("main section h2")] == menu(page)
    assert page.html.select_one("nav[aria-label=Administration] [aria-current]") is None
    orders = [one["introspectable"]["order"] for one in _introspected(site, "admin pages")]
    assert len(set(orders)) == len(orders), "two pages of the site stand at one place"


def test_a_moderator_finds_only_what_they_may_open(admin: Browser, moderator: Browser, site: Site) -> None:
    hers, all_of_them = menu(moderator.get("/admin")), menu(admin.get("/admin"))
    assert set(hers) <= set(all_of_them)
    for one in moderator.get("/admin").html.select("nav[aria-label=Administration] a"):
        assert moderator.get(one["href"]).status_int == 200


def test_what_waits_is_a_badge(site: Site, moderator: Browser) -> None:
    assert "Waiting" not in moderator.get("/admin")
    ana, bo = site.person("ana"), site.person("bo")
    with site.transaction() as request:
        service = request.find_service(ReportService)
        service.report_person(ana.key, request.dbsession.merge(bo), "spam", "")
    page = moderator.get("/admin")
    assert "Reports 1" in menu(page)
    assert [one.get_text() for one in page.html.select("main section .tagged")] == ["Waiting: 1"]


def page_of(config: Configurator, order: int = 5) -> None:
    """Register one page."""
    config.add_admin_page("trees", f"Trees {order}", Permission.MODERATE, order=order)


def configurator(*routes: str) -> Configurator:
    config = Configurator()
    config.add_directive("add_admin_page", add_admin_page)
    for name in routes:
        config.add_route(name, f"/{name}")
    return config


def test_two_pages_of_one_name_are_a_conflict() -> None:
    config = configurator("trees")
    config.include(page_of)
    config.include(lambda config: page_of(config, 6), route_prefix="x")
    with pytest.raises(ConfigurationConflictError, match="admin page"):
        config.commit()


def test_the_application_s_own_page_takes_the_place_of_an_included_one() -> None:
    config = configurator("trees")
    config.include(page_of)
    page_of(config, 7)
    config.commit()
    request = DummyRequest()
    request.registry = config.registry
    request.has_permission = lambda permission: permission is Permission.MODERATE
    assert [page.title for page in admin_pages(request)] == ["Trees 7"]


def test_a_page_without_its_route_stops_the_start() -> None:
    config = configurator("houses")
    page_of(config)
    with pytest.raises(ConfigurationError, match="'trees'"):
        config.commit()


def test_a_badge_says_99_plus_at_most() -> None:
    config = configurator("a", "b", "c", "d")
    for name, number in (("a", 0), ("b", 99), ("c", 100), ("d", None)):
        count = None if number is None else lambda _request, number=number: number
        config.add_admin_page(name, name, Permission.ADMINISTER, count=count)
    config.commit()
    request = DummyRequest()
    request.registry, request.has_permission, request.translate = config.registry, lambda _permission: True, str
    assert [entry.badge for entry in admin_menu(request)] == ["", "99", "99+", ""]
