"""The real services that tests use: where they are, how a PostgreSQL of one test run is started and stopped.

Standard library only, so that scripts/ensure_test_services can ask it what is missing before anything is installed.
A run's server is kept by a keeper, a process of its own (`python tests/services.py keep FOLDER PID`): it makes a
cluster in FOLDER, starts the server, waits until the process PID is gone or until it is told to stop, then stops the
server and removes FOLDER. So a test run that is killed leaves nothing behind either.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from urllib.parse import quote

POSTGRESQL_URL_VARIABLE = "FEEDSITE_TEST_POSTGRESQL"
"""An SQLAlchemy URL of a running server (database `postgres`, a role that may create databases) to be used instead."""

CHROMIUM_VARIABLE = "FEEDSITE_TEST_CHROMIUM"
"""The path of a Chromium or Chrome to be used instead of the one in PATH."""

START_SECONDS = 60
STOP_SECONDS = 20

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


class ServiceMissing(Exception):
    """A program that tests need is not on this machine, or does not start; the message says which and why."""


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


def missing_services() -> list[str]:
    """What is missing on this machine, one line each; empty where all tests can run."""
    lines = []
    for find in (postgresql_programs, chromium_path):
        if find is postgresql_programs and os.environ.get(POSTGRESQL_URL_VARIABLE):
            continue
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
class PostgresRun:
    """The PostgreSQL of one test run, shared by its processes; `folder` is the run's own and need not exist yet."""

    folder: Path
    owner_pid: int

    def url(self, database: str = "postgres") -> str:
        """The SQLAlchemy URL of a database on the server (which need not run yet)."""
        return f"postgresql+psycopg://feedsite@/{database}?host={quote(str(self.folder), safe='/')}"

    def ensure(self) -> None:
        """Start the server if no process of this run did; returns when it answers.

        Raises ServiceMissing where PostgreSQL is not installed or does not come up.
        """
        postgresql_programs()
        with _locked(self.folder.with_suffix(".lock")):
            if not self._ready.exists():
                self._start()

    def stop(self) -> None:
        """Stop the server if this run started one, and remove its folder."""
        with contextlib.suppress(FileNotFoundError, ProcessLookupError, ValueError):
            keeper = int(self._keeper.read_text())
            os.kill(keeper, signal.SIGTERM)
            _wait_until(lambda: not self.folder.exists(), STOP_SECONDS)
        for suffix in (".lock", ".log"):
            self.folder.with_suffix(suffix).unlink(missing_ok=True)

    @property
    def _ready(self) -> Path:
        return self.folder / "ready"

    @property
    def _keeper(self) -> Path:
        return self.folder / "keeper.pid"

    def _start(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Beside the folder, which goes with the keeper: it has to say why the server did not start.
        log = self.folder.with_suffix(".log")
        with log.open("ab") as output:
            keeper = subprocess.Popen(
                [sys.executable, __file__, "keep", str(self.folder), str(self.owner_pid)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                cwd="/",
            )
        self._keeper.write_text(str(keeper.pid))
        if not _wait_until(lambda: self._ready.exists() or keeper.poll() is not None, START_SECONDS):
            keeper.terminate()
        if not self._ready.exists():
            raise ServiceMissing(f"PostgreSQL did not start:\n{_last_lines(log)}")
        # The keeper outlives this process where workers share the server: it is stopped by its id, not as a child.
        keeper.returncode = 0


class Keeper:
    """Makes a cluster in a folder, runs the server on a socket in it, and clears up when its owner is gone."""

    def __init__(self, folder: Path, owner_pid: int) -> None:
        self._folder, self._owner_pid = folder, owner_pid
        self._programs = postgresql_programs()
        self._stopping = False

    def run(self) -> int:
        """Serve until told to stop; returns the exit status."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        try:
            return self._serve()
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _serve(self) -> int:
        # PostgreSQL refuses to run as root: the folder is given to another user, who runs everything.
        user = _unprivileged_user()
        if user is not None:
            os.chown(self._folder, user.pw_uid, user.pw_gid)
        data = self._folder / "data"
        subprocess.run(self._initdb(data), check=True, preexec_fn=_Becoming(user), cwd=self._folder)
        server = subprocess.Popen(self._postgres(data), preexec_fn=_Becoming(user), cwd=self._folder)
        try:
            if not _wait_until(lambda: self._answers() or server.poll() is not None, START_SECONDS):
                return 1
            if server.poll() is not None:
                return server.returncode
            (self._folder / "ready").touch()
            while not self._stopping and server.poll() is None and _alive(self._owner_pid):
                time.sleep(0.2)
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
            "unix_socket_directories": str(self._folder),
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
        lock = self._folder / "data" / "postmaster.pid"
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


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def _last_lines(log: Path, count: int = 15) -> str:
    with contextlib.suppress(OSError):
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
    return "(no log)"


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    if len(sys.argv) == 4 and sys.argv[1] == "keep":
        sys.exit(Keeper(Path(sys.argv[2]), int(sys.argv[3])).run())
    print("\n".join(missing_services()))
