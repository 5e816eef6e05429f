"""A note that is reported, and who looks after the site."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from feedsite.accounts.models import Person
from feedsite.posts.models import Note
from feedsite.posts.services import NoteService
from feedsite.reporting.models import Report
from feedsite.reporting.services import ReportFilter, ReportService

from tests.site import Browser, Site


@dataclass
class Village:
    """`eve` writes what others report; `mo` and `max` are moderators."""

    site: Site
    eve: Person
    ana: Person
    mo: Person

    def note(self, text: str = "Buy pills!") -> Note:
        """A note by eve."""
        with self.site.transaction() as request:
            note = request.find_service(NoteService).write(self.eve.id, text)
            request.dbsession.flush()
            request.dbsession.expunge(note)
            return note

    def report(self, reporter: Person, note: Note, reason: str = "spam", text: str = "") -> bool:
        """Somebody reports a note."""
        with self.site.transaction() as request:
            return request.find_service(ReportService).report_note(reporter.key, note, reason, text)

    def reports(self, state: str = "") -> list[Report]:
        """The reports there are, of a state."""
        with self.site.transaction() as request:
            rows = list(request.find_service(ReportService).page(ReportFilter(state)).rows)
            request.dbsession.expunge_all()
            return rows

    def browser(self, person: Person) -> Browser:
        """A browser of somebody."""
        return self.site.browser(person)


@pytest.fixture
def village(site: Site) -> Village:
    return Village(site, site.person("eve"), site.person("ana"), site.person("mo", role="moderator"))
