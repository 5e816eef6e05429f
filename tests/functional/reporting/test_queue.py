"""Moderators answer reports; each answer is a row of the audit log."""

from __future__ import annotations

import json

from click.testing import CliRunner

from feedsite.cli import main
from feedsite.db import counting_statements
from feedsite.moderation.audit import AuditFilter, AuditService
from feedsite.posts.models import Note
from feedsite.posts.services import NoteService

from tests.functional.reporting.conftest import Village
from tests.site import INI


def audit(village: Village) -> list[tuple[str, str, str, dict[str, str]]]:
    """The log, oldest first: who, what, whom, what changed to."""
    with village.site.transaction() as request:
        rows = request.find_service(AuditService).page(AuditFilter()).rows[::-1]
        return [(row.actor, row.action, row.target, json.loads(row.after)) for row in rows]


def rows_of(page) -> list[str]:
    return [row.get_text(" ", strip=True) for row in page.html.select("tbody tr")]


def test_who_waits_longest_comes_first(village: Village) -> None:
    first, second = village.note("First"), village.note("Second")
    village.report(village.ana, first)
    village.report(village.ana, second, "hate")
    page = village.browser(village.mo).get("/admin/reports")
    assert ["First" in rows_of(page)[0], "Second" in rows_of(page)[1]] == [True, True]
    assert len(rows_of(village.browser(village.mo).get("/admin/reports?reason=hate"))) == 1
    assert len(rows_of(village.browser(village.mo).get("/admin/reports?about=@eve"))) == 2
    assert rows_of(village.browser(village.mo).get("/admin/reports?about=ana")) == []
    village.browser(village.mo).get("/admin/reports?about=nobody", status=400)
    village.browser(village.mo).get("/admin/reports?state=sleepy", status=400)


def test_a_report_is_taken_given_back_and_answered(village: Village) -> None:
    note = village.note("Buy <i>pills</i>")
    village.report(village.ana, note, "other", "<script>")
    (report,) = village.reports()
    browser, path = village.browser(village.mo), f"/admin/reports/{report.id}"
    page = browser.get(path)
    assert "Buy <i>pills</i>" in [quote.get_text() for quote in page.html.select("blockquote")]
    browser.submit(f"{path}/claim", status=303)
    assert village.reports()[0].handler == village.mo.key
    answer = browser.submit(f"{path}/claim", status=303).follow()
    assert "Somebody else has taken" in answer.html.select_one("[role=status]").get_text()
    browser.submit(f"{path}/release", status=303)
    assert village.reports()[0].handler is None
    browser.submit(path, {"answer": "acted"}, status=422)
    browser.submit(path, {"answer": "shrug", "comment": "x"}, status=422)
    browser.submit(path, {"answer": "acted", "comment": "Suspended."}, status=303)
    (after,) = village.reports()
    assert (after.state, after.handler, after.comment, after.pending) == ("acted", village.mo.key, "Suspended.", None)
    assert browser.get(path).html.select_one("form[action$='/claim']") is None
    assert audit(village) == [
        (village.mo.key, "claim", village.eve.key, {"report": "claimed", "about": note.key}),
        (village.mo.key, "release", village.eve.key, {"report": "open", "about": note.key}),
        (village.mo.key, "report", village.eve.key, {"report": "acted", "about": note.key}),
    ]
    # It may be reported again.
    assert village.report(village.ana, note)


def test_several_are_answered_at_once(village: Village) -> None:
    for number in range(5):
        village.report(village.ana, village.note(f"Pill {number}"))
    browser, ids = village.browser(village.mo), [report.id for report in village.reports()]
    page = browser.submit("/admin/reports", {"answer": "dismissed", "comment": "Jokes."}, status=422)
    assert page.html.select_one(".summary") is not None
    sent = [("csrf_token", browser.csrf_token()), ("answer", "dismissed"), ("comment", "Jokes.")]
    answer = browser.post("/admin/reports", [*sent, *(("report", one) for one in ids[:3])], status=303)
    assert "3 reports are answered." in answer.follow().html.select_one("[role=status]").get_text()
    assert len(village.reports("unanswered")) == 2
    # Answered ones are left as they are.
    browser.post("/admin/reports", [*sent, ("report", ids[0]), ("report", ids[4])], status=303)
    assert len([row for row in audit(village) if row[1] == "report"]) == 4


def test_a_deleted_note_and_a_gone_account_do_not_break_the_queue(village: Village) -> None:
    note = village.note("Soon gone")
    village.report(village.ana, note)
    with village.site.transaction() as request:
        request.find_service(NoteService).delete(request.dbsession.get_one(Note, note.id))
    page = village.browser(village.mo).get("/admin/reports")
    assert "A note that is deleted" in rows_of(page)[0]
    assert "Soon gone" in rows_of(page)[0]


def test_the_queue_is_read_with_the_same_statements_however_long_it_is(village: Village) -> None:
    browser = village.browser(village.mo)

    def statements() -> int:
        with counting_statements() as count:
            browser.get("/admin/reports")
        return len(count)

    village.report(village.ana, village.note())
    statements()
    few = statements()
    for number in range(20):
        village.report(village.ana, village.note(f"Pill {number}"))
    assert statements() == few


def test_the_queue_in_pages(village: Village) -> None:
    for number in range(51):
        village.report(village.ana, village.note(f"Pill {number}"))
    browser = village.browser(village.mo)
    first = browser.get("/admin/reports")
    older = first.html.select_one("a[rel=next]")
    assert len(rows_of(first)) == 50
    second = browser.get(older["href"])
    assert len(rows_of(second)) == 1
    assert second.html.select_one("a[rel=next]") is None
    browser.get("/admin/reports?cursor=nonsense", status=400)


def test_the_command_line_lists_and_answers(village: Village) -> None:
    note = village.note()
    village.report(village.ana, note)
    (report,) = village.reports()
    url = village.site.engine.url.render_as_string(hide_password=False)

    def run(*arguments: str, status: int = 0) -> str:
        given = ["-c", INI, "report", *arguments]
        result = CliRunner().invoke(main, given, env={"FEEDSITE_DATABASE_URL": url}, catch_exceptions=False)
        assert result.exit_code == status, result.output
        return result.output

    assert report.id in run("list")
    assert "@eve" in run("list")
    assert "there is no report nothing" in run("answer", "nothing", "--answer", "acted", "--comment", "x", status=2)
    assert "comment" in run("answer", report.id, "--answer", "acted", "--comment", " ", status=2)
    assert run("answer", report.id, "--answer", "acted", "--comment", "Done.") == "1 answered.\n"
    assert village.reports()[0].state == "acted"
    assert run("list") == ""
