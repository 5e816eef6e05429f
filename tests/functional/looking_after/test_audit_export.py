"""The audit log as a table: what the filter shows, safe for spreadsheets, and itself in the log."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from feedsite.moderation.audit import AuditFilter, AuditService
from feedsite.moderation.export import AuditTable
from feedsite.moderation.models import AuditRow

from tests.functional.looking_after.shell import Shell
from tests.site import Browser, Site

#: Midnight in Kathmandu.
MIDNIGHT = datetime(2026, 11, 20, 18, 15, tzinfo=UTC)


def add_rows(site: Site, *rows: dict[str, Any]) -> None:
    usual = {"actor": "command line", "action": "create", "target": "person:x", "at": MIDNIGHT}
    filled = [
        {"id": f"row{at:05}", "before": "{}", "after": "{}", "reason": "", **usual, **row}
        for at, row in enumerate(rows)
    ]
    with site.transaction() as request:
        request.dbsession.execute(insert(AuditRow), filled)


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def log_of(site: Site, **asked: Any) -> list[AuditRow]:
    with site.transaction() as request:
        rows = list(request.find_service(AuditService).page(AuditFilter(**asked)).rows)
        request.dbsession.expunge_all()
        return rows


def test_the_table_is_what_the_filter_shows_and_its_export_is_a_row(site: Site, admin: Browser) -> None:
    add_rows(
        site,
        {"reason": "the day before", "at": MIDNIGHT - timedelta(seconds=1)},
        {"reason": "on the day", "after": '{"state": "suspended"}'},
        {"reason": "another act", "action": "role"},
    )
    page = admin.get("/admin/audit?since=2026-11-21&until=2026-11-21&action=create&cursor=")
    form = next(form for form in page.forms.values() if "export" in form.action)
    answer = form.submit()
    assert answer.content_type == "text/csv"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="audit-')
    assert answer.headers["Cache-Control"] == "no-store"
    (row,) = table(answer.text)
    assert (row["at"], row["actor_key"], row["reason"]) == ("2026-11-20T18:15:00.000Z", "command line", "on the day")
    assert json.loads(row["after"]) == {"state": "suspended"}
    (about_it,) = log_of(site, action="audit export")
    assert json.loads(about_it.after)["action"] == "create"
    assert about_it.target == "site:audit"
    assert "Audit log taken as a table" in admin.get("/admin/audit")


def test_handles_stand_beside_keys(site: Site, admin: Browser) -> None:
    ana = site.person("ana")
    add_rows(site, {"target": ana.key})
    rows = table(admin.submit("/admin/audit/export").text)
    assert [(row["target"], row["target_key"]) for row in rows] == [("ana", ana.key)]


def test_no_cell_is_a_formula(site: Site, admin: Browser) -> None:
    given = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", 'plain, with "quotes"\nand a line']
    add_rows(site, *({"reason": reason} for reason in given))
    reasons = {row["reason"] for row in table(admin.submit("/admin/audit/export").text)}
    assert reasons == {f"'{reason}" for reason in given[:5]} | {given[5]}


def test_a_long_log_comes_in_pieces_each_row_once(site: Site) -> None:
    add_rows(
        site, *({"reason": str(number), "at": MIDNIGHT + timedelta(seconds=number // 7)} for number in range(1100))
    )
    pieces = AuditTable(site.engine).pieces(AuditFilter(until=MIDNIGHT + timedelta(days=1)))
    heading, first = next(pieces), next(pieces)
    # What comes while it is read is not in it, wherever it stands.
    add_rows(
        site, *({"id": f"late{number}", "reason": "late", "at": MIDNIGHT + timedelta(days=2)} for number in range(3))
    )
    rest = list(pieces)
    assert len(rest) == 2
    found = [row["reason"] for row in table(b"".join((heading, first, *rest)).decode())]
    assert len(found) == 1100
    assert set(found) == set(map(str, range(1100)))


def test_a_filter_that_makes_no_sense_exports_nothing(site: Site, admin: Browser) -> None:
    page = admin.submit("/admin/audit/export?actor=nobody", status=400)
    assert page.html.select_one(".summary a[href='#actor']") is not None
    assert log_of(site) == []


def test_exports_are_throttled(site: Site, admin: Browser) -> None:
    for _ in range(10):
        admin.submit("/admin/audit/export")
    assert int(admin.submit("/admin/audit/export", status=429).headers["Retry-After"]) > 0
    assert len(log_of(site, action="audit export")) == 10


def test_rows_about_other_things_are_found_by_their_key(site: Site, admin: Browser) -> None:
    add_rows(site, {"target": "note:abc", "reason": "about a note"}, {"reason": "about somebody"})
    page = admin.get("/admin/audit?target=note:abc")
    assert [row.select("td")[-1].get_text() for row in page.html.select("tbody tr")] == ["about a note"]


def test_the_command_line_lists_and_exports_the_same(site: Site, feedsite: Shell) -> None:
    ana = site.person("ana")
    add_rows(
        site,
        {"target": ana.key, "reason": "one\nof two lines"},
        {"target": ana.key, "reason": "a day later", "at": MIDNIGHT + timedelta(days=1)},
        {"reason": "somebody else"},
    )
    asked = ("--target", "@ana", "--until", "2026-11-21", "--zone", "Asia/Kathmandu")
    (line,) = feedsite("audit", "list", *asked).stdout.splitlines()
    assert line == "2026-11-20 18:15:00  command line  create  @ana  {} -> {}  one of two lines"
    (row,) = table(feedsite("audit", "export", *asked).stdout)
    assert row["reason"] == "one\nof two lines"
    assert len(log_of(site, action="audit export", actor="command line")) == 1
    assert "more than 1" in feedsite("audit", "list", "--limit", "1").stderr
    assert feedsite.refused("audit", "list", "--actor", "nobody") == "there is nobody with the handle nobody"
    assert "Europe/Madrid" in feedsite.refused("audit", "list", "--zone", "Nowhere")
