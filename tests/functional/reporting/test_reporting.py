"""People report notes and accounts."""

from __future__ import annotations

from feedsite.posts.services import NoteService

from tests.functional.reporting.conftest import Village


def test_a_note_is_reported_from_its_menu(village: Village) -> None:
    note, browser = village.note("Buy <b>pills</b>!"), village.browser(village.ana)
    page = browser.get("/@eve")
    link = page.html.select_one(f"a.entry.report[href*='{note.id}']")
    assert link.get_text(strip=True) == "Report this note"
    form = browser.get(link["href"]).forms
    asked = next(one for one in form.values() if "reason" in one.fields)
    asked["reason"], asked["text"] = "spam", "They do it every day."
    answer = asked.submit(status=303)
    assert answer.location.endswith(f"/@eve/{note.id}")
    assert "Thank you" in answer.follow().html.select_one("[role=status]").get_text()
    (report,) = village.reports()
    assert (report.reporter, report.target, report.subject) == (village.ana.key, note.key, village.eve.key)
    assert (report.reason, report.text, report.quoted) == ("spam", "They do it every day.", "Buy <b>pills</b>!")


def test_an_account_is_reported_from_its_profile(village: Village) -> None:
    browser = village.browser(village.ana)
    link = browser.get("/@eve").html.select_one("a.report[href$='/@eve/report'], a.report[href$='%40eve/report']")
    assert link is not None
    browser.submit("/@eve/report", {"reason": "hate"}, status=303)
    (report,) = village.reports()
    assert report.target == report.subject == village.eve.key


def test_what_is_wrong_is_said_and_nothing_is_written(village: Village) -> None:
    note, browser = village.note(), village.browser(village.ana)
    path = f"/notes/{note.id}/report"
    for sent, field in (
        ({}, "reason"),
        ({"reason": "boredom"}, "reason"),
        ({"reason": "other", "text": "  "}, "text"),
        ({"reason": "spam", "text": "x" * 1001}, "text"),
    ):
        page = browser.submit(path, sent, status=422)
        assert page.html.select_one(f"#{field}")["aria-invalid"] == "true"
        assert page.html.select_one(".summary") is not None
    assert village.reports() == []


def test_the_same_is_reported_once_while_it_waits(village: Village) -> None:
    note, browser = village.note(), village.browser(village.ana)
    for _ in range(2):
        answer = browser.submit(f"/notes/{note.id}/report", {"reason": "spam"}, status=303)
    assert "reported this before" in answer.follow().html.select_one("[role=status]").get_text()
    assert len(village.reports()) == 1
    assert village.report(village.mo, note)
    assert len(village.reports()) == 2


def test_nobody_reports_themselves(village: Village) -> None:
    note, browser = village.note(), village.browser(village.eve)
    assert browser.get("/@eve").html.select_one("a.report") is None
    browser.get(f"/notes/{note.id}/report", status=403)
    browser.submit(f"/notes/{note.id}/report", {"reason": "spam"}, status=403)
    browser.submit("/@eve/report", {"reason": "spam"}, status=403)
    assert village.reports() == []


def test_a_note_that_the_reader_may_not_see_is_not_there_to_report(village: Village) -> None:
    with village.site.transaction() as request:
        note = request.find_service(NoteService).write(village.eve.id, "For followers", visibility="followers")
        note_id = note.id
    village.browser(village.ana).get(f"/notes/{note_id}/report", status=404)
    village.browser(village.ana).submit(f"/notes/{note_id}/report", {"reason": "spam"}, status=404)


def test_a_script_meets_a_limit(village: Village) -> None:
    browser = village.browser(village.ana)
    notes = [village.note(f"Pill {number}") for number in range(21)]
    for note in notes[:20]:
        browser.submit(f"/notes/{note.id}/report", {"reason": "spam"}, status=303)
    answer = browser.submit(f"/notes/{notes[20].id}/report", {"reason": "spam"}, status=429)
    assert int(answer.headers["Retry-After"]) > 0
    assert len(village.reports()) == 20
