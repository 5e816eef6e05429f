"""Writing announcements, and dismissing them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from feedsite.accounts.models import Person
from feedsite.announcing.models import KINDS, Announcement
from feedsite.db import utcnow
from feedsite.keyset import Order, Place, Rows
from feedsite.moderation.audit import AuditService
from feedsite.moderation.services import Actor
from feedsite.remembering import remembered_in

#: The name under which a process keeps the announcements that are not over.
REMEMBERED = "announcements"
MAX_TEXT = 500
#: So many at most are not over at one time: pages stay pages.
MOST = 5

_NEWEST_FIRST = Order((Announcement.created, Announcement.id), descending=True)


class AnnouncementRefused(ValueError):
    """Why an announcement cannot be as it was given.

    Args:
        field: "text", "kind", "ends" or "" (the whole).
        rule: what is right.
    """

    def __init__(self, field: str, rule: str) -> None:
        self.field, self.rule = field, rule
        super().__init__(f"{field}: {rule}" if field else rule)


@dataclass(frozen=True)
class Said:
    """An announcement, detached from the database."""

    id: str
    kind: str
    text: str
    starts: datetime
    ends: datetime | None

    def stands(self, now: datetime) -> bool:
        """Whether it is on pages at an instant."""
        return self.starts <= now and (self.ends is None or now < self.ends)


def not_over(session: Session) -> tuple[Said, ...]:
    """The announcements that stand or will stand, the newest first: what a process keeps."""
    lasting = or_(Announcement.ends.is_(None), Announcement.ends > utcnow())
    newest = (Announcement.starts.desc(), Announcement.id.desc())
    rows = session.scalars(select(Announcement).where(lasting).order_by(*newest).limit(MOST))
    return tuple(Said(row.id, row.kind, row.text, row.starts, row.ends) for row in rows)


class AnnouncementService:
    """Writes, changes and withdraws announcements: one audit row each. The caller's transaction holds both.

    Args:
        session: of the site's database.
        audit: the log.
        changed: called when something is changed.
    """

    def __init__(self, session: Session, audit: AuditService, changed: Callable[[], None] = lambda: None) -> None:
        self._session, self._audit, self._changed = session, audit, changed

    def page(self, place: Place | None = None, *, size: int = 20) -> Rows[Announcement]:
        """A page of all announcements, newest first. Raises ValueError when the place is none of this list."""
        return _NEWEST_FIRST.page(self._session, select(Announcement), place, size)

    def find(self, announcement_id: str) -> Announcement | None:
        """An announcement by its id."""
        return self._session.get(Announcement, announcement_id)

    def write(
        self,
        actor: Actor,
        text: str,
        kind: str = "news",
        *,
        starts: datetime | None = None,
        ends: datetime | None = None,
    ) -> Announcement:
        """Announce something.

        Args:
            actor: who announces.
            text: 1 to `MAX_TEXT` characters; addresses in it become links.
            kind: one of `KINDS`.
            starts: from when on; None: now.
            ends: until when, after `starts`; None: until it is withdrawn.

        Raises AnnouncementRefused.
        """
        made = Announcement(created=utcnow(), kind=kind, text=text.strip(), starts=starts or utcnow(), ends=ends)
        _check(made)
        if len(not_over(self._session)) >= MOST:
            raise AnnouncementRefused("", f"at most {MOST} announcements at one time; withdraw one first")
        self._session.add(made)
        self._session.flush()
        self._record(actor, made, {}, _told(made))
        return made

    def change(
        self, actor: Actor, found: Announcement, text: str, kind: str, starts: datetime | None, ends: datetime | None
    ) -> bool:
        """Change an announcement; who dismissed it does not see it again. Arguments and errors as for `write`.

        Returns whether something changed.
        """
        wanted = Announcement(text=text.strip(), kind=kind, starts=starts or found.starts, ends=ends)
        _check(wanted)
        before = _told(found)
        found.text, found.kind, found.starts, found.ends = wanted.text, wanted.kind, wanted.starts, wanted.ends
        if _told(found) == before:
            return False
        self._record(actor, found, before, _told(found))
        return True

    def withdraw(self, actor: Actor, found: Announcement) -> bool:
        """Take an announcement off all pages now; returns whether it was not over."""
        now = utcnow()
        if found.ends is not None and found.ends <= now:
            return False
        before, found.ends = _told(found), now
        found.starts = min(found.starts, now)
        self._record(actor, found, before, _told(found))
        return True

    def dismiss(self, person_id: str, announcement_id: str) -> bool:
        """Show somebody an announcement no more; returns whether there is one that is not over."""
        lasting = {said.id for said in not_over(self._session)}
        person = self._session.get(Person, person_id)
        if person is None or announcement_id not in lasting:
            return False
        # What is over needs no mark any more: the column stays short.
        person.dismissed = " ".join(sorted({announcement_id, *(set(person.dismissed.split()) & lasting)}))
        return True

    def _record(self, actor: Actor, found: Announcement, before: dict[str, str], after: dict[str, str]) -> None:
        self._audit.record(actor.key, "announcement", found.key, before=before, after=after)
        self._changed()


def _check(found: Announcement) -> None:
    if not 1 <= len(found.text) <= MAX_TEXT:
        raise AnnouncementRefused("text", f"1 to {MAX_TEXT} characters")
    if found.kind not in KINDS:
        raise AnnouncementRefused("kind", f"one of {', '.join(KINDS)}")
    if found.ends is not None and found.ends <= found.starts:
        raise AnnouncementRefused("ends", "after it begins")


def _told(found: Announcement) -> dict[str, str]:
    ends = "" if found.ends is None else _minute(found.ends)
    return {"text": found.text, "kind": found.kind, "from": _minute(found.starts), "until": ends}


def _minute(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="minutes").replace("+00:00", "Z")


def announcement_service(_context: object, request: Any) -> AnnouncementService:
    """Service factory."""

    def changed() -> None:
        remembered_in(request.registry, REMEMBERED).forget_after_commit(request.tm.get())

    return AnnouncementService(request.dbsession, request.find_service(AuditService), changed)
