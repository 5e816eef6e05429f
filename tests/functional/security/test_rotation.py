"""The secret is changed: what the old one signed is good while it is named, and worth nothing afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
import time_machine
from click.testing import CliRunner
from sqlalchemy import func, select

from feedsite.accounts.models import Person
from feedsite.accounts.services import InvitationService, PeopleService
from feedsite.cli import main
from feedsite.db import utcnow
from feedsite.graph.services import GraphService
from feedsite.mail.models import Mail
from feedsite.posts.services import NoteService
from feedsite.security.sessions import LoginSessionService

from tests.functional.accounts.test_two_factor import first_half, second_half, set_up
from tests.mailbox import link_in, text_of
from tests.site import INI, PASSWORD, Browser, Site, form_with

OLD, NEW = "the secret of last year, a long text 0123", "the secret of this year, a long text 9876"


@dataclass
class Sites:
    """One database, and the site before the change, while both secrets are believed, and after it."""

    before: Site
    meanwhile: Site
    after: Site

    #: What asks on a site whether something that was signed before the change is good: its name -> the question.
    signed: dict[str, Callable[[Site], bool]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def three(sqlite_url: str) -> Iterator[tuple[Site, Site, Site]]:
    made = (
        Site(sqlite_url, secret=OLD),
        Site(sqlite_url, secret=NEW, previous_secret=OLD),
        Site(sqlite_url, secret=NEW),
    )
    yield made
    for site in made:
        site.close()


@pytest.fixture
def sites(three: tuple[Site, Site, Site]) -> Sites:
    for site in three:
        site.wipe()
    return Sites(*three)


def elsewhere(site: Site, browser: Browser) -> Browser:
    """The same browser, at the site with other secrets."""
    moved = site.browser()
    copy_cookies(browser, moved, but="")
    return moved


def copy_cookies(one: Browser, other: Browser, but: str) -> None:
    for name, value in one.cookies.items():
        if name != but:
            other.set_cookie(name, value.strip('"'))


def sign_everything(sites: Sites) -> None:
    """Have the site before the change sign one of everything that it signs."""
    site, ana = sites.before, sites.before.person("ana", role="admin")
    with site.transaction() as request:
        for number in range(25):
            request.find_service(NoteService).write(ana.id, f"Note {number}")
    others = [site.person(f"p{number:02}") for number in range(51)]
    with site.transaction() as request:
        for other in others:
            request.find_service(GraphService).follow(other.id, ana)
    browser = site.browser()
    browser.submit("/login", {"login": "ana", "password": PASSWORD})
    _pages(sites, browser)
    _forms(sites, browser)
    _mails(sites, browser)


def _pages(sites: Sites, browser: Browser) -> None:
    for name, path in (("feed", "/home"), ("list", "/@ana/followers"), ("admin list", "/admin/people")):
        links = [link["href"] for link in browser.get(path).html.select("#main a[href*='cursor=']")]
        assert links, path
        sites.signed[f"cursor of a {name}"] = lambda site, link=links[0]: (
            elsewhere(site, browser).get(link, expect_errors=True).status_int == 200
        )


def _forms(sites: Sites, browser: Browser) -> None:
    visitor = sites.before.browser()
    for name, one in (("somebody", browser), ("a visitor", visitor)):
        token = one.csrf_token()
        sites.signed[f"form of {name}"] = lambda site, one=one, token=token: (
            elsewhere(site, one).post("/theme", {"theme": "dark", "csrf_token": token}, expect_errors=True).status_int
            == 303
        )
    upto = form_with(browser.get("/notifications"), "upto")
    values = {name: upto[name].value for name in ("upto", "csrf_token")}
    sites.signed["mark of what was read"] = lambda site: (
        elsewhere(site, browser)
        .post(
            "/notifications/read", {**values, "csrf_token": elsewhere(site, browser).csrf_token()}, expect_errors=True
        )
        .status_int
        == 303
    )
    writer = sites.before.browser(_ana(sites.before))
    form = form_with(writer.get("/notes"), "text")
    form["text"] = "Typed before"
    with sites.before.transaction() as request:
        logins = request.find_service(LoginSessionService)
        logins.end_own(_ana(sites.before).id, logins.of(_ana(sites.before).id)[0].id)
    form.submit()
    sites.signed["draft"] = lambda site: (
        "Typed before" in (elsewhere(site, writer).sign_in(_ana(site)).get("/notes").text)
    )
    told = elsewhere(sites.before, browser).sign_in(_ana(sites.before))
    told.submit("/settings/profile", {"name": "Ana", "bio": ""})
    sites.signed["message"] = lambda site: "Your profile is saved." in elsewhere(site, told).get("/about").text
    sites.signed["known browser"] = lambda site: _is_known(site, browser)


def _is_known(site: Site, browser: Browser) -> bool:
    """Whether no mail tells of a new browser."""
    moved = site.browser()
    copy_cookies(browser, moved, but="feedsite_session")
    before = _waiting(site, "accounts.new_login")
    moved.submit("/login", {"login": "ana", "password": PASSWORD})
    return _waiting(site, "accounts.new_login") == before


def _waiting(site: Site, kind: str) -> int:
    with site.transaction() as request:
        return request.dbsession.scalar(select(func.count()).select_from(Mail).where(Mail.kind == kind))


def _mails(sites: Sites, browser: Browser) -> None:
    site = sites.before
    site.browser().submit("/login", {"login": "ana", "password": PASSWORD})
    *_, told = site.mails()
    unsubscribe = told["List-Unsubscribe"].strip("<>").removeprefix("http://localhost")
    sites.signed["link that refuses mails"] = lambda at: (
        at.browser().get(unsubscribe, expect_errors=True).status_int == 200
    )
    set_up(site.browser(_ana(site, "p02")))
    site.mails()
    half = site.browser()
    first_half(half, login="p02")
    sites.signed["half of signing in"] = lambda at: elsewhere(at, half).get("/login/code").status_int == 200
    site.browser().submit("/reset", {"email": "p01@example.org"})

    def sent_later(at: Site) -> bool:
        mail = next(one for one in at.mails() if one["To"] == "p01@example.org")
        opened = at.browser().get(link_in(mail), expect_errors=True).status_int == 200
        site.browser().submit("/reset", {"email": "p01@example.org"})  # another one waits for the next site
        return opened

    sites.signed["link of a mail that waited"] = sent_later


def _ana(site: Site, handle: str = "ana") -> Person:
    with site.transaction() as request:
        person = request.find_service(PeopleService).by_handle(handle)
        request.dbsession.expunge(person)
        return person


def test_everything_signed_is_good_until_the_old_secret_goes(sites: Sites) -> None:
    sign_everything(sites)
    everything = set(sites.signed)
    assert len(everything) == 12
    for site, good in ((sites.before, everything), (sites.meanwhile, everything), (sites.after, set())):
        assert {name for name, ask in sites.signed.items() if ask(site)} == good


def test_links_that_are_in_somebodys_mailbox_stay_good(sites: Sites) -> None:
    """They are found by a hash: no secret is asked."""
    sites.before.person("ana")
    sites.before.browser().submit("/reset", {"email": "ana@example.org"})
    path = link_in(sites.before.mails()[0])
    with sites.before.transaction() as request:
        invitations = request.find_service(InvitationService)
        code = invitations.code(invitations.make("command line"))
    for site in (sites.meanwhile, sites.after):
        assert site.browser().get(path).status_int == 200
        with site.transaction() as request:
            assert request.find_service(InvitationService).is_good(code)


def test_nothing_new_is_signed_with_the_old_secret(sites: Sites) -> None:
    ana = sites.before.person("ana")
    browser = sites.meanwhile.browser(ana)
    token = browser.csrf_token()
    assert elsewhere(sites.after, browser).post("/theme", {"theme": "dark", "csrf_token": token}).status_int == 303
    sites.meanwhile.browser().submit("/reset", {"email": "ana@example.org"})
    (mail,) = sites.meanwhile.mails()
    assert sites.after.browser().get(link_in(mail)).status_int == 200, text_of(mail)


def test_second_factors_outlive_the_old_secret_when_they_are_sealed_anew(
    sites: Sites, monkeypatch: pytest.MonkeyPatch
) -> None:
    totp, codes = set_up(sites.before.browser(sites.before.person("ana")))

    def lets_in(site: Site, code: str) -> bool:
        browser = site.browser()
        first_half(browser)
        return second_half(browser, code).status_int == 303

    with time_machine.travel(utcnow() + timedelta(minutes=1), tick=False):
        assert lets_in(sites.meanwhile, totp.at(utcnow()))
    with time_machine.travel(utcnow() + timedelta(minutes=2), tick=False):
        assert not lets_in(sites.after, totp.at(utcnow())), "sealed with the old secret still"
    assert lets_in(sites.after, codes[0]), "recovery codes need no secret"
    monkeypatch.setenv("FEEDSITE_DATABASE_URL", sites.before.settings.database_url)
    monkeypatch.setenv("FEEDSITE_SECRET", NEW)
    lost = CliRunner().invoke(main, ["-c", INI, "secret", "renew"])
    assert (lost.exit_code, "1 keys were sealed with neither secret" in lost.output) == (2, True), lost.output
    monkeypatch.setenv("FEEDSITE_PREVIOUS_SECRET", OLD)
    for said in ("1 keys of second factors are sealed anew.\n", "0 keys of second factors are sealed anew.\n"):
        done = CliRunner().invoke(main, ["-c", INI, "secret", "renew"])
        assert (done.exit_code, done.output) == (0, said)
    with time_machine.travel(utcnow() + timedelta(minutes=3), tick=False):
        assert lets_in(sites.after, totp.at(utcnow()))


def test_a_new_secret_is_made_on_the_command_line() -> None:
    made = [CliRunner().invoke(main, ["secret", "make"]).output.strip() for _ in range(2)]
    assert [len(secret) for secret in made] == [64, 64]
    assert made[0] != made[1]
