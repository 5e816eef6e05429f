"""Whether the time of an answer tells if an account exists: signing in, signing up, asking for a new password.

    python bench/enumeration.py [--times 200]

Each form is sent for an account that exists and for one that does not, in turns, to the real site over WSGI. Writes its
table into docs/security.md. The database is made in a temporary folder and removed.
"""

from __future__ import annotations

import argparse
import itertools
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.documents import put  # noqa: E402
from feedsite.security.throttle import LIMITS  # noqa: E402

from tests.site import Browser, Site, migrate  # noqa: E402

DOCUMENT = ROOT / "docs" / "security.md"
NO_LIMITS = {f"throttle_{name}": "100000000 per minute" for name in LIMITS}


def forms(site: Site) -> dict[str, Callable[[bool], tuple[str, dict[str, str]]]]:
    """What is sent: name -> whether the account exists -> path and values."""
    numbers = itertools.count(1)

    def email(exists: bool) -> str:
        # Of equal length, and each of its own: what was asked before plays no part.
        return f"person{next(numbers) % 100:03}@example.org" if exists else f"nobody{next(numbers):03}@example.org"

    def join(exists: bool) -> tuple[str, dict[str, str]]:
        values = {"name": "New", "password": "nothing anybody knows", "zone": "UTC", "handle": f"new{next(numbers)}"}
        return "/join", {**values, "email": email(exists)}

    return {
        "signing in, a wrong password": lambda exists: ("/login", {"login": email(exists), "password": "not this one"}),
        "signing up with an address": join,
        "asking for a new password": lambda exists: ("/reset", {"email": email(exists)}),
    }


def milliseconds(browser: Browser, path: str, values: dict[str, str]) -> float:
    """How long one answer takes, the page that has the form left out."""
    token = browser.csrf_token()
    started = time.perf_counter()
    answer = browser.post(path, {"csrf_token": token, **values}, expect_errors=True)
    passed = (time.perf_counter() - started) * 1000
    assert answer.status_int in (303, 422), answer.status
    return passed


def measure(site: Site, times: int) -> list[str]:
    """The rows of the table."""
    rows = []
    for name, sent in forms(site).items():
        taken: dict[bool, list[float]] = {True: [], False: []}
        for number in range(times + 5):
            # In turns, the first one of a pair not always the same.
            for exists in (True, False) if number % 2 else (False, True):
                passed = milliseconds(site.browser(), *sent(exists))
                if number >= 5:
                    taken[exists].append(passed)
        slower = sum(one > other for one in taken[True] for other in taken[False]) / times**2
        rows.append(f"| {name} | {spread(taken[True])} | {spread(taken[False])} | {slower:.2f} |")
        print(rows[-1])
    return rows


def spread(taken: list[float]) -> str:
    """Median and quartiles in milliseconds."""
    low, middle, high = statistics.quantiles(taken, n=4)
    return f"{middle:.1f} ({low:.1f} to {high:.1f})"


def report(rows: list[str], times: int) -> str:
    """What stands in the document."""
    head = (
        f"Measured with `python bench/enumeration.py --times {times}` on {platform.system()}, Python "
        f"{platform.python_version()}, SQLite: milliseconds, median (quartiles) of {times} answers each, in turns. "
        "The last column is how often an answer about an account that exists took longer, of all pairs: 0.5 "
        "is what chance gives.\n\n"
        "| Form | there is an account | there is none | slower |\n|---|---|---|---|\n"
    )
    return head + "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--document", type=Path, default=DOCUMENT, help="where it writes its table")
    given = parser.parse_args()
    times = given.times
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/site.sqlite"
        migrate(url)
        site = Site(url, **NO_LIMITS)
        for number in range(100):
            site.person(f"person{number:03}")
        rows = measure(site, times)
        site.close()
    put(given.document, "enumeration", report(rows, times))


if __name__ == "__main__":
    main()
