"""How long a page takes from Elasticsearch, whatever its reader follows, beside ElasticFeeds' query on the same node.

    python bench/index.py

Writes a network to a record, delivers it to a node of its own, gives the same acts to ElasticFeeds' mapping, checks
that both answer the same pages, then measures all cases in turns, again and again, in one run. Caches of queries and
requests are off; indexes are as loading left them, unmerged. With --write the figures go into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from elasticsearch import Elasticsearch
from sqlalchemy import Engine
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench import peer  # noqa: E402
from bench.network import SIZES, Network, Reader  # noqa: E402
from feedsite.feeds import Manager, Marker  # noqa: E402
from feedsite.feeds import aggregators as kinds  # noqa: E402
from feedsite.feeds.delivering.filling import acts_of  # noqa: E402
from feedsite.feeds.delivery import Delivery  # noqa: E402
from feedsite.feeds.order import position  # noqa: E402
from feedsite.feeds.stores.elasticsearch.client import Access, counting_trips  # noqa: E402
from feedsite.feeds.stores.elasticsearch.runtime import Limits, Runtime  # noqa: E402
from feedsite.feeds.stores.elasticsearch.store import ElasticStore  # noqa: E402
from feedsite.feeds.stores.sql import SqlStore, sql_engine  # noqa: E402

from tests import nodes  # noqa: E402

DOCUMENT = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- index: begin -->", "<!-- index: end -->"
SIZE = 20
PATIENT = Limits(seconds=60)
_DEEP = 25
_HEAP = "2g"
"""ElasticFeeds' query for 10,000 links has 30,000 clauses: with less the node refuses it."""


class PatientRuntime(Runtime):
    """Waits for a page however long it takes: that is a figure here."""

    @property
    def client(self) -> Elasticsearch:
        """The process's client."""
        return super().client.options(request_timeout=60)


@dataclass
class Case:
    """One thing that is measured.

    Args:
        name: of the row in the table.
        way: whose way it is.
        ask: does it once for a reader.
        readers: whom it is done for, in turn.
        seconds, trips: what was seen.
        before: is done before, and not measured.
    """

    name: str
    way: str
    ask: Callable[[Reader], object]
    readers: list[Reader]
    seconds: list[float] = field(default_factory=list)
    trips: list[int] = field(default_factory=list)
    before: Callable[[], None] = lambda: None

    def once(self, number: int) -> None:
        """Measure once."""
        reader = self.readers[number % len(self.readers)]
        # As the deliverer of a process does, once a second.
        self.before()
        with counting_trips() as trips:
            started = time.perf_counter()
            self.ask(reader)
            self.seconds.append(time.perf_counter() - started)
        self.trips.append(len(trips))

    def told(self) -> str:
        """Median and least, and round trips."""
        trips = "" if self.way == "peer" else f", {statistics.median_low(self.trips)}"
        return f"{statistics.median(self.seconds) * 1000:,.1f}, {min(self.seconds) * 1000:,.1f}{trips}"


def _marker() -> Marker:
    return Marker(position(int(datetime(2026, 10, 1, tzinfo=UTC).timestamp() * 1000), ""))


def _home(reader: Reader) -> kinds.Aggregator:
    return kinds.CursorAggregator(reader.id, include_history=True, size=SIZE)


def _notices(reader: Reader) -> kinds.NotificationAggregator:
    return kinds.NotificationAggregator(reader.id, size=SIZE, read=_marker(), seen=_marker())


