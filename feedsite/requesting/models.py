"""Requests to follow somebody."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from feedsite.db import Base, Instant, utcnow


class FollowRequest(Base):
    """That somebody asks to follow a person, who has not answered yet. It goes when that is answered or taken back."""

    __tablename__ = "follow_requests"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    requester_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    asked: Mapped[datetime] = mapped_column(Instant, default=utcnow)

    __table_args__ = (Index("ix_follow_requests_person_id_asked", "person_id", "asked", "requester_id"),)
