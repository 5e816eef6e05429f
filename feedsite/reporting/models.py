"""Reports, as they were made and answered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from feedsite.db import Base, Instant, new_id, utcnow

#: What a report can be about.
REASONS = ("spam", "harassment", "hate", "violence", "illegal", "other")
#: `open`: nobody has taken it; `claimed`: somebody looks at it; the rest are answers.
STATES = ("open", "claimed", "acted", "dismissed")
UNANSWERED = ("open", "claimed")
ANSWERS = ("acted", "dismissed")


class Report(Base):
    """One person's word about a note or an account.

    People and things are keys (``person:…``, ``note:…``): a report outlives a rename, and the note's deletion.
    """

    __tablename__ = "reports"

    id: Mapped[str] = mapped_column(String(40), primary_key=True, default=new_id)
    created: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    #: Who reports.
    reporter: Mapped[str] = mapped_column(String(80))
    #: What is reported.
    target: Mapped[str] = mapped_column(String(80))
    #: Whose it is: the note's author, or the person.
    subject: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(16))
    #: In the reporter's words.
    text: Mapped[str] = mapped_column(Text, default="")
    #: The rule that it names, by number and title as they were then; empty: none.
    rule: Mapped[str] = mapped_column(String(140), default="", server_default="")
    #: What the note said when it was reported; empty for an account.
    quoted: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(16), default="open")
    #: Who looks at it, or answered it.
    handler: Mapped[str | None] = mapped_column(String(80))
    answered: Mapped[datetime | None] = mapped_column(Instant)
    comment: Mapped[str] = mapped_column(Text, default="")
    #: reporter and target while it is unanswered: one report of one thing by one person at a time.
    pending: Mapped[str | None] = mapped_column(String(162), unique=True)

    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(map(repr, STATES))})", name="state"),
        CheckConstraint(f"reason IN ({', '.join(map(repr, REASONS))})", name="reason"),
        Index("ix_reports_state_created", "state", "created", "id"),
        Index("ix_reports_created", "created", "id"),
        Index("ix_reports_subject_created", "subject", "created", "id"),
    )

    @property
    def is_unanswered(self) -> bool:
        """Whether somebody still has to answer it."""
        return self.state in UNANSWERED
