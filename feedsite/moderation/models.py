"""The audit log: what was done about people, by whom, and why."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text
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
