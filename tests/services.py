"""The real services that tests use: where they are, what is missing, and how the PostgreSQL of a run is kept.

Standard library only, so that scripts/ensure_test_services can ask it before anything is installed.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

from tests import nodes
from tests.keeping import START_SECONDS, STOP_SECONDS, Keeper, ServerRun, ServiceMissing, wait_until

POSTGRESQL_URL_VARIABLE = "FEEDSITE_TEST_POSTGRESQL"
"""An SQLAlchemy URL of a running server (database `postgres`, a role that may create databases) to be used instead."""

CHROMIUM_VARIABLE = "FEEDSITE_TEST_CHROMIUM"
"""The path of a Chromium or Chrome to be used instead of the one in PATH."""

_CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_POSTGRESQL_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)
_MAC_CHROMIUM = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"

CHROMIUM_FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


def chromium_path(environ: Mapping[str, str] = os.environ) -> Path:
    """The Chromium to drive.

    Raises ServiceMissing where there is none.
    """
    if named := environ.get(CHROMIUM_VARIABLE):
        if not os.access(named, os.X_OK):
            raise ServiceMissing(f"Chromium: {CHROMIUM_VARIABLE} names {named}, which is no program")
        return Path(named)
    for candidate in (*_CHROMIUM_NAMES, _MAC_CHROMIUM):
        if found := shutil.which(candidate):
            return Path(found)
    raise ServiceMissing(f"Chromium: none of {', '.join(_CHROMIUM_NAMES)} is in PATH")


def chromium_flags() -> list[str]:
    """The flags that keep Chromium off the network; as root it also has to do without its sandbox."""
    return [*CHROMIUM_FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


def postgresql_programs() -> Path:
    """The folder with `initdb` and `postgres`, of the newest version found.

    Raises ServiceMissing where there is none.
    """
    folders = [folder for pattern in _POSTGRESQL_FOLDERS for folder in Path("/").glob(pattern.lstrip("/"))]
    # The real folders first: a link in PATH may point to a program that does not find its neighbours.
    for folder in sorted(folders, key=_version, reverse=True):
        if _is_server(folder):
            return folder
    if found := shutil.which("initdb"):
        folder = Path(found).resolve().parent
        if _is_server(folder):
            return folder
    raise ServiceMissing("PostgreSQL: no initdb and postgres in PATH or in the usual folders")


def redis_program() -> Path:
    """The Redis of the benchmark's peers.

    Raises ServiceMissing where there is none.
    """
    found = shutil.which("redis-server")
    if found is None:
        raise ServiceMissing("Redis: redis-server is not in PATH")
    return Path(found)


def missing_services() -> list[str]:
    """What is missing on this machine, one line each; empty where all tests can run."""
    finders: list[Callable[[], object]] = [chromium_path, redis_program]
    if not os.environ.get(POSTGRESQL_URL_VARIABLE):
        finders.append(postgresql_programs)
    if not os.environ.get(nodes.URL_VARIABLE):
        finders.append(nodes.programs)
    lines = []
    for find in finders:
        try:
            find()
        except ServiceMissing as problem:
            lines.append(str(problem))
    return lines


def _version(folder: Path) -> int:
    digits = "".join(character for character in str(folder) if character.isdigit())
    return int(digits or 0)


def _is_server(folder: Path) -> bool:
    return all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres"))


@dataclass(frozen=True)
class PostgresRun(ServerRun):
    """The PostgreSQL of one test run, on a socket in the run's folder."""

    name: ClassVar[str] = "PostgreSQL"

    def check(self) -> None:
        """Raises ServiceMissing where PostgreSQL is not installed."""
        postgresql_programs()

    def keeper_command(self) -> list[str]:
        """The module that keeps it, and its arguments."""
        return ["tests.services", "keep", str(self.folder), str(self.owner_pid)]

    def url(self, database: str = "postgres") -> str:
        """The SQLAlchemy URL of a database on the server (which need not run yet)."""
        return f"postgresql+psycopg://feedsite@/{database}?host={quote(str(self.folder), safe='/')}"


class PostgresKeeper(Keeper):
    """Makes a cluster in a folder and runs the server on a socket in it."""

    def __init__(self, folder: Path, owner_pid: int) -> None:
        super().__init__(folder, owner_pid)
        self._programs = postgresql_programs()

    def serve(self) -> int:
        """Make the cluster, run the server, stop it; returns the exit status."""
        # PostgreSQL refuses to run as root: the folder is given to another user, who runs everything.
        user = _unprivileged_user()
        if user is not None:
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        data = self.folder / "data"
        subprocess.run(self._initdb(data), check=True, preexec_fn=_Becoming(user), cwd=self.folder)
        server = subprocess.Popen(self._postgres(data), preexec_fn=_Becoming(user), cwd=self.folder)
        try:
            if not wait_until(lambda: self._answers() or server.poll() is not None, START_SECONDS):
                return 1
            if server.poll() is not None:
                return server.returncode
            self.keep(lambda: server.poll() is None)
            return 0
        finally:
            # SIGINT is PostgreSQL's fast shutdown: sessions that are still open are rolled back.
            server.send_signal(signal.SIGINT)
            try:
                server.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                server.kill()

    def _initdb(self, data: Path) -> list[str]:
        arguments = [str(self._programs / "initdb"), "--pgdata", str(data), "--username", "feedsite", "--auth", "trust"]
        arguments += ["--no-sync", "--encoding", "UTF8", "--locale", "C"]
        offered = subprocess.run([arguments[0], "--help"], capture_output=True, text=True, check=True).stdout
        if "--icu-locale" in offered:
            # The order of a natural language, as many real servers have it: code that relies on the order of bytes,
            # which SQLite gives, has to say so.
            arguments += ["--locale-provider", "icu", "--icu-locale", "en-US"]
        return arguments

    def _postgres(self, data: Path) -> list[str]:
        configuration = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "max_connections": "200",
            # The data lives as long as the run: nothing has to survive a crash of the machine.
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "shared_buffers": "128MB",
            # No instant may depend on the server's own zone: this one is 5:45 ahead of UTC.
            "timezone": "Asia/Kathmandu",
        }
        arguments = [str(self._programs / "postgres"), "-D", str(data)]
        for name, value in configuration.items():
            arguments += ["-c", f"{name}={value}"]
        return arguments

    def _answers(self) -> bool:
        # The socket's lock file gets the line "ready" when the server takes connections.
        lock = self.folder / "data" / "postmaster.pid"
        with contextlib.suppress(OSError):
            return lock.read_text().rstrip().endswith("ready")
        return False


def _unprivileged_user() -> pwd.struct_passwd | None:
    """Whom root becomes to run PostgreSQL; None for everybody else, who stays who they are."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise ServiceMissing("PostgreSQL: does not run as root, and there is no user postgres or nobody to run it")


@dataclass(frozen=True)
class _Becoming:
    """What a new process does before it runs its program: become the user, and end when the keeper ends."""

    user: pwd.struct_passwd | None

    def __call__(self) -> None:
        if self.user is not None:
            os.setgroups([])
            os.setgid(self.user.pw_gid)
            os.setuid(self.user.pw_uid)
        if sys.platform == "linux":
            # PR_SET_PDEATHSIG, after setuid (which clears it): the server goes with its keeper, even a killed one.
            ctypes.CDLL(None).prctl(1, signal.SIGINT)


if __name__ == "__main__":
    if len(sys.argv) == 4 and sys.argv[1] == "keep":
        sys.exit(PostgresKeeper(Path(sys.argv[2]), int(sys.argv[3])).run())
    print("\n".join(missing_services()))
