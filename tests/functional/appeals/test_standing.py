"""Graded sanctions: what the person is told, the page that is left to them, their one appeal, and its answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from feedsite.accounts.models import Person, SecondFactor
from feedsite.appeals.services import AppealService
from feedsite.db import utcnow
from feedsite.moderation.audit import AuditFilter, AuditService
from feedsite.moderation.ranks import OPERATOR, Actor, NotAllowed
from feedsite.moderation.services import ModerationService
from feedsite.moderation.standing import AppealRefused, StandingService

from tests.mailbox import text_of
from tests.site import PASSWORD, Browser, Site, form_with


def do(site: Site, actor: Person | None, act: str, person: Person, reason: str = "pills") -> Any:
    with site.transaction() as request:
        acting = OPERATOR if actor is None else Actor(actor.key, actor.id)
        return getattr(request.find_service(ModerationService), act)(acting, person.id, reason)


def state(site: Site, person: Person) -> str:
    with site.transaction() as request:
        return str(request.dbsession.get(Person, person.id).state)


def appeal(site: Site, person: Person, text: str = "It was not me.") -> str:
    """Appeal the newest sanction; returns its id."""
    with site.transaction() as request:
        service = request.find_service(StandingService)
        return str(service.appeal(person.id, service.of(person.id)[0].id, text).id)


def answer(site: Site, actor: Person | None, sanction_id: str, said: str) -> bool:
    with site.transaction() as request:
        acting = OPERATOR if actor is None else Actor(actor.key, actor.id)
        return request.find_service(AppealService).answer(acting, sanction_id, said, "We looked again.")


def log(site: Site) -> list[tuple[str, str, str]]:
    """Actor, action and reason of the whole log, oldest first."""
    with site.transaction() as request:
        rows = request.find_service(AuditService).page(AuditFilter()).rows[::-1]
        return [(row.actor, row.action, row.reason) for row in rows]


def signed_in(site: Site, person: Person) -> Browser:
    browser = site.browser()
    browser.submit("/login", {"login": person.handle, "password": PASSWORD}, status=303)
    return browser


@pytest.mark.parametrize(("kind", "after"), [("warn", "active"), ("limit", "limited"), ("suspend", "suspended")])
def test_each_grade_is_told_by_mail_and_on_a_page_with_its_reason(site: Site, kind: str, after: str) -> None:
    ana, mo = site.person("ana"), site.person("mo", role="moderator")
    site.browser(mo).submit(f"/admin/people/{ana.id}/{kind}", {"reason": "<pills> & more"}, status=303)
    assert state(site, ana) == after
    (mail,) = site.mails()
    assert mail["To"] == "ana@example.org"
    assert "The reason that was given: <pills> & more" in text_of(mail)
    assert "/settings/standing" in text_of(mail)
    page = signed_in(site, ana).get("/settings/standing")
    assert page.html.select_one("main blockquote").get_text() == "<pills> & more"
    assert log(site) == [(mo.key, kind, "<pills> & more")]


@pytest.mark.parametrize("kind", ["warn", "limit", "suspend"])
def test_a_sanction_names_a_rule_as_it_was_then(site: Site, kind: str) -> None:
    ana, mo, greta = site.person("ana"), site.person("mo", role="moderator"), site.person("greta", role="admin")
    browser = site.browser(mo)
    chosen = browser.get(f"/admin/people/{ana.id}").html.select_one(f"#{kind}-rule option:nth-of-type(3)")
    assert chosen.get_text() == "2. No spam."
    browser.submit(f"/admin/people/{ana.id}/{kind}", {"reason": "pills", "rule": chosen["value"]}, status=303)
    site.browser(greta).submit("/admin/rules", {"text": "Be nice.\n\nNo sales."}, status=303)
    (mail,) = site.mails()
    assert "that it is about: 2. No spam." in text_of(mail)
    assert "2. No spam." in signed_in(site, ana).get("/settings/standing").html.select_one(".sanction").get_text()
    assert (
        "2. No spam." in browser.get(f"/admin/people/{ana.id}").html.select_one("table:nth-of-type(1) ~ div").get_text()
    )
    appeal(site, ana)
    with site.transaction() as request:
        row = next(row for row in request.find_service(AuditService).page(AuditFilter()).rows if row.action == kind)
        assert '"rule": "2. No spam."' in row.after
        (sanction_id,) = (one.id for one in request.find_service(StandingService).of(ana.id))
    assert "2. No spam." in browser.get(f"/admin/appeals/{sanction_id}").html.select_one("main").get_text()


def test_a_rule_that_there_is_not_changes_nothing(site: Site) -> None:
    ana, mo = site.person("ana"), site.person("mo", role="moderator")
    page = site.browser(mo).submit(f"/admin/people/{ana.id}/warn", {"reason": "pills", "rule": "99"}, status=422)
    assert page.html.select_one("#warn-rule[aria-invalid=true]")
    assert site.mails() == []
    assert log(site) == []


def test_several_are_warned_about_one_rule_and_who_is_reinstated_broke_none(site: Site) -> None:
    ana, bo, mo = site.person("ana"), site.person("bo"), site.person("mo", role="moderator")
    browser = site.browser(mo)
    for act in ("suspend", "reinstate"):
        fields = {"act": act, "rule": "1", "reason": "unkind", "person": [ana.id, bo.id]}
        browser.submit("/admin/people", fields, status=303)
    with site.transaction() as request:
        service = request.find_service(StandingService)
        assert [[one.rule for one in service.of(person.id)] for person in (ana, bo)] == [["1. Be kind."]] * 2
        rows = request.find_service(AuditService).page(AuditFilter(action="reinstate")).rows
        assert ["rule" in row.after for row in rows] == [False, False]


def test_who_is_suspended_signs_in_to_that_page_and_to_nothing_else(site: Site) -> None:
    ana = site.person("ana")
    do(site, None, "suspend", ana)
    browser = signed_in(site, ana)
    for path in ("/home", "/settings/account", "/notifications", "/settings/export"):
        assert browser.get(path, status=303).location.endswith("/settings/standing"), path
    assert browser.submit("/notes", {"text": "Hello"}).location.endswith("/settings/standing")
    # What everybody reads they read as nobody.
    front = browser.get("/explore")
    assert front.html.select_one(".me") is None
    assert "@ana" not in front.text
    page = browser.get("/settings/standing")
    assert page.headers["Cache-Control"] == "no-store"
    assert [link["href"] for link in page.html.select("nav.main a")] == ["/settings/standing"]
    assert browser.submit("/theme", {"theme": "dark"}).status_int == 303
    next(form for form in page.forms.values() if form.action == "/logout").submit(status=303)
    assert "/login" in browser.get("/settings/standing", status=303).location


def test_a_second_factor_is_asked_of_the_suspended_too(site: Site) -> None:
    ana = site.person("ana")
    do(site, None, "suspend", ana)
    with site.transaction() as request:
        request.dbsession.add(SecondFactor(person_id=ana.id, key="sealed", confirmed=utcnow()))
    browser = site.browser()
    assert "/login/code" in browser.submit("/login", {"login": "ana", "password": PASSWORD}).location
    assert "/login" in browser.get("/settings/standing", status=303).location


def test_the_whole_way_suspend_appeal_answer(site: Site) -> None:
    ana, mo, boss = site.person("ana"), site.person("mo", role="moderator"), site.person("boss", role="admin")
    do(site, mo, "suspend", ana)
    browser = signed_in(site, ana)
    form = form_with(browser.get("/settings/standing"), "appeal")
    form["appeal"] = "It was my brother."
    page = form.submit(status=303).follow()
    assert "It was my brother." in page
    assert page.html.select("textarea") == [], "once"
    queue = site.browser(boss).get("/admin/appeals")
    detail = queue.click(href="/admin/appeals/", index=0)
    assert "It was my brother." in detail
    site.mails()
    form = form_with(detail, "comment")
    form["answer"], form["comment"] = "lifted", "Right, sorry."
    assert "Taken back" in form.submit(status=303).follow()
    assert state(site, ana) == "active"
    (mail,) = site.mails()
    assert "has taken it back" in text_of(mail)
    assert "What they say: Right, sorry." in text_of(mail)
    assert browser.get("/home").status_int == 200, "the login goes on"
    assert [entry[:2] for entry in log(site)] == [
        (mo.key, "suspend"),
        (ana.key, "appeal"),
        (boss.key, "reinstate"),
        (boss.key, "answer appeal"),
    ]
    assert "There are no appeals of this kind." in site.browser(boss).get("/admin/appeals")


def test_an_appeal_that_is_upheld_changes_nothing_and_is_told(site: Site) -> None:
    ana, boss = site.person("ana"), site.person("boss", role="admin")
    do(site, None, "limit", ana)
    sanction = appeal(site, ana)
    site.mails()
    assert [answer(site, boss, sanction, "upheld"), answer(site, boss, sanction, "lifted")] == [True, False]
    assert state(site, ana) == "limited"
    (mail,) = site.mails()
    assert "It stays as it is." in text_of(mail)
    page = signed_in(site, ana).get("/settings/standing")
    assert "We looked again." in page


def test_there_is_one_appeal_of_each_sanction_of_ones_own_within_30_days(site: Site) -> None:
    ana, bo = site.person("ana"), site.person("bo")
    do(site, None, "warn", ana)
    sanction = appeal(site, ana)

    def refused(person: Person, sanction_id: str, text: str = "Again") -> str:
        with pytest.raises(AppealRefused) as error, site.transaction() as request:
            request.find_service(StandingService).appeal(person.id, sanction_id, text)
        return error.value.field

    assert refused(ana, sanction) == "sanction"
    do(site, None, "warn", ana)
    with site.transaction() as request:
        second = request.find_service(StandingService).of(ana.id)[0].id
    assert refused(bo, second) == "sanction"
    assert refused(ana, second, " ") == refused(ana, second, "x" * 1001) == "appeal"
    with time_machine.travel(utcnow() + timedelta(days=30, seconds=1)):
        assert refused(ana, second) == "sanction"
    browser = site.browser(ana)
    page = browser.submit("/settings/standing/appeal", {"sanction": second, "appeal": ""}, status=422)
    assert page.html.select_one(f".summary a[href='#appeal-{second}']") is not None
    browser.submit("/settings/standing/appeal", {"sanction": sanction, "appeal": "Again"}, status=422)


def test_who_imposed_it_answers_only_where_there_is_nobody_else(site: Site) -> None:
    ana, mo = site.person("ana"), site.person("mo", role="moderator")
    do(site, mo, "warn", ana)
    sanction = appeal(site, ana)
    other = site.person("other", role="moderator")
    browser = site.browser(mo)
    assert browser.get(f"/admin/appeals/{sanction}").html.select("main form") == []
    browser.submit(f"/admin/appeals/{sanction}", {"answer": "upheld", "comment": "No."}, status=403)
    with site.transaction() as request:
        request.dbsession.get(Person, other.id).state = "suspended"
    assert answer(site, mo, sanction, "lifted")


def test_appeals_keep_to_ranks(site: Site) -> None:
    boss, peer, mo = (
        site.person(handle, role=role) for handle, role in (("b", "admin"), ("p", "admin"), ("m", "moderator"))
    )
    do(site, boss, "warn", mo)
    sanction = appeal(site, mo)
    other = site.person("other", role="moderator")
    with pytest.raises(NotAllowed) as refused:
        answer(site, other, sanction, "lifted")
    assert refused.value.rule == "rank"
    site.browser(other).submit(f"/admin/appeals/{sanction}", {"answer": "lifted", "comment": "x"}, status=403)
    assert answer(site, peer, sanction, "lifted")


def test_a_limit_below_a_suspension_is_lifted_by_itself(site: Site) -> None:
    ana, boss = site.person("ana"), site.person("boss", role="admin")
    do(site, None, "limit", ana)
    sanction = appeal(site, ana)
    do(site, None, "suspend", ana)
    answer(site, boss, sanction, "lifted")
    assert state(site, ana) == "suspended"
    do(site, None, "reinstate", ana)
    assert state(site, ana) == "active"


def test_reinstating_answers_the_appeal_that_waits(site: Site) -> None:
    ana = site.person("ana")
    do(site, None, "suspend", ana)
    sanction = appeal(site, ana)
    site.mails()
    do(site, None, "reinstate", ana, "Our mistake.")
    with site.transaction() as request:
        found = request.find_service(AppealService).find(sanction)
        assert (found.answer, found.lifted is not None) == ("lifted", True)
    (mail,) = site.mails()
    assert "Our mistake." in text_of(mail)


def test_after_30_days_only_an_admin_takes_a_suspension_back(site: Site) -> None:
    ana, mo, boss = site.person("ana"), site.person("mo", role="moderator"), site.person("boss", role="admin")
    do(site, mo, "suspend", ana)
    with time_machine.travel(utcnow() + timedelta(days=30, seconds=1)):
        with pytest.raises(NotAllowed) as refused:
            do(site, mo, "reinstate", ana)
        assert refused.value.rule == "final"
        assert state(site, ana) == "suspended"
        assert do(site, boss, "reinstate", ana)


@pytest.mark.parametrize("query", ["state=x", "state="])
def test_a_filter_that_makes_no_sense_is_told(site: Site, query: str) -> None:
    site.browser(site.person("boss", role="admin")).get(f"/admin/appeals?{query}", status=400)
