"""The commands a Pyramid developer expects, as processes of their own, with every service down."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.site import ROOT

BIN = Path(sys.executable).parent
NOWHERE = "postgresql+psycopg://nobody@127.0.0.1:1/none"
NO_CLUSTER = {"FEEDSITE_STORE": "elasticsearch", "FEEDSITE_ELASTICSEARCH_HOSTS": "http://127.0.0.1:1"}


def run(*command: str, stdin: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        cwd=ROOT,
        env={**os.environ, "FEEDSITE_DATABASE_URL": NOWHERE, **environ},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    ("command", "shows"),
    [
        (("proutes", "development.ini"), "accounts.login"),
        (("pviews", "development.ini", "/login"), "feedsite.accounts.views.signing_in.login"),
        (("ptweens", "development.ini"), "feedsite.security.headers.headers_tween"),
        (("feedsite", "-c", "there-is-none.ini", "aggregators"), "YearMonthAggregator"),
    ],
)
@pytest.mark.parametrize("store", [{}, NO_CLUSTER], ids=["sql", "elasticsearch"])
def test_what_looks_at_the_application_needs_no_service(
    command: tuple[str, ...], shows: str, store: dict[str, str]
) -> None:
    done = run(*command, **store)
    assert done.returncode == 0, done.stderr
    assert shows in done.stdout


@pytest.mark.parametrize("store", [{}, NO_CLUSTER], ids=["sql", "elasticsearch"])
def test_pshell_has_the_models_and_the_services(store: dict[str, str]) -> None:
    typed = "print(Person.__tablename__, find(PeopleService))\n"
    done = run("pshell", "-p", "python", "development.ini", stdin=typed, **store)
    assert done.returncode == 0, done.stderr
    assert "people <feedsite.accounts.services.people.PeopleService object" in done.stdout


def test_alembic_migrates_the_database_of_the_settings(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'site.sqlite'}"
    for arguments in (("upgrade", "head"), ("check",), ("current",)):
        done = run("alembic", "-c", "development.ini", *arguments, FEEDSITE_DATABASE_URL=url)
        assert done.returncode == 0, done.stderr
    assert "(head)" in done.stdout


def test_pserve_serves(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    ini = tmp_path / "site.ini"
    text = (ROOT / "development.ini").read_text(encoding="utf-8")
    ini.write_text(text.replace("localhost:6543", f"127.0.0.1:{port}").replace("%(here)s/migrations", str(ROOT)))
    log = tmp_path / "log"
    with log.open("w") as out:
        server = subprocess.Popen([str(BIN / "pserve"), str(ini)], cwd=tmp_path, stdout=out, stderr=out)
    try:
        body = wait_for(f"http://127.0.0.1:{port}/healthz", server)
    finally:
        server.terminate()
        server.wait(20)
    assert body == b"ok\n"
    assert "event=request" in log.read_text()


def wait_for(url: str, server: subprocess.Popen[bytes]) -> bytes:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.read()
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the server did not answer")


def test_a_wrong_setting_stops_the_start_by_name() -> None:
    done = run("proutes", "development.ini", FEEDSITE_SITE_URL="nowhere")
    assert done.returncode != 0
    assert "feedsite.site_url (environment: FEEDSITE_SITE_URL): must be an address" in done.stderr
