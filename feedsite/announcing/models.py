"""What the people who look after the site say to everybody on every page."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from feedsite.db import Base, Instant, new_id, utcnow

#: `news` is told; `warning` stands out.
KINDS = ("news", "warning")


class Announcement(Base):
    """A text that stands on every page from one instant until another. Who has dismissed it is on the person's row."""

    __tablename__ = "announcements"

    id: Mapped[str] = mapped_column(String(40), primary_key=True, default=new_id)
    created: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    kind: Mapped[str] = mapped_column(String(16), default="news")
    text: Mapped[str] = mapped_column(Text)
    starts: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    #: None: until it is withdrawn.
    ends: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        CheckConstraint(f"kind IN ({', '.join(map(repr, KINDS))})", name="kind"),
        Index("ix_announcements_created", "created", "id"),
        Index("ix_announcements_ends", "ends"),
    )

    @property
    def key(self) -> str:
        """What the audit log calls it."""
        return f"announcement:{self.id}"
