"""The whole page: a signed-in home with its pane and badge, over HTTP from a WSGI server, on a real store.

    python bench/page.py [--seconds 15] [--store sql|elasticsearch|both] [--quick] [--write]

Loads the demo network into SQLite (and delivers it to a node of Elasticsearch), serves it with waitress in a process of
its own, and lets one and then ten readers, each with a connection that stays open, load home again and again. Then it
says where the processor's time of a page goes, by library. With --write the figures go into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import cProfile
import gzip
import http.client
import multiprocessing
import os
import platform
import pstats
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import waitress
from pyramid.paster import get_app
from pyramid.scripting import prepare
from sqlalchemy import select
from webtest import TestApp

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.documents import put  # noqa: E402
from feedsite.accounts.models import Person  # noqa: E402
from feedsite.security.cookies import SESSION  # noqa: E402
from feedsite.security.sessions import LoginSessionService  # noqa: E402

from tests import nodes  # noqa: E402

DOCUMENT = ROOT / "docs" / "benchmarks.md"
INI = str(ROOT / "development.ini")
READER = "ana"
_PROFILED = 40


def environment(folder: Path, store: str, node: str) -> dict[str, str]:
    """What the site is told."""
    told = {
        "FEEDSITE_DATABASE_URL": f"sqlite:///{folder / 'site.sqlite'}",
        "FEEDSITE_STORE": store,
        # As in production: assets and templates are looked at once.
        "FEEDSITE_ENVIRONMENT": "production",
        "FEEDSITE_SECRET": secrets.token_hex(32),
        "FEEDSITE_MAIL_BACKEND": "file",
        "FEEDSITE_MAIL_FOLDER": str(folder / "mail"),
    }
    return told | ({"FEEDSITE_ELASTICSEARCH_HOSTS": node} if node else {})


def make_site(told: dict[str, str]) -> None:
    """The demo network in a new database, delivered where there is an index."""
    programs = Path(sys.executable).parent
    commands = [
        [programs / "alembic", "-c", INI, "upgrade", "head"],
        [programs / "feedsite", "-c", INI, "demo", "load"],
    ]
    if told["FEEDSITE_STORE"] == "elasticsearch":
        commands.append([programs / "feedsite", "-c", INI, "index", "create"])
    # The demo's passwords are public: it is loaded in development only.
    environ = {**os.environ, **told, "FEEDSITE_ENVIRONMENT": "development"}
    for command in commands:
        subprocess.run(command, cwd=ROOT, check=True, env=environ, stdout=subprocess.DEVNULL)


def signed_in_cookie(app: object) -> str:
    """A login of the reader, as the browser sends it."""
    with prepare(registry=app.registry) as found, found["request"].tm:  # type: ignore[attr-defined]
        request = found["request"]
        person = request.dbsession.scalars(select(Person).where(Person.handle == READER)).one()
        token = request.find_service(LoginSessionService).start(person.id, ip="127.0.0.1", user_agent="benchmark")
    return f"feedsite_{SESSION}={token}"


def serve(told: dict[str, str], port: int, ready: multiprocessing.Queue[str]) -> None:
    """Serve the site until the process is ended; tells the cookie first."""
    os.environ.update(told)
    app = get_app(INI)
    ready.put(signed_in_cookie(app))
    waitress.serve(app, host="127.0.0.1", port=port, threads=4, _quiet=True)


@contextmanager
def served(told: dict[str, str]) -> Iterator[tuple[int, str]]:
    """The site in a process of its own: its port and the reader's cookie."""
    spawned = multiprocessing.get_context("spawn")
    ready: multiprocessing.Queue[str] = spawned.Queue()
    port = nodes.free_ports(1)
    server = spawned.Process(target=serve, args=(told, port, ready), daemon=True)
    server.start()
    try:
        cookie = ready.get(timeout=120)
        _await(port)
        yield port, cookie
    finally:
        server.terminate()
        server.join()


def _await(port: int) -> None:
    """Until the server listens."""
    until = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


