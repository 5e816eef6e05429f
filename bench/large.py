"""One embedded file with a hundred million activities and more: what a first page of home takes from it.

    python bench/large.py [--acts 140000000] [--people 100000] [--folder DIR] [--times 200] [--quick] [--write]

Acts without what they touch (no watched things, no threads, no tags), as a file of so many is made of nothing else in
an hour: home reads nothing more where nothing is watched. SQLite makes them itself, in the order of time and into the
tables of the store; the readers follow the busiest people (dense) or the quietest (sparse). Each page is compared with
what a statement of its own says, and then asked for in turns. With --write the figures go into docs/benchmarks.md.
Some 200 bytes an act: 140 million take 30 GB, and as much again for a while.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.documents import machine, put  # noqa: E402
from bench.world import END, START  # noqa: E402
from feedsite.feeds import Entity, Manager  # noqa: E402
from feedsite.feeds.aggregators import CursorAggregator  # noqa: E402
from feedsite.feeds.order import TIE_BITS  # noqa: E402
from feedsite.feeds.stores.sql import SqlStore, sql_engine  # noqa: E402
from feedsite.feeds.stores.sql.bounds import fill_bounds  # noqa: E402
from feedsite.feeds.stores.sql.tables import default_tables  # noqa: E402

DOCUMENT = ROOT / "docs" / "benchmarks.md"
SIZE = 20
_STEP = 1_000_000
_TIE = (1 << TIE_BITS) - 1


class Reader(NamedTuple):
    """Who asks for home: `dense` follows the busiest people, `sparse` the quietest."""

    followed: int
    density: str

    @property
    def key(self) -> str:
        """Of the reader."""
        return f"person:{self.density}-{self.followed}"


READERS = [Reader(count, density) for count in (200, 2_000, 10_000) for density in ("dense", "sparse")]


class Wrong(Exception):
    """A page does not show what the file says."""


def fill(path: Path, acts: int, people: int) -> None:
    """Make the file: acts in the order of time, then its indexes, then bounds and links."""
    tables = default_tables()
    start, end = (int(at.timestamp() * 1000) for at in (START, END))
    said = {"acts": acts, "people": people, "start": start, "step": (end - start) // acts}
    with closing(sqlite3.connect(path)) as file:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-1000000", "temp_store=FILE"):
            file.execute(f"PRAGMA {pragma}")
        for table in tables.metadata.sorted_tables:
            file.execute(str(CreateTable(table).compile(dialect=sqlite.dialect())))
        file.execute("CREATE TEMP TABLE ten (n)")
        file.executemany("INSERT INTO ten VALUES (?)", ((n,) for n in range(10)))
        file.execute("CREATE TEMP TABLE people (number INTEGER PRIMARY KEY, entity)")
        rows = ((number, f"person:p{number:06}") for number in range(people))
        file.executemany("INSERT INTO people VALUES (?, ?)", rows)
        file.commit()
        with tqdm(total=acts, desc="acts", unit_scale=True, mininterval=5) as bar:
            for first in range(0, acts, _STEP):
                file.execute(_ACTS, {**said, "first": first})
                file.commit()
                bar.update(min(_STEP, acts - first))
        indexes = sorted(
            tables.acts.indexes | tables.links.indexes | tables.bounds.indexes, key=lambda index: str(index.name)
        )
        for index in tqdm(indexes, desc="indexes", mininterval=5):
            file.execute(str(CreateIndex(index).compile(dialect=sqlite.dialect())))
        file.executemany(f"INSERT INTO {tables.verbs.name} VALUES (?)", [("create",), ("like",), ("announce",)])
        for reader in READERS:
            names = {"follower": reader.key, "since": start, "count": min(reader.followed, people // 2)}
            file.execute(_LINKS.format(order="ASC" if reader.density == "dense" else "DESC"), names)
        file.commit()
    engine = sql_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        fill_bounds(connection, tables)
        connection.exec_driver_sql("PRAGMA analysis_limit=1000")
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()


#: Who acts is spread by a power law: the first of 100,000 does 2 of 100 acts, the last one a third of the average.
_ACTS = f"""
INSERT INTO feeds_acts
    (position, id, verb, actor, object, visibility, gate, notice, lone, hidden, version, deleted, arrived)
