"""A new password by mail: the same for every address, once, for an hour, and every login ends."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from feedsite.accounts.models import LinkToken
from feedsite.db import counting_statements, utcnow
from feedsite.security.passwords import Passwords

from tests.mailbox import link_in, text_of
from tests.site import PASSWORD, Browser, Site, form_with

NEW = "three other quiet otters"


def ask(browser: Browser, email: str):
    form = form_with(browser.get("/reset"), "email")
    form["email"] = email
    return form.submit(expect_errors=True)


def choose(browser: Browser, path: str, password: str = NEW):
    form = form_with(browser.get(path), "password")
    form["password"] = password
    return form.submit(expect_errors=True)


def can_sign_in(site: Site, password: str) -> bool:
    return site.browser().submit("/login", {"login": "ana", "password": password}, expect_errors=True).status_int == 303


def test_a_forgotten_password_is_replaced_and_everybody_is_signed_out(site: Site, browser: Browser) -> None:
    ana = site.person("ana")
    elsewhere = site.browser(ana)
    answer = ask(browser, "ANA@example.org")
    assert answer.location == "http://localhost/login"
    (mail,) = site.mails()
    assert mail["To"] == "ana@example.org"
    path = link_in(mail)
    page = browser.get(path)
    assert "It is for @ana" in page.text
    assert elsewhere.get("/settings/profile").status_int == 200, "looking changes nothing"
    assert choose(browser, path).location == "http://localhost/login"
    assert elsewhere.get("/settings/profile").status_int == 303
    assert not can_sign_in(site, PASSWORD)
    assert can_sign_in(site, NEW)
    assert "Your password was changed" in [mail["Subject"] for mail in site.mails()]


def test_a_link_works_once_and_takes_the_others_with_it(site: Site, browser: Browser) -> None:
    site.person("ana")
    ask(browser, "ana@example.org")
    ask(browser, "ana@example.org")
    first, second = map(link_in, site.mails())
    assert choose(browser, first).status_int == 303
    assert "This link is over" in browser.get(first, status=404)
    assert browser.get(second, status=404)


def test_a_link_is_good_for_an_hour(site: Site, browser: Browser) -> None:
    site.person("ana")
    ask(browser, "ana@example.org")
    path = link_in(site.mails()[0])
    with time_machine.travel(utcnow() + timedelta(minutes=59), tick=True):
        assert browser.get(path).status_int == 200
    with time_machine.travel(utcnow() + timedelta(minutes=61), tick=True):
        assert browser.get(path, status=404)


def test_a_password_that_is_refused_leaves_the_link_good(site: Site, browser: Browser) -> None:
    site.person("ana")
    ask(browser, "ana@example.org")
    path = link_in(site.mails()[0])
    for bad in ("short", "password123", "ana@example.org"):
        assert choose(browser, path, bad).status_int == 422
    assert choose(browser, path).status_int == 303


def test_asking_tells_nobody_whether_an_address_has_an_account(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.person("ana")
    hashes: list[str] = []
    for name in ("hash", "verify"):
        monkeypatch.setattr(Passwords, name, lambda *_: hashes.append("") or False)
    seen = []
    for email in ("ana@example.org", "nobody@example.org"):
        browser = site.browser()
        with counting_statements() as count:
            answer = ask(browser, email)
        kinds = [" ".join(statement.split()[:3]) for statement in count.statements]
        page = re.sub(r'value="[^"]+"', "", browser.get("/login").text)
        seen.append((answer.status_int, answer.location, page, kinds, len(hashes)))
    assert seen[0] == seen[1]
    to_ana, to_nobody = site.mails()
    assert "/reset/" in text_of(to_ana)
    assert "There is no account with this address" in to_nobody["Subject"]
    assert "/reset/" not in text_of(to_nobody)
    with site.transaction() as request:
        assert len(list(request.dbsession.scalars(select(LinkToken)))) == 2


def test_asking_is_limited_for_a_network_and_for_an_address(site: Site) -> None:
    for n in range(5):
        assert ask(site.browser(REMOTE_ADDR=f"192.0.2.{n}"), "ana@example.org").status_int == 303
    refused = ask(site.browser(REMOTE_ADDR="192.0.2.9"), "ANA@example.org")
    assert refused.status_int == 429
    assert int(refused.headers["Retry-After"]) > 0
    script = site.browser(REMOTE_ADDR="198.51.100.1")
    assert [ask(script, f"p{n}@example.org").status_int for n in range(11)] == [303] * 10 + [429]


def test_what_is_no_address_is_said_at_its_field(site: Site, browser: Browser) -> None:
    assert "This is no e-mail address." in ask(browser, "nobody").text
    assert site.mails() == []


def test_links_lead_to_the_sites_own_address_whatever_the_host_header_says(site: Site) -> None:
    site.person("ana")
    ask(site.browser(HTTP_HOST="evil.example"), "ana@example.org")
    assert "http://localhost/reset/" in text_of(site.mails()[0])


def test_of_many_who_use_one_link_at_once_one_changes_the_password(site: Site) -> None:
    site.person("ana")
    ask(site.browser(), "ana@example.org")
    path = link_in(site.mails()[0])
    forms = [form_with(site.browser().get(path), "password") for _ in range(6)]
    for number, form in enumerate(forms):
        form["password"] = f"{NEW} {number}"
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda form: form.submit(expect_errors=True).status_int, forms))
    assert sorted(answers) == [303, 404, 404, 404, 404, 404]
    assert can_sign_in(site, f"{NEW} {answers.index(303)}")
