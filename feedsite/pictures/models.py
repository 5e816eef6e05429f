"""The pictures themselves; whose page has which is a column of `people`, so that lists ask nothing more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from feedsite.db import Base, Instant, utcnow


class Picture(Base):
    """Somebody's picture, as the site made it of what was sent. The file that was sent is not kept."""

    __tablename__ = "pictures"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    #: The name of these bytes, which is their address. Two people may have the same picture.
    hash: Mapped[str] = mapped_column(String(32), index=True)
    #: WebP.
    body: Mapped[bytes] = mapped_column(LargeBinary)
    changed: Mapped[datetime] = mapped_column(Instant, default=utcnow)
