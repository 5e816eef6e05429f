"""The list of people: what it filters, in which order, what it counts, and what is done to several at once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from feedsite.accounts.models import Person, SignUpRequest
from feedsite.admin.services import PeopleDirectory
from feedsite.db import utcnow

from tests.functional.looking_after.shell import Shell
from tests.site import PASSWORD, Browser, Site


def handles(page: object) -> list[str]:
    return [cell.get_text().removeprefix("@") for cell in page.html.select("tbody th a")]  # type: ignore[attr-defined]


@pytest.fixture
def crowd(site: Site, admin: Browser) -> Site:
    """Four people who differ in all that can be asked for."""
    site.person("ana", name="Zoe", created=datetime(2026, 3, 1, 18, 14, tzinfo=UTC))
    site.person("bo", name="élan", created=datetime(2026, 3, 1, 18, 15, tzinfo=UTC), role="moderator")
    site.person("cy", name="Bob", created=datetime(2026, 3, 2, 18, 15, tzinfo=UTC), state="unverified", email=None)
    dee = site.person("dee", name="alma", created=datetime(2026, 3, 3, tzinfo=UTC), state="unverified", waiting=True)
    with site.transaction() as request:
        request.dbsession.add(SignUpRequest(person_id=dee.id, message="Bread.", created=utcnow()))
    return site


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("confirmed=no", ["cy"]),
        ("confirmed=yes&sort=oldest", ["ana", "bo", "dee", "boss"]),
        ("waiting=y", ["dee"]),
        ("waiting=y&confirmed=no", []),
        # Days are those of Kathmandu: the second of March begins there at 18:15 UTC of the first.
        ("since=2026-03-02&until=2026-03-02", ["bo"]),
        ("until=2026-03-01", ["ana"]),
        ("since=2026-03-03&sort=oldest&state=unverified", ["cy", "dee"]),
        ("role=moderator&since=2026-03-01", ["bo"]),
        ("q=al&waiting=y", ["dee"]),
        ("sort=name&until=2026-03-09", ["dee", "cy", "ana", "bo"]),
    ],
)
def test_filters_go_together(crowd: Site, admin: Browser, query: str, found: list[str]) -> None:
    assert handles(admin.get(f"/admin/people?{query}")) == found


@pytest.mark.parametrize("query", ["confirmed=x", "since=yesterday", "until=2026-13-01", "sort=x", "role=king"])
def test_a_filter_that_makes_no_sense_is_told(admin: Browser, query: str) -> None:
    page = admin.get(f"/admin/people?{query}", status=400)
    assert page.html.select_one(f".summary a[href='#{query.partition('=')[0]}']") is not None


def test_who_was_here_last_comes_first_and_who_never_was_last(site: Site, admin: Browser) -> None:
    site.person("never")
    for handle in ("ana", "bo"):
        site.person(handle)
        site.browser().submit("/login", {"login": handle, "password": PASSWORD}, status=303)
    page = admin.get("/admin/people?sort=seen")
    assert handles(page) == ["bo", "ana", "boss", "never"]
    assert [row.select("td")[-1].get_text() for row in page.html.select("tbody tr")][-1] == "Never"


@pytest.mark.parametrize("order", ["name", "seen"])
def test_pages_hold_people_who_tie_once_each(
    site: Site, admin: Browser, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    monkeypatch.setitem(PeopleDirectory.page.__kwdefaults__, "size", 3)
    for number in range(7):
        site.person(f"p{number}", name="The same")
    pages = [page := admin.get(f"/admin/people?sort={order}")]
    while link := page.html.select_one("a[rel=next]"):
        pages.append(page := admin.get(link["href"]))
    assert [len(handles(page)) for page in pages] == [3, 3, 2]
    assert len({handle for page in pages for handle in handles(page)}) == 8


def test_figures_above_what_is_counted_say_so(site: Site, admin: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("feedsite.admin.services.COUNTED", "feedsite.admin.presenters.COUNTED"):
        monkeypatch.setattr(name, 2)
    for number in range(3):
        site.person(f"p{number}", state="suspended" if number else "active")
    figures = [link.get_text() for link in admin.get("/admin/people").html.select("a.chip")]
    assert figures == ["All: 2+", "Suspended: 2", "Admin: 1"]
    for number in range(3, 6):
        site.person(f"p{number}", state="suspended")
    with site.transaction() as request:
        counts = request.find_service(PeopleDirectory).counts()
    assert (counts.total, counts.states) == (3, {"suspended": 3}), "counting stops there"


def test_those_who_wait_are_let_in_from_the_list_too(crowd: Site, admin: Browser) -> None:
    with crowd.transaction() as request:
        ids = [person.id for person in request.dbsession.query(Person).filter(Person.handle.in_(("ana", "dee")))]
    sent = [
        ("csrf_token", admin.csrf_token()),
        ("act", "approve"),
        ("reason", "bakers"),
        *(("person", one) for one in ids),
    ]
    page = admin.post("/admin/people", sent, status=303).follow()
    assert "1 account is changed." in page
    assert "1 account was so already." in page
    assert handles(admin.get("/admin/people?waiting=y")) == []


def test_the_command_line_filters_alike(crowd: Site, feedsite: Shell) -> None:
    assert [line.split()[0] for line in feedsite("user", "list", "--waiting").stdout.splitlines()] == ["@dee"]
    between = ("--since", "2026-03-02", "--until", "2026-03-03")
    assert [line.split()[0] for line in feedsite("user", "list", *between).stdout.splitlines()] == ["@cy"]
    assert [line.split()[0] for line in feedsite("user", "list", "--confirmed", "no").stdout.splitlines()] == ["@cy"]
