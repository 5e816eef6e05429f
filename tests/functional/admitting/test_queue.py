"""The queue of sign-ups and the invitations, on the site and on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from click.testing import CliRunner
from sqlalchemy import insert, select

from feedsite.accounts.models import Invitation, Invited, Person, SignUpRequest
from feedsite.accounts.services import InvitationService
from feedsite.cli import main
from feedsite.db import utcnow
from feedsite.moderation.audit import AuditFilter, AuditService

from tests.mailbox import text_of
from tests.site import INI, PASSWORD, Browser, Site, form_with


@pytest.fixture
def by_invitation(site: Site, sqlite_url: str) -> Iterator[Site]:
    """The same site, joined by invitation alone."""
    made = Site(sqlite_url, sign_up="invitation")
    yield made
    made.close()


@pytest.fixture
def mo(site: Site) -> Browser:
    """A browser of a moderator."""
    return site.browser(site.person("mo", role="moderator"))


def add_waiting(site: Site, number: int, *, email: bool = True) -> list[str]:
    """People w000, w001, …, who wait since a second apart; returns their ids, who waits longest first."""
    start = utcnow() - timedelta(hours=2)
    ids = [f"waiting{at:013}" for at in range(number)]
    people = [
        {
            "id": id_,
            "handle": f"w{at:03}",
            "name": f"W {at}",
            "state": "unverified",
            "waiting": True,
            "email": f"w{at}@example.org" if email else None,
            "email_key": f"w{at}@example.org" if email else None,
        }
        for at, id_ in enumerate(ids)
    ]
    said = [
        {"person_id": id_, "message": f"Let me in, {at}", "created": start + timedelta(seconds=at // 2)}
        for at, id_ in enumerate(ids)
    ]
    with site.transaction() as request:
        request.dbsession.execute(insert(Person), people)
        request.dbsession.execute(insert(SignUpRequest), said)
    return ids


def shown(page: object) -> list[str]:
    return [link.get_text() for link in page.html.select("tbody th a")]  # type: ignore[attr-defined]


def states(site: Site) -> dict[str, str]:
    with site.transaction() as request:
        return {row.handle: row.state for row in request.dbsession.execute(select(Person.handle, Person.state))}


def actions(site: Site) -> list[str]:
    with site.transaction() as request:
        return [row.action for row in request.find_service(AuditService).page(AuditFilter()).rows[::-1]]


def run(sqlite_url: str, *words: str, mode: str = "approval"):
    env = {"FEEDSITE_DATABASE_URL": sqlite_url, "FEEDSITE_SIGN_UP": mode}
    return CliRunner().invoke(main, ["-c", INI, "user", *words], env=env)


# -- those who wait


def test_fifty_are_let_in_with_one_post(site: Site, mo: Browser) -> None:
    add_waiting(site, 50)
    page = mo.get("/admin/joining")
    form = form_with(page, "decision")
    assert "Let me in, 49" in page
    for box in form.fields["person"]:
        box.checked = True
    form["decision"] = "approve"
    after = form.submit(status=303).follow()
    assert "50 people are let in." in after
    assert "Nobody waits to be let in." in after
    assert {state for handle, state in states(site).items() if handle != "mo"} == {"active"}
    mails = site.mails()
    assert len(mails) == 50
    assert all("is approved" in text_of(mail) for mail in mails)
    assert actions(site) == ["approve"] * 50


def test_who_is_not_let_in_is_told_why_and_can_answer(site: Site, mo: Browser) -> None:
    first, _second = add_waiting(site, 2)
    sent = {"person": first, "decision": "reject"}
    page = mo.submit("/admin/joining", {**sent, "reason": " "}, status=422)
    assert page.html.select_one(".summary a[href='#reason']") is not None
    assert page.html.select_one(f"input[value='{first}']").has_attr("checked")
    mo.submit("/admin/joining", {"decision": "approve"}, status=422)
    mo.submit("/admin/joining", {**sent, "reason": "You sell pills."}, status=303)
    assert (states(site)["w000"], states(site)["w001"]) == ("suspended", "unverified")
    (mail,) = site.mails()
    assert "The reason that was given: You sell pills." in text_of(mail)
    with site.transaction() as request:
        request.dbsession.get(Person, first).password_hash = site.person("x").password_hash
    browser = site.browser()
    browser.submit("/login", {"login": "w000", "password": PASSWORD}, status=303)
    page = browser.get("/settings/standing")
    assert "You sell pills." in page
    assert form_with(page, "appeal") is not None
    again = mo.submit("/admin/joining", {"person": first, "decision": "approve"}, status=303).follow()
    assert "1 person waited no more." in again


def test_the_queue_goes_by_cursor_the_longest_first(site: Site, mo: Browser) -> None:
    add_waiting(site, 101)
    pages = [page := mo.get("/admin/joining")]
    while link := page.html.select_one("a[rel=next]"):
        pages.append(page := mo.get(link["href"]))
    assert [len(shown(page)) for page in pages] == [50, 50, 1]
    assert [handle for page in pages for handle in shown(page)] == [f"@w{at:03}" for at in range(101)]
    mo.get("/admin/joining?cursor=x", status=400)


def test_nobody_rejects_an_equal_rank_that_waits(site: Site, mo: Browser) -> None:
    (peer,) = add_waiting(site, 1)
    with site.transaction() as request:
        request.dbsession.get(Person, peer).role = "moderator"
    page = mo.submit("/admin/joining", {"person": peer, "decision": "reject", "reason": "x"}, status=303).follow()
    assert "1 account is left as it is." in page
    assert (states(site)["w000"], actions(site)) == ("unverified", [])


def test_who_was_suspended_while_waiting_is_let_in_when_reinstated(site: Site, mo: Browser, sqlite_url: str) -> None:
    (waiting,) = add_waiting(site, 1)
    mo.submit(f"/admin/people/{waiting}/suspend", {"reason": "A mistake."}, status=303)
    mo.submit("/admin/joining", {"person": waiting, "decision": "approve"}, status=303)
    assert states(site)["w000"] == "suspended"
    assert run(sqlite_url, "reinstate", "w000", "--reason", "Over.").exit_code == 0
    assert states(site)["w000"] == "active"


# -- invitations


def test_an_invitation_is_made_given_away_used_and_shows_who_joined(by_invitation: Site) -> None:
    site = by_invitation
    mo = site.browser(site.person("mo", role="moderator"))
    form = form_with(mo.get("/admin/invitations"), "uses")
    form["note"], form["uses"], form["days"] = "For the bakers", "2", "3"
    page = form.submit(status=303).follow()
    link = page.html.select_one("code.address").get_text()
    newcomer = site.browser()
    form = form_with(newcomer.get(link), "handle")
    for name, value in {"handle": "ana", "name": "Ana", "email": "a@example.org", "password": PASSWORD}.items():
        form[name] = value
    form.submit(status=303)
    page = mo.get("/admin/invitations")
    assert "1 of 2" in page
    detail = page.click(href="/admin/invitations/", index=0)
    assert shown(detail) == ["@ana"]
    assert "For the bakers" in detail
    revoked = next(form for form in detail.forms.values() if form.action.endswith("/revoke")).submit().follow()
    assert "Revoked" in revoked
    assert revoked.html.select("code.address") == []
    assert "over, used up" in site.browser().get(link)
    assert actions(site) == ["invite", "revoke"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("uses", "0"), ("uses", "1001"), ("uses", "x"), ("uses", ""), ("days", "0"), ("days", "366"), ("email", "nowhere")]
    + [("note", "x" * 201)],
)
def test_an_invitation_that_makes_no_sense_is_refused(site: Site, mo: Browser, field: str, value: str) -> None:
    page = mo.submit("/admin/invitations", {"uses": "1", "days": "1", field: value}, status=422)
    assert page.html.select_one(f".summary a[href='#{field}']") is not None
    with site.transaction() as request:
        assert list(request.dbsession.scalars(select(Invitation))) == []


def test_the_list_says_which_are_good_and_goes_by_cursor(site: Site, mo: Browser) -> None:
    with site.transaction() as request:
        service = request.find_service(InvitationService)
        for number in range(51):
            service.make("command line", note=f"n{number}", lifetime=timedelta(days=1 + number))
    with time_machine.travel(utcnow() + timedelta(days=2, hours=1)):
        mo = site.browser(site.person("late", role="moderator"))
        first = mo.get("/admin/invitations")
        second = mo.get(first.html.select_one("a[rel=next]")["href"])
        over = [row.select_one(".tagged") for page in (first, second) for row in page.html.select("tbody tr")]
    assert [mark is not None for mark in over] == [False] * 49 + [True] * 2


def test_what_joined_is_forgotten_with_the_person(site: Site) -> None:
    ana = site.person("ana")
    with site.transaction() as request:
        service = request.find_service(InvitationService)
        made = service.make("command line")
        service.note_joined(made.id, request.dbsession.get(Person, ana.id))
    with site.transaction() as request:
        request.dbsession.delete(request.dbsession.get(Person, ana.id))
    with site.transaction() as request:
        assert list(request.dbsession.scalars(select(Invited))) == []


def test_the_command_line_does_the_same(site: Site, sqlite_url: str) -> None:
    made = run(sqlite_url, "invite", "--note", "For the bakers", "--uses", "3")
    assert "/join?invitation=" in made.output
    listed = run(sqlite_url, "invitations").output
    assert "0 of 3" in listed
    assert "For the bakers" in listed
    assert run(sqlite_url, "revoke-invitation", listed.split()[0]).output == "Revoked.\n"
    assert "revoked" in run(sqlite_url, "invitations").output
    assert "nothing is changed" in run(sqlite_url, "revoke-invitation", listed.split()[0]).output
    assert run(sqlite_url, "revoke-invitation", "0" * 16).exit_code == 2
    assert run(sqlite_url, "invite", "--note", "x" * 201).exit_code == 2
    with site.transaction() as request:
        row = request.find_service(AuditService).page(AuditFilter(action="invite")).rows[0]
        assert (row.actor, json.loads(row.after)) == ("command line", {"uses": 3})
