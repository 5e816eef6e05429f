"""Addresses and domains that the site keeps out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from feedsite.db import Base, Instant, new_id, utcnow

#: `network`: addresses of computers; `domain`: of e-mail addresses, with its sub-domains.
KINDS = ("network", "domain")
#: What is refused: making accounts, or every page.
EFFECTS = ("sign-up", "everything")


class Block(Base):
    """A network or a domain that is kept out until an instant, or for good."""

    __tablename__ = "site_blocks"

    id: Mapped[str] = mapped_column(String(40), primary_key=True, default=new_id)
    created: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    kind: Mapped[str] = mapped_column(String(16))
    #: A network (``192.0.2.0/24``, ``2001:db8::/64``) or a domain (``example.org``), normalised.
    value: Mapped[str] = mapped_column(String(255))
    effect: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text)
    #: None: for good.
    ends: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        CheckConstraint(f"kind IN ({', '.join(map(repr, KINDS))})", name="kind"),
        CheckConstraint(f"effect IN ({', '.join(map(repr, EFFECTS))})", name="effect"),
        UniqueConstraint("kind", "value"),
        Index("ix_site_blocks_created", "created", "id"),
    )

    @property
    def key(self) -> str:
        """What the audit log calls it."""
        return f"block:{self.id}"
