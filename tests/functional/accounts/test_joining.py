"""Who may join: everybody, who is let in, who is invited, or nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from click.testing import CliRunner
from sqlalchemy import select

from feedsite.accounts.models import Invitation, Person, SignUpRequest
from feedsite.accounts.services import InvitationService, JoiningService
from feedsite.cli import main
from feedsite.db import utcnow
from feedsite.moderation.audit import COMMAND_LINE, AuditFilter, AuditService

from tests.mailbox import link_in, text_of
from tests.site import INI, PASSWORD, Browser, Site, form_with

Opens = Callable[[str], Site]


@pytest.fixture
def opened(site: Site, migrated_url: str) -> Iterator[Opens]:
    """The same site in a mode."""
    made: list[Site] = []

    def open_(mode: str) -> Site:
        made.append(Site(migrated_url, sign_up=mode))
        return made[-1]

    yield open_
    for one in made:
        one.close()


def join(browser: Browser, handle: str = "ana", *, path: str = "/join", **more: str):
    form = form_with(browser.get(path), "handle")
    values = {"handle": handle, "name": "Some One", "email": f"{handle}@example.org", "password": PASSWORD, **more}
    for name, value in values.items():
        form[name] = value
    return form.submit(expect_errors=True)


def confirm(site: Site, browser: Browser) -> None:
    path = link_in(site.mails()[0])
    next(form for form in browser.get(path).forms.values() if form.action == path).submit()


def person(site: Site, handle: str) -> Person:
    with site.transaction() as request:
        found = request.dbsession.scalar(select(Person).where(Person.handle == handle))
        request.dbsession.expunge_all()
    return found


def invite(site: Site, **more) -> str:
    with site.transaction() as request:
        service = request.find_service(InvitationService)
        return service.code(service.make(COMMAND_LINE, **more))


def run(monkeypatch: pytest.MonkeyPatch, url: str, mode: str, *words: str):
    for name, value in {"DATABASE_URL": url, "SIGN_UP": mode}.items():
        monkeypatch.setenv(f"FEEDSITE_{name}", value)
    return CliRunner().invoke(main, ["-c", INI, "user", *words])


# -- closed


def test_a_closed_site_says_so_and_makes_no_account(opened: Opens) -> None:
    site = opened("closed")
    browser = site.browser()
    page = browser.get("/join")
    assert "No new accounts are made here" in page.text
    assert page.html.select(".top a.join") == []
    values = {"handle": "ana", "name": "A", "email": "a@example.org", "password": PASSWORD, "zone": "UTC"}
    values["invitation"] = invite(site)
    assert browser.submit("/join", values, expect_errors=True).status_int == 422
    assert person(site, "ana") is None


# -- by approval


def test_who_has_to_be_let_in_reads_and_writes_when_both_have_said_yes(
    opened: Opens, migrated_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = opened("approval")
    browser = site.browser()
    assert join(browser, message="  ").status_int == 422, "they have to say why"
    assert join(browser, message="I bake\nbread.").status_int == 303
    assert "Nobody has let you in yet" in browser.get("/home").text
    confirm(site, browser)
    assert person(site, "ana").state == "unverified"
    refused = browser.submit("/notes", {"text": "Hello"}, status=403)
    assert "have let you in" in refused.text
    listed = run(monkeypatch, migrated_url, "approval", "waiting").output
    assert "@ana" in listed
    assert "confirmed  I bake bread." in listed
    assert run(monkeypatch, migrated_url, "approval", "approve", "ana").exit_code == 0
    assert person(site, "ana").state == "active"
    assert "is approved" in text_of(site.mails()[-1])
    assert browser.submit("/notes", {"text": "Hello"}).status_int == 303
    again = run(monkeypatch, migrated_url, "approval", "approve", "ana")
    assert again.exit_code == 2
    with site.transaction() as request:
        assert list(request.dbsession.scalars(select(SignUpRequest))) == []
        rows = request.find_service(AuditService).page(AuditFilter(action="approve")).rows
        targets = [row.target for row in rows]
    assert targets == [person(site, "ana").key]


def test_who_is_let_in_first_writes_when_the_address_is_confirmed(opened: Opens) -> None:
    site = opened("approval")
    browser = site.browser()
    join(browser, message="Bread.")
    with site.transaction() as request:
        assert request.find_service(JoiningService).approve(COMMAND_LINE, person(site, "ana").id)
    assert person(site, "ana").state == "unverified"
    confirm(site, browser)
    assert person(site, "ana").state == "active"


def test_who_is_refused_is_signed_out_and_told(
    opened: Opens, migrated_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = opened("approval")
    browser = site.browser()
    join(browser, message="Pills.")
    done = run(monkeypatch, migrated_url, "approval", "reject", "ana", "nobody", "--reason", "Pills.")
    assert (done.exit_code, person(site, "ana").waiting) == (2, True), "all of them or none"
    assert run(monkeypatch, migrated_url, "approval", "reject", "ana", "--reason", "Pills.").exit_code == 0
    assert person(site, "ana").state == "suspended"
    assert browser.get("/settings/profile").status_int == 303
    assert "was not approved" in text_of(site.mails()[-1])
    assert run(monkeypatch, migrated_url, "approval", "reinstate", "ana", "--reason", "A mistake.").exit_code == 0
    assert person(site, "ana").state == "unverified", "the address is not confirmed still"


# -- by invitation


def test_who_is_invited_joins_and_nobody_else(opened: Opens) -> None:
    site = opened("invitation")
    browser = site.browser()
    assert "by invitation" in browser.get("/join").text
    assert browser.get("/join").html.select("#handle") == []
    assert "over, used up, or not whole" in browser.get("/join?invitation=nonsense").text
    code = invite(site)
    assert join(browser, path=f"/join?invitation={code}").status_int == 303
    confirm(site, browser)
    assert person(site, "ana").state == "active"
    assert "over, used up" in site.browser().get(f"/join?invitation={code}").text
    with site.transaction() as request:
        assert code not in str(vars(request.dbsession.scalar(select(Invitation))))


def test_an_invitation_ends_with_its_days_and_a_refused_form_uses_none_of_it(opened: Opens) -> None:
    site = opened("invitation")
    code = invite(site, lifetime=timedelta(days=2))
    path = f"/join?invitation={code}"
    assert join(site.browser(), path=path, password="short").status_int == 422
    with time_machine.travel(utcnow() + timedelta(days=2, minutes=1), tick=True):
        assert "over, used up" in site.browser().get(path).text
    assert join(site.browser(), path=path).status_int == 303


def test_of_many_who_want_the_last_use_at_once_one_gets_it(opened: Opens) -> None:
    site = opened("invitation")
    path = f"/join?invitation={invite(site, uses=2)}"
    browsers = [site.browser(REMOTE_ADDR=f"192.0.2.{n}") for n in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = sorted(pool.map(lambda n: join_or_page(browsers[n], f"p{n}", path), range(6)))
    assert answers == ["joined", "joined", "not", "not", "not", "not"]


def join_or_page(browser: Browser, handle: str, path: str) -> str:
    page = browser.get(path)
    if not page.html.select("#handle"):
        return "not"
    form = form_with(page, "handle")
    values = {"handle": handle, "name": "Some One", "email": f"{handle}@example.org", "password": PASSWORD}
    for name, value in values.items():
        form[name] = value
    return "joined" if form.submit(expect_errors=True).status_int == 303 else "not"


def test_the_invited_need_nobody_to_let_them_in(opened: Opens) -> None:
    site = opened("approval")
    browser = site.browser()
    page = browser.get(f"/join?invitation={invite(site)}")
    assert page.html.select("#message") == []
    assert join(browser, path=page.request.path_qs).status_int == 303
    assert not person(site, "ana").waiting


def test_an_invitation_is_made_on_the_command_line_and_mailed(
    opened: Opens, migrated_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = opened("invitation")
    made = run(monkeypatch, migrated_url, "invitation", "invite", "--email", "guest@example.org", "--uses", "3")
    assert made.exit_code == 0
    (mail,) = site.mails()
    assert made.output.strip() in text_of(mail)
    path = made.output.strip().removeprefix("http://localhost")
    assert site.browser().get(path).html.select("#handle") != []
    refused = run(monkeypatch, migrated_url, "closed", "invite")
    assert (refused.exit_code, "closed" in refused.output) == (2, True)
