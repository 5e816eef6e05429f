"""People, their logins, and the handles they once had."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    and_,
    false,
    true,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates
from sqlalchemy.types import TypeEngine

from feedsite.db import Base, Instant, new_id, utcnow

ROLES = ("member", "moderator", "admin")
STATES = ("active", "unverified", "limited", "suspended")
THEMES = ("auto", "light", "dark")
#: Before there was any site. A column of an order has no place for nothing.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def _among(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def _key(length: int) -> TypeEngine[str]:
    # Compared by code point everywhere, so that a plain index finds what begins with a text.
    return String(length).with_variant(String(length, collation="C"), "postgresql")


def search_key(text: str) -> str:
    """A name as it is searched for: the same whatever its case and however it was typed."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())[:160]


def _name_key(context: Any) -> str:
    return search_key(context.get_current_parameters()["name"])


class Person(Base):
    """Somebody with an account. The id is opaque and never reused; the handle is what people see and may change.

    Accounts that were imported have neither address nor password: nobody can sign in to them.
    """

    __tablename__ = "people"

    id: Mapped[str] = mapped_column(String(40), primary_key=True, default=new_id)
    #: Lower case always, so that the constraint is one without case.
    handle: Mapped[str] = mapped_column(_key(30), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    #: The name as it is searched for; it follows the name by itself.
    name_key: Mapped[str] = mapped_column(_key(160), default=_name_key)
    email: Mapped[str | None] = mapped_column(String(254))
    #: The address as it is compared: normalised, in lower case.
    email_key: Mapped[str | None] = mapped_column(_key(254), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(255))
    bio: Mapped[str] = mapped_column(Text, default="")
    #: The hash of their picture (`feedsite.pictures`); None: they have none.
    picture: Mapped[str | None] = mapped_column(String(32))
    role: Mapped[str] = mapped_column(String(16), default="member")
    state: Mapped[str] = mapped_column(String(16), default="active")
    #: Signed up where somebody has to let them in, and nobody has yet.
    waiting: Mapped[bool] = mapped_column(default=False, server_default=false())
    zone: Mapped[str] = mapped_column(String(64), default="UTC")
    locale: Mapped[str] = mapped_column(String(16), default="en")
    theme: Mapped[str] = mapped_column(String(8), default="auto")
    #: Search engines are asked not to list their profile and notes.
    noindex: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: This site's search and suggestions may show them.
    discoverable: Mapped[bool] = mapped_column(default=True, server_default=true())
    #: Who wants to follow them asks, and they answer.
    locked: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: Whether single keys do something on pages (the page /help/keyboard says what).
    shortcuts: Mapped[bool] = mapped_column(default=True, server_default=true())
    #: Ids of announcements they do not want to see any more, of those that are not over; words.
    dismissed: Mapped[str] = mapped_column(Text, default="", server_default="")
    created: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    #: When everything about them is taken out; they may come back until then. None: they stay.
    leaves: Mapped[datetime | None] = mapped_column(Instant)
    #: When a browser of theirs was last here, to within five minutes; `NEVER`: none ever was.
    last_seen: Mapped[datetime] = mapped_column(Instant, default=NEVER, server_default="1970-01-01 00:00:00")

    __table_args__ = (
        CheckConstraint(_among("role", ROLES), name="role"),
        CheckConstraint(_among("state", STATES), name="state"),
        CheckConstraint(_among("theme", THEMES), name="theme"),
        CheckConstraint("handle = lower(handle)", name="handle_lower"),
        Index("ix_people_created", "created", "id"),
        Index("ix_people_name_key", "name_key", "id"),
        Index("ix_people_last_seen", "last_seen", "id"),
        Index("ix_people_state_created", "state", "created", "id"),
        Index("ix_people_role_state", "role", "state"),
        Index("ix_people_leaves", "leaves"),
    )

    @validates("name")
    def _follow_name(self, _attribute: str, name: str) -> str:
        self.name_key = search_key(name)
        return name

    @property
    def key(self) -> str:
        """The person's key in the feed engine."""
        return f"person:{self.id}"

    @hybrid_property
    def is_shown(self) -> bool:
        """Whether there is anything of them on pages: they are neither suspended nor leaving. In SQL, too."""
        return self.state != "suspended" and self.leaves is None

    @is_shown.inplace.expression
    @classmethod
    def _is_shown(cls) -> ColumnElement[bool]:
        return and_(cls.state != "suspended", cls.leaves.is_(None))


class PersonWord(Base):
    """A word that somebody is found by (`accounts.name_words`)."""

    __tablename__ = "person_words"

    word: Mapped[str] = mapped_column(_key(64), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)


class LoginSession(Base):
    """A browser that is signed in. The row holds a hash of the cookie's token: who reads the table cannot sign in."""

    __tablename__ = "login_sessions"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    created: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    last_seen: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    expires: Mapped[datetime] = mapped_column(Instant, index=True)
    #: When its owner last gave their password in it.
    confirmed: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    ip: Mapped[str] = mapped_column(String(64), default="")
    user_agent: Mapped[str] = mapped_column(String(255), default="")


class HandleHistory(Base):
    """A handle that somebody gave up: it leads to them, and is nobody else's, until it is free again."""

    __tablename__ = "handle_history"

    handle: Mapped[str] = mapped_column(String(30), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    until: Mapped[datetime] = mapped_column(Instant)


class RetiredHandle(Base):
    """The handle of an account that was taken out: nobody's for a while, so that nobody is taken for who left.

    The row holds a keyed hash of it: who reads the table does not learn who was here.
    """

    __tablename__ = "retired_handles"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    until: Mapped[datetime] = mapped_column(Instant)


class LinkToken(Base):
    """A link in a mail that does something once. The row holds a hash of its token."""

    __tablename__ = "link_tokens"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(32))
    #: None: nobody's, and it opens nothing.
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    #: What else it is about, such as the address it confirms.
    subject: Mapped[str] = mapped_column(String(254), default="")
    created: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    expires: Mapped[datetime] = mapped_column(Instant, index=True)


class AddressClaim(Base):
    """An e-mail address that somebody says is theirs, and who has confirmed it so far.

    Several people may claim one address: whose it is shows when somebody who reads its mail says so.
    """

    __tablename__ = "address_claims"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254), index=True)
    created: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    #: Confirmed by the address the account has now, and by the one that is claimed.
    by_old: Mapped[datetime | None] = mapped_column(Instant)
    by_new: Mapped[datetime | None] = mapped_column(Instant)


