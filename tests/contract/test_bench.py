"""The benchmark of the SQL store runs, and what it measures is right: a small world, compared page by page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bench import sqlstore


def test_a_small_world_is_loaded_checked_and_measured(tmp_path: Path) -> None:
    figures = sqlstore.run(4_000, 400, f"sqlite:///{tmp_path / 'world.sqlite'}", 1)
    assert "| five quiet |" in figures
    assert "| 200 sparse |" in figures


def test_so_it_is_on_postgresql(make_postgresql: Callable[[], str]) -> None:
    assert "| 200 dense |" in sqlstore.run(4_000, 400, make_postgresql(), 1)
