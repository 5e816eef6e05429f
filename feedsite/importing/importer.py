"""Writing an imported network to the record: people, links and acts, a few thousand lines a transaction.

Nothing remembers how far an import came but what it stored: a chunk is people, links and acts in one transaction, so
a chunk whose acts are all there is whole, and is passed over after one look. Whatever was killed goes on like that.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, select
from sqlalchemy.dialects import postgresql, sqlite

from feedsite.accounts.models import HandleHistory, Person
from feedsite.accounts.name_words import store_words
from feedsite.db import refresh_statistics, writing
from feedsite.feeds import Manager
from feedsite.feeds.stores.sql import SqlStore
from feedsite.importing.higgs import Interaction, Skipped, Source, handles, interactions, person_id

#: Lines a transaction: short enough that the site's own writers wait for less than their time-out.
CHUNK = 4000
# SQLite binds at most 32,766 values a statement; people have 13 columns.
_BATCH = 1000

Progress = Callable[[int], None]


@dataclass
class Report:
    """What an import did.

    lines: read. acts, links, self_links, people: stored now (links without those to oneself, which are counted apart).
    known: acts that were stored before. skipped: lines left out, by rule. renamed: {account: handle} of people whose
    usual handle somebody else has. given, received: {account: interactions}. seconds: how long it took.
    """

    lines: int = 0
    acts: int = 0
    known: int = 0
    links: int = 0
    self_links: int = 0
    people: int = 0
    skipped: Skipped = field(default_factory=Skipped)
    renamed: dict[str, str] = field(default_factory=dict)
    given: Counter[str] = field(default_factory=Counter, repr=False)
    received: Counter[str] = field(default_factory=Counter, repr=False)
    seconds: float = 0.0


class HiggsImport:
    """Reads a file of the data set into the record.

    Args:
        engine: of a migrated database.
        chunk: lines a transaction.
    """

    def __init__(self, engine: Engine, *, chunk: int = CHUNK) -> None:
        self._engine, self._chunk = writing(engine), chunk

    def run(self, path: Path, *, limit: int | None = None, progress: Progress | None = None) -> Report:
        """Import a file; again, or after a kill, it stores what is missing.

        Args:
            path: the file, plain or gzipped.
            limit: import at most so many lines.
            progress: called after each transaction with how many bytes of the file have been read.

        Raises OSError or EOFError when the file cannot be read to its end: what was read before is stored.
        """
        report, source, started = Report(), Source(path, limit), time.monotonic()
        found = interactions(source, report.skipped)
        analysed = 0
        for chunk in _chunks(found, self._chunk):
            self._store(chunk, report)
            # Whenever what was stored has doubled: a table grows from nothing, and plans made then would last.
            if report.acts > 2 * analysed:
                refresh_statistics(self._engine)
                analysed = report.acts
            report.given.update(line.actor for line in chunk)
            report.received.update(line.other for line in chunk)
            if progress is not None:
                progress(source.position)
        if report.acts > analysed:
            refresh_statistics(self._engine)
        report.lines, report.seconds = source.read, time.monotonic() - started
        return report

    def _store(self, chunk: list[Interaction], report: Report) -> None:
        with self._engine.begin() as connection:
            store = SqlStore(connection=lambda: connection)
            # Tombstones too: what was deleted here since stays deleted, and is no reason to write the chunk again.
            if len(_among(connection, store.tables.acts.c.id, [line.id for line in chunk])) == len(chunk):
                report.known += len(chunk)
                return
            feeds = Manager(store=store)
            report.people += _add_people(connection, _accounts(chunk), report.renamed)
            report.links += feeds.add_links(line.follow() for line in chunk if line.actor != line.other)
            report.self_links += feeds.add_links(line.follow() for line in chunk if line.actor == line.other)
            acts = feeds.add_activities(line.activity() for line in chunk)
            report.acts += acts
            report.known += len(chunk) - acts


def _chunks(values: Iterator[Interaction], size: int) -> Iterator[list[Interaction]]:
    while chunk := list(islice(values, size)):
        yield chunk


def _accounts(chunk: list[Interaction]) -> dict[str, datetime]:
    """The accounts a chunk names, and when each was first heard of."""
    first: dict[str, datetime] = {}
    for line in chunk:
        first.setdefault(line.actor, line.published)
        first.setdefault(line.other, line.published)
    return first


def _add_people(connection: Connection, accounts: dict[str, datetime], renamed: dict[str, str]) -> int:
    """Make people of accounts that are not there yet; each gets the best handle that is free. Returns how many."""
    ids = {account: person_id(account) for account in accounts}
    there = _among(connection, Person.id, list(ids.values()))
    missing = {account: handles(account) for account in accounts if ids[account] not in there}
    made = len(missing)
    attempt = 0
    while missing:
        wanted = {account: next(choices) for account, choices in missing.items()}
        taken = _among(connection, HandleHistory.handle, list(wanted.values()))
        rows = [_row(ids[a], a, handle, accounts[a]) for a, handle in wanted.items() if handle not in taken]
        stored = _insert(connection, rows)
        if attempt:
            renamed.update({account: handle for account, handle in wanted.items() if ids[account] in stored})
        missing = {account: choices for account, choices in missing.items() if ids[account] not in stored}
        attempt += 1
    return made


def _among(connection: Connection, column: Any, values: list[str]) -> set[str]:
    found: set[str] = set()
    for at in range(0, len(values), _BATCH):
        found.update(connection.execute(select(column).where(column.in_(values[at : at + _BATCH]))).scalars())
    return found


def _insert(connection: Connection, rows: list[dict[str, Any]]) -> set[str]:
    # Somebody may take a handle at the same moment: the constraint decides, and the account tries its next one.
    insert: Any = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert
    statement = insert(Person.__table__).on_conflict_do_nothing(index_elements=["handle"]).returning(Person.id)
    stored: set[str] = set()
    for at in range(0, len(rows), _BATCH):
        stored.update(connection.execute(statement, rows[at : at + _BATCH]).scalars())
    store_words(connection, [(row["id"], row["name"], row["handle"]) for row in rows if row["id"] in stored])
    return stored


def _row(identifier: str, account: str, handle: str, created: datetime) -> dict[str, Any]:
    return {
        "id": identifier,
        "handle": handle,
        "name": f"Account {account}",
        # Neither address nor password: nobody signs in as somebody who never joined.
        "email": None,
        "email_key": None,
        "password_hash": None,
        "bio": f"Account {account} of the data set higgs-twitter (July 2012), anonymised by those who published it.",
        "role": "member",
        "state": "active",
        "zone": "UTC",
        "locale": "en",
        "theme": "auto",
        "created": created,
    }
