"""An address is an account's when whoever reads its mail says so; nobody else learns whose it is."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from feedsite.accounts.models import LinkToken, Person
from feedsite.accounts.services import AddressService
from feedsite.db import counting_statements, utcnow
from feedsite.security.passwords import Passwords

from tests.mailbox import link_in, text_of
from tests.site import PASSWORD, Browser, Site, form_with


def join(browser: Browser, handle: str = "ana", email: str = "ana@example.org"):
    form = form_with(browser.get("/join"), "handle")
    values = {"handle": handle, "name": "Some One", "email": email, "password": PASSWORD}
    for name, value in values.items():
        form[name] = value
    return form.submit(expect_errors=True)


def say_yes(browser: Browser, path: str):
    page = browser.get(path)
    form = next(form for form in page.forms.values() if form.action == path)
    return form.submit(expect_errors=True)


def person(site: Site, handle: str) -> Person:
    with site.transaction() as request:
        found = request.dbsession.scalar(select(Person).where(Person.handle == handle))
        request.dbsession.expunge_all()
    return found


def test_who_joins_reads_at_once_and_writes_when_the_address_is_confirmed(site: Site, browser: Browser) -> None:
    assert join(browser).location == "http://localhost/home"
    assert (person(site, "ana").state, person(site, "ana").email) == ("unverified", None)
    assert "Your e-mail address is not confirmed yet" in browser.get("/home").text
    assert browser.submit("/notes", {"text": "Hello"}, status=403)
    assert "ana@example.org" in browser.get("/verify").text
    (mail,) = site.mails()
    assert "the account @ana on feedsite" in text_of(mail)
    answer = say_yes(browser, link_in(mail))
    assert answer.location == "http://localhost/home"
    assert (person(site, "ana").state, person(site, "ana").email) == ("active", "ana@example.org")
    page = browser.get("/home")
    assert "Your e-mail address is confirmed." in page.text
    assert "not confirmed yet" not in page.text
    assert browser.submit("/notes", {"text": "Hello"}).status_int == 303


def test_looking_at_the_link_confirms_nothing(site: Site, browser: Browser) -> None:
    join(browser)
    path = link_in(site.mails()[0])
    for method in ("GET", "HEAD"):
        browser.request(path, method=method)
    assert person(site, "ana").state == "unverified"
    assert browser.post(path, status=400), "a POST without the page's token is refused"
    assert person(site, "ana").state == "unverified"


def test_a_link_works_once_for_three_days_and_for_nobody_elses_purpose(site: Site, browser: Browser) -> None:
    join(browser)
    path = link_in(site.mails()[0])
    assert browser.get(path.replace("/verify/", "/reset/"), status=404)
    assert browser.get(path[:-1] + ("a" if path[-1] != "a" else "b"), status=404)
    with time_machine.travel(utcnow() + timedelta(days=3, minutes=1), tick=True):
        assert "This link is over" in site.browser().get(path, status=404)
    assert say_yes(browser, path).status_int == 303
    assert "This link is over" in browser.get(path, status=404)


def test_of_many_clicks_at_once_one_confirms(site: Site, browser: Browser) -> None:
    join(browser)
    path = link_in(site.mails()[0])
    browsers = [site.browser() for _ in range(6)]
    forms = [next(f for f in one.get(path).forms.values() if f.action == path) for one in browsers]
    with ThreadPoolExecutor(6) as pool:
        answers = sorted(pool.map(lambda form: form.submit(expect_errors=True).status_int, forms))
    assert answers == [303, 404, 404, 404, 404, 404]


def test_the_table_holds_no_token(site: Site, browser: Browser) -> None:
    join(browser)
    token = link_in(site.mails()[0]).rsplit("/", 1)[1]
    with site.transaction() as request:
        row = request.dbsession.scalar(select(LinkToken))
        assert token not in (row.id, row.subject)
        assert len(row.id) == 64


def test_joining_tells_nobody_whether_an_address_has_an_account(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same status, text, hashes, statements and number of mails; only who reads the mail learns more."""
    site.person("owner", email="owner@example.org", locale="en")
    hashes: list[str] = []
    original = Passwords.hash
    monkeypatch.setattr(Passwords, "hash", lambda self, password: hashes.append("") or original(self, password))
    seen = []
    for handle, email in (("fresh", "fresh@example.org"), ("taken", "OWNER@example.org")):
        browser = site.browser()
        hashes.clear()
        with counting_statements() as count:
            answer = join(browser, handle, email)
        kinds = [statement.split()[0] for statement in count.statements]
        home = browser.get("/home").text.replace(handle, "X")
        home = re.sub(r'value="[^"]+"|person:\w+|hue-\d+', "", home)
        seen.append((answer.status_int, answer.location, kinds, len(hashes), home, browser.get("/verify").status_int))
        seen[-1] += (browser.get("/settings/account").status_int,)
    assert seen[0] == seen[1]
    first, second = site.mails()
    assert (first["To"], second["To"]) == ("fresh@example.org", "OWNER@example.org")
    assert first["Subject"] == "Confirm your e-mail address"
    assert "It is that of @owner" in text_of(second)
    assert "/verify/" not in text_of(second)


