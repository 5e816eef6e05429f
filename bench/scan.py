"""A black-box scanner of web sites (wapiti) against the running site with its demo network, on this machine alone.

    make scan

Twice: as nobody, and as the demo person who is signed in. Writes what it found into docs/security.md; exit status 1
when it found something that is not explained in `EXPLAINED`, or when the site answered with a 5xx.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import re
import socket
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from waitress.server import create_server

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.documents import put  # noqa: E402
from feedsite.accounts.services import PeopleService  # noqa: E402
from feedsite.demo.loading import PASSWORDS, DemoLoader  # noqa: E402
from feedsite.feeds import Manager  # noqa: E402
from feedsite.security.passwords import Passwords  # noqa: E402
from feedsite.security.throttle import LIMITS  # noqa: E402

from tests.site import Site, migrate  # noqa: E402

DOCUMENT = ROOT / "docs" / "security.md"
NO_LIMITS = {f"throttle_{name}": "100000000 per minute" for name in LIMITS}
#: Those that need no machine elsewhere.
MODULES = (
    "backup,cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,ldap,methods,permanentxss,redirect,"
    "shellshock,sql,timesql,upload,xss"
)
#: What the scanner may not press: it would sign itself out.
LEFT_OUT = ("logout", "settings/sessions/end", "settings/password")

#: What is found and is no weakness: a pattern of "category: what is said" -> why.
EXPLAINED: dict[str, str] = {
    r"HTTP Secure Headers: Strict-Transport-Security": "HSTS is sent when the site's address is https "
    "(`test_hsts_exactly_when_the_site_is_https`); the scanned one is http on this machine",
    r"CSRF token 'csrf_token' is not properly checked": "the scanner sends its content type twice, so that the site "
    "reads no form and answers 400 with either token, or 405 where nothing can be posted: to the scanner they are one "
    "answer. Sent once, a wrong token is refused (`test_without_a_good_token_nothing_happens`)",
    r"LDAP Injection via injection in the parameter q": "the site asks no directory. Of two texts that are sent, the "
    "one with the character NUL is refused with 400, and the other is searched for: to the scanner the first is a "
    "directory's error (`test_what_is_no_text_is_refused`)",
    r"Secure Flag cookie": "cookies are Secure when the site's address is https (`test_cookies_over_https`)",
}


class Answers(logging.Handler):
    """Counts the site's answers by status, from its own log."""

    def __init__(self) -> None:
        super().__init__()
        self.statuses: Counter[str] = Counter()
        self.mistakes: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        found = re.search(r"status=(\d)(\d\d)", message)
        if found:
            self.statuses[f"{found[1]}xx"] += 1
            if found[1] == "5":
                route = re.search(r"route=(\S+)", message)
                self.mistakes[f"5{found[2]} of {route[1] if route else 'no route'}"] += 1


@contextlib.contextmanager
def served(folder: str) -> Iterator[tuple[Site, str]]:
    """The site with its demo network, on a free port of this machine."""
    url = f"sqlite:///{folder}/site.sqlite"
    migrate(url)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    site = Site(url, environment="development", site_url=address, **NO_LIMITS)
    with site.transaction() as request:
        hasher, feeds = request.find_service(Passwords), request.find_service(Manager)
        DemoLoader(request.dbsession, feeds, hasher, site.settings).load()
    server = create_server(site.app, host="127.0.0.1", port=port, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield site, address
    finally:
        server.close()
        thread.join(timeout=10)
        site.close()


def scan(program: str, address: str, report: Path, seconds: int, cookie: str = "") -> dict[str, Any]:
    """Run the scanner; returns its report."""
    command = [program, "-u", f"{address}/", "-m", MODULES, "-f", "json", "-o", str(report), "--flush-session"]
    command += ["--scope", "domain", "-d", "3", "--max-links-per-page", "25", "--max-files-per-dir", "15"]
    command += ["--max-scan-time", str(seconds), "--max-attack-time", str(max(30, seconds // 12))]
    command += ["--no-bugreport", "--color", "-v", "0", "--store-session", str(report.parent)]
    # Its own servers are told nothing: what would call them calls the site.
    command += ["--endpoint", f"{address}/", "--dns-endpoint", "localhost"]
    for path in LEFT_OUT:
        command += ["-x", f"{address}/{path}"]
    if cookie:
        command += ["-H", f"Cookie: feedsite_session={cookie}"]
    subprocess.run(command, check=True)
    found: dict[str, Any] = json.loads(report.read_text())
    return found


def findings(report: dict[str, Any], address: str) -> Counter[str]:
    """What the scanner says, each sentence once with how often."""
    said: Counter[str] = Counter()
    for part in ("vulnerabilities", "anomalies"):
        for category, entries in report[part].items():
            for entry in entries:
                sentence = entry["info"].replace(address, "").splitlines()[0]
                said[f"{category}: {sentence}"] += 1
    return said


def why(finding: str) -> str | None:
    """Why a finding is no weakness; None: it is not known to be none."""
    return next((reason for pattern, reason in EXPLAINED.items() if re.search(pattern, finding)), None)


def rows(name: str, found: Counter[str]) -> list[str]:
    """Rows of the table of findings."""
    shown = [
        f"| {name} | {finding} | {times} | {why(finding) or '**not explained**'} |" for finding, times in found.items()
    ]
    return shown or [f"| {name} | nothing | | |"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default=str(ROOT / ".venv-scan" / "bin" / "wapiti"))
    parser.add_argument("--document", type=Path, default=DOCUMENT, help="where it writes what it found")
    parser.add_argument("--seconds", type=int, default=900, help="at most so long, for each of the two")
    given = parser.parse_args()
    answers = Answers()
    logger = logging.getLogger("feedsite.requests")
    logger.addHandler(answers)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    table, unexplained, lines = [], 0, []
    with tempfile.TemporaryDirectory() as folder, served(folder) as (site, address):
        with site.transaction() as request:
            person = request.find_service(PeopleService).by_handle(next(iter(PASSWORDS)))
            request.dbsession.expunge(person)
        cookie = site.browser(person).cookies["feedsite_session"].strip('"')
        for name, sent in (("nobody", ""), ("somebody who is signed in", cookie)):
            report = scan(given.program, address, Path(folder) / "report.json", given.seconds, sent)
            found = findings(report, address)
            table += rows(name, found)
            unexplained += sum(why(finding) is None for finding in found)
            pages = report["infos"]["crawled_pages_nbr"]
            lines.append(
                f"as {name}: {pages} addresses and forms found, {sum(answers.statuses.values())} requests so far"
            )
            version = report["infos"]["version"]
    mistakes = answers.statuses["5xx"]
    by_status = ", ".join(f"{count} {status}" for status, count in sorted(answers.statuses.items()))
    which = ", ".join(f"{count} times {what}" for what, count in answers.mistakes.most_common())
    by_status += f" ({which})" if which else ""
    text = (
        f"{version}, {datetime.now(UTC):%Y-%m-%d}, modules {MODULES.replace(',', ', ')}; {'; '.join(lines)}. Answers: "
        f"{by_status}.\n\n| As | Finding | times | Why it is none |\n|---|---|---|---|\n" + "\n".join(table)
    )
    print(text)
    put(given.document, "scan", text)
    return 1 if unexplained or mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
