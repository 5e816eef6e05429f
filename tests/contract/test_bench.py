"""The benchmark that compares stores and peers runs, and all that it measures is right: a small world."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bench import contest, contest_report, large
from bench.servers import Servers, redis

from tests.conftest import under_ci


@pytest.fixture(scope="module")
def result(
    tmp_path_factory: pytest.TempPathFactory,
    make_postgresql: Callable[[], str],
    elasticsearch_url: str,
    elasticsearch_prefix: str,
) -> contest.Result:
    """A small contest; what a page of ours shows wrongly is an error."""
    folder = tmp_path_factory.mktemp("contest")
    with redis(folder) as port:
        ours, theirs = make_postgresql(), make_postgresql()
        servers = Servers(folder, elasticsearch_url, ours, theirs, port, f"{elasticsearch_prefix}-c-")
        return contest.run(servers, 2_000, 400, minutes=1, rounds=1, quick=True)


def test_our_stores_and_elasticfeeds_answer_every_question(result: contest.Result) -> None:
    asked = {**contest.questions(result.world), **contest.writing(result.world)}
    assert {who for seen in result.seen.values() for who, one in seen.items() if one.failed} == set()
    for name in asked:
        assert set(contest.OURS) <= {who for who, one in result.seen[name].items() if one.seconds}, name
    assert "ElasticFeeds" in result.loaded


def test_the_peers_take_part(result: contest.Result) -> None:
    missing = set(contest.FOREIGN) - set(result.loaded)
    if missing and not under_ci():
        pytest.skip(f"{', '.join(sorted(missing))}: `make peers` and a redis-server in PATH")
    assert missing == set()
    assert result.wrong == []


def test_the_tables_and_the_plots_are_made(result: contest.Result) -> None:
    text = contest_report.told(result, "python bench/contest.py --quick")
    assert "| home, 200 sparse |" in text
    assert "| a write with 400 followers |" in text
    for density in ("dense", "sparse"):
        assert contest_report.home_plot(result, density).count("<polyline") >= len(contest.OURS)


def test_a_file_that_sqlite_makes_by_itself_shows_what_a_plain_statement_says(tmp_path: Path) -> None:
    figures = large.run(tmp_path, 5_000, 300, 2)
    assert figures.count(" dense |") == figures.count(" sparse |") == 3
