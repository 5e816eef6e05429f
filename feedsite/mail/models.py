"""Mails that wait, and what people do not want to be told by mail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from feedsite.db import Base, Instant, new_id, utcnow


class Mail(Base):
    """A mail that is not sent yet, or could not be. A mail that was sent has no row any more."""

    __tablename__ = "mails"

    id: Mapped[str] = mapped_column(String(40), primary_key=True, default=new_id)
    #: Whose account it is about: with the account goes the mail. None: nobody's (an address without an account).
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    recipient: Mapped[str] = mapped_column(String(254))
    #: The name of its letter.
    kind: Mapped[str] = mapped_column(String(64))
    #: What the letter is made from. No secrets: a link's token is worked out when the letter is made.
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    locale: Mapped[str] = mapped_column(String(16), default="en")
    created: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    #: When it makes no sense any more, as its link is too old by then.
    expires: Mapped[datetime] = mapped_column(Instant)
    #: When it is tried (again). None: it was given up.
    due: Mapped[datetime | None] = mapped_column(Instant, default=utcnow)
    #: Somebody is sending it until then.
    leased_until: Mapped[datetime | None] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    #: What the last attempt failed with.
    problem: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (Index("ix_mails_due", "due"), Index("ix_mails_recipient", "recipient"))


class MailRefusal(Base):
    """A kind of mail (a topic) that somebody does not want."""

    __tablename__ = "mail_refusals"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    topic: Mapped[str] = mapped_column(String(40), primary_key=True)
