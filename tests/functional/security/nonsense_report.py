"""What the drills of nonsense sent and were answered, as a table of docs/security.md; one drill writes one row."""

from __future__ import annotations

import fcntl
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from bench.documents import put

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "security.md"
_NAME = "nonsense"
_HEAD = ("| Sent | on | requests | 2xx | 3xx | 4xx | 5xx |", "|---|---|---:|---:|---:|---:|---:|")
_ROW = re.compile(r"^\| (?P<what>[^|]+) \| \d{4}-\d\d-\d\d \|.*\|$", re.MULTILINE)


def put_row(what: str, answers: Counter[int], document: Path = DOCUMENT) -> None:
    """Put a drill's row into the table, in place of the one it wrote before.

    Args:
        what: was sent, and by whom.
        answers: how many of each status.
        document: with the marks `nonsense`.
    """
    classes = Counter[int]()
    for status, number in answers.items():
        classes[status // 100] += number
    figures = " | ".join(f"{classes[kind]:,}" for kind in (2, 3, 4, 5))
    row = f"| {what} | {datetime.now(UTC):%Y-%m-%d} | {answers.total():,} | {figures} |"
    # The drills run in several processes.
    with document.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        text = document.read_text()
        section = text[text.index(f"<!-- {_NAME}: begin -->") : text.index(f"<!-- {_NAME}: end -->")]
        rows = {found["what"]: found[0] for found in _ROW.finditer(section)} | {what: row}
        put(document, _NAME, "\n".join([*_HEAD, *(rows[name] for name in sorted(rows))]))
