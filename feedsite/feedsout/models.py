"""Private feeds: who reads what with which address."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from feedsite.db import Base, Instant, utcnow

#: What a private feed can be of.
FEEDS = ("home", "notifications")


class FeedToken(Base):
    """An address that lets a feed reader read one of somebody's own lists, without signing in.

    The row holds a hash of the token in the address: who reads the table cannot read the feed. One that was ended stays
    for a while, so that its address says that it is gone and readers stop asking.
    """

    __tablename__ = "feed_tokens"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    #: One of FEEDS.
    feed: Mapped[str] = mapped_column(String(16))
    #: What its owner calls it: the program or the device that reads it.
    name: Mapped[str] = mapped_column(String(60))
    created: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    last_used: Mapped[datetime | None] = mapped_column(Instant)
    ended: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (CheckConstraint(f"feed IN ({', '.join(map(repr, FEEDS))})", name="feed"),)
