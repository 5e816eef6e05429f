"""What the administration's lists cost with a million accounts: a made-up site, asked page by page over WSGI.

    python bench/admin.py --database URL [--people 1000000] [--audit 100000] [--write]
    python bench/admin.py --quick

Fills an empty database (PostgreSQL, by its URL) in bulk, signs somebody in who looks after the site, and measures every
list of the administration with its filters and orders: first pages, later ones, and what finds little. Each answer must
be 200, and not empty where something is there. `--quick` does the same with a few people on SQLite: whether it works,
no figures. `--write` puts the table into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import alembic.command
import alembic.config
import transaction
from pyramid.paster import get_appsettings
from sqlalchemy import insert, text
from webtest import TestApp

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import feedsite  # noqa: E402
from bench.documents import machine, put  # noqa: E402
from feedsite.accounts.models import Invitation, Person, SignUpRequest  # noqa: E402
from feedsite.db import counting_statements, engine_of, make_engine, make_session, writing  # noqa: E402
from feedsite.feeds import Activity, Actor, Manager, Object  # noqa: E402
from feedsite.feeds.stores.sql import SqlStore  # noqa: E402
from feedsite.moderation.models import AuditRow, Sanction  # noqa: E402
from feedsite.posts.models import Note  # noqa: E402
from feedsite.reporting.models import Report  # noqa: E402
from feedsite.security.cookies import SESSION  # noqa: E402
from feedsite.security.sessions import LoginSessionService  # noqa: E402

DOCUMENT = ROOT / "docs" / "benchmarks.md"
INI = str(ROOT / "testing.ini")
NOW = datetime.now(UTC).replace(microsecond=0)
#: Statements above the frame's, and milliseconds of 95 of 100 pages: what has to hold.
MOST_STATEMENTS, MOST_MS = 3, 150


class Wrong(Exception):
    """A page does not show what was asked for."""


@dataclass(frozen=True)
class Asked:
    """A list.

    Args:
        name: what the table calls it.
        path: its address.
        deep: so many pages further.
        least: how many rows it has to show at least.
    """

    name: str
    path: str
    deep: int = 0
    least: int = 1


LISTS = (
    Asked("People, newest first", "/admin/people"),
    Asked("People, the 20th page", "/admin/people", deep=19),
    Asked("People by name", "/admin/people?sort=name"),
    Asked("People last seen", "/admin/people?sort=seen"),
    Asked("People: suspended", "/admin/people?state=suspended"),
    Asked("People: suspended, by name", "/admin/people?state=suspended&sort=name"),
    Asked("People: limited, last seen first", "/admin/people?state=limited&sort=seen"),
    Asked("People: moderators", "/admin/people?role=moderator&sort=name"),
    Asked("People: unconfirmed", "/admin/people?confirmed=no"),
    Asked("People: waiting", "/admin/people?waiting=y"),
    Asked("People: joined in a month, by name", "/admin/people?since={month}&until={later}&sort=name"),
    Asked("People: all filters", "/admin/people?q=p&state=limited&role=member&confirmed=yes&since={month}", least=0),
    Asked("People: search of one letter", "/admin/people?q=p"),
    Asked("People: search of a handle", "/admin/people?q=p77", least=1),
    Asked("People: search of a name", "/admin/people?q=person%2042&sort=seen"),
    Asked("People: nobody found", "/admin/people?q=zzz", least=0),
    Asked("Sign-ups", "/admin/joining"),
    Asked("Invitations", "/admin/invitations"),
    Asked("Reports, unanswered", "/admin/reports"),
    Asked("Reports, all", "/admin/reports?state="),
    Asked("Appeals", "/admin/appeals"),
    Asked("Appeals, all", "/admin/appeals?state=all"),
    Asked("Notes", "/admin/notes"),
    Asked("Notes of somebody", "/admin/notes?by=p613", least=1),
    Asked("Notes with a word", "/admin/notes?words=pills"),
    Asked("Notes: all filters", "/admin/notes?by=p613&words=loaf&verb=create&state=shown&since={month}", least=0),
    Asked("Acts", "/admin/activities"),
    Asked("Acts, the 10th page", "/admin/activities", deep=9),
    Asked("Acts by kind", "/admin/activities?verb=follow"),
    Asked("Acts of somebody", "/admin/activities?by=p613"),
    Asked("Who followed somebody", "/admin/activities?whom=p0&verb=follow"),
    Asked("Acts: all filters", "/admin/activities?by=p613&whom=p0&verb=follow"),
    Asked("Audit log", "/admin/audit"),
    Asked("Audit log, the 20th page", "/admin/audit", deep=19),
    Asked("Audit log by action", "/admin/audit?action=suspend"),
    Asked("Audit log of a moderator", "/admin/audit?actor=boss"),
    Asked("Audit log: all filters", "/admin/audit?actor=boss&target=p7&action=suspend&since={month}", least=0),
)


def key_of(at: int) -> str:
    """The id of a person: the same every time."""
    return f"p{at:015d}"


def people(number: int) -> Iterator[dict[str, Any]]:
    """So many accounts of four years: 1 % suspended, 1 % limited, 2 % unconfirmed, a few moderators."""
    for at in range(number):
        joined = NOW - timedelta(seconds=(number - at) * 126_000_000 // number)
        state = {7: "suspended", 13: "limited", 21: "unverified", 34: "unverified"}.get(at % 100, "active")
        address = None if state == "unverified" else f"p{at}@example.org"
        name = f"Person {(at * 7919) % number}"
        yield {
            "id": key_of(at),
            "handle": f"p{at}",
            "name": name,
            "name_key": name.lower(),
            "email": address,
            "email_key": address,
            "state": state,
            "role": "moderator" if at % 10_000 == 3 else "member",
            "waiting": state == "unverified" and at % 1_000 == 21,
            "bio": "",
            "created": joined,
            "last_seen": joined + (NOW - joined) * ((at * 31) % 97) / 97,
        }


def batches(rows: Iterator[Any], size: int = 5_000) -> Iterator[list[Any]]:
    """Rows, so many at a time."""
    while some := list(islice(rows, size)):
        yield some


def fill(engine: Any, number: int, audit: int) -> None:
    """Make the site's people, and what stands in the lists about them."""
    with writing(engine).begin() as connection:
        for rows in batches(people(number)):
            connection.execute(insert(Person.__table__), rows)
        boss = {"id": "boss", "handle": "boss", "name": "Boss", "name_key": "boss", "role": "admin", "state": "active"}
        connection.execute(insert(Person.__table__), {**boss, "bio": "", "created": NOW})
        asked = [
            {"person_id": key_of(at), "message": "I bake bread.", "created": NOW - timedelta(seconds=number - at)}
            for at in range(21, number, 1_000)
        ]
        connection.execute(insert(SignUpRequest.__table__), asked)
        for rows in batches(_others(number, audit)):
            for table in {type(row) for row in rows}:
                connection.execute(insert(table.__table__), [_values(row) for row in rows if type(row) is table])
    Manager(store=SqlStore(engine=engine), secret=b"bench").add_activities(_acts(number, audit))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # What a database does by itself over time: statistics, and which pages are wholly visible.
        connection.execute(text("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"))