def test_two_who_claim_one_address_leave_it_to_the_first_who_confirms(site: Site) -> None:
    browsers = {handle: site.browser() for handle in ("one", "two")}
    for handle, browser in browsers.items():
        join(browser, handle, "shared@example.org")
    first, second = map(link_in, site.mails())
    assert say_yes(browsers["two"], second).status_int == 303
    late = say_yes(browsers["one"], first)
    assert late.status_int == 404
    assert "become that of another account" in late.text
    assert (person(site, "one").email, person(site, "two").email) == (None, "shared@example.org")


def test_the_mail_can_be_asked_for_again_and_the_address_be_mended(site: Site, browser: Browser) -> None:
    join(browser, email="anna@example.org")
    site.mails()
    browser.submit("/verify")
    (again,) = site.mails()
    assert again["To"] == "anna@example.org"
    browser.submit("/settings/account/address", {"email": "ana@example.org"})
    (mended,) = site.mails()
    assert mended["To"] == "ana@example.org"
    assert browser.get(link_in(again), status=404), "the link to the wrong address is worth nothing any more"
    assert say_yes(browser, link_in(mended)).status_int == 303
    assert person(site, "ana").email == "ana@example.org"


def test_one_address_gets_few_mails(site: Site, browser: Browser) -> None:
    join(browser)
    answers = [browser.submit("/verify", expect_errors=True).status_int for _ in range(5)]
    assert answers == [303] * 4 + [429]
    assert len(site.mails()) == 5


# -- changing it


def change(site: Site, browser: Browser, email: str) -> dict[str, str]:
    browser.submit("/settings/account/address", {"email": email})
    return {mail["To"]: link_in(mail) for mail in site.mails()}


def test_an_address_changes_when_both_ends_agree(site: Site) -> None:
    browser = site.browser(site.person("ana", email="old@example.org"))
    links = change(site, browser, "new@example.org")
    assert set(links) == {"old@example.org", "new@example.org"}
    # Another browser, not signed in: who reads the mail decides.
    say_yes(site.browser(), links["new@example.org"])
    assert person(site, "ana").email == "old@example.org"
    assert "when both ends have agreed" in browser.get("/settings/account").text
    say_yes(site.browser(), links["old@example.org"])
    assert person(site, "ana").email == "new@example.org"
    told = site.mails()
    assert {mail["To"] for mail in told} == {"old@example.org", "new@example.org"}
    assert {mail["Subject"] for mail in told} == {"Your e-mail address was changed"}
    assert site.browser().submit("/login", {"login": "new@example.org", "password": PASSWORD}).status_int == 303


def test_a_change_that_is_taken_back_is_confirmed_by_nobody(site: Site) -> None:
    browser = site.browser(site.person("ana", email="old@example.org"))
    links = change(site, browser, "new@example.org")
    browser.submit("/settings/account/address/withdraw")
    for path in links.values():
        assert browser.get(path, status=404)
    assert person(site, "ana").email == "old@example.org"


def test_a_second_change_makes_the_links_of_the_first_worthless(site: Site) -> None:
    browser = site.browser(site.person("ana", email="old@example.org"))
    first = change(site, browser, "typo@example.org")
    second = change(site, browser, "new@example.org")
    assert browser.get(first["old@example.org"], status=404)
    for path in second.values():
        say_yes(browser, path)
    assert person(site, "ana").email == "new@example.org"


def test_changing_tells_nobody_whether_an_address_has_an_account(site: Site) -> None:
    site.person("owner", email="owner@example.org")
    browser = site.browser(site.person("ana", email="old@example.org"))
    links = change(site, browser, "owner@example.org")
    assert "/verify/" not in links["owner@example.org"]
    say_yes(browser, links["old@example.org"])
    assert person(site, "ana").email == "old@example.org"
    with site.transaction() as request:
        assert request.find_service(AddressService).claim_of(person(site, "ana").id).by_old is not None
