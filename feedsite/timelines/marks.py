"""Read markers: up to where somebody has read a timeline, kept in SQL, carried by forms."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from pyramid.httpexceptions import HTTPBadRequest
from pyramid.i18n import TranslationStringFactory
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedsite.db import insert_into
from feedsite.feeds import Marker, OrderKey
from feedsite.security.signing import BadToken, signer
from feedsite.timelines.models import ReaderMark

_ = TranslationStringFactory("feedsite")

HOME = "home"
NOTIFICATIONS_READ = "notifications.read"
NOTIFICATIONS_SEEN = "notifications.seen"
#: What a digest has told of.
NOTIFICATIONS_TOLD = "notifications.told"

#: How many acts a mark remembers above its position; when more were shown at once its margin shrinks.
_REMEMBERED = 50


@dataclass(frozen=True)
class Mark:
    """Up to where a reader has read.

    Attributes:
        position: all at or below it is read.
        shown: what is above it and was shown all the same.
    """

    position: int
    shown: frozenset[OrderKey] = frozenset()

    @classmethod
    def upto(cls, keys: Iterable[OrderKey]) -> Self | None:
        """The mark of a page on which these were shown; None for none."""
        found = sorted(set(keys), reverse=True)
        marker = Marker.upto(found)
        if marker is None:
            return None
        above = [key for key in found if key.position > marker.position]
        if len(above) <= _REMEMBERED:
            return cls(marker.position, frozenset(above))
        return cls(above[_REMEMBERED].position, frozenset(above[:_REMEMBERED]))

    @property
    def marker(self) -> Marker:
        """The mark as the feed engine takes it."""
        return Marker(self.position, frozenset(key.id for key in self.shown))

    def join(self, other: Mark | None) -> Mark:
        """The mark that covers what either covers."""
        if other is None:
            return self
        top = max(self.position, other.position)
        return Mark(top, frozenset(key for key in self.shown | other.shown if key.position > top))

    def packed(self) -> str:
        """What was shown, as JSON."""
        return json.dumps({key.id: key.position for key in sorted(self.shown)}, separators=(",", ":"))

    @classmethod
    def unpacked(cls, position: int, shown: str) -> Self:
        """A mark from its columns."""
        return cls(position, frozenset(OrderKey(place, act_id) for act_id, place in json.loads(shown).items()))


class MarkService:
    """Keeps readers' marks. All marks of a reader are one statement, asked once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[str, dict[str, ReaderMark]] = {}

    def mark(self, person_id: str, timeline: str) -> Mark | None:
        """The mark of a timeline; None: nothing is read."""
        row = self._rows(person_id).get(timeline)
        return None if row is None or row.position is None else Mark.unpacked(row.position, row.shown)

    def marker(self, person_id: str, timeline: str) -> Marker | None:
        """The same as the feed engine takes it."""
        mark = self.mark(person_id, timeline)
        return None if mark is None else mark.marker

    def can_undo(self, person_id: str, timeline: str) -> bool:
        """Whether the last move can be taken back."""
        row = self._rows(person_id).get(timeline)
        return row is not None and row.previous_shown is not None

    def move(self, person_id: str, timeline: str, mark: Mark) -> bool:
        """Move a mark forward; one that is further already stays. Returns whether it moved."""
        # Most pages show nothing that was not shown before: they write nothing.
        known = self.mark(person_id, timeline)
        if known is not None and mark.join(known) == known:
            return False
        row = self._locked(person_id, timeline)
        before = None if row.position is None else Mark.unpacked(row.position, row.shown)
        after = mark.join(before)
        if after == before:
            return False
        row.previous_position, row.previous_shown = row.position, row.shown
        row.position, row.shown = after.position, after.packed()
        return True

    def undo(self, person_id: str, timeline: str) -> bool:
        """Take the last move back; returns whether there was one."""
        if not self.can_undo(person_id, timeline):
            return False
        row = self._locked(person_id, timeline)
        if row.previous_shown is None:
            return False
        row.position, row.shown = row.previous_position, row.previous_shown
        row.previous_position, row.previous_shown = None, None
        return True

    def _rows(self, person_id: str) -> dict[str, ReaderMark]:
        if person_id not in self._known:
            found = self._session.scalars(select(ReaderMark).where(ReaderMark.person_id == person_id))
            self._known[person_id] = {row.timeline: row for row in found}
        return self._known[person_id]

    def _locked(self, person_id: str, timeline: str) -> ReaderMark:
        # Two tabs may mark as read at once: the row is there before it is locked, whoever made it.
        values = {"person_id": person_id, "timeline": timeline, "shown": "{}"}
        self._session.execute(insert_into(self._session, ReaderMark).values(values).on_conflict_do_nothing())
        row = self._session.get_one(ReaderMark, (person_id, timeline), with_for_update=True, populate_existing=True)
        self._rows(person_id)[timeline] = row
        return row


def mark_service(_context: object, request: Any) -> MarkService:
    """Service factory."""
    return MarkService(request.dbsession)


def mark_token(request: Any, timeline: str, mark: Mark) -> str:
    """A mark as a form carries it: signed, for this reader and this timeline."""
    shown = [[key.position, key.id] for key in sorted(mark.shown)]
    return signer(request, f"mark {timeline}").sign([request.identity.id, mark.position, shown])


def posted_mark(request: Any, timeline: str) -> Mark:
    """The mark that a form carried in its field ``upto``.

    Raises HTTPBadRequest when it was changed, or is another reader's.
    """
    return read_mark(request, timeline, request.POST.get("upto", ""))


def read_mark(request: Any, timeline: str, token: str) -> Mark:
    """The mark that `mark_token` made a token of.

    Raises HTTPBadRequest when it was changed, or is another reader's.
    """
    try:
        owner, position, shown = signer(request, f"mark {timeline}").read(token)
    except (BadToken, ValueError, TypeError):
        owner = None
    if owner != request.identity.id:
        raise HTTPBadRequest(_("This form is not one that the site gave you. Load the page again."))
    return Mark(position, frozenset(OrderKey(place, act_id) for place, act_id in shown))
