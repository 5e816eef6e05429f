"""What the administration's pages ask the database: three statements above its frame, however much they show."""

from __future__ import annotations

import pytest
from sqlalchemy import insert

from feedsite.accounts.models import Person, SignUpRequest
from feedsite.accounts.services import InvitationService
from feedsite.db import counting_statements, utcnow
from feedsite.graph.services import GraphService
from feedsite.moderation.audit import AuditService
from feedsite.moderation.models import Sanction
from feedsite.posts.services import NoteService
from feedsite.reporting.services import ReportService

from tests.site import Browser, Site

MOST = 3
"""Statements above those of the frame: identity, pane, and what waits on each page of the menu."""

LISTS = (
    "/admin/people",
    "/admin/people?q=p&state=active&role=member&confirmed=no&since=2020-01-01&until=2030-01-01&sort=name",
    "/admin/people?waiting=y&sort=seen",
    "/admin/joining",
    "/admin/invitations",
    "/admin/invitations/{invitation}",
    "/admin/reports",
    "/admin/reports?state=&about=p1",
    "/admin/appeals",
    "/admin/appeals?state=all",
    "/admin/notes",
    "/admin/notes?by=p1&words=pills&verb=create&since=2020-01-01",
    "/admin/activities",
    "/admin/activities?by=p1&verb=follow",
    "/admin/activities?by=p1&whom=p2",
    "/admin/audit",
    "/admin/audit?actor=p1&target=p2&action=suspend&since=2020-01-01",
)
SINGLE = ("/admin/people/{person}", "/admin/appeals/{sanction}")


def populate(site: Site, number: int, start: int = 0) -> dict[str, str]:
    """So many of everything that is listed, each of other people; returns ids of the first ones."""
    names = range(start, start + number)
    with site.transaction() as request:
        session, audit = request.dbsession, request.find_service(AuditService)
        rows = [{"id": f"id{at:018}", "handle": f"p{at}", "name": f"P {at}", "bio": ""} for at in names]
        session.execute(insert(Person), rows)
        waiting = [{**row, "id": f"w{row['id'][1:]}", "handle": f"w{row['handle']}", "waiting": True} for row in rows]
        session.execute(insert(Person), waiting)
        session.execute(insert(SignUpRequest), [{"person_id": row["id"], "message": "Bread."} for row in waiting])
        invitations = request.find_service(InvitationService)
        first = invitations.make(f"person:{rows[0]['id']}")
        for row in rows:
            person, other = session.get(Person, row["id"]), rows[(int(row["id"][2:]) + 1 - start) % number]
            invitations.make(person.key)
            invitations.note_joined(first.id, person)
            note = request.find_service(NoteService).write(person.id, "Pills!")
            request.find_service(GraphService).follow(person.id, session.get(Person, other["id"]))
            request.find_service(ReportService).report_note(f"person:{other['id']}", note, "spam", "")
            audit.record(person.key, "suspend", f"person:{other['id']}", reason="pills")
            made = Sanction(person_id=person.id, kind="warn", reason="pills", imposed_by=f"person:{other['id']}")
            made.appeal, made.appealed = "It was not me.", utcnow()
            session.add(made)
        session.flush()
        return {"invitation": first.id, "person": rows[0]["id"], "sanction": made.id}


@pytest.fixture
def asked(site: Site) -> Browser:
    """A browser of a moderator whose pane is empty."""
    return site.browser(site.person("mo", role="moderator"))


def test_three_statements_above_the_frame_however_much_there_is(site: Site, asked: Browser) -> None:
    def cost(path: str) -> int:
        with counting_statements() as count:
            asked.get(path)
        return len(count) - frame

    frame = 0
    names = populate(site, 3)
    asked.get("/admin")
    frame = cost("/admin")
    few = {path: cost(path.format_map(names)) for path in (*LISTS, *SINGLE)}
    assert {path: number for path, number in few.items() if not 0 < number <= MOST} == {}
    populate(site, 10, start=3)
    assert {path: cost(path.format_map(names)) for path in few} == few
