"""The real data set on one Elasticsearch node: how it is loaded, and whether its pages are SQLite's, to the last item.

    python bench/parity.py higgs-activity_time.txt.gz

Imports the file into an SQLite database, delivers it to a node, then walks every kind of page of people of all sizes on
both stores, over the same record and with the same clock, and compares page by page. Writes its figures into
docs/elasticsearch.md. The database and the node are made in temporary folders and removed.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import func, select
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.comparing import SIZE, ZONES, Comparison, Kind, Size, chosen, sizes_of  # noqa: E402
from bench.documents import put  # noqa: E402
from feedsite.db import make_engine  # noqa: E402
from feedsite.feeds import Entity, Manager  # noqa: E402
from feedsite.feeds.delivery import Delivery  # noqa: E402
from feedsite.feeds.stores.elasticsearch.client import Access  # noqa: E402
from feedsite.feeds.stores.elasticsearch.runtime import Limits, Runtime  # noqa: E402
from feedsite.feeds.stores.elasticsearch.store import ElasticStore  # noqa: E402
from feedsite.feeds.stores.sql import SqlStore, sql_engine  # noqa: E402
from feedsite.importing.higgs import person_id  # noqa: E402
from feedsite.importing.importer import HiggsImport  # noqa: E402

from tests import nodes  # noqa: E402
from tests.site import migrate  # noqa: E402

DOCUMENT = ROOT / "docs" / "elasticsearch.md"
PATIENT = Limits(seconds=60)
"""A page that takes long is a figure here, not a reason to let SQL answer."""


@dataclass
class Load:
    """How the record was delivered: rows, seconds, and what it takes on the node's disk."""

    acts: int
    links: int
    seconds: float
    megabytes: dict[str, float]


def load(url: str, node: str, runtime: Runtime) -> Load:
    """Make a generation of the record and fill it."""
    engine = make_engine(url)
    store = SqlStore(engine=engine)
    with store.record(write=True) as record:
        for generation in record.every_generation():
            record.forget(generation)  # of a node that is gone
    with engine.connect() as connection:
        acts, links = (
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (store.tables.acts, store.tables.links)
        )
    with tqdm(total=acts + links, desc="delivered", unit="row", unit_scale=True) as bar:
        started = time.perf_counter()
        Delivery(store, runtime.index).create(progress=lambda _what, at, _of: bar.update(at - bar.n) and None)
        seconds = time.perf_counter() - started
    engine.dispose()
    sizes = {}
    for label, prefix in (("acts", runtime.names.feeds), ("links", runtime.names.network)):
        nodes.ask(f"{node}/{prefix}-*/_flush", "POST")
        rows = nodes.ask(f"{node}/_cat/indices/{prefix}-*?format=json&h=store.size&bytes=b")
        sizes[label] = sum(int(row["store.size"]) for row in rows) / 1e6
    return Load(acts, links, seconds, sizes)


@dataclass(frozen=True)
class Task:
    """What one process compares: accounts with their numbers, over the record at `url`."""

    url: str
    node: str
    now: int
    most: int
    accounts: Sequence[tuple[int, str]]


@cache
def _managers(url: str, node: str, now: int) -> tuple[Manager, Manager, Counter[str]]:
    """Both stores over the record, and why it answered in place of the index; kept with all that they have compiled."""
    instead: Counter[str] = Counter()
    engine, runtime = sql_engine(url), Runtime(Access.from_url(node), limits=PATIENT)
    plain, record = (SqlStore(engine=engine, clock=lambda _connection: now) for _ in range(2))
    store = ElasticStore(record, runtime, fallen_back=lambda reason: instead.update([reason]))
    return Manager(store=plain, secret=b"parity"), Manager(store=store, secret=b"parity"), instead


def compare_some(task: Task) -> tuple[dict[str, Kind], Counter[str]]:
    """Compare all pages of some people; returns that, and why pages had to be asked for again."""
    sql, index, instead = _managers(task.url, task.node, task.now)
    instead.clear()
    comparison = Comparison(sql, index, task.most, instead)
    for number, account in task.accounts:
        comparison.person(Entity("person", person_id(account)), ZONES[number % len(ZONES)])
    return dict(comparison.kinds), Counter(instead)


def compare(
    url: str, node: str, accounts: Sequence[str], most: int, workers: int
) -> tuple[dict[str, Kind], Counter[str]]:
    """Compare all pages of so many people, in several processes."""
    now = int(datetime.now(UTC).timestamp() * 1000)
    numbered = list(enumerate(accounts))
    # Few people a task, so that the processes end together.
    parts = [numbered[at : at + 3] for at in range(0, len(numbered), 3)]
    tasks = [Task(url, node, now, most, part) for part in parts]
    kinds: dict[str, Kind] = {}
    instead: Counter[str] = Counter()
    # Not forked: the parent's connections are its own.
    with get_context("spawn").Pool(workers) as pool, tqdm(total=len(accounts), desc="compared", unit="person") as bar:
        for part, (found, why) in zip(parts, pool.imap(compare_some, tasks), strict=True):
            for name, kind in found.items():
                kinds.setdefault(name, Kind()).add(kind)
            instead += why
            bar.update(len(part))
    return kinds, instead


