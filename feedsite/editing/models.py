"""What a note said before."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from feedsite.db import Base, Instant


class NoteVersion(Base):
    """An earlier text of a note. The text of now is the note's own."""

    __tablename__ = "note_versions"

    note_id: Mapped[str] = mapped_column(ForeignKey("notes.id", ondelete="CASCADE"), primary_key=True)
    #: 1 for the text that it began with, then one more for each change.
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
    #: When this text was written.
    written: Mapped[datetime] = mapped_column(Instant)