SELECT (:start + n * :step << {TIE_BITS}) | (n * 40503 & {_TIE}), printf('a%09d', n),
    CASE WHEN mixed % 10 < 6 THEN 'create' WHEN mixed % 10 < 9 THEN 'like' ELSE 'announce' END,
    entity, printf('note:n%09d', n - mixed % 1000), 'public', entity, printf('g%09d', n), printf('l%09d', n), 0, 1, 0,
    :start + n * :step
FROM (
    SELECT n, mixed, CAST(:people * (mixed / 4294967296.0) * (mixed / 4294967296.0) * (mixed / 4294967296.0) AS INTEGER)
        AS who
    FROM (
        SELECT n, ((n * 2654435761 & 4294967295) * 40503 + (n * 2654435761 >> 16)) & 4294967295 AS mixed
        FROM (
            SELECT :first + a.n * 100000 + b.n * 10000 + c.n * 1000 + d.n * 100 + e.n * 10 + f.n AS n
            FROM ten a CROSS JOIN ten b CROSS JOIN ten c CROSS JOIN ten d CROSS JOIN ten e CROSS JOIN ten f
        )
        WHERE n < :acts
    )
) JOIN people ON number = who
"""
_LINKS = """
INSERT INTO network_links (follower, kind, entity, verbs, since, weight, version, deleted, arrived)
SELECT :follower, 'follow', entity, '', :since, 1, 1, 0, :since FROM people ORDER BY number {order} LIMIT :count
"""
_NEWEST = """
SELECT id FROM feeds_acts
WHERE +actor IN (SELECT entity FROM network_links WHERE follower = ? AND kind = 'follow')
ORDER BY position DESC, id DESC LIMIT ?
"""


def measure(path: Path, times: int) -> list[str]:
    """Rows of the table. Raises Wrong."""
    engine = sql_engine(f"sqlite:///{path}")
    took: dict[Reader, list[float]] = {reader: [] for reader in READERS}
    try:
        with closing(sqlite3.connect(path)) as file:
            wanted = {reader: [row[0] for row in file.execute(_NEWEST, (reader.key, SIZE))] for reader in READERS}
        for _ in range(times):
            for reader in READERS:
                started = time.perf_counter()
                with engine.connect().execution_options(feeds_write=False) as connection, connection.begin():
                    manager = Manager(store=SqlStore(connection=lambda held=connection: held), secret=b"bench")  # type: ignore[misc]
                    home = CursorAggregator(Entity.from_key(reader.key), include_history=True, size=SIZE)
                    shown = [item.id for item in manager.get_page(home).items]
                took[reader].append((time.perf_counter() - started) * 1000)
                if shown != wanted[reader]:
                    raise Wrong(f"{reader.key}: {shown} instead of {wanted[reader]}")
    finally:
        engine.dispose()
    return [
        f"| {reader.followed:,} {reader.density} | {first:.1f} | {statistics.median(later):.2f} | {min(later):.2f} |"
        for reader, (first, *later) in took.items()
    ]


def run(folder: Path, acts: int, people: int, times: int) -> str:
    """Make the file, measure, and take it away; returns the figures as Markdown. Raises Wrong."""
    path = folder / "large.sqlite"
    started = time.perf_counter()
    fill(path, acts, people)
    seconds, size = time.perf_counter() - started, path.stat().st_size
    table = "\n".join(measure(path, times))
    load = f"{os.getloadavg()[0]:.1f}"
    return f"""\
`python bench/large.py --acts {acts} --people {people}`, {datetime.now(UTC):%d %B %Y}: {acts:,} acts
of {people:,} people without what they touch, made in {seconds:,.0f} seconds, {size / 1e9:.1f} GB;
SQLite {sqlite3.sqlite_version}; {machine()}, load {load}. Milliseconds of a first page of home of {SIZE},
with its acts built: the very first one, the median and the least of {times - 1:,} further ones, all
readers in turns. Every page was what a plain statement says.

| followed | first | median | least |
|---|---:|---:|---:|
{table}
"""


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--acts", type=int, default=140_000_000)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--folder", type=Path, help="where the file is made; it is taken away afterwards")
    parser.add_argument("--quick", action="store_true", help="small: whether it works")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/benchmarks.md")
    given = parser.parse_args()
    acts, people, times = (20_000, 500, 2) if given.quick else (given.acts, given.people, given.times)
    with tempfile.TemporaryDirectory(dir=given.folder, prefix="feedsite-large-") as folder:
        figures = run(Path(folder), acts, people, times)
    sys.stdout.write(figures)
    if given.write:
        put(DOCUMENT, "large", figures.removesuffix("\n"))


if __name__ == "__main__":
    main()