class Ours:
    """Our pages, by one way of keeping bounds.

    Args:
        way: what it is called.
        manager: reads.
    """

    def __init__(self, way: str, manager: Manager) -> None:
        self.way, self.manager = way, manager
        self._deep: dict[str, str | None] = {}

    def page(self, make: Callable[[Reader], kinds.Aggregator]) -> Callable[[Reader], object]:
        """Asks for a first page."""
        return lambda reader: self.manager.get_page(make(reader))

    def deep(self, reader: Reader) -> object:
        """Asks for page 25, whose cursor was found before."""
        return self.manager.get_page(_home(reader), self._cursor(reader))

    def _cursor(self, reader: Reader) -> str | None:
        if reader.id not in self._deep:
            cursor = None
            for _ in range(_DEEP - 1):
                cursor = self.manager.get_page(_home(reader), cursor).next or cursor
            self._deep[reader.id] = cursor
        return self._deep[reader.id]

    def signed_in(self, reader: Reader) -> object:
        """Home, badge and pane, as the site asks for them."""
        self.manager.expect(lambda feeds: feeds.count_badge(_notices(reader)))
        page = self.manager.get_page(_home(reader))
        return page, self.manager.count_badge(_notices(reader))

    def cases(self, network: Network) -> Iterator[Case]:
        """All that is measured of it."""
        kind_of = defaultdict(list)
        for reader in network.readers:
            kind_of[reader.density, reader.size].append(reader)
        for (density, size), readers in kind_of.items():
            case = f"{density} {size:,}"
            yield Case(f"home, {case}", self.way, self.page(_home), readers)
            if density != "quiet":
                yield Case(f"page {_DEEP}, {case}", self.way, self.deep, readers)
            if size == SIZES[1]:
                yield from self._others(case, readers)

    def _others(self, case: str, readers: list[Reader]) -> Iterator[Case]:
        def months(reader: Reader) -> kinds.Aggregator:
            return kinds.YearMonthTypeAggregator(reader.id, include_history=True, size=1)

        def archive(reader: Reader) -> kinds.Aggregator:
            return kinds.YearMonthAggregator(reader.id, include_history=True, activities_per_group=1)

        for name, make in (
            ("newest month by verb", months),
            ("archive", archive),
            (
                "cards of things",
                lambda one: kinds.CollapseAggregator(one.id, "object", include_history=True, size=SIZE),
            ),
            ("notifications", _notices),
        ):
            yield Case(f"{name}, {case}", self.way, self.page(make), readers)
        yield Case(f"badge, {case}", self.way, lambda one: self.manager.count_badge(_notices(one)), readers)


def peers_cases(client: Elasticsearch, network: Network) -> Iterator[Case]:
    """What is measured of ElasticFeeds' query."""
    kind_of = defaultdict(list)
    for reader in network.readers:
        kind_of[reader.density, reader.size].append(reader)
    for (density, size), readers in kind_of.items():
        yield Case(f"home, {density} {size:,}", "peer", lambda one: peer.flat(client, one, SIZE), readers)
        if size == SIZES[1]:
            name = f"newest month by verb, {density} {size:,}"
            yield Case(name, "peer", lambda one: peer.by_month_and_verb(client, one), readers)


@contextmanager
def node_for(given: argparse.Namespace) -> Iterator[str]:
    """The address of a node: one that is there, or one of its own."""
    if given.node:
        yield given.node
        return
    folder = Path(tempfile.gettempdir()) / f"feedsite-es-index-{os.getpid()}"
    server = nodes.ElasticsearchRun(folder, os.getpid(), heap=_HEAP)
    try:
        server.ensure()
        yield server.url
    finally:
        server.stop()


def load(engine: Engine, node: str, runtime: Runtime, network: Network) -> float:
    """Write the network, deliver it, give it to the peer; returns the seconds that delivery took."""
    store = SqlStore(engine=engine)
    store.create()
    with store.record(write=True) as record:
        if not record.count("act"):
            network.fill(engine)
        for generation in record.every_generation():
            if not runtime.index.matches(generation):
                record.forget(generation)  # of a node that is gone
    started = time.perf_counter()
    with tqdm(desc="delivered", unit="row", unit_scale=True) as bar:
        Delivery(store, runtime.index).create(progress=lambda _what, at, _of: bar.update(at - bar.n) and None)
    seconds = time.perf_counter() - started
    for name in nodes.index_names(node, runtime.names.feeds) + nodes.index_names(node, runtime.names.network):
        nodes.ask(f"{node}/{name}/_close", "POST")
        nodes.ask(f"{node}/{name}/_settings", "PUT", {"index": {"queries.cache.enabled": False}})
        nodes.ask(f"{node}/{name}/_open", "POST")
    if not nodes.index_names(node, peer.INDEX):
        peer.make(runtime.client, (dict(row) for row in acts_of(store)))
    nodes.ask(f"{node}/_cluster/health?wait_for_status=yellow&timeout=60s")
    return seconds


def same_pages(manager: Manager, client: Elasticsearch, network: Network) -> None:
    """Whether both give the same acts on the first page."""
    for reader in network.readers:
        ours = [item.id for item in manager.get_page(_home(reader)).items]
        theirs = [one["id"] for one in peer.flat(client, reader, SIZE)]
        # Theirs has no second key: acts of one instant come in any order.
        assert sorted(ours) == sorted(theirs), reader.id


