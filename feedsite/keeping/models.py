"""Bookmarks and pins."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from feedsite.db import Base, Instant, utcnow


class Bookmark(Base):
    """A note that somebody wants to find again. Nobody else sees it, and nobody is told."""

    __tablename__ = "bookmarks"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    note_id: Mapped[str] = mapped_column(ForeignKey("notes.id", ondelete="CASCADE"), primary_key=True)
    created: Mapped[datetime] = mapped_column(Instant, default=utcnow)

    __table_args__ = (Index("ix_bookmarks_person_id_created", "person_id", "created", "note_id"),)


class Pin(Base):
    """The note that stands on top of its author's profile: one a person."""

    __tablename__ = "pins"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    note_id: Mapped[str] = mapped_column(String(40))
