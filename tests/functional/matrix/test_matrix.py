"""Routes × roles: nobody gets in where they should not, and a new route has to say who may."""

from __future__ import annotations

import pytest
from webtest import TestResponse

from feedsite.accounts.models import Person
from feedsite.posts.services import NoteService
from feedsite.reporting.services import ReportFilter, ReportService

from tests.functional.matrix.table import CASES, FORMS, ROLES, path_of
from tests.site import Browser, Site


def served(site: Site) -> dict[str, set[str]]:
    """The methods that each route of the site answers."""
    found: dict[str, set[str]] = {}
    for view in site.registry.introspector.get_category("views"):
        introspectable = view["introspectable"]
        if introspectable["route_name"] is not None:
            methods = introspectable["request_methods"]
            assert methods, f"{introspectable['callable']} does not say which methods it takes"
            methods = (methods,) if isinstance(methods, str) else methods
            found.setdefault(introspectable["route_name"], set()).update(set(methods) - {"HEAD"})
    return found


def test_every_route_is_in_the_matrix(one_site: Site) -> None:
    assert {name: set(methods) for name, methods in CASES.items()} == served(one_site)
    assert all(set(expected) == set(ROLES) for methods in CASES.values() for expected in methods.values())


def test_every_route_has_a_view(one_site: Site) -> None:
    routes = {intr["introspectable"]["name"] for intr in one_site.registry.introspector.get_category("routes")}
    assert routes == set(served(one_site))


@pytest.mark.parametrize("role", ROLES)
def test_who_may_do_what(site: Site, role: str) -> None:
    ana = site.person("ana")
    world = prepare_world(site, ana)
    found, wanted = {}, {}
    for route, methods in CASES.items():
        for method, expected in methods.items():
            browser = browser_of(site, role, f"{role}{len(found)}")
            found[route, method] = verdict(ask(site, browser, route, method, world))
            wanted[route, method] = expected[role]
    assert found == wanted


def prepare_world(site: Site, ana: Person) -> dict[str, str]:
    """What the paths of the matrix lead to."""
    bo = site.person("bo")
    with site.transaction() as request:
        note = request.find_service(NoteService).write(ana.id, "A note for everybody. #python")
        reports = request.find_service(ReportService)
        reports.report_note(bo.key, note, "spam", "")
        (report,) = reports.page(ReportFilter()).rows
        return {"note_id": note.id, "person_id": bo.id, "report_id": report.id}


def browser_of(site: Site, role: str, handle: str) -> Browser:
    """A browser of somebody of this kind; a fresh one for each route, so that none changes the next one's."""
    if role == "anonymous":
        return site.browser()
    columns = {"role": role} if role in ("moderator", "admin") else {"state": "active" if role == "member" else role}
    return site.browser(site.person(handle, **columns))


def ask(site: Site, browser: Browser, route: str, method: str, world: dict[str, str]) -> TestResponse:
    path = path_of(site, route, **world)
    if method == "GET":
        return browser.get(path, expect_errors=True)
    return browser.submit(path, FORMS.get(route), expect_errors=True)


def verdict(answer: TestResponse) -> str:
    if answer.status_int == 303 and "/login" in answer.location:
        return "login"
    if answer.status_int < 400 or answer.status_int == 422:
        return "ok"
    return str(answer.status_int)
