"""Logins: a new id with every password given, ended by those who may, and nobody kept out by strangers."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from click.testing import CliRunner

from feedsite.cli import main
from feedsite.db import counting_statements, utcnow
from feedsite.security.passwords import Passwords

from tests.functional.accounts.test_two_factor import set_up
from tests.mailbox import link_in
from tests.site import INI, PASSWORD, Browser, Site

NEW = "another quite ordinary sentence"


def is_in(browser: Browser) -> bool:
    return browser.get("/settings/profile", expect_errors=True).status_int == 200


@pytest.mark.parametrize(
    ("path", "values"),
    [("/settings/confirm", {"password": PASSWORD}), ("/settings/password", {"current": PASSWORD, "password": NEW})],
)
def test_a_password_given_again_makes_a_new_login_of_the_old_one(site: Site, path: str, values: dict[str, str]) -> None:
    own, thief = site.browser(site.person("ana")), site.browser()
    stolen = own.cookies["feedsite_session"].strip('"')
    thief.set_cookie("feedsite_session", stolen)
    assert is_in(thief)
    own.submit(path, values, status=303)
    assert own.cookies["feedsite_session"].strip('"') != stolen
    assert is_in(own)
    assert not is_in(thief)


def test_a_browser_left_open_ends_no_logins(site: Site) -> None:
    ana = site.person("ana")
    left, other = site.browser(ana), site.browser(ana)
    with time_machine.travel(utcnow() + timedelta(minutes=16), tick=True):
        answer = left.submit("/settings/sessions/end", {"session": "others"})
        assert answer.location == "http://localhost/settings/confirm?next=%2Fsettings%2Fsessions"
        assert is_in(other)


def test_who_reads_the_mail_gets_in_however_often_strangers_try(site: Site) -> None:
    site.person("ana")
    for number in range(60):
        values = {"login": "ana", "password": "a wrong sentence"}
        site.browser(REMOTE_ADDR=f"203.0.113.{number}").submit("/login", values, expect_errors=True)
    new = site.browser(REMOTE_ADDR="192.0.2.7")
    assert new.submit("/login", {"login": "ana", "password": PASSWORD}, expect_errors=True).status_int == 429
    new.submit("/reset", {"email": "ana@example.org"})
    new.submit(link_in(site.mails()[0]), {"password": NEW}, status=303)
    assert new.submit("/login", {"login": "ana", "password": NEW}).status_int == 303
    assert is_in(new)


def test_a_new_password_by_mail_takes_no_second_factor_away(site: Site, browser: Browser) -> None:
    set_up(site.browser(site.person("ana")))
    site.mails()
    browser.submit("/reset", {"email": "ana@example.org"})
    browser.submit(link_in(site.mails()[0]), {"password": NEW}, status=303)
    assert browser.submit("/login", {"login": "ana", "password": NEW}).location == "http://localhost/login/code"
    assert not is_in(browser)


def test_every_signed_in_page_has_the_way_out(site: Site) -> None:
    own = site.browser(site.person("ana"))
    for path in ("/home", "/settings/profile", "/notifications", "/about", "/@ana"):
        assert own.get(path).html.select_one("form[action='/logout'] button"), path


def test_logins_are_ended_from_the_command_line(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDSITE_DATABASE_URL", site.settings.database_url)
    ana, bo = site.person("ana"), site.person("bo")
    browsers = [site.browser(ana), site.browser(ana), site.browser(bo)]

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["-c", INI, "user", "sign-out", *words])
        return done.exit_code, done.output.strip()

    assert run("ana", "--reason", "A lost laptop") == (0, "2 logins are ended.")
    assert [is_in(browser) for browser in browsers] == [False, False, True]
    assert run("--everybody", "--reason", "A stolen backup") == (0, "1 logins are ended.")
    assert not is_in(browsers[2])
    assert run("--reason", "x")[0] == run("nobody", "--reason", "x")[0] == 2
    log = site.browser(site.person("root", role="admin")).get("/admin/audit")
    assert log.text.count("Signed out") >= 2
    assert "A stolen backup" in log.text


def test_signing_in_costs_the_same_for_nobody(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Statements, hashes and mails of a wrong password are those of an account that does not exist."""
    site.person("ana")
    hashes: list[str] = []
    original = Passwords.verify
    monkeypatch.setattr(Passwords, "verify", lambda self, *given: hashes.append("") or original(self, *given))
    seen = []
    for login in ("ana", "nobody", "ana@example.org", "nobody@example.org"):
        browser = site.browser()
        token = browser.csrf_token()
        hashes.clear()
        with counting_statements() as count:
            values = {"csrf_token": token, "login": login, "password": "a wrong sentence"}
            answer = browser.post("/login", values, expect_errors=True)
        main = (
            str(answer.html.main).replace(login, "").replace(answer.html.select_one("[name=csrf_token]")["value"], "")
        )
        seen.append((answer.status_int, len(count), len(hashes), site.mails(), main, sorted(answer.headers)))
    assert all(one == seen[0] for one in seen)
    assert seen[0][:3] == (422, seen[0][1], 1)