def _values(row: Any) -> dict[str, Any]:
    """What a row says; what it does not say has the column's default."""
    said = {column.key: getattr(row, column.key) for column in type(row).__table__.columns}
    return {name: value for name, value in said.items() if value is not None}


def _others(number: int, audit: int) -> Iterator[Any]:
    actors = ["person:boss", *(f"person:{key_of(at)}" for at in range(3, min(number, 100_000), 10_000))]
    for at in range(audit):
        target, when = f"person:{key_of((at * 613) % number)}", NOW - timedelta(seconds=(audit - at) * 60)
        action = ("suspend", "limit", "reinstate", "note", "warn")[at % 5]
        row = {"at": when, "actor": actors[at % len(actors)], "action": action, "target": target, "reason": "Pills."}
        yield AuditRow(id=f"a{at:015d}", before="{}", after="{}", **row)
        author = key_of((at * 613) % number)
        note = Note(id=f"n{at:015d}", author_id=author, gate_id=author, root_id=f"n{at:015d}", created=when)
        note.text, note.visibility = "A loaf, and pills" if at % 50 == 0 else "A loaf", "public"
        yield note
        if at % 10 == 0:
            yield _sanction(at, (at * 613) % number, when, answered=at % 100 != 0)
            yield _report(at, number, when, answered=at % 50 != 0)
        if at % 100 == 0:
            yield Invitation(
                id=f"{at:064x}",
                created=when,
                created_by="person:boss",
                expires=NOW,
                uses=5,
                uses_left=5,
                seed="",
                note="n",
            )


def _acts(number: int, audit: int) -> Iterator[Activity]:
    """Each note is written, one in two is liked; one person in ten follows the first, as many follow somebody else."""
    for at in range(audit):
        when, author = NOW - timedelta(seconds=(audit - at) * 60), Actor(key_of((at * 613) % number))
        note, other = Object(f"n{at:015d}", "note"), Actor(key_of((at * 613 + 613) % number))
        yield Activity("create", author, note, published=when)
        if at % 2:
            yield Activity("like", other, note, published=when)
        if at % 10 < 2:
            whom = Object(key_of(0 if at % 10 else (at * 7) % number), "person")
            yield Activity("follow", other, whom, published=when)