def figures_of(
    done: Load,
    kinds: dict[str, Kind],
    again: Counter[str],
    sizes: Sequence[Size],
    given: argparse.Namespace,
    secs: float,
) -> str:
    """The figures as Markdown."""
    seen = kinds.values()
    acts, links = done.megabytes["acts"] * 1e6, done.megabytes["links"] * 1e6
    most = [max(values) for values in zip(*(size.measures() for size in sizes), strict=True)]
    text = f"""\
Measured {datetime.now(UTC):%d %B %Y} on {os.cpu_count()} cores ({platform.machine()}), \
Python {platform.python_version()}, beside one node of Elasticsearch {nodes.VERSION} with 512 MB of heap.

{done.acts:,} acts and {done.links:,} links were delivered in {done.seconds:,.0f} seconds: \
{(done.acts + done.links) / done.seconds:,.0f} rows a second. On disk: acts {acts / 1e6:,.0f} MB \
({acts / done.acts:,.0f} B each), links {links / 1e6:,.0f} MB ({links / done.links:,.0f} B each).

**{sum(kind.pages for kind in seen):,} pages compared, all equal**, with {sum(kind.items for kind in seen):,} items on \
them: of {len(sizes)} people of all sizes (who follow up to {most[0]:,} others, are followed by up to {most[1]:,}, did \
up to {most[2]:,} things and had up to {most[3]:,} done to them), each feed to its end or {given.pages} pages of \
{SIZE}, by {given.workers} processes in {secs / 60:,.0f} minutes. {_again(again)}Milliseconds of one page, while \
all of them ask:

| kind of page | pages | SQLite, median | Elasticsearch, median | its 95th percentile | round trips: median (most) |
|---|---:|---:|---:|---:|---:|"""
    return "\n".join([text, *(_line(name, kind) for name, kind in kinds.items())])


def _again(reasons: Counter[str]) -> str:
    """What is said of pages that the record answered at first, because the index was late."""
    if not reasons:
        return ""
    why = ", ".join(f"{reason}: {times:,}" for reason, times in sorted(reasons.items()))
    return f"The machine had other work: {reasons.total():,} answers came too late and were asked for again ({why}). "


def _line(name: str, kind: Kind) -> str:
    trips = sorted(kind.trips.elements())
    late = sorted(kind.index)[int(len(kind.index) * 0.95)]
    middle = [f"{statistics.median(seconds) * 1000:,.1f}" for seconds in (kind.sql, kind.index)]
    cells = [name, f"{kind.pages:,}", *middle, f"{late * 1000:,.1f}", f"{statistics.median_low(trips)} ({trips[-1]})"]
    return f"| {' | '.join(cells)} |"


def run(given: argparse.Namespace, folder: Path, node: str, runtime: Runtime) -> str:
    """Import, load, compare; returns the figures.

    Raises Different where a page is not the same.
    """
    url = f"sqlite:///{given.database or folder / 'site.sqlite'}"
    migrate(url)
    engine = make_engine(url)
    with tqdm(total=given.file.stat().st_size, unit="B", unit_scale=True, desc="imported") as bar:
        HiggsImport(engine).run(given.file, limit=given.lines, progress=lambda at: bar.update(at - bar.n) and None)
    engine.dispose()
    done = load(url, node, runtime)
    sizes = sizes_of(given.file, given.lines)
    accounts = chosen(sizes, given.people)
    started = time.perf_counter()
    kinds, again = compare(url, node, accounts, given.pages, given.workers)
    return figures_of(done, kinds, again, [sizes[one] for one in accounts], given, time.perf_counter() - started)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--people", type=int, default=200, help="how many people at least (default: %(default)s)")
    parser.add_argument("--pages", type=int, default=50, help="pages of a feed at most (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes (default: %(default)s)")
    parser.add_argument("--lines", type=int, help="only so many lines of the file; writes no document")
    parser.add_argument(
        "--database", type=Path, help="keep the record in this file; what it holds is not imported again"
    )
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="feedsite-parity-"))
    server = nodes.ElasticsearchRun(Path(tempfile.gettempdir()) / f"feedsite-es-parity-{os.getpid()}", os.getpid())
    try:
        server.ensure()
        runtime = Runtime(Access.from_url(server.url), limits=PATIENT)
        figures = run(given, folder, server.url, runtime)
        runtime.close()
    finally:
        server.stop()
        shutil.rmtree(folder)
    print(figures)
    if given.lines is None:
        put(DOCUMENT, "parity", figures)


if __name__ == "__main__":
    main()
