"""The audit log: what was done about people, by whom, and why."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from feedsite.db import Base, Instant, new_id, utcnow


class AuditRow(Base):
    """One act of somebody who looks after the site. It is written in the act's own transaction and never changed.

    Actors and targets are keys (``person:…``), so that a row outlives a change of handle.
    """

    __tablename__ = "audit"

    id: Mapped[str] = mapped_column(String(40), primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    #: ``person:{id}``, or ``command line``.
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(32))
    target: Mapped[str] = mapped_column(String(80))
    #: What the act changed, as JSON objects; empty ones where there is nothing to compare.
    before: Mapped[str] = mapped_column(Text, default="{}")
    after: Mapped[str] = mapped_column(Text, default="{}")
    reason: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        Index("ix_audit_at", "at", "id"),
        Index("ix_audit_actor", "actor", "at", "id"),
        Index("ix_audit_target", "target", "at", "id"),
        Index("ix_audit_action", "action", "at", "id"),
    )


#: From the lightest to the heaviest.
KINDS = ("warn", "limit", "suspend")
ANSWERS = ("upheld", "lifted")


class Sanction(Base):
    """One warning, limit or suspension: what the person is told, and what they say to it.

    It is in force until it is lifted. Who acted is a key (``person:…``, or ``command line``), so that the row outlives
    them; the person's rows go with the person.
    """

    __tablename__ = "sanctions"

    id: Mapped[str] = mapped_column(String(40), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    #: The person reads it.
    reason: Mapped[str] = mapped_column(Text)
    #: The rule of the site that it names, by number and title as they were then; empty: none.
    rule: Mapped[str] = mapped_column(String(140), default="", server_default="")
    imposed: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    imposed_by: Mapped[str] = mapped_column(String(80))
    lifted: Mapped[datetime | None] = mapped_column(Instant)
    #: What the person says to it, once.
    appeal: Mapped[str] = mapped_column(Text, default="")
    appealed: Mapped[datetime | None] = mapped_column(Instant)
    #: One of `ANSWERS`; empty: nobody has answered.
    answer: Mapped[str] = mapped_column(String(16), default="")
    answered: Mapped[datetime | None] = mapped_column(Instant)
    answered_by: Mapped[str] = mapped_column(String(80), default="")
    #: To the person, with the answer.
    comment: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        CheckConstraint(f"kind IN ({', '.join(map(repr, KINDS))})", name="kind"),
        CheckConstraint(f"answer IN ('', {', '.join(map(repr, ANSWERS))})", name="answer"),
        Index("ix_sanctions_person_id", "person_id", "imposed", "id"),
        Index("ix_sanctions_answer_appealed", "answer", "appealed", "id"),
        Index("ix_sanctions_appealed", "appealed", "id"),
    )

    @property
    def key(self) -> str:
        """The key of whom it is about."""
        return f"person:{self.person_id}"

    @property
    def waits(self) -> bool:
        """Whether somebody has to answer an appeal."""
        return self.appealed is not None and not self.answer
