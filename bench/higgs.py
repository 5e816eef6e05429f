"""The whole real data set on SQLite and on PostgreSQL: import, pages, and whether every page is what the file says.

    python bench/higgs.py higgs-activity_time.txt.gz

Writes its tables into docs/real-data.md. The databases are made in a temporary folder and removed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.documents import machine, put  # noqa: E402
from feedsite.accounts.services import PeopleService  # noqa: E402
from feedsite.db import make_engine, reading  # noqa: E402
from feedsite.feeds import Entity, Manager  # noqa: E402
from feedsite.feeds.aggregators import (  # noqa: E402
    ActorAggregator,
    CursorAggregator,
    NotificationAggregator,
    YearMonthAggregator,
)
from feedsite.feeds.order import OrderKey, position  # noqa: E402
from feedsite.importing.higgs import Interaction, Skipped, Source, interactions, person_id  # noqa: E402
from feedsite.importing.importer import HiggsImport, Report  # noqa: E402

from tests.services import PostgresRun  # noqa: E402
from tests.site import Site, migrate  # noqa: E402

DOCUMENT = ROOT / "docs" / "real-data.md"
REPEATS = 20
_ENOUGH_MS = 20_000
PAGE = 20
CELEBRITY = "88"


@dataclass
class FileFacts:
    """What the file says, found by reading it from the beginning to the end."""

    acts: list[Interaction]
    follows: dict[str, set[str]]
    followers: Counter[str]
    keys: dict[str, OrderKey]

    @property
    def follows_most(self) -> str:
        """The account that follows most others."""
        return max(self.follows, key=lambda one: (len(self.follows[one] - {one}), one))

    def ordered(self, acts: Iterator[Interaction]) -> list[str]:
        """Ids, newest first by (position, id)."""
        return [key.id for key in sorted((self.keys[act.id] for act in acts), reverse=True)]


@dataclass
class Figures:
    """What was measured on one database; times in milliseconds."""

    name: str
    report: Report
    again: Report
    megabytes: float
    pages: dict[tuple[str, str, str], float] = field(default_factory=dict)
    checks: list[str] = field(default_factory=list)


def read_file(path: Path) -> FileFacts:
    acts = list(interactions(Source(path), Skipped()))
    follows: dict[str, set[str]] = defaultdict(set)
    for act in acts:
        follows[act.actor].add(act.other)
    followers = Counter(other for actor, others in follows.items() for other in others if other != actor)
    keys = {act.id: OrderKey(position(int(act.published.timestamp() * 1000), act.id), act.id) for act in acts}
    return FileFacts(acts, follows, followers, keys)


def person(account: str) -> Entity:
    return Entity("person", person_id(account))


def measure(name: str, url: str, path: Path, facts: FileFacts) -> Figures:
    migrate(url)
    engine = make_engine(url)
    with tqdm(total=path.stat().st_size, unit="B", unit_scale=True, desc=f"{name}: import") as bar:
        report = HiggsImport(engine).run(path, progress=lambda at: bar.update(at - bar.n) and None)
    again = HiggsImport(engine).run(path)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    figures = Figures(name, report, again, _megabytes(engine))
    engine.dispose()
    site = Site(url)
    for account in tqdm((CELEBRITY, facts.follows_most), desc=f"{name}: pages"):
        _time_pages(site, account, figures)
        _check_pages(site, account, facts, figures)
    site.close()
    return figures


def _megabytes(engine: Any) -> float:
    with reading(engine).connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
            return Path(engine.url.database).stat().st_size / 1e6
        return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()) / 1e6


def _median_ms(call: Callable[[], Any]) -> float:
    times: list[float] = []
    # What takes seconds is not asked twenty times: three answers say enough.
    while len(times) < REPEATS and (len(times) < 3 or sum(times) < _ENOUGH_MS):
        started = time.perf_counter()
        call()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def _aggregators(account: str) -> dict[str, Any]:
    me = person(account)
    return {
        "home": CursorAggregator(me, include_history=True, size=PAGE),
        "archive": YearMonthAggregator(me, include_history=True),
        "profile": ActorAggregator(me, size=PAGE),
        "notifications": NotificationAggregator(me, ungrouped=(), size=PAGE),
    }


def _time_pages(site: Site, account: str, figures: Figures) -> None:
    with site.transaction() as request:
        someone = request.find_service(PeopleService).by_id(person_id(account))
        request.dbsession.expunge(someone)
        feeds = request.find_service(Manager)
        for page, aggregator in _aggregators(account).items():
            figures.pages[account, page, "engine"] = _median_ms(lambda asked=aggregator: feeds.get_page(asked))
    browser = site.browser(someone)
    addresses = {"home": "/home", "archive": "/archive", "profile": f"/@{someone.handle}"}
    for page, address in {**addresses, "notifications": "/notifications"}.items():
        statuses: set[int] = set()

        def load(asked: str = address, seen: set[int] = statuses) -> None:
            seen.add(browser.get(asked, status="*").status_int)

        figures.pages[account, page, "page"] = _median_ms(load)
        if statuses != {200}:
            # Said with the figures, not lost with them: a page that the site gives up on is what this looks for.
            answers = ", ".join(map(str, sorted(statuses)))
            figures.checks.append(f"FAULT: {address}, signed in as account {account}, answered {answers}.")


def _check_pages(site: Site, account: str, facts: FileFacts, figures: Figures) -> None:
    """Compare every page with the file; raises AssertionError where one differs."""
    asked = _aggregators(account)
    followed = facts.follows.get(account, set())
    received = [act for act in facts.acts if act.other == account and act.actor != account]
    with site.transaction() as request:
        feeds = request.find_service(Manager)
        done = facts.ordered(act for act in facts.acts if act.actor == account)
        home = facts.ordered(act for act in facts.acts if act.actor in followed)
        assert _walk(feeds, asked["profile"]) == done, f"the profile of {account}"
        assert _walk(feeds, asked["home"]) == home, f"the home of {account}"
        assert feeds.count_followers(person(account)) == facts.followers[account]
        groups = {group.item.verb: group for group in feeds.get_page(asked["notifications"]).groups}
        for verb in {act.verb for act in received}:
            mine = [act for act in received if act.verb == verb]
            assert groups[verb].total == len(mine), f"{verb} of {account}"
            assert groups[verb].actor_count == len({act.actor for act in mine}), f"actors of {verb} of {account}"
            assert groups[verb].item.id == facts.ordered(iter(mine))[0]
    ties = Counter(facts.keys[act_id].position >> 20 for act_id in home)
    shared = sum(number for number in ties.values() if number > 1)
    figures.checks.append(
        f"Account {account}: {len(done):,} acts on its profile and {len(home):,} on its home, walked through in pages "
        f"of {PAGE}, are the file's, in its order; {shared:,} of those at home share their second with another. "
        f"{len(received):,} acts that concern it are in {len(groups)} notification groups with the file's counts of "
        f"acts and of people. {facts.followers[account]:,} followers."
    )


def _walk(feeds: Manager, aggregator: Any) -> list[str]:
    page = feeds.get_page(aggregator)
    found = [item.id for item in page.items]
    while page.next is not None:
        page = feeds.get_page(aggregator, page.next)
        found += [item.id for item in page.items]
    return found


def tables(measured: list[Figures], facts: FileFacts) -> str:
    most = facts.follows_most
    who = {CELEBRITY: f"{CELEBRITY} ({facts.followers[CELEBRITY]:,} followers)"}
    who[most] = f"{most} (follows {len(facts.follows[most] - {most})})"
    names = " | ".join(one.name for one in measured)
    rule = "|---|" + "---:|" * len(measured)
    lines = [f"Measured {datetime.now(UTC):%d %B %Y} on {machine()}; load average before: {_LOAD:.1f}.", ""]
    lines += [f"| import | {names} |", rule]
    rows: list[tuple[str, Callable[[Figures], str]]] = [
        ("seconds", lambda one: f"{one.report.seconds:,.0f}"),
        ("lines a second", lambda one: f"{one.report.lines / one.report.seconds:,.0f}"),
        ("activities stored", lambda one: f"{one.report.acts:,}"),
        ("links stored", lambda one: f"{one.report.links + one.report.self_links:,}"),
        ("of them to oneself", lambda one: f"{one.report.self_links:,}"),
        ("people stored", lambda one: f"{one.report.people:,}"),
        ("lines skipped", lambda one: f"{len(one.report.skipped):,}"),
        ("database, MB", lambda one: f"{one.megabytes:,.0f}"),
        ("importing it again, seconds", lambda one: f"{one.again.seconds:,.0f}"),
        ("stored by importing it again", lambda one: f"{one.again.acts + one.again.links + one.again.people:,}"),
    ]
    lines += [f"| {label} | {' | '.join(show(one) for one in measured)} |" for label, show in rows]
    ways = {"engine": "page from the feed engine", "page": "whole page, signed in"}
    lines += ["", f"| milliseconds, median of {REPEATS} | {names} |", rule]
    for account in dict.fromkeys((CELEBRITY, most)):
        for page in ("home", "archive", "profile", "notifications"):
            for way, label in ways.items():
                cells = " | ".join(f"{one.pages[account, page, way]:,.1f}" for one in measured)
                lines.append(f"| {who[account]}: {page}, {label} | {cells} |")
    for one in measured:
        lines += ["", f"Compared with a reading of the file, on {one.name}:", ""]
        lines += [f"- {check}" for check in one.checks]
    return "\n".join(lines)


_LOAD = os.getloadavg()[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--only", choices=("SQLite", "PostgreSQL"), help="one database only; writes no document")
    given = parser.parse_args()
    facts = read_file(given.file)
    folder = Path(tempfile.mkdtemp(prefix="feedsite-higgs-"))
    server = PostgresRun(Path(tempfile.gettempdir()) / f"feedsite-pg-higgs-{os.getpid()}", os.getpid())
    measured = []
    try:
        if given.only != "PostgreSQL":
            measured.append(measure("SQLite", f"sqlite:///{folder / 'site.sqlite'}", given.file, facts))
            print(tables(measured, facts), flush=True)
        if given.only != "SQLite":
            server.ensure()
            measured.append(measure("PostgreSQL", server.url(), given.file, facts))
    finally:
        server.stop()
        shutil.rmtree(folder)
    figures = tables(measured, facts)
    if given.only != "SQLite":
        print(figures)
    if given.only is None:
        put(DOCUMENT, "figures", figures)


if __name__ == "__main__":
    main()
