"""Who is asking: what a request knows about the person behind it, detached from the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from feedsite.feeds import Entity

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Identity:
    """The signed-in person of a request (``request.identity``; None when nobody is signed in).

    A copy of the row's columns, not the row: it outlives the transaction and cannot change anything.
    """

    id: str
    handle: str
    name: str
    role: str
    state: str
    zone: str
    locale: str
    theme: str
    session_id: str
    #: When they last gave their password in this login.
    confirmed: datetime
    #: Nobody has let them in yet.
    waiting: bool = False
    #: They want single keys to do something.
    shortcuts: bool = True
    #: They approve who follows them.
    locked: bool = False
    #: Ids of announcements they have dismissed; words.
    dismissed: str = ""
    #: The hash of their picture; None: they have none.
    picture: str | None = None

    @property
    def entity(self) -> Entity:
        """The person in the feed engine."""
        return Entity("person", self.id)

    @property
    def key(self) -> str:
        """The person's key in the feed engine."""
        return f"person:{self.id}"


def identity_of(person: Any, session_id: str = "", confirmed: datetime = _NEVER) -> Identity:
    """The identity of a person's row, in a login or in none."""
    return Identity(
        id=person.id,
        handle=person.handle,
        name=person.name,
        role=person.role,
        state=person.state,
        zone=person.zone,
        locale=person.locale,
        theme=person.theme,
        session_id=session_id,
        confirmed=confirmed,
        waiting=person.waiting,
        shortcuts=person.shortcuts,
        locked=person.locked,
        dismissed=person.dismissed,
        picture=person.picture,
    )