def measure(cases: list[Case], rounds: int) -> None:
    """All cases in turns, round after round."""
    gc.collect()
    gc.freeze()
    for number in tqdm(range(-3, rounds), desc="rounds"):
        for case in cases:
            if case.way == "peer" and number >= rounds // 3 and number > 3:
                continue
            case.once(number)
            if number < 0:
                case.seconds.clear()
                case.trips.clear()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--acts", type=int, default=1_000_000, help="how many acts (default: %(default)s)")
    parser.add_argument("--people", type=int, default=100_000, help="how many people (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=30, help="how often each case is measured (default: %(default)s)")
    parser.add_argument("--database", type=Path, help="keep the record in this file")
    parser.add_argument("--node", help="the address of a node to use; its indexes stay")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="feedsite-index-"))
    network = Network(given.acts, given.people)
    try:
        with node_for(given) as node:
            engine = sql_engine(f"sqlite:///{given.database or folder / 'record.sqlite'}")
            figures = run(given, network, engine, node)
            print(figures)
            if given.write:
                before, _, rest = DOCUMENT.read_text().partition(BEGIN)
                DOCUMENT.write_text(f"{before}{BEGIN}\n{figures}\n{END}{rest.partition(END)[2]}")
    finally:
        shutil.rmtree(folder)


def run(given: argparse.Namespace, network: Network, engine: Engine, node: str) -> str:
    """Load, compare, measure; returns the figures as Markdown."""
    runtime = PatientRuntime(Access.from_url(node), limits=PATIENT)
    loaded = load(engine, node, runtime, network)
    instead: Counter[str] = Counter()
    ways, stores = [], []
    for way, keeps in (("kept", True), ("asked", False)):
        own = PatientRuntime(Access.from_url(node), limits=replace(PATIENT, keeps_bounds=keeps))
        store = ElasticStore(SqlStore(engine=engine), own, fallen_back=lambda why: instead.update([why]))
        stores.append(store)
        ways.append(Ours(way, Manager(store=store, secret=b"bench")))
    client = runtime.client.options(request_timeout=120)

    def follow() -> None:
        for store in stores:
            store.follow()

    for ours in ways:
        same_pages(ours.manager, client, network)
    cases = [case for ours in ways for case in ours.cases(network)] + list(peers_cases(client, network))
    for case in cases:
        case.before = follow
    # In turns: what slows the machine down for a while slows all of them down.
    cases.sort(key=lambda case: case.name)
    instead.clear()
    measure(cases, given.rounds)
    return figures_of(given, network, cases, loaded, instead)


def figures_of(
    given: argparse.Namespace, network: Network, cases: list[Case], loaded: float, instead: Counter[str]
) -> str:
    """The figures as Markdown."""
    load_average = os.getloadavg()[1]
    late = f" Delivery took {loaded:,.0f} s." if loaded > 1 else ""
    late += f" {instead.total()} pages came too late and are not counted." if instead else ""
    text = f"""\
`python bench/index.py --acts {given.acts} --people {given.people} --rounds {given.rounds}`, \
{datetime.now(UTC):%d %B %Y}: {network.acts:,} acts of {network.people:,} people over two years on one node of \
Elasticsearch {nodes.VERSION} ({_HEAP} of heap), {os.cpu_count()} cores ({platform.machine()}), Python \
{platform.python_version()}; caches of queries and requests off, indexes unmerged. The load average of the last five \
minutes was {load_average:.1f}.{late}

Milliseconds of one page with its acts built, median and least of all rounds, and round trips; in how many times the \
least ElasticFeeds' query took.

| case | bounds kept: median, least, trips | bounds asked: median, least, trips | ElasticFeeds: median, least | \
kept | asked |
|---|---:|---:|---:|---:|---:|"""
    rows: dict[str, dict[str, Case]] = defaultdict(dict)
    for case in cases:
        rows[case.name][case.way] = case
    return "\n".join([text, *(_row(name, ways) for name, ways in rows.items())])


def _row(name: str, ways: dict[str, Case]) -> str:
    cells = [ways[way].told() if way in ways else "" for way in ("kept", "asked", "peer")]
    peers = ways.get("peer")
    times = [f"{min(peers.seconds) / min(ways[way].seconds):,.0f}×" if peers else "" for way in ("kept", "asked")]
    return f"| {' | '.join([name, *cells, *times])} |"


if __name__ == "__main__":
    main()
