"""What pages cost on the SQL store, for readers who follow few and many: a made-up world, checked and measured.

    python bench/sqlstore.py [--acts 1000000] [--people 100000] [--database URL] [--write]

Makes a world (bench/world.py), loads it into SQLite in a temporary folder (or into an empty database given by its URL),
compares first and deep pages with what the world says they show, and measures the processor's time of pages from the
engine's `Manager`, with their acts built. `--write` puts the figures into docs/benchmarks.md.
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
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.bulk import load  # noqa: E402
from bench.world import World  # noqa: E402
from feedsite.feeds import Entity, Manager  # noqa: E402
from feedsite.feeds.aggregators import (  # noqa: E402  # noqa: E402
    ActorAggregator,
    CollapseAggregator,
    CursorAggregator,
    NotificationAggregator,
    YearMonthAggregator,
)
from feedsite.feeds.stores.sql import SqlStore, sql_engine  # noqa: E402

DOCUMENT = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- sql: begin -->", "<!-- sql: end -->"
SIZE, DEEP = 20, 25


class Wrong(Exception):
    """A page does not show what the world says."""


def milliseconds(ask: Callable[[], object], times: int) -> float:
    """The median of the processor's time that a question takes, in milliseconds, when it was asked before."""
    ask()
    took = []
    for _ in range(times):
        started = time.process_time()
        ask()
        took.append((time.process_time() - started) * 1000)
    return statistics.median(took)


def checked_pages(feeds: Manager, aggregator: CursorAggregator, expected: list[str], name: str) -> str | None:
    """Walk to the deepest page that is measured, comparing every page; returns its cursor (None: there is one page).

    Raises Wrong.
    """
    cursor: str | None = None
    before: str | None = None
    for number in range(DEEP):
        page = feeds.get_page(aggregator, cursor)
        if [item.id for item in page.items] != expected[number * SIZE : (number + 1) * SIZE]:
            raise Wrong(f"page {number + 1} of {name}")
        before, cursor = cursor, page.next
        if cursor is None:
            break
    return before


def measured(feeds: Manager, world: World, times: int) -> list[str]:
    """The rows of the table. Raises Wrong."""
    rows = []
    for reader in world.readers:
        me = Entity.from_key(reader.key)
        home = CursorAggregator(me, include_history=True, size=SIZE)
        deep = checked_pages(feeds, home, list(world.answers.homes[reader.name]), reader.name)
        cards = CollapseAggregator(me, "object", include_history=True, size=SIZE)
        months = YearMonthAggregator(me, include_history=True)
        asked: list[tuple[Any, str | None, int]] = [(home, None, times), (home, deep, times), (cards, None, 5)]
        figures = [milliseconds(lambda a=a, c=c: feeds.get_page(a, c), n) for a, c, n in asked]  # type: ignore[misc]
        figures.append(milliseconds(lambda a=months: feeds.get_page(a), 3))  # type: ignore[misc]
        rows.append(f"| {reader.name} | {' | '.join(f'{figure:,.1f}' for figure in figures)} |")
    return rows


def others(feeds: Manager, world: World, times: int) -> str:
    """Notifications, the badge and a profile, in a sentence."""
    said = []
    for title, key in zip(
        ("the one most acts name", "somebody in the middle", "a quiet one"), world.named, strict=True
    ):
        notices = NotificationAggregator(Entity.from_key(key))
        page = milliseconds(lambda a=notices: feeds.get_page(a), times)  # type: ignore[misc]
        badge = milliseconds(lambda a=notices: feeds.count_badge(a), times)  # type: ignore[misc]
        said.append(f"{title} {page:,.1f} and {badge:,.1f}")
    profile = ActorAggregator(Entity.from_key(world.celebrity), viewer=None, size=SIZE)
    shown = milliseconds(lambda: feeds.get_page(profile), times)
    return f"Notifications and badge: {'; '.join(said)}. A profile: {shown:,.1f}."


def run(acts: int, people: int, url: str, times: int = 15) -> str:
    """Make, load, check and measure; returns the figures as Markdown. Raises Wrong."""
    world, engine = World(acts, people), sql_engine(url)
    started = time.perf_counter()
    load(engine, world)
    loaded = time.perf_counter() - started
    feeds = Manager(store=SqlStore(engine=engine))
    rows = measured(feeds, world, times)
    text = f"""\
`python bench/sqlstore.py --acts {acts} --people {people}`, {datetime.now(UTC):%d %B %Y}: {engine.dialect.name}, \
{acts:,} acts of
{people:,} people over two years, loaded in {loaded:,.0f} s; {os.cpu_count()} cores ({platform.machine()}), Python
{platform.python_version()}. The processor's milliseconds of a page with its acts built, median of {times}; \
every page walked equals what the world says.

| follows | home | its last page measured ({DEEP} at most) | cards by thing | archive |
|---|---:|---:|---:|---:|
"""
    text += "\n".join(rows) + "\n\n" + others(feeds, world, 7)
    engine.dispose()
    return text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--acts", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument(
        "--database", help="the SQLAlchemy URL of an empty database; SQLite in a temporary folder unless given"
    )
    parser.add_argument("--write", action="store_true", help="put the figures into docs/benchmarks.md")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="feedsite-bench-"))
    try:
        figures = run(given.acts, given.people, given.database or f"sqlite:///{folder / 'world.sqlite'}")
    finally:
        shutil.rmtree(folder)
    print(figures)
    if given.write:
        before, _, rest = DOCUMENT.read_text().partition(BEGIN)
        DOCUMENT.write_text(f"{before}{BEGIN}\n{figures}\n{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main()
