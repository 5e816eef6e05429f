"""Up to where readers have read."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from feedsite.db import Base


class ReaderMark(Base):
    """A reader's place in one timeline, and the place before it, so that moving it can be undone.

    Positions are those of the feed engine's order. `shown` is JSON: {act id: its position} for the acts above the
    position that were shown all the same (a mark stands 10 seconds before the newest act, so that one that is committed
    a moment late is still new).
    """

    __tablename__ = "reader_marks"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    #: "home", "notifications.read", "notifications.seen" or "notifications.told".
    timeline: Mapped[str] = mapped_column(String(40), primary_key=True)
    #: None: nothing is read (a mark that was taken back to the beginning).
    position: Mapped[int | None] = mapped_column(BigInteger)
    shown: Mapped[str] = mapped_column(Text, default="{}")
    previous_position: Mapped[int | None] = mapped_column(BigInteger)
    #: None: there is nothing to undo.
    previous_shown: Mapped[str | None] = mapped_column(Text)