def _sanction(at: int, person: int, when: datetime, *, answered: bool) -> Sanction:
    answer = "upheld" if answered else ""
    made = Sanction(id=f"s{at:015d}", person_id=key_of(person), kind="warn", reason="Pills.", imposed=when)
    made.imposed_by, made.appeal, made.appealed = "person:boss", "It was not me.", when
    made.answer, made.answered_by, made.comment = answer, "person:boss" if answered else "", "No." if answered else ""
    return made


def _report(at: int, number: int, when: datetime, *, answered: bool) -> Report:
    subject = f"person:{key_of((at * 31) % number)}"
    state = "dismissed" if answered else "open"
    made = Report(id=f"r{at:015d}", created=when, reporter=f"person:{key_of(at % number)}", target=subject)
    made.subject, made.reason, made.state, made.text, made.quoted, made.comment = subject, "spam", state, "Spam", "", ""
    return made


class Reader:
    """A moderator's browser on the application, in this process.

    Args:
        url: of the filled database.
    """

    def __init__(self, url: str) -> None:
        settings = {**get_appsettings(INI), "feedsite.database_url": url}
        self._app = TestApp(feedsite.main({}, **settings))
        engine = engine_of(self._app.app.registry)
        with transaction.manager:
            session = make_session(writing(engine), transaction.manager)
            logins = LoginSessionService(session, idle=timedelta(days=1), absolute=timedelta(days=1))
            token = logins.start("boss")
        self._app.set_cookie(f"feedsite_{SESSION}", token)
        with counting_statements() as frame:
            self._app.get("/admin")
        self.frame = len(frame)

    def measured(self, asked: Asked, times: int) -> str:
        """A row of the table. Raises Wrong."""
        month = NOW - timedelta(days=400)
        path = asked.path.format(month=f"{month:%Y-%m-%d}", later=f"{month + timedelta(days=30):%Y-%m-%d}")
        for _ in range(asked.deep):
            link = self._app.get(path).html.select_one("a[rel=next]")
            if link is None:
                raise Wrong(f"{asked.name}: there are not so many pages")
            path = link["href"]
        with counting_statements() as count:
            page = self._app.get(path)
        statements, rows = len(count) - self.frame, len(page.html.select("main tbody tr"))
        if rows < asked.least:
            raise Wrong(f"{asked.name}: {rows} rows")
        if statements > MOST_STATEMENTS:
            raise Wrong(f"{asked.name}: {statements} statements above the frame's")
        took = []
        for _ in range(times):
            started = time.perf_counter()
            self._app.get(path)
            took.append((time.perf_counter() - started) * 1000)
        p50, p95 = statistics.median(took), sorted(took)[int(len(took) * 0.95)]
        return f"| {asked.name} | {rows} | {statements} | {p50:,.0f} | {p95:,.0f} |"


def run(url: str, number: int, audit: int, times: int, *, filled: bool = False) -> str:
    """Fill, unless it is `filled` already, and measure; returns the figures as Markdown. Raises Wrong."""
    engine = make_engine(url)
    try:
        name = engine.dialect.name
        with engine.begin() as connection:
            config = alembic.config.Config(INI)
            config.attributes["connection"] = connection
            alembic.command.upgrade(config, "head")
        if not filled:
            fill(engine, number, audit)
    finally:
        engine.dispose()
    reader = Reader(url)
    rows = [reader.measured(asked, times) for asked in LISTS]
    table = "\n".join(rows)
    load = f"{os.getloadavg()[0]:.1f}"
    return f"""\
`python bench/admin.py --people {number} --audit {audit}`, {datetime.now(UTC):%d %B %Y}: {name}, {number:,} accounts,
{audit:,} rows of the audit log, as many notes, {audit // 10:,} reports and as many appeals; {machine()}, load {load}.
Whole pages through the application in one process, {times} times each: milliseconds of the median and of 95 of 100, and
SQL statements above the {reader.frame} of the administration's frame.

| List | rows | statements | p50 | p95 |
|---|---:|---:|---:|---:|
{table}
"""


def write(figures: str) -> None:
    """Put the figures into the document."""
    put(DOCUMENT, "admin", figures.removesuffix("\n"))


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", help="URL of an empty PostgreSQL database")
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--audit", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--filled", action="store_true", help="the database is filled already")
    parser.add_argument("--quick", action="store_true", help="small, on SQLite: whether it works")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/benchmarks.md")
    given = parser.parse_args()
    if given.quick:
        with tempfile.TemporaryDirectory() as folder:
            sys.stdout.write(run(f"sqlite:///{folder}/site.sqlite", 2_000, 1_200, 1))
        return
    if not given.database:
        parser.error("--database names the empty database to fill")
    figures = run(given.database, given.people, given.audit, given.times, filled=given.filled)
    sys.stdout.write(figures)
    if given.write:
        write(figures)


if __name__ == "__main__":
    main()
