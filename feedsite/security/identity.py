"""Who is asking: what a request knows about the person behind it, detached from the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feedsite.feeds import Entity


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

    @property
    def entity(self) -> Entity:
        """The person in the feed engine."""
        return Entity("person", self.id)

    @property
    def key(self) -> str:
        """The person's key in the feed engine."""
        return f"person:{self.id}"
