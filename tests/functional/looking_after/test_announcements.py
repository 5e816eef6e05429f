"""Announcements: on every page from one instant until another, until they are dismissed, for no statement."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy.orm import Session

from feedsite.announcing.services import AnnouncementRefused, AnnouncementService
from feedsite.db import counting_statements, utcnow
from feedsite.moderation.audit import AuditFilter, AuditService
from feedsite.moderation.services import OPERATOR
from feedsite.remembering import Remembered

from tests.functional.looking_after.shell import Shell
from tests.site import Browser, Site


def announce(site: Site, text: str = "The site moves on Sunday.", **more: Any) -> str:
    with site.transaction() as request:
        return str(request.find_service(AnnouncementService).write(OPERATOR, text, **more).id)


def said(page: Any) -> list[str]:
    """The texts that stand in a page's frame."""
    return [one.get_text(" ", strip=True) for one in page.html.select("main div.said > div")]


def test_an_announcement_stands_on_everybody_s_pages_with_its_links(site: Site) -> None:
    announce(site, "We move: https://example.org/move <b>soon</b>")
    for browser, path in ((site.browser(), "/about"), (site.browser(site.person("ana")), "/home")):
        page = browser.get(path)
        assert said(page) == ["We move: example.org/move <b>soon</b>"]
        assert page.html.select_one("main div.said a")["href"] == "https://example.org/move"
    assert said(site.browser().get("/nowhere", status=404)) != []


def test_it_is_dismissed_once_for_all_browsers_of_a_person(site: Site) -> None:
    first, second = announce(site, "The first"), announce(site, "The second")
    ana, bo = site.person("ana"), site.person("bo")
    browser = site.browser(ana)
    page = browser.get("/notifications?tab=mentions")
    assert len(said(page)) == 2
    form = next(form for form in page.forms.values() if f"{first}/dismiss" in form.action)
    answer = form.submit(status=303)
    assert answer.location.endswith("/notifications?tab=mentions")
    assert said(answer.follow()) == said(site.browser(ana).get("/about")) == ["The second"]
    assert len(said(site.browser(bo).get("/about"))) == 2
    browser.submit(f"/announcements/{second}/dismiss", status=303)
    assert said(browser.get("/home")) == []
    browser.submit("/announcements/never/dismiss", status=303)


def test_who_is_not_signed_in_cannot_dismiss(site: Site) -> None:
    which = announce(site)
    page = site.browser().get("/about")
    assert page.html.select("main div.said form") == []
    assert "/login" in site.browser().submit(f"/announcements/{which}/dismiss", status=303).location


def test_it_begins_and_ends_by_itself_at_its_instants(site: Site) -> None:
    now = utcnow()
    announce(site, "Soon", starts=now + timedelta(hours=1), ends=now + timedelta(hours=2))
    browser = site.browser()
    found = {}
    for minutes in (30, 90, 150):
        with time_machine.travel(now + timedelta(minutes=minutes), tick=True):
            found[minutes] = len(said(browser.get("/about")))
    assert found == {30: 0, 90: 1, 150: 0}


def test_an_admin_writes_changes_and_withdraws_in_their_zone(site: Site, admin: Browser) -> None:
    form = {"text": "Tea at six.", "kind": "warning", "starts": "2026-11-25T00:00", "ends": "2099-01-01T00:00"}
    admin.submit("/admin/announcements", form, status=303)
    page = admin.get("/admin/announcements")
    assert said(page)[0].startswith("Tea at six. Until Thursday, January 1, 2099, 12:00:00")
    link = page.html.select_one("main tbody th a")["href"]
    edit = admin.get(link)
    assert edit.html.select_one("#ends")["value"] == "2099-01-01T00:00"
    admin.submit(link, {**form, "text": "Tea at seven."}, status=303)
    assert said(admin.get("/about"))[0].startswith("Tea at seven.")
    admin.submit(f"{link}/withdraw", status=303)
    assert said(admin.get("/about")) == []
    with site.transaction() as request:
        rows = request.find_service(AuditService).page(AuditFilter(action="announcement")).rows
        assert '"until": "2098-12-31T18:15Z"' in rows[2].after
        texts = [(json.loads(row.before).get("text"), json.loads(row.after)["text"]) for row in reversed(rows)]
    assert texts == [(None, "Tea at six."), ("Tea at six.", "Tea at seven."), ("Tea at seven.", "Tea at seven.")]


@pytest.mark.parametrize(
    ("values", "field"),
    [({"text": " "}, "text"), ({"text": "x" * 501}, "text"), ({"kind": "joke"}, "kind"), ({"starts": "soon"}, "starts")]
    + [({"starts": "2026-11-26T00:00", "ends": "2026-11-25T00:00"}, "ends")],
)
def test_what_makes_no_sense_is_told_at_its_field(admin: Browser, values: dict[str, str], field: str) -> None:
    page = admin.submit("/admin/announcements", {"text": "Tea.", "kind": "news", **values}, status=422)
    assert page.html.select_one(f".summary a[href='#{field}']") is not None
    assert said(page) == []


def test_five_at_most(site: Site, admin: Browser) -> None:
    for number in range(5):
        announce(site, str(number))
    with pytest.raises(AnnouncementRefused, match="at most 5"):
        announce(site)
    assert "five announcements" in admin.submit("/admin/announcements", {"text": "x", "kind": "news"}, status=422)


def test_announcements_cost_a_page_no_statement(site: Site) -> None:
    browser = site.browser(site.person("ana"))

    def cost() -> list[int]:
        found = []
        for path in ("/home", "/about", "/settings/display"):
            with counting_statements() as count:
                browser.get(path)
            found.append(len(count))
        return found

    cost()
    without = cost()
    announce(site)
    assert cost() == without
    assert said(browser.get("/about")) != []


def test_what_is_kept_is_read_again_after_its_life_and_survives_the_database(site: Site) -> None:
    reads = []

    def load(session: Session) -> int:
        reads.append(session)
        session.connection().exec_driver_sql("SELECT 1" if len(reads) < 3 else "SELECT nonsense")
        return len(reads)

    kept = Remembered(load, 0, life=3600)
    assert [kept.kept, kept.fresh(site.engine), kept.fresh(site.engine)] == [0, 1, 1]
    kept.forget()
    assert kept.fresh(site.engine) == 2
    kept.forget()
    assert [kept.fresh(site.engine), kept.fresh(site.engine)] == [2, 2]
    assert len(reads) == 3


def test_what_is_undone_was_never_announced(site: Site) -> None:
    def announce_and_fail() -> None:
        announced = announce(site, "Five")
        with site.transaction() as request:
            request.find_service(AnnouncementService).write(OPERATOR, announced, "joke")

    with pytest.raises(AnnouncementRefused, match="kind"):
        announce_and_fail()
    assert said(site.browser().get("/about")) == ["Five"]


def test_the_command_line_writes_lists_and_withdraws(site: Site, feedsite: Shell) -> None:
    which = feedsite("announce", "write", "Tea at six.", "--until", "2099-01-01 00:00").stdout.strip()
    assert f"{which}  " in feedsite("announce", "list").stdout
    assert "Tea at six." in feedsite("announce", "list").stdout
    assert feedsite("announce", "withdraw", which).stdout == "Withdrawn.\n"
    assert "over already" in feedsite("announce", "withdraw", which).stdout
    assert "after it begins" in feedsite.refused("announce", "write", "x", "--until", "2000-01-01")
    assert feedsite.refused("announce", "withdraw", "nothing") == "there is no announcement nothing"