class SecondFactor(Base):
    """The authenticator of somebody who signs in with one."""

    __tablename__ = "second_factors"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    #: The key, sealed with the site's secret.
    key: Mapped[str] = mapped_column(String(80))
    #: When its first code came back. None: it is being set up, and signing in asks for no code.
    confirmed: Mapped[datetime | None] = mapped_column(Instant)
    #: The newest step a code was taken of: no code lets anybody in twice.
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)


class RecoveryCode(Base):
    """A recovery code that is not used yet, as a hash."""

    __tablename__ = "recovery_codes"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)


class SignUpRequest(Base):
    """What somebody said who waits to be let in. It goes when that is decided."""

    __tablename__ = "sign_up_requests"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    message: Mapped[str] = mapped_column(Text, default="")
    created: Mapped[datetime] = mapped_column(Instant, default=utcnow)

    person: Mapped[Person] = relationship(viewonly=True)
    claim: Mapped[AddressClaim | None] = relationship(
        primaryjoin="foreign(SignUpRequest.person_id) == AddressClaim.person_id", viewonly=True
    )

    __table_args__ = (Index("ix_sign_up_requests_created", "created", "person_id"),)


class Invitation(Base):
    """An invitation to join. The row holds a hash of its code."""

    __tablename__ = "invitations"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    created: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    #: ``person:{id}``, or ``command line``.
    created_by: Mapped[str] = mapped_column(String(80))
    expires: Mapped[datetime] = mapped_column(Instant)
    #: How many may join with it in all, and how many still may.
    uses: Mapped[int] = mapped_column(default=1, server_default="1")
    uses_left: Mapped[int]
    #: What its code is made of, together with the site's secret; empty for those that only their mail or maker knows.
    seed: Mapped[str] = mapped_column(String(64), default="", server_default="")
    #: What it is for, in the words of who made it.
    note: Mapped[str] = mapped_column(String(200), default="", server_default="")
    #: When somebody ended it before its time.
    revoked: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (Index("ix_invitations_created", "created", "id"),)


class Invited(Base):
    """That somebody joined by an invitation."""

    __tablename__ = "invited"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    invitation_id: Mapped[str] = mapped_column(ForeignKey("invitations.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(Instant, default=utcnow)

    person: Mapped[Person] = relationship(viewonly=True)

    __table_args__ = (Index("ix_invited_invitation_id", "invitation_id", "at", "person_id"),)
