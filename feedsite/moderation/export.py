"""The audit log as CSV, piece by piece: however long it is, little of it is in memory, and no transaction lasts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from feedsite.accounts.models import Person
from feedsite.accounts.services import PeopleService
from feedsite.db import engine_of, reading
from feedsite.keyset import Place
from feedsite.moderation.audit import AuditFilter, AuditService
from feedsite.moderation.models import AuditRow
from feedsite.tables import cell

COLUMNS = ("at", "actor", "actor_key", "action", "target", "target_key", "before", "after", "reason")

#: Rows of one piece: each is a transaction of its own.
_PIECE = 500


class AuditTable:
    """Writes rows of the log as CSV (RFC 4180).

    Rows are never changed and none gets in between, so pieces that are read one after another are one list. A reader
    who is slow holds nothing in the database.

    Args:
        engine: of the site's database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = reading(engine)

    def pieces(self, asked: AuditFilter) -> Iterator[bytes]:
        """The table that a filter shows, newest first, in UTF-8: the names of the columns, then 500 rows a piece.

        Args:
            asked: `asked.until` keeps out what is written meanwhile.
        """
        yield _lines([COLUMNS])
        place: Place | None = None
        while True:
            with Session(self._engine) as session:
                page = AuditService(session).page(asked, place, size=_PIECE)
                keys = {key for row in page.rows for key in (row.actor, row.target)}
                people = PeopleService(session).by_key(keys)
                lines = _lines(_cells(row, people) for row in page.rows)
            if lines:
                yield lines
            place = page.next
            if place is None:
                return


def _cells(row: AuditRow, people: Mapping[str, Person]) -> Iterable[str]:
    who, whom = people.get(row.actor), people.get(row.target)
    values: tuple[Any, ...] = (
        row.at,
        "" if who is None else who.handle,
        row.actor,
        row.action,
        "" if whom is None else whom.handle,
        row.target,
        row.before,
        row.after,
        row.reason,
    )
    return map(cell, values)


def _lines(rows: Iterable[Iterable[str]]) -> bytes:
    made = io.StringIO()
    csv.writer(made, lineterminator="\r\n").writerows(rows)
    return made.getvalue().encode()


def audit_table(_context: object, request: Any) -> AuditTable:
    """Service factory."""
    return AuditTable(engine_of(request.registry))
