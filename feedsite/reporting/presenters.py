"""What the administration's templates show of reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pyramid.i18n import TranslationStringFactory

from feedsite.accounts.models import Person
from feedsite.accounts.services import PeopleService
from feedsite.db import utcnow
from feedsite.posts.models import Note
from feedsite.posts.presenters import note_url
from feedsite.posts.rendering import excerpt
from feedsite.reporting.models import Report
from feedsite.reporting.services import ReportService
from feedsite.reporting.wording import REASON_NAMES, STATE_NAMES
from feedsite.web.presenting import LinkView, TimeView
from feedsite.web.wording import time_view

_ = TranslationStringFactory("feedsite")


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report. Links without an address are of people who are not there any more, or of a note that is gone."""

    id: str
    url: str
    time: TimeView
    reason: str
    rule: str
    note_url: str
    text: str
    quoted: str
    excerpt: str
    reporter: LinkView
    subject: LinkView
    target: LinkView
    state: str
    state_label: str
    handler: LinkView | None
    comment: str
    is_unanswered: bool


class ReportPresenter:
    """Shows reports with the people they name and the notes they are about: one statement for each of the two.

    Args:
        request: whose reader looks.
        reports: what is shown.
    """

    def __init__(self, request: Any, reports: Iterable[Report]) -> None:
        self._request, self._reports = request, tuple(reports)
        keys = {key for report in self._reports for key in (report.reporter, report.subject, report.handler or "")}
        self._people: Mapping[str, Person] = request.find_service(PeopleService).by_key(keys - {""})
        self._notes: Mapping[str, Note] = request.find_service(ReportService).notes_of(self._reports)

    def views(self) -> tuple[ReportView, ...]:
        """The reports for templates."""
        return tuple(self._view(report) for report in self._reports)

    def _view(self, report: Report) -> ReportView:
        return ReportView(
            id=report.id,
            url=self._request.route_path("admin.report", report_id=report.id),
            time=time_view(report.created, utcnow(), self._request.zone, self._request.locale_name),
            reason=self._request.translate(REASON_NAMES[report.reason]),
            rule=report.rule,
            note_url=self._note_url(report),
            text=report.text,
            quoted=report.quoted,
            excerpt=excerpt(report.quoted or report.text, 80),
            reporter=self._who(report.reporter),
            subject=self._who(report.subject),
            target=self._what(report),
            state=report.state,
            state_label=self._request.translate(STATE_NAMES[report.state]),
            handler=None if report.handler is None else self._who(report.handler),
            comment=report.comment,
            is_unanswered=report.is_unanswered,
        )

    def _note_url(self, report: Report) -> str:
        """Where something can be done about the note; empty: it is gone, or the report is about an account."""
        note = self._notes.get(report.target)
        return "" if note is None else str(self._request.route_path("admin.note", note_id=note.id))

    def _who(self, key: str) -> LinkView:
        person = self._people.get(key)
        if person is None:
            return LinkView(key, "")
        return LinkView(f"@{person.handle}", self._request.route_path("admin.person", person_id=person.id))

    def _what(self, report: Report) -> LinkView:
        author = self._people.get(report.subject)
        if report.target == report.subject:
            text = self._request.translate(_("The account"))
            handle = None if author is None else author.handle
            return LinkView(text, "" if handle is None else self._profile(handle))
        note = self._notes.get(report.target)
        if note is None or author is None:
            return LinkView(self._request.translate(_("A note that is deleted")), "")
        return LinkView(self._request.translate(_("A note")), note_url(self._request, note, author))

    def _profile(self, handle: str) -> str:
        path: str = self._request.route_path("timelines.profile", handle=handle)
        return path
