"""Mails: written with what they tell of, sent after it, once, and tried again while the server is away."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner
from sqlalchemy import select

from feedsite.cli import main
from feedsite.db import utcnow
from feedsite.mail.backends import FileBackend
from feedsite.mail.models import Mail
from feedsite.mail.process import mail_of
from feedsite.mail.sending import LONGEST_WAIT, wait_after
from feedsite.mail.services import MailService

from tests.mailbox import MailServer, link_in, mail_server, text_of
from tests.site import INI, PASSWORD, Browser, Site, form_with


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def postal(site: Site, migrated_url: str, server: MailServer) -> Iterator[Site]:
    """The same site with a mail server."""
    server.refuse, server.broken, server.taken, server.connections = {}, False, [], 0
    made = Site(migrated_url, mail_backend="smtp", mail_smtp_host="127.0.0.1", mail_smtp_port=str(server.port))
    yield made
    made.close()


def write(site: Site, recipient: str = "ana@example.org", kind: str = "accounts.reset_nobody", **more) -> None:
    with site.transaction() as request:
        request.find_service(MailService).write(kind, recipient, **more)


def rows(site: Site) -> list[Mail]:
    with site.transaction() as request:
        found = list(request.dbsession.scalars(select(Mail).order_by(Mail.created)))
        request.dbsession.expunge_all()
    return found


def test_a_mail_is_text_and_the_same_in_html_and_says_who_sent_it(postal: Site, server: MailServer) -> None:
    write(postal)
    assert mail_of(postal.registry).send().sent == 1
    (mail,) = server.taken
    assert (mail["From"], mail["To"]) == ("feedsite <noreply@localhost>", "ana@example.org")
    assert mail["Subject"] == "There is no account with this address on feedsite"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in mail
    assert "No account on feedsite has it" in text_of(mail)
    html = mail.get_body(("html",)).get_content()
    assert "No account on feedsite has it" in html
    assert [word for word in ("<img", "<script", "style", "src=") if word in html] == []
    assert rows(postal) == [], "what was sent leaves nothing"


def test_what_is_undone_was_never_mailed(site: Site) -> None:
    with site.transaction() as request:
        request.find_service(MailService).write("accounts.reset_nobody", "ana@example.org")
        request.tm.abort()
        request.tm.begin()
    assert site.mails() == []


def test_a_server_that_is_away_gets_everything_later_and_once(postal: Site, server: MailServer) -> None:
    server.broken = True
    write(postal)
    write(postal, "bo@example.org")
    done = mail_of(postal.registry).send()
    assert (done.sent, done.put_off) == (0, 2)
    assert server.connections == 1, "one attempt to reach it, not one for each mail"
    assert mail_of(postal.registry).send().put_off == 0, "nothing is due before its wait is over"
    server.broken = False
    with time_machine.travel(utcnow() + timedelta(seconds=61), tick=True):
        assert mail_of(postal.registry).send().sent == 2
    assert sorted(mail["To"] for mail in server.taken) == ["ana@example.org", "bo@example.org"]
    assert server.connections == 2


def test_an_address_that_does_not_exist_keeps_no_other_mail_back(postal: Site, server: MailServer) -> None:
    server.refuse = {"nobody@example.org": "550 nobody here", "full@example.org": "452 mailbox full"}
    for name in ("nobody", "full", "ana"):
        write(postal, f"{name}@example.org")
    done = mail_of(postal.registry).send()
    assert (done.sent, done.put_off, done.given_up) == (1, 1, 1)
    problems = {row.recipient: (row.due is None, row.problem) for row in rows(postal)}
    assert problems["nobody@example.org"] == (True, "550 nobody here")
    assert problems["full@example.org"] == (False, "452 mailbox full")


def test_a_mail_whose_link_is_too_old_is_not_sent(site: Site) -> None:
    write(site, lifetime=timedelta(hours=1))
    with time_machine.travel(utcnow() + timedelta(hours=2), tick=True):
        assert site.mails() == []
    assert "too late" in rows(site)[0].problem


def test_waits_grow_to_a_quarter_of_a_day() -> None:
    waits = [wait_after(attempt) for attempt in range(1, 40)]
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT


def test_two_senders_send_a_mail_once(site: Site) -> None:
    """The second one looks while the first one is at work."""
    write(site)
    process, seen = mail_of(site.registry), []
    backend = process.backend

    class Slow(type(backend)):
        def open(self):
            seen.append(process.__class__(site.registry).send().sent)
            return super().open()

    process.backend = Slow()
    assert process.send().sent == 1
    assert seen == [0]


def test_a_letter_that_cannot_be_made_is_put_off_and_says_nothing_of_what_it_holds(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    write(site, kind="accounts.reset", data={"seed": "verysecret"})
    assert site.mails() == []
    assert rows(site)[0].attempts == 1
    assert "cannot be made" in caplog.text
    assert "verysecret" not in caplog.text
    assert "ana@example.org" not in caplog.text


def test_no_row_and_no_log_holds_what_a_link_opens(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    site.person("ana")
    with caplog.at_level(logging.DEBUG, logger="feedsite"):
        form = form_with(site.browser().get("/reset"), "email")
        form["email"] = "ana@example.org"
        form.submit()
        waiting = str([vars(row) for row in rows(site)])
        token = link_in(site.mails()[0]).rsplit("/", 1)[1]
    assert len(token) == 43
    assert token not in waiting
    assert token not in caplog.text


def test_files_are_for_the_site_alone(site: Site, tmp_path: Path) -> None:
    write(site)
    process = mail_of(site.registry)
    process.backend = FileBackend(str(tmp_path / "mail"))
    assert process.send().sent == 1
    (file,) = (tmp_path / "mail").iterdir()
    assert file.suffix == ".eml"
    assert file.stat().st_mode & 0o077 == 0


def test_a_name_with_a_line_break_breaks_no_header(migrated_url: str, site: Site) -> None:
    odd = Site(migrated_url, site_name="Two\nBcc: everybody@example.org")
    write(odd)
    (mail,) = odd.mails()
    odd.close()
    assert mail["Bcc"] is None
    assert "Bcc: everybody" in mail["Subject"]


# -- no more of them


def signed_in_anew(site: Site, handle: str) -> Browser:
    browser = site.browser(REMOTE_ADDR="192.0.2.9")
    browser.submit("/login", {"login": handle, "password": PASSWORD}, headers={"User-Agent": "Firefox/140 Linux"})
    return browser


def test_a_new_browser_is_told_of_until_somebody_does_not_want_to_know(site: Site) -> None:
    site.person("ana", zone="Asia/Kathmandu")
    browser = signed_in_anew(site, "ana")
    (mail,) = site.mails()
    assert "Browser: Firefox, Linux. Network address: 192.0.2.9." in text_of(mail)
    assert "(Asia/Kathmandu)" in text_of(mail)
    browser.submit("/logout")
    browser.submit("/login", {"login": "ana", "password": PASSWORD})
    assert site.mails() == [], "the same browser is nothing new"
    # A mail program, that has nothing but the header (RFC 8058).
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = mail["List-Unsubscribe"].strip("<>").removeprefix("http://localhost")
    looked = site.browser().get(path)
    signed_in_anew(site, "ana")
    assert len(site.mails()) == 1, "looking at the page changes nothing"
    assert "Send me no more of them" in looked.text
    assert site.browser().post(path, {"List-Unsubscribe": "One-Click"}).status_int == 200
    signed_in_anew(site, "ana")
    assert site.mails() == []
    form = form_with(site.browser(site.person("bo")).get("/settings/password"), "logins")
    assert form["logins"].checked
    assert site.browser().get(path[:-2] + "xx", status=404)


def test_the_choice_can_be_taken_back(site: Site) -> None:
    ana = site.person("ana")
    browser = site.browser(ana)
    browser.submit("/settings/password/notices")
    assert not form_with(browser.get("/settings/password"), "logins")["logins"].checked
    browser.submit("/settings/password/notices", {"logins": "y"})
    assert form_with(browser.get("/settings/password"), "logins")["logins"].checked


# -- the command line


def run(monkeypatch: pytest.MonkeyPatch, url: str, server: MailServer, *words: str):
    values = {
        "DATABASE_URL": url,
        "MAIL_BACKEND": "smtp",
        "MAIL_SMTP_HOST": "127.0.0.1",
        "MAIL_SMTP_PORT": str(server.port),
    }
    for name, value in values.items():
        monkeypatch.setenv(f"FEEDSITE_{name}", value)
    return CliRunner().invoke(main, ["-c", INI, "mail", *words])


def test_the_command_line_delivers_says_what_is_wrong_and_tries_anew(
    postal: Site, server: MailServer, migrated_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.refuse = {"nobody@example.org": "550 nobody here"}
    write(postal)
    write(postal, "nobody@example.org")
    delivered = run(monkeypatch, migrated_url, server, "deliver")
    assert (delivered.exit_code, delivered.output) == (1, "1 sent, 0 put off, 1 given up.\n")
    status = run(monkeypatch, migrated_url, server, "status").output
    assert "0 wait, 1 were given up." in status
    assert "to nobody@example.org: 550 nobody here" in status
    server.refuse = {}
    assert run(monkeypatch, migrated_url, server, "retry").output == "1 will be tried again.\n"
    assert run(monkeypatch, migrated_url, server, "deliver").exit_code == 0
    assert len(server.taken) == 2
