"""Writing and reading the audit log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedsite.keyset import Order, Place, Rows
from feedsite.moderation.models import AuditRow
from feedsite.personal import ERASED

#: Whoever has the machine: no person of the site.
COMMAND_LINE = "command line"

#: Every act that is recorded.
ACTIONS = (
    "create",
    "warn",
    "limit",
    "suspend",
    "purge",
    "reinstate",
    "appeal",
    "answer appeal",
    "role",
    "note",
    "reset link",
    "password",
    "remove picture",
    "sign out",
    "second factor",
    "approve",
    "reject",
    "invite",
    "revoke",
    "claim",
    "release",
    "report",
    "audit export",
    "announcement",
    "hide note",
    "show note",
    "delete note",
    "remove act",
    "site text",
    "block",
    "unblock",
)

#: What is done to the log itself is about this.
LOG = "site:audit"

_NEWEST_FIRST = Order((AuditRow.at, AuditRow.id), descending=True)


@dataclass(frozen=True)
class AuditFilter:
    """Which rows of the log are asked for; what is None is not asked.

    Args:
        actor, target: keys (``person:…``; ``command line`` as an actor).
        action: one of `ACTIONS`.
        since, until: aware instants; the first inclusive, the second exclusive.
    """

    actor: str | None = None
    target: str | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class AuditService:
    """The audit log. Rows are added and read; nothing changes one, but whoever goes for good is taken out."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def record(
        self,
        actor: str,
        action: str,
        target: str,
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        reason: str = "",
    ) -> AuditRow:
        """Write one row, in the transaction of what it tells of.

        Args:
            actor: key of who acts, or `COMMAND_LINE`.
            action: one of `ACTIONS`.
            target: key of whom or what it is about.
            before, after: what changed, as JSON objects. No secrets.
            reason: in the actor's words.

        Raises ValueError for an action that nobody could ask for: the list is what filters know.
        """
        if action not in ACTIONS:
            raise ValueError(f"no action of the log: {action!r}")
        row = AuditRow(actor=actor, action=action, target=target, reason=reason)
        row.before, row.after = _json(before), _json(after)
        self._session.add(row)
        self._session.flush()
        return row

    def forget(self, key: str) -> bool:
        """Take somebody out of the log: that something was done stays, and when, and by whom if not by them.

        What was done about them loses what changed and why; what they did keeps why.
        """
        about = {"target": ERASED, "before": "{}", "after": "{}", "reason": ""}
        for values, column in ((about, AuditRow.target), ({"actor": ERASED}, AuditRow.actor)):
            changed = update(AuditRow).where(column == key).values(**values)
            self._session.execute(changed.execution_options(synchronize_session=False))
        return False

    def latest(self, action: str, target: str) -> AuditRow | None:
        """The newest row of an action on a target."""
        newest = (AuditRow.at.desc(), AuditRow.id.desc())
        asked = select(AuditRow).where(AuditRow.target == target, AuditRow.action == action)
        return self._session.scalar(asked.order_by(*newest).limit(1))

    def page(self, asked: AuditFilter, place: Place | None = None, *, size: int = 50) -> Rows[AuditRow]:
        """A page of the log, newest first. Raises ValueError when the place is none of this list."""
        statement = select(AuditRow)
        for column, value in ((AuditRow.actor, asked.actor), (AuditRow.target, asked.target)):
            if value is not None:
                statement = statement.where(column == value)
        if asked.action is not None:
            statement = statement.where(AuditRow.action == asked.action)
        if asked.since is not None:
            statement = statement.where(AuditRow.at >= asked.since)
        if asked.until is not None:
            statement = statement.where(AuditRow.at < asked.until)
        return _NEWEST_FIRST.page(self._session, statement, place, size)


def midnight(day: date | None, zone: str, *, days: int = 0) -> datetime | None:
    """The instant at which a day begins in a zone, or the one `days` later; None: no bound.

    The first and the last days there are have no instant in every zone: they are no bound either.
    """
    if day is None or not date.min < day < date.max:
        return None
    local = datetime.combine(day + timedelta(days=days), datetime.min.time(), ZoneInfo(zone))
    return local if 1 < local.year < date.max.year else None


def _json(values: Mapping[str, Any] | None) -> str:
    return json.dumps(dict(values or {}), sort_keys=True, ensure_ascii=False)


def audit_service(_context: object, request: Any) -> AuditService:
    """Service factory."""
    return AuditService(request.dbsession)
