"""The checkout as the house tests see it: what git tracks, and what is about to be."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def tracked_files() -> list[Path]:
    """Every file that is or would be committed, absolute; all files where there is no git (an unpacked archive)."""
    try:
        listing = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout
        files = [ROOT / name for name in listing.decode().split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        hidden = (".git", ".venv", ".venv-tools", "__pycache__", "var")
        files = [path for path in ROOT.rglob("*") if not any(part in hidden for part in path.parts)]
    return [path for path in files if path.is_file()]


def text_of(path: Path) -> str | None:
    """A file's text; None for one that holds something else."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None
