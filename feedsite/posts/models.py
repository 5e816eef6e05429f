"""Notes, as they were written."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from feedsite.db import Base, Instant, new_id, utcnow
from feedsite.feeds import Entity

#: Who may read a note: everybody, the followers of its gate, or its author and the people it names.
VISIBILITIES = ("public", "followers", "mentioned")


class Note(Base):
    """A note or a reply.

    Who may read it is the feed engine's to say: the act with the note's `act_id` has the same visibility and gate.
    A deleted note keeps its row, without its text: what answers it stays, and its address says that it is gone.
    """

    __tablename__ = "notes"

    id: Mapped[str] = mapped_column(String(40), primary_key=True, default=new_id)
    author_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    #: As it was typed, normalised (`text.normalised`); empty when deleted.
    text: Mapped[str] = mapped_column(Text)
    visibility: Mapped[str] = mapped_column(String(16), default="public")
    #: The person whose followers may read it when it is for followers: a reply has its thread's.
    gate_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    in_reply_to: Mapped[str | None] = mapped_column(ForeignKey("notes.id"))
    #: The note its thread began with: its own id when it answers nothing.
    root_id: Mapped[str] = mapped_column(String(40))
    created: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    deleted: Mapped[datetime | None] = mapped_column(Instant)
    #: When its text was changed last; None: it is as it was written.
    edited: Mapped[datetime | None] = mapped_column(Instant)
    #: Since when those who look after the site hide it from everybody; None: they do not.
    hidden: Mapped[datetime | None] = mapped_column(Instant)
    #: Its tags, normalised, in the order of the text.
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    #: Whom it names: handle at the time of writing -> id of the person.
    mentions: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)

    __table_args__ = (
        CheckConstraint(f"visibility IN ({', '.join(map(repr, VISIBILITIES))})", name="visibility"),
        Index("ix_notes_author_id_created", "author_id", "created", "id"),
        Index("ix_notes_in_reply_to", "in_reply_to"),
        Index("ix_notes_created", "created", "id"),
    )

    @property
    def is_reply(self) -> bool:
        """Whether it answers something, which may be gone with its author (`in_reply_to` is None then)."""
        return self.in_reply_to is not None or self.root_id != self.id

    @property
    def entity(self) -> Entity:
        """The note in the feed engine."""
        return Entity("note", self.id)

    @property
    def key(self) -> str:
        """The note's key in the feed engine."""
        return f"note:{self.id}"

    @property
    def act_id(self) -> str:
        """The id of the act of writing it."""
        return f"note.{self.id}"

    @property
    def author(self) -> Entity:
        """Who wrote it, in the feed engine."""
        return Entity("person", self.author_id)

    @property
    def root(self) -> Entity:
        """The note its thread began with, in the feed engine: what is watched and muted as the thread."""
        return Entity("note", self.root_id)