def load_home(connection: http.client.HTTPConnection, cookie: str) -> tuple[float, bytes]:
    """Load home once; seconds and body."""
    began = time.perf_counter()
    connection.request("GET", "/home", headers={"Cookie": cookie, "Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"home answered {answer.status}")
    return time.perf_counter() - began, body


def read(port: int, cookie: str, readers: int, seconds: float) -> tuple[list[float], float]:
    """Let readers load home for so long; the seconds of every page, and pages a second."""
    took: list[float] = []
    began = time.perf_counter()

    def one() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while time.perf_counter() - began < seconds:
            took.append(load_home(connection, cookie)[0])
        connection.close()

    threads = [threading.Thread(target=one) for _ in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took, len(took) / (time.perf_counter() - began)


def where_time_goes(told: dict[str, str]) -> Counter[str]:
    """The share of each library in the processor's time of a page, in per cent (the profiler slows all of it down)."""
    os.environ.update(told)
    app = get_app(INI)
    browser = TestApp(app)
    cookie = signed_in_cookie(app)
    headers = {"Cookie": cookie}
    for _ in range(5):
        browser.get("/home", headers=headers)
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(_PROFILED):
        browser.get("/home", headers=headers)
    profile.disable()
    shares: Counter[str] = Counter()
    for (file, _, _), (_, _, own, _, callers) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        if file == "~":
            # What is built in counts for whoever calls it.
            for (caller, _, _), (_, _, part, _) in callers.items():
                shares[_library(caller)] += part
        else:
            shares[_library(file)] += own
    whole = sum(shares.values())
    return Counter({name: round(100 * own / whole) for name, own in shares.items()})


def _library(file: str) -> str:
    parts = Path(file).parts
    if "site-packages" in parts:
        return parts[parts.index("site-packages") + 1].removesuffix(".py")
    if "feedsite" in parts:
        below = parts[parts.index("feedsite", parts.index(ROOT.name) if ROOT.name in parts else 0) + 1]
        return "the feed engine" if below == "feeds" else "the site"
    return "templates" if "template" in file else "Python's own"


def measured(store: str, seconds: float, folder: Path, node: str) -> list[str]:
    """The rows of one store."""
    told = environment(folder, store, node)
    make_site(told)
    rows = []
    with served(told) as (port, cookie):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for _ in range(10):
            _, body = load_home(connection, cookie)
        connection.close()
        size = len(gzip.compress(body) if body[:2] != b"\x1f\x8b" else body)
        for readers in (1, 10):
            took, rate = read(port, cookie, readers, seconds)
            p50, p95 = statistics.median(took) * 1000, statistics.quantiles(took, n=20)[-1] * 1000
            name = "SQLite" if store == "sql" else "Elasticsearch"
            rows.append(f"| {name} | {readers} | {p50:.1f} | {p95:.1f} | {rate:.1f} | {size / 1000:.1f} KB |")
    return rows


def run(stores: list[str], seconds: float) -> str:
    """Measure; returns the figures as Markdown."""
    rows, shares = [], {}
    for store in stores:
        with ExitStack() as stack:
            folder = Path(tempfile.mkdtemp(prefix="feedsite-page-"))
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            node = ""
            if store == "elasticsearch":
                base = Path(tempfile.gettempdir())
                server = nodes.ElasticsearchRun(base / f"feedsite-es-page-{os.getpid()}", os.getpid(), heap="1g")
                stack.callback(server.stop)
                server.ensure()
                node = server.url
            rows += measured(store, seconds, folder, node)
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                shares[store] = pool.apply(where_time_goes, (environment(folder, store, node),))
    text = f"""\
`python bench/page.py`, {datetime.now(UTC):%d %B %Y}: home of the demo network's {READER}, signed in, with pane and
badge, from waitress with 4 threads in one process; {os.cpu_count()} cores ({platform.machine()}), Python
{platform.python_version()}; the readers are on the same machine. The load average of the last five minutes was
{os.getloadavg()[1]:.1f}.

| store | readers | p50, ms | p95, ms | pages a second | gzipped |
|---|---:|---:|---:|---:|---:|
"""
    text += "\n".join(rows) + "\n"
    for store, share in shares.items():
        name = "SQLite" if store == "sql" else "Elasticsearch"
        told = ", ".join(f"{library} {part} %" for library, part in share.most_common(8) if part)
        text += f"\nWhere a page's processor time goes on {name}: {told}.\n"
    return text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=15, help="how long each crowd reads (default: %(default)s)")
    parser.add_argument("--store", choices=("sql", "elasticsearch", "both"), default="both")
    parser.add_argument("--quick", action="store_true", help="two seconds each: whether everything runs")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/benchmarks.md")
    given = parser.parse_args()
    stores = ["sql", "elasticsearch"] if given.store == "both" else [given.store]
    figures = run(stores, 2 if given.quick else given.seconds)
    print(figures)
    if given.write:
        put(DOCUMENT, "page", figures)


if __name__ == "__main__":
    main()
