"""What a reader said of single notification groups, and how the feed engine takes it.

*Read* and *done* hold up to the act that was shown: something newer brings the group back as New. *Unread* holds until
all is marked as read. *Saved* has nothing to do with any of that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from feedsite.db import insert_into, utcnow
from feedsite.feeds import Marker
from feedsite.notifications.models import NotificationState, UnwantedVerb
from feedsite.timelines.marks import Mark

#: Of the groups that a reader said something of, the newest so many are remembered.
REMEMBERED = 1000
#: How many groups have a marker of their own in one question: the newest ones.
_OWN_MARKERS = 50
_NOTHING = Marker(-(2**63))


@dataclass(frozen=True)
class States:
    """A reader's states, as the aggregators take them.

    Attributes:
        markers: groups' own markers, in place of the reader's.
        done: the keys of groups that are done.
        saved: the keys of groups that are saved.
    """

    markers: Mapping[str, Marker]
    done: tuple[str, ...]
    saved: frozenset[str]


class StateService:
    """Keeps what readers say of groups. All states of a reader are one statement, asked once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[str, dict[str, NotificationState]] = {}
        self._unwanted: dict[str, tuple[str, ...]] = {}

    def of(self, person_id: str, read: Mark | None) -> States:
        """The reader's states beside their mark."""
        rows = self._rows(person_id)
        markers: dict[str, Marker] = {}
        for row in rows.values():
            marker = _own_marker(row, read)
            if marker is not None and len(markers) < _OWN_MARKERS:
                markers[row.key] = marker
        done = tuple(sorted(row.key for row in rows.values() if row.kind == "done"))
        return States(markers, done, frozenset(row.key for row in rows.values() if row.saved))

    def say(self, person_id: str, kind: str, marks: Mapping[str, Mark]) -> None:
        """Mark groups as "read", "done" or "unread", each up to its mark."""
        for key, mark in marks.items():
            row = self._made(person_id, key)
            row.kind, row.position, row.shown, row.changed = kind, mark.position, mark.packed(), utcnow()
        self._forget_the_oldest(person_id)

    def unsay(self, person_id: str, keys: Iterable[str]) -> None:
        """Groups that were done are not: they are read up to where they were done."""
        for key in keys:
            row = self._rows(person_id).get(key)
            if row is not None and row.kind == "done":
                row.kind = "read"

    def save(self, person_id: str, keys: Iterable[str], *, saved: bool) -> None:
        """Keep groups under Saved, or no longer."""
        for key in keys:
            row = self._made(person_id, key)
            row.saved, row.changed = saved, utcnow()
        self._forget_the_oldest(person_id)

    def clear_unread(self, person_id: str, read: Mark | None) -> None:
        """All is marked as read: what was said to be unread is not any more, until that is taken back."""
        for row in self._rows(person_id).values():
            if row.kind == "cleared":
                row.kind = None
            if row.kind == "unread":
                row.kind, row.before = "cleared", None if read is None else read.position

    def cleared(self, person_id: str) -> Collection[NotificationState]:
        """What the last "mark all as read" cleared."""
        return [row for row in self._rows(person_id).values() if row.kind == "cleared"]

    # Kinds that are not wanted

    def unwanted(self, person_id: str) -> tuple[str, ...]:
        """The verbs that a reader wants no notifications of."""
        if person_id not in self._unwanted:
            found = select(UnwantedVerb.verb).where(UnwantedVerb.person_id == person_id)
            self._unwanted[person_id] = tuple(self._session.scalars(found.order_by(UnwantedVerb.verb)))
        return self._unwanted[person_id]

    def want_all_but(self, person_id: str, verbs: Iterable[str]) -> None:
        """Say which verbs a reader wants no notifications of."""
        self._session.execute(delete(UnwantedVerb).where(UnwantedVerb.person_id == person_id))
        rows = [{"person_id": person_id, "verb": verb} for verb in sorted(set(verbs))]
        if rows:
            self._session.execute(insert_into(self._session, UnwantedVerb).values(rows).on_conflict_do_nothing())
        self._unwanted.pop(person_id, None)

    # Rows

    def _rows(self, person_id: str) -> dict[str, NotificationState]:
        if person_id not in self._known:
            mine = select(NotificationState).where(NotificationState.person_id == person_id)
            newest = mine.order_by(NotificationState.changed.desc(), NotificationState.key).limit(REMEMBERED)
            self._known[person_id] = {row.key: row for row in self._session.scalars(newest)}
        return self._known[person_id]

    def _made(self, person_id: str, key: str) -> NotificationState:
        rows = self._rows(person_id)
        if key not in rows:
            # Two tabs may say it at once: the row is there before it is changed, whoever made it.
            values = {"person_id": person_id, "key": key, "shown": "{}", "saved": False, "changed": utcnow()}
            self._session.execute(insert_into(self._session, NotificationState).values(values).on_conflict_do_nothing())
            rows[key] = self._session.get_one(NotificationState, (person_id, key), populate_existing=True)
        return rows[key]

    def _forget_the_oldest(self, person_id: str) -> None:
        if len(self._rows(person_id)) <= REMEMBERED:
            return
        self._session.flush()
        mine = NotificationState.person_id == person_id
        newest = select(NotificationState.key).where(mine)
        newest = newest.order_by(NotificationState.changed.desc(), NotificationState.key).limit(REMEMBERED)
        kept = set(self._session.scalars(newest))
        self._session.execute(delete(NotificationState).where(mine, NotificationState.key.not_in(kept)))
        self._known.pop(person_id)


def _own_marker(row: NotificationState, read: Mark | None) -> Marker | None:
    """A group's own marker; None: the reader's own says as much."""
    if row.kind == "unread":
        return None if read is None else _NOTHING
    if row.kind not in ("read", "done") or row.position is None:
        return None
    mark = Mark.unpacked(row.position, row.shown)
    joined = mark.join(read)
    return None if joined == read else joined.marker


def state_service(_context: object, request: Any) -> StateService:
    """Service factory."""
    return StateService(request.dbsession)
