"""The benchmark of the administration's lists works: it fills a site, and every list shows what it asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import admin as bench


@pytest.mark.drill
def test_every_list_is_measured(tmp_path: Path) -> None:
    figures = bench.run(f"sqlite:///{tmp_path / 'site.sqlite'}", 2_000, 1_200, 1)
    assert figures.count("\n| ") == len(bench.LISTS) + 1


@pytest.mark.drill
def test_a_list_that_shows_nothing_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(bench.Wrong):
        bench.run(f"sqlite:///{tmp_path / 'site.sqlite'}", 100, 10, 1)
