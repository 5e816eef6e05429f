"""People, their logins, and the handles they once had."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from feedsite.db import Base, Instant, new_id, utcnow

ROLES = ("member", "moderator", "admin")
STATES = ("active", "unverified", "limited", "suspended")
THEMES = ("auto", "light", "dark")


def _among(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Person(Base):
    """Somebody with an account. The id is opaque and never reused; the handle is what people see and may change.

    Accounts that were imported have neither address nor password: nobody can sign in to them.
    """

    __tablename__ = "people"

    id: Mapped[str] = mapped_column(String(40), primary_key=True, default=new_id)
    #: Lower case always, so that the constraint is one without case.
    handle: Mapped[str] = mapped_column(String(30), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    email: Mapped[str | None] = mapped_column(String(254))
    #: The address as it is compared: normalised, in lower case.
    email_key: Mapped[str | None] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(255))
    bio: Mapped[str] = mapped_column(Text, default="")
    role: Mapped[str] = mapped_column(String(16), default="member")
    state: Mapped[str] = mapped_column(String(16), default="active")
    zone: Mapped[str] = mapped_column(String(64), default="UTC")
    locale: Mapped[str] = mapped_column(String(16), default="en")
    theme: Mapped[str] = mapped_column(String(8), default="auto")
    created: Mapped[datetime] = mapped_column(Instant, default=utcnow)

    __table_args__ = (
        CheckConstraint(_among("role", ROLES), name="role"),
        CheckConstraint(_among("state", STATES), name="state"),
        CheckConstraint(_among("theme", THEMES), name="theme"),
        CheckConstraint("handle = lower(handle)", name="handle_lower"),
        Index("ix_people_created", "created", "id"),
        Index("ix_people_state_created", "state", "created", "id"),
        Index("ix_people_role_state", "role", "state"),
    )

    @property
    def key(self) -> str:
        """The person's key in the feed engine."""
        return f"person:{self.id}"


class LoginSession(Base):
    """A browser that is signed in. The row holds a hash of the cookie's token: who reads the table cannot sign in."""

    __tablename__ = "login_sessions"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    created: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    last_seen: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    expires: Mapped[datetime] = mapped_column(Instant, index=True)
    ip: Mapped[str] = mapped_column(String(64), default="")
    user_agent: Mapped[str] = mapped_column(String(255), default="")


class HandleHistory(Base):
    """A handle that somebody gave up: it leads to them, and is nobody else's, until it is free again."""

    __tablename__ = "handle_history"

    handle: Mapped[str] = mapped_column(String(30), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    until: Mapped[datetime] = mapped_column(Instant)
