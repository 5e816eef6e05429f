"""Suggestions that somebody does not want."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from feedsite.db import Base, Instant, utcnow


class Dismissal(Base):
    """Somebody whom a reader does not want to be suggested again. Nobody else sees it, and nobody is told."""

    __tablename__ = "dismissals"

    person_id: Mapped[str] = mapped_column(String(40), ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    dismissed_id: Mapped[str] = mapped_column(
        String(40), ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    created: Mapped[datetime] = mapped_column(Instant, default=utcnow)
