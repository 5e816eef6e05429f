"""What readers said of single notifications, which kinds they do not want, and who is mailed what is new."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from feedsite.db import Base, Instant, utcnow

#: "read" and "done" up to the mark; "unread" whatever is read; "cleared": it was unread until all was marked as read.
KINDS = ("read", "done", "unread", "cleared")


class NotificationState(Base):
    """What a reader said of one notification group."""

    __tablename__ = "notification_states"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    #: The group's key in the feed engine.
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: One of KINDS; None: nothing but whether it is saved.
    kind: Mapped[str | None] = mapped_column(String(8))
    #: Up to which act of the group: as in `timelines.models.ReaderMark`.
    position: Mapped[int | None] = mapped_column(BigInteger)
    shown: Mapped[str] = mapped_column(Text, default="{}")
    #: "cleared": where the reader's mark stood before.
    before: Mapped[int | None] = mapped_column(BigInteger)
    saved: Mapped[bool] = mapped_column(default=False)
    changed: Mapped[datetime] = mapped_column(Instant, default=utcnow)

    __table_args__ = (
        CheckConstraint(f"kind IN ({', '.join(map(repr, KINDS))})", name="kind"),
        Index("ix_notification_states_person_id_changed", "person_id", "changed"),
    )


class UnwantedVerb(Base):
    """A kind of act that a reader wants no notifications of."""

    __tablename__ = "notification_unwanted"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    verb: Mapped[str] = mapped_column(String(64), primary_key=True)


#: How often a digest is mailed.
EVERY = ("daily", "weekly")


class Digest(Base):
    """Somebody is mailed what is new, every day or every week. Whoever is not has no row."""

    __tablename__ = "digests"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    #: One of EVERY.
    every: Mapped[str] = mapped_column(String(8))
    #: When the next one is made.
    due: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (
        CheckConstraint(f"every IN ({', '.join(map(repr, EVERY))})", name="every"),
        Index("ix_digests_due", "due"),
    )
