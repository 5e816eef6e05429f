"""Joining, signing in and out, and one's own settings, as a browser does them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from feedsite.accounts.models import HandleHistory, LoginSession, Person
from feedsite.accounts.services import PeopleService
from feedsite.db import utcnow
from feedsite.feeds import Link, LinkedActivity, Manager
from feedsite.security.passwords import Passwords

from tests.site import PASSWORD, Browser, Site, form_with

NEWCOMER = {
    "handle": "Ana",
    "name": "Ana María",
    "email": "Ana@Example.org",
    "password": PASSWORD,
    "zone": "Europe/Madrid",
}


def join(browser: Browser, **fields: str):
    form = form_with(browser.get("/join"), "handle")
    for name, value in {**NEWCOMER, **fields}.items():
        form[name] = value
    return form.submit(expect_errors=True)


def log_in(browser: Browser, login: str, password: str = PASSWORD):
    form = form_with(browser.get("/login"), "login")
    form["login"], form["password"] = login, password
    return form.submit(expect_errors=True)


def people(site: Site) -> dict[str, Person]:
    with site.transaction() as request:
        found = {person.handle: person for person in request.dbsession.scalars(select(Person))}
        request.dbsession.expunge_all()
    return found


def logins(site: Site) -> int:
    with site.transaction() as request:
        return request.dbsession.scalar(select(func.count()).select_from(LoginSession))


# -- joining


def test_who_joins_is_signed_in_and_follows_themselves(site: Site, browser: Browser) -> None:
    answer = join(browser)
    assert (answer.status_int, answer.location) == (303, "http://localhost/home")
    ana = people(site)["ana"]
    assert (ana.name, ana.zone) == ("Ana María", "Europe/Madrid")
    assert (ana.role, ana.state) == ("member", "unverified")
    assert site.mails()[0]["To"] == "Ana@Example.org"
    assert ana.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    page = browser.get("/settings/profile")
    assert "Welcome, Ana María!" in page.text
    assert "Welcome" not in browser.get("/settings/profile").text, "a message is shown once"
    with site.transaction() as request:
        own = Link(ana.id, LinkedActivity(ana.id))
        assert request.find_service(Manager).link_network_exists(own)


def test_a_handle_is_unique_without_case(site: Site, browser: Browser) -> None:
    site.person("ana")
    answer = join(browser, handle="ANA", email="other@example.org")
    assert answer.status_int == 422
    assert "Somebody has this handle already" in answer.text
    assert len(people(site)) == 1


def test_twenty_people_who_want_one_handle_at_once_leave_one_account(site: Site) -> None:
    browsers = [site.browser(REMOTE_ADDR=f"192.0.2.{n}") for n in range(20)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: join(browsers[n], email=f"p{n}@example.org").status_int, range(20)))
    assert sorted(answers) == [303] + [422] * 19
    assert len(people(site)) == 1


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("handle", "", "Please fill this in."),
        ("handle", "a b", "A handle has 1 to 30"),
        ("handle", "ána", "A handle has 1 to 30"),
        ("handle", "a" * 31, "A handle has 1 to 30"),
        ("handle", "Admin", "This handle is reserved"),
        ("name", " ", "Please fill this in."),
        ("name", "a" * 81, "at most 80"),
        ("name", "a\u202eb", "invisible characters"),
        ("email", "nobody", "This is no e-mail address."),
        ("email", "a@" + "b" * 300 + ".org", "This is no e-mail address."),
        ("password", "", "Please fill this in."),
        ("password", "short", "Use at least 8 characters."),
        ("password", "password123", "first ones that attackers try"),
        ("password", "aaaaaaaaaa", "first ones that attackers try"),
        ("password", "87654321", "first ones that attackers try"),
        ("password", "anamaría2024", "guessed from what others know about you"),
        ("password", "feedsite!1", "guessed from what others know about you"),
        ("password", "x" * 5000, "too long"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    site: Site, browser: Browser, field: str, value: str, sentence: str
) -> None:
    answer = join(browser, **{field: value})
    assert answer.status_int == 422
    assert sentence in answer.text
    assert answer.html.select_one(f"#{field}")["aria-invalid"] == "true"
    assert people(site) == {}
    assert PASSWORD not in answer.text, "a password is never sent back"


@pytest.mark.parametrize("password", ["äöüß€😀漢字", "        y z", "x" * 64 + "yz" * 32, "correct horse battery"])
def test_any_characters_make_a_password(site: Site, browser: Browser, password: str) -> None:
    assert join(browser, password=password).status_int == 303
    assert log_in(site.browser(), "ana", password).status_int == 303


def test_a_zone_that_does_not_exist_is_refused(site: Site, browser: Browser) -> None:
    values = {**NEWCOMER, "zone": "Mars/Olympus"}
    answer = browser.submit("/join", values, expect_errors=True)
    assert answer.status_int == 422
    assert people(site) == {}


def test_a_handle_given_up_is_nobody_elses_for_ninety_days(site: Site, browser: Browser) -> None:
    bo = site.person("bo")
    with site.transaction() as request:
        request.dbsession.add(HandleHistory(handle="ana", person_id=bo.id, until=utcnow() + timedelta(days=90)))
    assert join(browser).status_int == 422
    with site.transaction() as request:
        assert request.find_service(PeopleService).formerly("ANA").id == bo.id
    with time_machine.travel(utcnow() + timedelta(days=91), tick=True):
        assert join(site.browser()).status_int == 303
        with site.transaction() as request:
            assert request.find_service(PeopleService).by_handle("ana").name == "Ana María"


# -- signing in


@pytest.mark.parametrize("login", ["ana", "ANA", "@ana", " ana ", "ana@example.org", "ANA@EXAMPLE.ORG"])
def test_one_signs_in_by_handle_or_address(site: Site, browser: Browser, login: str) -> None:
    site.person("ana")
    assert log_in(browser, login).location == "http://localhost/home"
    assert browser.get("/settings/profile").status_int == 200


def test_the_login_has_a_new_id_each_time(site: Site, browser: Browser) -> None:
    site.person("ana")
    browser.set_cookie("feedsite_session", "chosen-by-an-attacker")
    log_in(browser, "ana")
    first = browser.cookies["feedsite_session"]
    assert first != "chosen-by-an-attacker"
    browser.submit("/logout")
    log_in(browser, "ana")
    assert browser.cookies["feedsite_session"] != first
    assert logins(site) == 1


def test_the_table_does_not_hold_what_the_cookie_holds(site: Site, browser: Browser) -> None:
    browser.sign_in(site.person("ana"))
    with site.transaction() as request:
        row = request.dbsession.scalar(select(LoginSession))
        assert row.id != browser.cookies["feedsite_session"]
        assert len(row.id) == 64


def test_wrong_password_and_nobody_look_the_same(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.person("ana")
    site.person("import", email=None)
    with site.transaction() as request:
        request.dbsession.scalar(select(Person).where(Person.handle == "import")).password_hash = None
    verified: list[bool] = []
    original = Passwords.verify

    def counted(self: Passwords, stored: str | None, password: str) -> bool:
        verified.append(stored is not None)
        return original(self, stored, password)

    monkeypatch.setattr(Passwords, "verify", counted)
    answers = [
        log_in(site.browser(), login, "a wrong sentence") for login in ("ana", "nobody", "import", "x@y.example")
    ]
    texts = {"\n".join(line for line in a.text.splitlines() if "value=" not in line) for a in answers}
    assert [a.status_int for a in answers] == [422] * 4
    assert len(texts) == 1
    assert len(verified) == 4, "the same hash work for everybody"
    assert logins(site) == 0


def test_a_suspended_person_learns_it_after_the_right_password_only(site: Site) -> None:
    site.person("ana", state="suspended")
    assert "suspended" not in log_in(site.browser(), "ana", "a wrong sentence").text
    right = log_in(site.browser(), "ana")
    assert (right.status_int, right.location) == (303, "http://localhost/settings/standing")


def test_suspension_ends_what_is_open(site: Site) -> None:
    ana = site.person("ana")
    browser = site.browser(ana)
    with site.transaction() as request:
        request.dbsession.get(Person, ana.id).state = "suspended"
    assert browser.get("/settings/profile").location == "http://localhost/settings/standing"


def test_an_old_hash_is_made_anew_at_login(site: Site, browser: Browser) -> None:
    ana = site.person("ana")
    with site.transaction() as request:
        request.dbsession.get(Person, ana.id).password_hash = Passwords(memory_kib=8192, iterations=1).hash(PASSWORD)
    assert log_in(browser, "ana").status_int == 303
    assert "m=19456,t=2" in people(site)["ana"].password_hash


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [
        ("/settings/display", "/settings/display"),
        ("/tags/python?cursor=1#act-1", "/tags/python?cursor=1#act-1"),
        ("https://evil.example/", "/home"),
        ("//evil.example", "/home"),
        ("/\\evil.example", "/home"),
        ("/\t/evil.example", "/home"),
        ("javascript:alert(1)", "/home"),
        ("home", "/home"),
        ("", "/home"),
    ],
)
def test_signing_in_leads_to_this_site_only(site: Site, browser: Browser, wanted: str, goes: str) -> None:
    site.person("ana")
    answer = browser.submit("/login", {"login": "ana", "password": PASSWORD, "next": wanted})
    assert answer.location == "http://localhost" + goes


def test_who_is_not_signed_in_comes_back_to_where_they_wanted(site: Site, browser: Browser) -> None:
    site.person("ana")
    sent = browser.get("/settings/display?x=1")
    assert sent.status_int == 303
    form = form_with(sent.follow(), "login")
    form["login"], form["password"] = "ana", PASSWORD
    assert form.submit().location == "http://localhost/settings/display?x=1"


# -- how long it lasts


def test_signing_out_ends_the_login_everywhere_it_is_known(site: Site, browser: Browser) -> None:
    browser.sign_in(site.person("ana"))
    token = browser.cookies["feedsite_session"]
    answer = browser.submit("/logout")
    assert answer.location == "http://localhost/"
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "You are signed out." in browser.get("/about").text
    assert logins(site) == 0
    browser.set_cookie("feedsite_session", token)
    assert browser.get("/settings/profile").status_int == 303


@pytest.mark.parametrize(
    ("days", "every", "still"), [(29, 40, True), (31, 40, False), (179, 20, True), (181, 20, False)]
)
def test_a_login_ends_when_idle_or_old(site: Site, days: int, every: int, still: bool) -> None:
    browser = site.browser(site.person("ana"))
    begun = utcnow()
    for day in [*range(every, days, every), days]:
        with time_machine.travel(begun + timedelta(days=day), tick=True):
            answer = browser.get("/settings/profile")
    assert (answer.status_int == 200) is still


def test_last_seen_is_written_once_in_five_minutes(site: Site) -> None:
    browser = site.browser(site.person("ana"))

    def seen():
        with site.transaction() as request:
            return request.dbsession.scalar(select(LoginSession.last_seen))

    first = seen()
    browser.get("/about")
    assert seen() == first
    with time_machine.travel(first + timedelta(minutes=6), tick=True):
        browser.get("/about")
        assert seen() > first


# -- throttles


def test_a_script_that_tries_passwords_is_slowed_down(site: Site, browser: Browser) -> None:
    site.person("ana")
    answers = [log_in(browser, "ana", f"wrong sentence {n}").status_int for n in range(11)]
    assert answers == [422] * 10 + [429]
    refused = log_in(browser, "ana")
    assert 0 < int(refused.headers["Retry-After"]) <= 24 * 3600
    assert "Please wait" in refused.text


def test_strangers_cannot_lock_the_owner_out(site: Site) -> None:
    site.person("ana")
    own = site.browser(REMOTE_ADDR="198.51.100.1")
    assert log_in(own, "ana").status_int == 303
    own.submit("/logout")
    for n in range(60):
        log_in(site.browser(REMOTE_ADDR=f"203.0.113.{n}"), "ana", "a wrong sentence")
    assert log_in(site.browser(REMOTE_ADDR="192.0.2.7"), "ana").status_int == 429
    assert log_in(own, "ana").status_int == 303, "a browser that has signed in before has its own count"


def test_one_ipv6_customer_is_one_address(site: Site) -> None:
    for n in range(30):
        log_in(site.browser(REMOTE_ADDR=f"2001:db8:1:2::{n:x}"), f"nobody{n}", "a wrong sentence")
    assert log_in(site.browser(REMOTE_ADDR="2001:db8:1:2::ffff"), "somebody").status_int == 429
    assert log_in(site.browser(REMOTE_ADDR="2001:db8:1:3::1"), "somebody").status_int == 422


def test_accounts_cannot_be_made_in_masses(site: Site) -> None:
    answers = [join(site.browser(), handle=f"bot{n}", email=f"bot{n}@example.org").status_int for n in range(11)]
    assert answers == [303] * 10 + [429]


# -- settings


def test_a_person_changes_name_and_bio(site: Site) -> None:
    browser = site.browser(site.person("ana"))
    form = form_with(browser.get("/settings/profile"), "bio")
    assert form["name"].value == "Ana"
    form["name"], form["bio"] = "Ana <b>Bold</b>", "Line one\nLine two"
    page = form.submit().follow()
    assert "Your profile is saved." in page.text
    assert "Ana &lt;b&gt;Bold&lt;/b&gt;" in page.text
    assert "<b>Bold" not in page.text
    assert people(site)["ana"].bio.splitlines() == ["Line one", "Line two"]


def test_a_person_chooses_zone_and_colours(site: Site) -> None:
    browser = site.browser(site.person("ana"))
    page = browser.get("/settings/display")
    assert not page.html.html.has_attr("data-theme")
    form = form_with(page, "zone")
    form["zone"], form["theme"] = "Asia/Kathmandu", "dark"
    page = form.submit().follow()
    assert page.html.html["data-theme"] == "dark"
    assert form_with(page, "zone")["zone"].value == "Asia/Kathmandu"
    assert site.browser().get("/about").html.html.get("data-theme") is None


def test_colours_can_be_chosen_from_any_page_by_anybody(site: Site, browser: Browser) -> None:
    answer = browser.submit("/theme", {"theme": "dark", "next": "/help"})
    assert answer.location == "http://localhost/help"
    assert browser.get("/help").html.html["data-theme"] == "dark"
    browser.submit("/theme", {"theme": "auto"})
    assert not browser.get("/help").html.html.has_attr("data-theme")
    browser.submit("/theme", {"theme": "<script>"})
    assert not browser.get("/help").html.html.has_attr("data-theme")


def test_an_account_keeps_its_colours(site: Site) -> None:
    ana = site.person("ana")
    site.browser(ana).submit("/theme", {"theme": "light"})
    assert site.browser(ana).get("/about").html.html["data-theme"] == "light"
