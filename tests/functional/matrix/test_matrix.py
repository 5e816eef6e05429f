"""Routes × roles: nobody gets in where they should not, and a new route has to say who may."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import timedelta

import pytest
from webtest import TestResponse

from feedsite.accounts.models import Person
from feedsite.accounts.services import InvitationService, PeopleService
from feedsite.announcing.services import AnnouncementService
from feedsite.db import utcnow
from feedsite.feeds import Activity, Actor, Manager, Object
from feedsite.moderation.services import OPERATOR
from feedsite.moderation.standing import StandingService
from feedsite.pictures.services import PictureService
from feedsite.posts.models import Note
from feedsite.posts.services import NoteService
from feedsite.reporting.services import ReportFilter, ReportService
from feedsite.security.sessions import LoginSessionService

from tests.functional.matrix.table import CASES, FORMS, ROLES, answers, path_of
from tests.functional.pictures.files import file_of, halves
from tests.house.checkout import ROOT
from tests.site import Browser, Site

#: After these somebody signs in anew.
ENDS_THE_LOGIN = {"accounts.logout"}


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


def not_in_the_matrix(site: Site) -> set[tuple[str, str]]:
    """What the site answers and the table does not have, or the other way round."""
    has = {(route, method) for route, methods in served(site).items() for method in methods}
    return has ^ {(route, method) for route, methods in CASES.items() for method in methods}


def test_every_route_is_in_the_matrix(one_site: Site) -> None:
    assert not_in_the_matrix(one_site) == set()
    assert all(set(expected) == set(ROLES) for methods in CASES.values() for expected in methods.values())


def test_a_route_that_is_missing_is_noticed(sqlite_url: str) -> None:
    site = Site(sqlite_url, **{"pyramid.includes": "tests.functional.matrix.extra"})
    assert not_in_the_matrix(site) == {("unheard.of", "GET"), ("unheard.of", "POST")}
    site.close()


def test_every_route_has_a_view(one_site: Site) -> None:
    routes = {intr["introspectable"]["name"] for intr in one_site.registry.introspector.get_category("routes")}
    assert routes == set(served(one_site))


@dataclass
class World:
    """What the paths of the matrix lead to: `ana`, her notes, and a report about `bo`."""

    site: Site
    ana: Person
    bo: Person
    public: Note
    closed: Note
    report_id: str
    sanction_id: str = ""
    invitation_id: str = ""
    announcement_id: str = ""
    hash: str = ""

    def parts(self, role: str) -> dict[str, str]:
        """The ids in the paths that somebody of this role asks for."""
        # The owner has a new one each time: they may delete it.
        note = {"owner": None, "another member": self.closed}.get(role, self.public) or self.write("public")
        return {"note_id": note.id, "act_id": note.act_id, "person_id": self.bo.id, **self.ids()}

    def ids(self) -> dict[str, str]:
        """What else is in the paths, whoever asks."""
        ids = {"report_id": self.report_id, "sanction_id": self.sanction_id, "invitation_id": self.invitation_id}
        return {**ids, "announcement_id": self.announcement_id, "hash": self.hash}

    def write(self, visibility: str) -> Note:
        with self.site.transaction() as request:
            notes = request.find_service(NoteService)
            note = notes.write(self.ana.id, "A note. #python", visibility=visibility)
            request.dbsession.flush()
            request.dbsession.expunge(note)
            return note

    def person(self, role: str) -> Person | None:
        """Somebody of this kind; None: nobody who is signed in."""
        if role in ("anonymous", "owner"):
            return {"anonymous": None, "owner": self.ana}[role]
        if role in ("moderator", "admin"):
            return self.site.person(role, role=role)
        return self.site.person("somebody", state="active" if "member" in role else role)


@pytest.fixture
def world(site: Site) -> World:
    ana, bo = site.person("ana"), site.person("bo")
    made = World(site, ana, bo, None, None, "")  # type: ignore[arg-type]
    made.public, made.closed = made.write("public"), made.write("followers")
    with site.transaction() as request:
        reports = request.find_service(ReportService)
        reports.report_note(bo.key, made.public, "spam", "")
        (report,) = reports.page(ReportFilter()).rows
        made.report_id = report.id
        standing = request.find_service(StandingService)
        sanction = standing.impose("command line", request.find_service(PeopleService).by_id(bo.id), "warn", "Spam.")
        standing.appeal(bo.id, sanction.id, "It was not me.")
        made.sanction_id = sanction.id
        made.invitation_id = request.find_service(InvitationService).make("command line").id
        said = request.find_service(AnnouncementService).write(OPERATOR, "Hello.", starts=utcnow() + timedelta(days=1))
        made.announcement_id = said.id
        find = request.find_service
        find(PictureService).choose(bo.id, io.BytesIO(file_of(halves())))
        made.hash = find(PeopleService).by_id(bo.id).picture or ""
        read = Activity("read", Actor(ana.id), Object("dune", "book"))
        request.find_service(Manager).add_activity_feed(read)
    return made


@pytest.mark.parametrize("role", ROLES)
def test_who_may_do_what(world: World, role: str) -> None:
    found, wanted, person = {}, {}, world.person(role)
    form = Form(world.site.browser(person))
    for route, methods in CASES.items():
        for method, expected in methods.items():
            found[route, method] = verdict(form.ask(route, method, world.parts(role)))
            wanted[route, method] = expected[role]
            if route in ENDS_THE_LOGIN:
                form = Form(world.site.browser(person))
    assert found == wanted


def test_a_note_that_somebody_may_not_read_is_to_them_as_one_that_never_was(world: World) -> None:
    form, parts = Form(world.site.browser(world.person("another member"))), world.parts("another member")
    expected = answers()
    of_a_note = [
        (route, method)
        for route, method, role in expected
        if role == "another member" and expected[route, method, role] == "404" != expected[route, method, "owner"]
    ]
    assert len(of_a_note) > 15
    for route, method in of_a_note:
        closed, never = (form.ask(route, method, {**parts, "note_id": one}) for one in (world.closed.id, "0" * 20))
        assert closed.status_int == never.status_int == 404, (route, method)
        assert closed.html.main == never.html.main, (route, method)


def test_another_s_login_is_not_ended(world: World) -> None:
    own, other = world.site.browser(world.ana), world.site.browser(world.person("another member"))
    with world.site.transaction() as request:
        (login,) = request.find_service(LoginSessionService).of(world.ana.id)
        which = login.id
    other.submit("/settings/sessions/end", {"session": which}, status=303)
    assert own.get("/settings/profile").status_int == 200


def test_the_figures_that_the_documents_give_are_true() -> None:
    """They are lower bounds there: whoever adds a route need not change them."""
    text = (ROOT / "docs" / "security.md").read_text().replace("\n", " ")
    assert f"as {len(ROLES)} kinds of people" in text
    said = [int(word.replace(",", "")) for word in text.split("more than ")[1].split()[:1]]
    assert said[0] < len(answers())


class Form:
    """A browser with the token of its login: one page is asked for it, not one a form."""

    def __init__(self, browser: Browser) -> None:
        self._browser, self._token = browser, browser.csrf_token()

    def ask(self, route: str, method: str, parts: dict[str, str]) -> TestResponse:
        """GET a route of the matrix, or post its form."""
        path = path_of(self._browser.site, route, **parts)
        if method == "GET":
            return self._browser.get(path, expect_errors=True)
        values = {"csrf_token": self._token, **FORMS.get(route, {})}
        return self._browser.post(path, values, expect_errors=True)


def verdict(answer: TestResponse) -> str:
    if answer.status_int == 303 and "/login" in answer.location:
        return "login"
    if answer.status_int == 303 and answer.location.endswith("/settings/standing"):
        return "standing"
    if answer.status_int < 400 or answer.status_int == 422:
        return "ok"
    return str(answer.status_int)
