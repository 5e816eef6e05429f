"""Texts of the site that its admins write."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from feedsite.db import Base, Instant, utcnow

#: The texts there are; each is a page.
NAMES = ("rules", "contact")


class SiteText(Base):
    """What admins wrote in place of a default. What it said before is in the audit log."""

    __tablename__ = "site_texts"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    changed: Mapped[datetime] = mapped_column(Instant, default=utcnow)
