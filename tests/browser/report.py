"""What the whole matrix of pages showed, as a table of docs/pages.md."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from bench.documents import put

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "pages.md"


@dataclass
class Figures:
    """What one look at a page found.

    Attributes:
        page, state: which exhibit, in which world.
        weight: bytes of its HTML, gzipped.
        nodes: elements, with what the script adds.
        stops: of the Tab key.
        faults: sentences; none for a sound page.
    """

    page: str
    state: str
    weight: int
    nodes: int
    stops: int = 0
    faults: list[str] = field(default_factory=list)


def write_report(seen: Sequence[Figures], chromium: str) -> None:
    """Put what was seen between the marks of docs/pages.md."""
    lines = "\n".join([*_summary(seen, chromium), "", *_table(seen)])
    put(DOCUMENT, "matrix", f"\n{lines}\n")


def _summary(seen: Sequence[Figures], chromium: str) -> list[str]:
    faults = sum(len(one.faults) for one in seen)
    pages = len({one.page for one in seen})
    when = f"Written by `make drills` on {datetime.now(UTC):%Y-%m-%d} with Chromium {chromium}"
    sizes = ", ".join(
        f"{name} {_kilobytes(_gzipped(suffix))} KB"
        for name, suffix in (("style sheet", "css"), ("script", "js"), ("icons", "svg"))
    )
    return [f"{when}: {pages} pages, {len(seen)} looks, {faults} faults. Gzipped: {sizes}."]


def _table(seen: Iterable[Figures]) -> list[str]:
    rows = ["| Page | state | HTML, KB gzipped | elements | stops of the Tab key |", "|---|---|---|---|---|"]
    for (page, state), looks in groupby(seen, key=lambda one: (one.page, one.state)):
        found = list(looks)
        weight, count, stops = (max(getattr(one, name) for one in found) for name in ("weight", "nodes", "stops"))
        rows.append(f"| {page} | {state} | {_kilobytes(weight)} | {count:,} | {stops} |")
    return rows


def _gzipped(suffix: str) -> int:
    files = (ROOT / "static").rglob(f"*.{suffix}")
    return sum(len(gzip.compress(file.read_bytes())) for file in files)


def _kilobytes(size: int) -> str:
    return f"{size / 1024:.1f}"
