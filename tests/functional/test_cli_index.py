"""`feedsite index`: on both databases and a real node; what it says and how it ends."""

from __future__ import annotations

import itertools
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from feedsite.cli import main
from feedsite.db import writing
from feedsite.feeds import Activity, Actor, Manager, Object
from feedsite.feeds.delivering import generations
from feedsite.feeds.network import link
from feedsite.feeds.stores.elasticsearch import mapping
from feedsite.feeds.stores.elasticsearch.client import Access, connect
from feedsite.feeds.stores.elasticsearch.index import Index, Operation
from feedsite.feeds.stores.generation import LIVE
from feedsite.feeds.stores.sql import SqlStore

from tests.nodes import index_names
from tests.site import INI, ROOT, Site

_numbers = itertools.count(1)


class Shell:
    """Runs `feedsite index` on the test's database and indexes of its own.

    Args:
        site: whose database it is.
        url: of the node.
        prefix: what the names of the indexes begin with.
    """

    def __init__(self, site: Site, url: str, prefix: str) -> None:
        self.url, self.prefix = url, prefix
        self.environment = {
            "FEEDSITE_DATABASE_URL": site.engine.url.render_as_string(hide_password=False),
            "FEEDSITE_STORE": "elasticsearch",
            "FEEDSITE_ELASTICSEARCH_HOSTS": url,
            "FEEDSITE_ELASTICSEARCH_FEED_INDEX": f"{prefix}-f",
            "FEEDSITE_ELASTICSEARCH_NETWORK_INDEX": f"{prefix}-n",
        }
        self.record = SqlStore(engine=writing(site.engine), makes_tables=False)
        self.feeds = Manager(store=self.record)
        self.index = Index(connect(Access.from_url(url)), f"{prefix}-f", f"{prefix}-n")

    def __call__(self, *arguments: str, status: int = 0, **environment: str) -> Result:
        given = {**self.environment, **environment}
        result = CliRunner().invoke(main, ["-c", INI, "index", *arguments], env=given, catch_exceptions=False)
        assert result.exit_code == status, result.output
        return result

    def refused(self, *arguments: str, **environment: str) -> str:
        """The one line that a refused command says."""
        result = self(*arguments, status=2, **environment)
        assert result.stderr.startswith("Error: ")
        assert result.stderr.count("\n") == 1
        return result.stderr.removeprefix("Error: ").strip()

    def post(self, *act_ids: str) -> None:
        for act_id in act_ids:
            activity = Activity("add", Actor("ana", "person"), Object("x", "project"), id=act_id)
            self.feeds.add_activity_feed(activity)

    def started(self, *arguments: str, output: int = subprocess.PIPE) -> subprocess.Popen[str]:
        """A command as a process of its own."""
        command = [str(Path(sys.executable).with_name("feedsite")), "-c", INI, "index", *arguments]
        environment = {**os.environ, **self.environment}
        return subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stdout=output, stderr=output)

    def behind(self) -> int:
        with self.record.record() as record:
            return record.behind().count


