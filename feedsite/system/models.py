"""What runs by itself, and when it last did."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from feedsite.db import Base, Instant


class JobRun(Base):
    """The last run of one job, whichever process it was in."""

    __tablename__ = "job_runs"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    began: Mapped[datetime] = mapped_column(Instant)
    ended: Mapped[datetime] = mapped_column(Instant)
    #: When it last ended well; None: it never did.
    well: Mapped[datetime | None] = mapped_column(Instant)
    #: What the last run failed with; empty: it went well.
    problem: Mapped[str] = mapped_column(Text, default="")
