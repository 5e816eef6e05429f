"""The first command of README, as a newcomer gives it: in a fresh clone, with nothing made beforehand."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.house.checkout import ROOT

START_SECONDS = 900


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _make_run(clone: Path, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("VIRTUAL_ENV", "MAKE", "FEEDSITE_"))
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["make", "run"],
            cwd=clone,
            env=environment,
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            # make and what it started are one group; it may have ended by itself.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


def _first_page(url: str, process: subprocess.Popen[bytes], log: Path) -> str:
    """The front page, as soon as the site serves it."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:
                page: str = answer.read().decode()
                return page
        except OSError:
            time.sleep(1)
    pytest.fail(f"make run did not serve {url}:\n{log.read_text()[-3000:]}")


@pytest.mark.drill
@pytest.mark.timeout(2 * START_SECONDS)
def test_make_run_serves_a_demo_network_from_a_fresh_clone(tmp_path: Path) -> None:
    """And again: the second time nothing is made anew, the demo's people are not doubled."""
    clone = tmp_path / "feedsite"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    port = _free_port()
    ini = clone / "development.ini"
    ini.write_text(ini.read_text().replace("localhost:6543", f"localhost:{port}"))
    url = f"http://localhost:{port}/"

    first_log, second_log = tmp_path / "first.log", tmp_path / "second.log"
    with _make_run(clone, first_log) as process:
        first = _first_page(url, process, first_log)
    assert "/login" in first
    assert "<article" in first, "the demo's latest public notes are on the front page"

    stamp = (clone / ".venv" / ".run-installed").stat().st_mtime
    with _make_run(clone, second_log) as process:
        second = _first_page(url, process, second_log)
    assert (clone / ".venv" / ".run-installed").stat().st_mtime == stamp
    assert second.count("<article") == first.count("<article")
