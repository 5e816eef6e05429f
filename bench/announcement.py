"""Notifications of the celebrity, and the hours of the announcement: from the feed engine and by reading the file.

    python bench/announcement.py higgs-activity_time.txt.gz

Compares the two, to the last group and the last hour, and writes its tables into docs/real-data.md. With
FEEDSITE_TEST_ELASTICSEARCH_URL set to a node without security, notifications are read from Elasticsearch too. The
stores are made in a temporary folder and removed.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.documents import put  # noqa: E402
from feedsite.feeds import Manager  # noqa: E402
from feedsite.feeds.aggregators import CountAggregator, HeatmapAggregator, NotificationAggregator  # noqa: E402
from feedsite.feeds.testing.stage import Stage  # noqa: E402

from tests.real_network import ANNOUNCEMENT, CELEBRITY, Notice, Reading, link_all, load, person, shown  # noqa: E402

DOCUMENT = ROOT / "docs" / "real-data.md"
ZONES = ("Europe/Zurich", "America/Los_Angeles")
VERBS = ("announce", "mention", "reply")
ALONE = ("mention", "reply")
_PAGE = 100


def check_notices(
    managers: dict[str, Manager], reading: Reading, account: str
) -> Iterator[tuple[str, str, list[Notice]]]:
    """Compare an account's notification groups on every store with the file's; gives (store, what, groups).

    Raises AssertionError where a group, its place, its people or one of its counts differs.
    """
    sources = {"concerns": reading.concerning(account), "network": reading.around(account)}
    for scope, alone in itertools.product(sources, ((), ALONE)):
        expected = reading.notices(sources[scope], alone)
        for name, manager in managers.items():
            aggregator = NotificationAggregator(person(account), scope=scope, ungrouped=alone, size=_PAGE)
            found = shown(manager, aggregator)
            assert found == expected, f"{name}: {scope} of {account}"
            yield name, f"{scope}, {'grouped' if not alone else 'mentions and replies alone'}", found


def stored_hours(manager: Manager, zone: str) -> Counter[tuple[str, int, str]]:
    """How many acts each hour of the day of the announcement has by verb, as the engine counts them in a zone."""
    found: Counter[tuple[str, int, str]] = Counter()
    start = datetime.combine(ANNOUNCEMENT, datetime.min.time(), ZoneInfo(zone))
    for hour in range(24):
        since = start + timedelta(hours=hour)
        counted = CountAggregator(
            None, by="verb", scope="everybody", since=since, until=since + timedelta(hours=1), zone=zone
        )
        for group in manager.get_page(counted).groups:
            found[ANNOUNCEMENT.isoformat(), hour, str(group.value)] = group.total
    return found


def stored_days(manager: Manager, zone: str) -> Counter[tuple[str, str]]:
    """How many acts each day of the week of the announcement has by verb, as the engine counts them in a zone."""
    local, found = ZoneInfo(zone), Counter[tuple[str, str]]()
    bounds = {"since": datetime(2012, 6, 25, tzinfo=local), "until": datetime(2012, 7, 16, tzinfo=local)}
    for verb in VERBS:
        heat = HeatmapAggregator(person(CELEBRITY), scope="everybody", viewer=None, verbs=(verb,), zone=zone, **bounds)
        for group in manager.get_page(heat).groups:
            if group.total:
                found[str(group.value), verb] = group.total
    return found


def check_hours(
    manager: Manager, reading: Reading, zone: str
) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, int, str]]]:
    """Compare days and hours by verb in a zone with the file's; raises AssertionError where one differs."""
    hours = reading.hours(zone)
    days: Counter[tuple[str, str]] = Counter()
    for (date, _, verb), number in hours.items():
        days[date, verb] += number
    stored = stored_days(manager, zone)
    assert stored == days, f"days in {zone}: {stored - days} too many, {days - stored} too few"
    of_the_day = Counter({key: number for key, number in hours.items() if key[0] == ANNOUNCEMENT.isoformat()})
    counted = stored_hours(manager, zone)
    assert counted == of_the_day, f"hours in {zone}"
    return stored, counted


def tables(
    lines: list[str], days: dict[str, Counter[tuple[str, str]]], hours: dict[str, Counter[tuple[str, int, str]]]
) -> str:
    text = list(lines)
    for zone, counted in days.items():
        text += ["", f"| day in {zone} | shares | mentions | replies |", "|---|---:|---:|---:|"]
        for date in sorted({date for date, _ in counted}):
            text.append(f"| {date} | " + " | ".join(f"{counted[date, verb]:,}" for verb in VERBS) + " |")
    for zone, counted in hours.items():
        text += [
            "",
            f"| {ANNOUNCEMENT.isoformat()}, hour in {zone} | shares | mentions | replies |",
            "|---|---:|---:|---:|",
        ]
        for hour in range(24):
            row = [counted[ANNOUNCEMENT.isoformat(), hour, verb] for verb in VERBS]
            text.append(f"| {hour:02} | " + " | ".join(f"{number:,}" for number in row) + " |")
    return "\n".join(text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    given = parser.parse_args()
    reading = Reading.of(given.file)
    lines = [
        "The notification groups of two accounts are the file's: each group in its place, with its newest people and",
        "its counts.",
        "",
    ]
    lines += ["| account | store | scope | acts | groups |", "|---|---|---|---:|---:|"]
    for account in (CELEBRITY, reading.follows_most):
        stage = around(reading, account, os.environ.get("FEEDSITE_TEST_ELASTICSEARCH_URL"))
        try:
            for store, what, groups in check_notices(stage.managers, reading, account):
                acts = sum(group.events for group in groups)
                lines.append(f"| {account} | {store} | {what} | {acts:,} | {len(groups):,} |")
                print(lines[-1], flush=True)
        finally:
            stage.close()
    with tempfile.TemporaryDirectory(prefix="feedsite-announcement-") as folder:
        manager = Manager(url=f"sqlite:///{Path(folder) / 'feeds.sqlite'}")
        started = time.perf_counter()
        with tqdm(total=len(reading.acts), unit="acts") as bar:
            load(manager, reading.acts, lambda read, _: bar.update(read - bar.n) and None)
        checked = {zone: check_hours(manager, reading, zone) for zone in ZONES}
        took = time.perf_counter() - started
        lines += ["", f"All {len(reading.acts):,} acts were written to SQLite and counted in {took:,.0f} seconds."]
        lines += ["Days and hours as it counts them, equal to those of the file:"]
        manager.close()
    figures = tables(
        lines, {zone: one[0] for zone, one in checked.items()}, {zone: one[1] for zone, one in checked.items()}
    )
    print(figures)
    put(DOCUMENT, "announcement", figures)


def around(reading: Reading, account: str, elasticsearch_url: str | None) -> Stage:
    """Stores with every act that concerns an account or is in its network, and what it follows."""
    stage = Stage(elasticsearch_url)
    network = reading.follows.get(account, {})
    acts = [act for act in reading.acts if account in (act.actor, act.other) or act.actor in network]
    for manager in stage.managers.values():
        load(manager, acts)
        link_all(manager, reading, [account])
    return stage


if __name__ == "__main__":
    main()
