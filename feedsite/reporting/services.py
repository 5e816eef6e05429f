"""Making reports and answering them. Every answer is a row of the audit log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, literal, select, update
from sqlalchemy.orm import Session

from feedsite.accounts.handles import normalised
from feedsite.accounts.models import Person
from feedsite.db import insert_into, utcnow
from feedsite.keyset import Order, Place, Rows
from feedsite.moderation.audit import AuditService
from feedsite.moderation.services import Actor
from feedsite.personal import ERASED
from feedsite.posts.models import Note
from feedsite.reporting.models import ANSWERS, REASONS, UNANSWERED, Report

MAX_TEXT = 1000
MAX_COMMENT = 1000

#: Who waits longest comes first; of what is answered, what was made last.
_OLDEST_FIRST = Order((Report.created, Report.id))
_NEWEST_FIRST = Order((Report.created, Report.id), descending=True)


class ReportRefused(Exception):
    """Why a report cannot be made or answered.

    Args:
        field: "reason", "text", "comment", "answer" or "target".
        rule: what is right.
    """

    def __init__(self, field: str, rule: str) -> None:
        self.field = field
        super().__init__(f"{field}: {rule}")


@dataclass(frozen=True)
class ReportFilter:
    """Which reports are asked for; what is empty is not asked.

    Args:
        state: `unanswered`, or one of the states of a report.
        reason: one of `REASONS`.
        about: the handle of whom they are about.
    """

    state: str = "unanswered"
    reason: str = ""
    about: str = ""


class ReportService:
    """Takes reports and answers them; the caller's transaction holds a report's change and its row of the log."""

    def __init__(self, session: Session, audit: AuditService) -> None:
        self._session, self._audit = session, audit

    # Making

    def report_note(self, reporter: str, note: Note, reason: str, text: str, rule: str = "") -> bool:
        """Report a note, with what it says now: see `report_person`."""
        return self._report(reporter, note.key, f"person:{note.author_id}", reason, text, note.text, rule)

    def report_person(self, reporter: str, person: Person, reason: str, text: str, rule: str = "") -> bool:
        """Report an account.

        Args:
            reporter: key of who reports.
            reason: one of `REASONS`.
            rule: the site's rule that it names, by number and title; empty: none.
            text: in their words, at most `MAX_TEXT` characters; needed where the reason is `other`.

        Returns whether it is new: a report of theirs about the same that is unanswered is kept as it is.
        Raises ReportRefused.
        """
        return self._report(reporter, person.key, person.key, reason, text, "", rule)

    def _report(self, reporter: str, target: str, subject: str, reason: str, text: str, quoted: str, rule: str) -> bool:
        if reason not in REASONS:
            raise ReportRefused("reason", f"one of {', '.join(REASONS)}")
        if len(text) > MAX_TEXT or (reason == "other" and not text.strip()):
            raise ReportRefused("text", f"at most {MAX_TEXT} characters, and some where the reason is other")
        if subject == reporter:
            raise ReportRefused("target", "nobody reports themselves")
        row = {"reporter": reporter, "target": target, "subject": subject, "reason": reason, "text": text.strip()}
        made = insert_into(self._session, Report).values(
            **row, quoted=quoted, rule=rule[:140], pending=f"{reporter} {target}"
        )
        done = self._session.execute(made.on_conflict_do_nothing(index_elements=["pending"]).returning(Report.id))
        return done.first() is not None

    # Reading

    def page(self, asked: ReportFilter, place: Place | None = None, *, size: int = 50) -> Rows[Report]:
        """A page of reports: unanswered ones oldest first, others newest first.

        Raises ValueError when the place is none of this list.
        """
        statement = select(Report)
        if asked.state == "unanswered":
            statement = statement.where(Report.state.in_(UNANSWERED))
        elif asked.state:
            statement = statement.where(Report.state == asked.state)
        if asked.reason:
            statement = statement.where(Report.reason == asked.reason)
        if asked.about:
            who = select(literal("person:").concat(Person.id)).where(Person.handle == normalised(asked.about))
            statement = statement.where(Report.subject == who.scalar_subquery())
        order = _OLDEST_FIRST if asked.state in ("unanswered", *UNANSWERED) else _NEWEST_FIRST
        return order.page(self._session, statement, place, size)

    def find(self, report_id: str) -> Report | None:
        """A report by its id."""
        return self._session.get(Report, report_id)

    def notes_of(self, reports: Iterable[Report]) -> dict[str, Note]:
        """The reported notes that still stand, by their keys: one statement."""
        ids = {report.target.removeprefix("note:") for report in reports if report.target.startswith("note:")}
        if not ids:
            return {}
        statement = select(Note).where(Note.id.in_(sorted(ids)), Note.deleted.is_(None))
        return {note.key: note for note in self._session.scalars(statement)}

    def count_about(self, subject: str) -> int:
        """How many reports there are about somebody, answered ones too."""
        return self._session.scalar(select(func.count()).where(Report.subject == subject)) or 0

    def count_unanswered(self, at_most: int) -> int:
        """How many reports wait for an answer; no more than `at_most` are counted."""
        waiting = select(Report.id).where(Report.state.in_(UNANSWERED)).limit(at_most).subquery()
        return self._session.scalar(select(func.count()).select_from(waiting)) or 0

    # Answering

    def claim(self, actor: Actor, report_id: str) -> bool:
        """Take a report: others see that somebody looks at it; returns whether it was free."""
        return self._change(actor, self._locked([report_id]), "open", "claimed", "claim")

    def release(self, actor: Actor, report_id: str) -> bool:
        """Give a claimed report back; returns whether it was claimed."""
        return self._change(actor, self._locked([report_id]), "claimed", "open", "release")

    def _change(self, actor: Actor, reports: Sequence[Report], before: str, after: str, action: str) -> bool:
        for report in reports:
            if report.state != before:
                return False
            report.state, report.handler = after, actor.key if after == "claimed" else None
            self._record(actor, action, report, before, "")
        return bool(reports)

    def answer(self, actor: Actor, report_ids: Iterable[str], answer: str, comment: str) -> int:
        """Answer reports, all of them or none.

        Args:
            actor: who answers.
            report_ids: which; those that are answered already are left as they are.
            answer: `acted` (something was done) or `dismissed` (nothing has to be).
            comment: why, 1 to `MAX_COMMENT` characters, for the log and for other moderators.

        Returns how many were unanswered. Raises ReportRefused.
        """
        if answer not in ANSWERS:
            raise ReportRefused("answer", f"one of {', '.join(ANSWERS)}")
        if not comment.strip() or len(comment) > MAX_COMMENT:
            raise ReportRefused("comment", f"1 to {MAX_COMMENT} characters")
        waiting = [report for report in self._locked(report_ids) if report.is_unanswered]
        for report in waiting:
            before, report.state = report.state, answer
            report.handler, report.answered, report.pending = actor.key, utcnow(), None
            report.comment = comment.strip()
            self._record(actor, "report", report, before, report.comment)
        return len(waiting)

    def forget(self, key: str) -> bool:
        """Take somebody out: reports about them go, those they made lose their name and their words."""
        self._session.execute(delete(Report).where(Report.subject == key))
        made = {"reporter": ERASED, "text": "", "pending": None}
        for values, column in ((made, Report.reporter), ({"handler": ERASED}, Report.handler)):
            changed = update(Report).where(column == key).values(**values)
            self._session.execute(changed.execution_options(synchronize_session=False))
        return False

    def _record(self, actor: Actor, action: str, report: Report, before: str, reason: str) -> None:
        states = {"before": {"report": before}, "after": {"report": report.state, "about": report.target}}
        self._audit.record(actor.key, action, report.subject, reason=reason, **states)

    def _locked(self, report_ids: Iterable[str]) -> Sequence[Report]:
        statement = select(Report).where(Report.id.in_(sorted(set(report_ids)))).order_by(Report.id)
        fresh = statement.with_for_update().execution_options(populate_existing=True)
        return self._session.scalars(fresh).all()


def report_service(_context: object, request: Any) -> ReportService:
    """Service factory."""
    return ReportService(request.dbsession, request.find_service(AuditService))