@pytest.fixture(autouse=True)
def _no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else reads these indexes."""
    monkeypatch.setattr(generations, "GRACE_SECONDS", 0.0)


@pytest.fixture
def index(site: Site, elasticsearch_url: str, elasticsearch_prefix: str) -> Iterator[Shell]:
    """The command, on a site with nobody and no index."""
    yield Shell(site, elasticsearch_url, f"{elasticsearch_prefix}-c{next(_numbers)}")
    site.wipe()


@pytest.fixture
def made(index: Shell) -> Shell:
    """The command, on a site with an index of a few rows."""
    index.post("a", "b")
    index.feeds.follow("ana", "bob")
    index("create", "--layout", "two")
    return index


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.1)


@pytest.mark.parametrize("command", ["create", "status", "deliver", "rebuild", "verify", "retry"])
def test_a_site_without_a_cluster_has_no_index(index: Shell, command: str) -> None:
    said = index.refused(command, FEEDSITE_STORE="sql", FEEDSITE_ELASTICSEARCH_HOSTS="")
    assert "feedsite.store is not elasticsearch" in said


def test_an_index_is_made_and_filled(index: Shell) -> None:
    index.post("a", "b")
    index.feeds.follow("ana", "bob")
    assert "There is no index yet" in index("status", status=1).stdout
    said = index("create").stdout
    assert "is whole" in said
    assert "2 acts and 1 links" in said
    said = index("status").stdout
    assert "the cluster does not have" not in said
    assert f"{index.prefix}-n-" in said
    assert "behind: 0 rows" in said
    assert "3 rows compared, 0 differ." in index("verify").stdout
    assert "is whole" in index("create").stdout


def test_what_is_behind_is_sent(made: Shell) -> None:
    made.post("c", "d")
    assert "behind: 2 rows, the oldest for" in made("status").stdout
    assert made("deliver").stdout == "2 sent.\n"
    assert made("deliver").stdout == "0 sent.\n"


def test_what_there_is_no_index_for_is_refused(index: Shell) -> None:
    assert "create it" in index.refused("verify")
    assert "create it" in index.refused("rebuild")


def test_a_difference_ends_with_one_until_it_is_repaired(made: Shell) -> None:
    with made.record.record() as record:
        live = record.generations()[LIVE]
    (bucket,) = live.buckets
    made.index.refresh(live)
    one = next(made.index.scan_acts(live, bucket))
    made.index.bulk([Operation(made.index.names.acts(live, bucket), one.name, one.version, None)])
    said = made("verify", status=1).stdout
    assert "3 rows compared, 1 differ." in said
    assert f"act {one.source['id']}: missing" in said
    assert "repaired: 1" in made("verify", "--repair").stdout
    assert "0 differ" in made("verify").stdout


def test_a_rebuild_takes_the_place_of_the_present_one(made: Shell) -> None:
    before = set(index_names(made.url, made.prefix))
    assert "Rebuilt, and equal to the record" in made("rebuild", "--layout", "monthly").stdout
    after = set(index_names(made.url, made.prefix))
    assert after
    assert not before & after
    made("verify")


def test_what_is_refused_is_said_and_can_be_tried_again(index: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        # As an index was made before links could carry something extra.
        patch.delitem(mapping.LINKS, "extra")
        index("create", "--layout", "two")
    index.feeds.add_network_link(link("ana", "follow", "odd", extra={"list": "friends"}))
    index.post("a")
    assert "1 sent, 1 refused." in index("deliver", status=1).stdout
    assert "refused: 1 rows" in index("status", status=1).stdout
    said = index("status", "--refused", status=1).stdout
    assert "link person:ana follow person:odd" in said
    assert "strict_dynamic_mapping_exception" in said
    assert "1 rows are tried again" in index("retry", status=1).stdout
    index("rebuild")
    index("status")


def test_a_cluster_that_is_away_is_said_in_one_line(made: Shell) -> None:
    away = {"FEEDSITE_ELASTICSEARCH_HOSTS": "http://127.0.0.1:9"}
    made.post("c")
    assert made.refused("verify", **away) == "the search cluster cannot be reached"
    assert "cannot be reached" in made("deliver", status=1, **away).stdout
    assert "does not answer: the search cluster cannot be reached." in made("status", status=1, **away).stdout
    assert made("deliver").stdout == "1 sent.\n"


def test_another_cluster_is_noticed(made: Shell) -> None:
    with made.record.record() as record:
        made.index.drop(record.generations()[LIVE])
    made.post("c")
    assert "does not have its indexes" in made("status", status=1).stdout
    assert "a rebuild mends it" in made("deliver", status=1).stdout
    assert "rebuild it" in made.refused("verify")
    made("rebuild")
    assert "4 rows compared, 0 differ." in made("verify").stdout


def test_a_database_without_tables_is_said_in_one_line(index: Shell, tmp_path: Path) -> None:
    said = index.refused("status", FEEDSITE_DATABASE_URL=f"sqlite:///{tmp_path / 'empty.sqlite'}")
    assert "migrated?" in said


def test_a_site_that_goes_back_to_its_database_notes_no_changes_any_more(made: Shell) -> None:
    made.post("c")
    made("remove", "--yes")
    assert index_names(made.url, made.prefix) == []
    made.post("d")
    assert made.behind() == 0
    assert "There is no index yet" in made("status", status=1).stdout
    made("create", "--layout", "two")
    assert "5 rows compared, 0 differ." in made("verify").stdout


def test_it_follows_until_it_is_told_to_stop(made: Shell) -> None:
    process = made.started("deliver", "--follow", "--every", "0.2")
    try:
        made.post("c")
        until(lambda: made.behind() == 0)
        made.post("d")
        until(lambda: made.behind() == 0)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert (process.returncode, err) == (0, "")
    # What is written while a run is under way goes with that run.
    assert sum(map(int, re.findall(r"^(\d+) sent(?:, \d+ left)?\.$", out, re.MULTILINE))) == 2


@pytest.mark.drill
@pytest.mark.timeout(900)
def test_workers_that_are_killed_again_and_again_lose_nothing(made: Shell) -> None:
    """Two workers, one of them ended by SIGKILL every six seconds, while somebody writes."""
    workers: list[subprocess.Popen[str]] = []
    try:
        for number in range(20):
            while len(workers) < 2:
                workers.append(made.started("deliver", "--follow", "--every", "0.1", output=subprocess.DEVNULL))
            ends = time.monotonic() + 6
            for count in itertools.count():
                if time.monotonic() > ends:
                    break
                made.post(f"k{number}-{count}")
                made.feeds.follow("ana", f"p{count % 9}")
                made.feeds.un_follow("ana", f"p{(count + 4) % 9}")
                if count % 3:
                    made.feeds.delete_activity(f"k{number}-{count - 1}")
            victim = workers.pop(0)
            victim.kill()
            victim.wait(60)
        # What the victims had claimed is free again when their leases are over.
        until(lambda: made.behind() == 0, 90)
    finally:
        for worker in workers:
            worker.terminate()
            worker.wait(60)
    assert ", 0 differ." in made("verify").stdout
