"""The services that the other tests stand on are real, and are what the tests believe them to be."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests import nodes, services
from tests.keeping import STOP_SECONDS


def test_postgresql_answers_with_a_natural_order_and_a_zone_of_its_own(postgresql_url: str) -> None:
    engine = create_engine(postgresql_url)
    with engine.connect() as connection:
        assert connection.scalar(text("select 'a' < 'B'")) is True
        assert connection.scalar(text("select 'a' collate \"C\" < 'B'")) is False
        assert connection.scalar(text("show timezone")) == "Asia/Kathmandu"
    engine.dispose()


def test_chromium_shows_a_page(chromium_path: Path, chromium_flags: list[str], tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<!doctype html><title>Real</title><p id=p>made by the parser")
    command = [str(chromium_path), *chromium_flags, "--headless=new", f"--user-data-dir={tmp_path / 'profile'}"]
    done = subprocess.run([*command, "--dump-dom", page.as_uri()], capture_output=True, text=True, timeout=120)
    assert '<p id="p">made by the parser' in done.stdout, done.stderr


def test_elasticsearch_makes_no_index_by_itself(elasticsearch_url: str, elasticsearch_prefix: str) -> None:
    assert nodes.ask(f"{elasticsearch_url}/_cluster/health?timeout=30s")["status"] in ("green", "yellow")
    with pytest.raises(urllib.error.HTTPError) as refused:
        nodes.ask(f"{elasticsearch_url}/{elasticsearch_prefix}-none/_doc/1", "PUT", {"text": "hello"})
    assert refused.value.code == 404
    # The worker's other tests have indexes of their own.
    assert nodes.index_names(elasticsearch_url, f"{elasticsearch_prefix}-none") == []


def test_what_a_worker_made_is_removed_by_name(elasticsearch_url: str, elasticsearch_prefix: str) -> None:
    prefix = f"{elasticsearch_prefix}-removed"
    nodes.ask(f"{elasticsearch_url}/{prefix}-1", "PUT", {"settings": {"number_of_replicas": 0}})
    assert nodes.index_names(elasticsearch_url, prefix) == [f"{prefix}-1"]
    nodes.remove_indexes(elasticsearch_url, prefix)
    assert nodes.index_names(elasticsearch_url, prefix) == []


@pytest.mark.usefixtures("postgresql_url")
def test_a_killed_run_leaves_no_server_and_no_folder() -> None:
    """The keeper notices that its owner is gone, stops PostgreSQL and removes the cluster."""
    # A socket's path is short, and the folders of tmp_path belong to one user alone: beside them, not inside.
    folder = Path(tempfile.gettempdir()) / f"feedsite-pg-killed-{os.getpid()}"
    owner = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    run = services.PostgresRun(folder, owner.pid)
    run.ensure()
    server = int((folder / "data" / "postmaster.pid").read_text().split()[0])
    owner.kill()
    owner.wait()
    assert owner.stdin is not None
    owner.stdin.close()
    deadline = time.monotonic() + STOP_SECONDS
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(server, 0)
    run.stop()
