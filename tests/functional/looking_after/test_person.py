"""The page of one person: what is known, and what is done besides sanctions, by the rules of ranks."""

from __future__ import annotations

import pytest

from feedsite.accounts.models import LoginSession, Person
from feedsite.moderation.audit import AuditFilter, AuditService
from feedsite.posts.services import NoteService
from feedsite.reporting.services import ReportService

from tests.mailbox import link_in, text_of
from tests.site import Browser, Site

ACTS = {
    "note": "note",
    "sign-out": "sign out",
    "send-reset": "reset link",
    "warn": "warn",
    "remove-picture": "remove picture",
}
"""The last part of each path, and what the log calls it."""


def log(site: Site) -> list[tuple[str, str]]:
    with site.transaction() as request:
        rows = request.find_service(AuditService).page(AuditFilter()).rows[::-1]
        return [(row.action, row.reason) for row in rows]


def test_a_note_is_kept_with_what_was_done_before(site: Site, moderator: Browser) -> None:
    ana = site.person("ana")
    page = moderator.get(f"/admin/people/{ana.id}")
    form = next(one for one in page.forms.values() if (one.action or "").endswith("/note"))
    form["reason"] = "Wrote to us in <June>."
    page = form.submit(status=303).follow()
    assert "The note about @ana is kept." in page
    assert page.html.select(".scroll tbody td")[-1].get_text() == "Wrote to us in <June>."
    assert log(site) == [("note", "Wrote to us in <June>.")]
    notes = page.click("Only the notes")
    assert len(notes.html.select("tbody tr")) == 1
    assert site.mails() == [], "the person is not told"


def test_logins_end_and_a_link_for_a_new_password_is_sent(site: Site, moderator: Browser) -> None:
    ana = site.person("ana")
    browser = site.browser(ana)
    path = f"/admin/people/{ana.id}"
    assert "in 1 browser" in moderator.get(path)
    assert "is signed out everywhere" in moderator.submit(f"{path}/sign-out", {"reason": "asked"}).follow()
    assert "/login" in browser.get("/home", status=303).location
    assert "it was so already" in moderator.submit(f"{path}/sign-out", {"reason": "asked"}).follow()
    moderator.submit(f"{path}/send-reset", {"reason": "asked"}, status=303)
    (mail,) = site.mails()
    assert mail["To"] == "ana@example.org"
    assert site.browser().get(link_in(mail)).status_int == 200
    assert log(site) == [("sign out", "asked"), ("reset link", "asked")]


def test_no_link_goes_where_no_address_is_confirmed(site: Site, moderator: Browser) -> None:
    ana = site.person("ana", email=None)
    page = moderator.submit(f"/admin/people/{ana.id}/send-reset", {"reason": "asked"}, status=303).follow()
    assert "This account has no confirmed e-mail address." in page
    assert not [one for one in page.forms.values() if (one.action or "").endswith("/send-reset")]
    assert (site.mails(), log(site)) == ([], [])


@pytest.mark.parametrize("act", ACTS)
def test_each_needs_a_reason_and_a_lower_rank(site: Site, moderator: Browser, act: str) -> None:
    ana, peer = site.person("ana"), site.person("peer", role="moderator")
    site.browser(peer)
    page = moderator.submit(f"/admin/people/{ana.id}/{act}", {"reason": " "}, status=422)
    assert page.html.select_one(".summary a")["href"] == f"#{act}-reason"
    assert page.html.select_one(f"details[open] #{act}-reason") is not None
    moderator.submit(f"/admin/people/{peer.id}/{act}", {"reason": "because"}, status=403)
    moderator.submit(f"/admin/people/nobody/{act}", {"reason": "because"}, status=404)
    assert (site.mails(), log(site)) == ([], [])
    with site.transaction() as request:
        assert request.dbsession.query(LoginSession).filter_by(person_id=peer.id).count() == 1


@pytest.mark.parametrize("act", ["limit", "suspend"])
def test_the_last_admin_stays(site: Site, admin: Browser, act: str) -> None:
    """Nobody is above an admin but the command line, which keeps the rule too: `test_cli_standing.py`."""
    with site.transaction() as request:
        boss = request.dbsession.query(Person).filter_by(handle="boss").one().id
    admin.submit(f"/admin/people/{boss}/{act}", {"reason": "because"}, status=403)
    assert log(site) == []


def test_reports_sanctions_and_the_invitation_lead_on(site: Site, moderator: Browser) -> None:
    ana, bo = site.person("ana"), site.person("bo")
    with site.transaction() as request:
        reports = request.find_service(ReportService)
        note = request.find_service(NoteService).write(ana.id, "Pills!")
        reports.report_note(bo.key, note, "spam", "")
    moderator.submit(f"/admin/people/{ana.id}/warn", {"reason": "No pills here."}, status=303)
    page = moderator.get(f"/admin/people/{ana.id}")
    assert page.click("1 report").status_int == 200
    row = page.html.select_one("[aria-label=Sanctions] tbody tr").get_text(" ", strip=True)
    assert "Warned @mo No pills here." in row
    assert "No pills here." in text_of(site.mails()[0])
