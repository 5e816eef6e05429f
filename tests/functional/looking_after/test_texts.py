"""The rules and the contact page: a good default, numbered, written by admins, named by reports."""

from __future__ import annotations

import json

import pytest

from feedsite.moderation.audit import AuditFilter, AuditService
from feedsite.reporting.services import ReportFilter, ReportService
from feedsite.texts.services import rules_in

from tests.functional.looking_after.shell import Shell
from tests.site import Browser, Site

TEXT = "No pineapple.\nNot on pizza: https://example.org/pizza\n\n  \nBe quiet.\n\nSleep.\nAt night.\nAnd at noon."


def test_rules_are_numbered_by_themselves() -> None:
    found = [(rule.number, rule.title, rule.text) for rule in rules_in(TEXT)]
    assert found[1:] == [(2, "Be quiet.", ""), (3, "Sleep.", "At night.\nAnd at noon.")]
    assert rules_in(" \n\n ") == ()


def test_a_site_has_rules_and_a_contact_page_from_the_start(site: Site) -> None:
    browser = site.browser()
    page = browser.get("/rules")
    assert page.html.select_one("#rule-1").get_text() == "1. Be kind."
    assert "security@example.org" in browser.get("/contact")
    for place in ("/join", "/about"):
        assert browser.get(place).html.select("a[href='/rules']") != []
    assert page.html.select_one("footer a[href='/contact']") is not None


def test_an_admin_writes_them_and_the_log_has_what_they_said(site: Site, admin: Browser) -> None:
    before = admin.get("/admin/rules").html.select_one("textarea").get_text().strip()
    assert before.startswith("Be kind.\n")
    admin.submit("/admin/rules", {"text": TEXT}, status=303)
    page = site.browser().get("/rules")
    assert [one.get_text() for one in page.html.select("main h2")] == ["1. No pineapple.", "2. Be quiet.", "3. Sleep."]
    assert page.html.select_one("main a[rel]")["href"] == "https://example.org/pizza"
    admin.submit("/admin/rules", {"text": ""}, status=303)
    assert site.browser().get("/rules").html.select_one("#rule-1").get_text() == "1. Be kind."
    admin.submit("/admin/contact", {"text": "<b>Knock</b> twice."}, status=303)
    assert "<b>Knock</b> twice." in site.browser().get("/contact").html.main.get_text()
    with site.transaction() as request:
        rows = request.find_service(AuditService).page(AuditFilter(target="text:rules")).rows
        assert [json.loads(row.before)["text"].startswith("No pineapple.") for row in rows] == [True, False]
    history = admin.get("/admin/rules").html.select_one("main p a:nth-of-type(2)")["href"]
    assert len(admin.get(history).html.select("tbody tr")) == 2


@pytest.mark.parametrize("text", ["x" * 20_001, "Title\n\n" * 31, "x" * 121])
def test_what_is_too_much_is_told(admin: Browser, text: str) -> None:
    page = admin.submit("/admin/rules", {"text": text}, status=422)
    assert page.html.select_one(".summary a[href='#text']") is not None


def test_a_report_names_a_rule_as_it_was_then(site: Site, admin: Browser, moderator: Browser) -> None:
    admin.submit("/admin/rules", {"text": TEXT}, status=303)
    site.person("eve")
    ana = site.browser(site.person("ana"))
    page = ana.get("/@eve/report")
    options = [option.get_text() for option in page.html.select("select[name=rule] option")]
    assert options[1:] == ["1. No pineapple.", "2. Be quiet.", "3. Sleep."]
    ana.submit("/@eve/report", {"reason": "spam", "text": "", "rule": "9"}, status=422)
    ana.submit("/@eve/report", {"reason": "spam", "text": "", "rule": "2"}, status=303)
    admin.submit("/admin/rules", {"text": "Only this."}, status=303)
    with site.transaction() as request:
        (report,) = request.find_service(ReportService).page(ReportFilter()).rows
        assert report.rule == "2. Be quiet."
        path = f"/admin/reports/{report.id}"
    assert "2. Be quiet." in moderator.get(path).html.main.get_text()


def test_the_command_line_shows_and_writes(site: Site, feedsite: Shell) -> None:
    assert feedsite("text", "show", "rules").stdout.startswith("Be kind.\n")
    assert feedsite("text", "write", "contact", "-", stdin="Ring the bell.").stdout == "Changed.\n"
    assert feedsite("text", "show", "contact").stdout == "Ring the bell.\n"
    assert "already" in feedsite("text", "write", "contact", "-", stdin="Ring the bell.").stdout
