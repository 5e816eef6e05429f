"""The site as an operator runs it, in processes of its own, with its command line; and people who use it over HTTP."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from configparser import RawConfigParser
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urlencode

import urllib3
from bs4 import BeautifulSoup

from feedsite.accounts.models import Person
from feedsite.security.cookies import SESSION
from feedsite.security.sessions import LoginSessionService

from tests.keeping import wait_until
from tests.nodes import free_ports
from tests.site import INI, Site, csrf_of

PATIENCE_SECONDS = 2.5
"""How long a page may take, whatever state the cluster is in (the quality that is promised)."""

START_SECONDS = 90


@dataclass
class Answer:
    """What the site answered.

    Args:
        status: of HTTP.
        text: the page.
        seconds: how long it took.
    """

    status: int
    text: str
    seconds: float
    location: str = ""

    @property
    def is_degraded(self) -> bool:
        """Whether the page says that a part of the site is not working."""
        return 'class="flash resting"' in self.text

    @property
    def shown(self) -> list[str]:
        """What a reader reads on the page, without how long ago things were."""
        return shown_on(self.text)


def shown_on(html: str) -> list[str]:
    """What a reader reads in a page's main part, without what leads elsewhere, and without times."""
    main = BeautifulSoup(html, "html.parser").select_one("main")
    assert main is not None
    for node in main.select("time, nav, .resting, input[name=csrf_token]"):
        node.extract()
    return [" ".join(node.get_text(" ").split()) for node in main.select("article, h1, h2, h3, li, .paging")]


@dataclass
class Served:
    """A site in processes of its own, which share a database and a cluster.

    Args:
        folder: where the ini file and the logs go.
        database: the URL of a migrated database.
        hosts: the addresses of the cluster's nodes.
        prefix: what the names of the site's indexes begin with.
        processes: how many.
        settings: further settings of the site.
    """

    folder: Path
    database: str
    hosts: Iterable[str]
    prefix: str
    processes: int = 1
    settings: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.first_port = free_ports(self.processes)
        self.ini = self.folder / "site.ini"
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        self.write_ini()

    @property
    def urls(self) -> list[str]:
        """Where the processes answer."""
        return [f"http://127.0.0.1:{self.first_port + number}" for number in range(self.processes)]

    @property
    def url(self) -> str:
        """Where the first process answers, which is the site's address."""
        return self.urls[0]

    def write_ini(self) -> None:
        """Write the ini file from the settings as they are now; processes read it when they start."""
        ini = RawConfigParser()
        ini.read(INI)
        values = {
            "site_url": self.url,
            "database_url": self.database,
            "store": "elasticsearch",
            "elasticsearch_hosts": " ".join(self.hosts),
            "elasticsearch_feed_index": f"{self.prefix}-feeds",
            "elasticsearch_network_index": f"{self.prefix}-network",
            **self.settings,
        }
        for name, value in values.items():
            ini["app:main"][f"feedsite.{name}"] = value.replace("%", "%%")
        ini["server:main"] = {"use": "egg:waitress#main", "listen": "127.0.0.1:%(http_port)s", "threads": "4"}
        with self.ini.open("w") as file:
            ini.write(file)

    def start(self) -> None:
        """Start the processes that do not run; returns when they answer."""
        for number in range(self.processes):
            if number in self._running and self._running[number].poll() is None:
                continue
            port = f"http_port={self.first_port + number}"
            with self._log(number).open("ab") as log:
                self._running[number] = subprocess.Popen(
                    [Path(sys.executable).with_name("pserve"), self.ini, port], stdout=log, stderr=log, cwd=self.folder
                )
        for number, url in enumerate(self.urls):
            # The whole of a page, not only /healthz: a process that has answered once is warm.
            came = wait_until(lambda at=url: _answers(at) or self._has_ended(at), START_SECONDS)  # type: ignore[misc]
            assert came, self._log(number).read_text()
            assert not self._has_ended(url), self._log(number).read_text()

    def _has_ended(self, url: str) -> bool:
        return self._running[self.urls.index(url)].poll() is not None

    def _log(self, number: int) -> Path:
        return self.folder / f"site{number}.log"

    @property
    def said(self) -> str:
        """What the processes logged."""
        return "".join(self._log(number).read_text() for number in range(self.processes))

    def kill(self) -> None:
        """End the processes as a power cut does."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End the processes."""
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        for process in self._running.values():
            if process.poll() is None:
                process.send_signal(number)
        for process in self._running.values():
            process.wait(30)
        self._running.clear()

    def command(self, *arguments: str, seconds: float = 300) -> subprocess.CompletedProcess[str]:
        """Run `feedsite` on this site's ini file."""
        return subprocess.run(self.command_line(*arguments), capture_output=True, text=True, timeout=seconds)

    def command_line(self, *arguments: str) -> list[str]:
        """The words of a `feedsite` command on this site's ini file."""
        return [str(Path(sys.executable).with_name("feedsite")), "-c", str(self.ini), *arguments]

    def create_index(self) -> None:
        """Make the site's index and fill it."""
        done = self.command("index", "create", "--layout", "two")
        assert done.returncode == 0, done.stderr

    def verify(self) -> str:
        """What `feedsite index verify` says.

        Raises AssertionError where it says that something differs.
        """
        done = self.command("index", "verify")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def member(self, site: Site, person: Person | None, number: int = 0) -> Member:
        """Somebody at one of the processes, signed in."""
        token = ""
        if person is not None:
            with site.transaction() as request:
                token = request.find_service(LoginSessionService).start(person.id, ip="127.0.0.1", user_agent="test")
        return Member(self.urls[number], f"feedsite_{SESSION}={token}" if token else "")


class Member:
    """Somebody who uses the site over HTTP; follows no redirect by itself.

    Args:
        url: of the process.
        cookie: that signs them in; empty: nobody is signed in.
    """

    def __init__(self, url: str, cookie: str) -> None:
        self._url, self._cookies = url, {}
        if cookie:
            name, _, value = cookie.partition("=")
            self._cookies[name] = value
        self._pool = urllib3.PoolManager(retries=False, timeout=30)

    def __enter__(self) -> Member:
        return self

    def __exit__(self, *_error: object) -> None:
        self._pool.clear()

    def get(self, path: str) -> Answer:
        """A page."""
        return self._ask("GET", path)

    def post(self, path: str, **values: str) -> Answer:
        """Send a form with a good token, asked for beforehand.

        Raises urllib3's HTTPError when the process does not answer.
        """
        body = urlencode({"csrf_token": csrf_of(self.get("/about").text), **values})
        return self._ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def write(self, text: str) -> str:
        """Write a note; returns its id, once the site has said that it is there."""
        answer = self.post("/notes", text=text)
        assert answer.status == 303, answer.text[:500]
        return urldefrag(answer.location).url.rsplit("/", 1)[-1]

    def _ask(self, method: str, path: str, body: str | None = None, headers: Mapping[str, str] | None = None) -> Answer:
        cookie = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        began = time.perf_counter()
        answer: Any = self._pool.request(
            method,
            self._url + path,
            body=body,
            headers={"Cookie": cookie, **(headers or {})},
            redirect=False,
        )
        seconds = time.perf_counter() - began
        for line in answer.headers.getlist("Set-Cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self._cookies[name.strip()] = value
        return Answer(answer.status, answer.data.decode(), seconds, answer.headers.get("Location", ""))


def _answers(url: str) -> bool:
    with contextlib.suppress(urllib3.exceptions.HTTPError), Member(url, "") as somebody:
        return somebody.get("/").status == 200
    return False
