"""Figures in the documents: each program writes between two marks of its own, and nothing else."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def machine() -> str:
    """What figures were measured on."""
    return f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}"


def put(document: Path, name: str, figures: str) -> None:
    """Put figures into a document, in place of those that stand there.

    Args:
        document: has the lines `<!-- name: begin -->` and `<!-- name: end -->` once each; ValueError where it has not.
        figures: as they are to stand between these lines.
    """
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, rest = document.read_text().split(begin)
    _, after = rest.split(end)
    document.write_text(f"{before}{begin}\n{figures}\n{end}{after}")
