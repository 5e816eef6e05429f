"""What a contest showed, as Markdown and as plots."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bench.contenders.serving import DEEP
from bench.documents import put
from bench.plots import Line, plot

from tests import nodes

if TYPE_CHECKING:
    from bench.contest import Result

_PICTURES = "images"
_ORDER = (
    "SQLite", "PostgreSQL", "bounds kept", "bounds asked", "ElasticFeeds", "Stream Framework", "Django Activity Stream"
)  # fmt: skip
_HOME = "home, "


def told(result: Result, command: str) -> str:
    """All tables."""
    world = result.world
    who = [name for name in _ORDER if name in result.loaded or name == "bounds asked"]
    parts = [
        f"""\
`{command}`, {datetime.now(UTC):%d %B %Y}: {world.size:,} acts of {world.people_count:,} people over two years;
Elasticsearch {nodes.VERSION}, one node, caches of queries off, indexes as loading left them; {os.cpu_count()} cores
({platform.machine()}), Python {platform.python_version()}; {result.rounds} rounds. The load average of the last
fifteen minutes was {os.getloadavg()[2]:.1f}.

Milliseconds of one answer, median and least of all rounds; *bounds kept* and *bounds asked* are our pages from
Elasticsearch.
""",
        _table(result, who, [name for name in result.seen if not _is_write(name)]),
        "What is written, and what is linked:\n",
        _table(result, who, [name for name in result.seen if _is_write(name)]),
        _ratios(result),
        _sizes(result, who),
        _served(result, who),
        _wrongs(result),
    ]
    return "\n".join(part for part in parts if part)


def write(result: Result, text: str, docs: Path) -> None:
    """Put tables and plots into the documents."""
    document = docs / "benchmarks.md"
    put(document, "contest", text)
    for density in ("dense", "sparse"):
        (docs / _PICTURES / f"home-{density}.svg").write_text(home_plot(result, density))


def home_plot(result: Result, density: str) -> str:
    """The first page of home by how many are followed."""
    sizes = [len(one.followed) for one in result.world.readers if one.density == density]
    lines = []
    for who in _ORDER:
        points = []
        for size in sizes:
            seen = result.seen[f"{_HOME}{size:,} {density}"].get(who)
            if seen is not None and seen.seconds:
                points.append((float(size), seen.median))
        if points:
            lines.append(Line(who, points))
    return plot(f"First page of home, {density} network", "accounts followed", "milliseconds", lines)


def _is_write(name: str) -> bool:
    return name.startswith(("a write", "follow", "unfollow"))


def _table(result: Result, who: list[str], names: Iterable[str]) -> str:
    lines = [f"| case | {' | '.join(who)} |", f"|---|{'---:|' * len(who)}"]
    for name in names:
        cells = []
        for one in who:
            seen = result.seen[name].get(one)
            if seen is None or not (seen.seconds or seen.failed):
                cells.append("")
            elif seen.seconds:
                cells.append(f"{_short(seen.median)}, {_short(seen.least)}")
            else:
                cells.append("no answer")
        lines.append(f"| {name} | {' | '.join(cells)} |")
    failed = sorted({f"{one}: {seen.failed}" for by in result.seen.values() for one, seen in by.items() if seen.failed})
    notes = [f"No answer: {line}" for line in failed] if any("no answer" in line for line in lines) else []
    return "\n".join([*lines, *[f"\n{note}" for note in notes]]) + "\n"


def _short(ms: float) -> str:
    return f"{ms:,.0f}" if ms >= 100 else f"{ms:.1f}" if ms >= 10 else f"{ms:.2f}"


def _ratios(result: Result) -> str:
    """How many times as long the peers' first pages take."""
    peers = [name for name in ("ElasticFeeds", "Django Activity Stream", "Stream Framework") if name in result.loaded]
    lines = ["Home: in how many times our median the peer's answers.\n"]
    lines += ["| case | ours | " + " | ".join(peers) + " |", f"|---|---|{'---:|' * len(peers)}"]
    for name in (name for name in result.seen if name.startswith(_HOME)):
        by = result.seen[name]
        for ours in ("bounds kept", "bounds asked", "SQLite"):
            cells = [
                f"{by[peer].median / by[ours].median:,.1f}×" if by[peer].seconds and by[ours].seconds else ""
                for peer in peers
            ]
            lines.append(f"| {name.removeprefix(_HOME)} | {ours} | {' | '.join(cells)} |")
    for ours in ("bounds kept", "bounds asked", "SQLite", "PostgreSQL"):
        growth = _growth(result, ours)
        if growth:
            lines.append(f"\n{ours}: {growth}.")
    return "\n".join(lines) + "\n"


def _growth(result: Result, who: str) -> str:
    said = []
    for density in ("dense", "sparse"):
        few, many = (result.seen[f"{_HOME}{size} {density}"].get(who) for size in ("200", "10,000"))
        if few and many and few.seconds and many.seconds:
            said.append(f"10,000 {density} take {many.median / few.median:.1f} times as long as 200")
        first, deep = (result.seen[f"{page}, 2,000 {density}"].get(who) for page in ("home", f"page {DEEP}"))
        if first and deep and first.seconds and deep.seconds:
            said.append(f"page {DEEP} of 2,000 {density} {deep.median / first.median:.1f} times as long as the first")
    return "; ".join(said)


def _sizes(result: Result, who: list[str]) -> str:
    lines = ["Loading, and what it takes:\n", "| | seconds | acts a second | bytes an act |", "|---|---:|---:|---:|"]
    for name in who:
        if name in result.loaded:
            seconds, acts = result.loaded[name], result.world.size
            lines.append(f"| {name} | {seconds:,.0f} | {acts / seconds:,.0f} | {result.sizes[name] / acts:,.0f} |")
    return "\n".join(lines) + "\n"


def _served(result: Result, who: list[str]) -> str:
    if not result.served:
        return ""
    rates = [f"{name} {result.served[name]:,.1f}" for name in who if name in result.served]
    return f"First pages a second of a dense home of 2,000 to 4 clients: {'; '.join(rates)}.\n"


def _wrongs(result: Result) -> str:
    if not result.wrong:
        return "All contenders showed the same acts.\n"
    return "What a peer showed that the acts do not say:\n\n" + "\n".join(f"- {one}." for one in result.wrong) + "\n"
