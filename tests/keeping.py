"""Servers of one test run: started by the first test that needs one, shared by the run's processes, gone when it ends.

A server is kept by a keeper, a process of its own (`python -m tests.services keep FOLDER PID`): it starts the server
in FOLDER, waits until the process PID is gone or until it is told to stop, then stops the server and removes FOLDER.
So a test run that is killed leaves nothing behind either. Standard library only, as nothing may be installed yet.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import ClassVar

from compose.machine import locked

START_SECONDS = 60
STOP_SECONDS = 20

_ROOT = Path(__file__).resolve().parents[1]


class ServiceMissing(Exception):
    """A program that tests need is not on this machine, or does not start; the message says which and why."""


@dataclass(frozen=True)
class ServerRun(ABC):
    """A server of one test run, shared by its processes; `folder` is the run's own and need not exist yet."""

    folder: Path
    owner_pid: int

    name: ClassVar[str]
    """What it is called in messages."""

    start_seconds: ClassVar[int] = START_SECONDS
    folder_mode: ClassVar[int] = 0o700

    @abstractmethod
    def check(self) -> None:
        """Raises ServiceMissing where the server's programs are not on this machine."""

    @abstractmethod
    def keeper_command(self) -> list[str]:
        """The module that keeps it, and its arguments."""

    @property
    def log(self) -> Path:
        """What the keeper says. Beside the folder, which goes with the keeper: it tells why a server did not start."""
        return self.folder.with_name(self.folder.name + ".log")

    def ensure(self) -> None:
        """Start the server if no process of this run did; returns when it answers.

        Raises ServiceMissing where its programs are missing or it does not come up.
        """
        self.check()
        with locked(self._lock):
            if not ready_mark(self.folder).exists():
                self._start()

    def stop(self) -> None:
        """Stop the server if this run started one, and remove its folder."""
        with contextlib.suppress(FileNotFoundError, ProcessLookupError, ValueError):
            keeper = int(self._keeper.read_text())
            os.kill(keeper, signal.SIGTERM)
            wait_until(lambda: not self.folder.exists(), 2 * STOP_SECONDS)
        for path in (self._lock, self.log):
            path.unlink(missing_ok=True)

    @property
    def _lock(self) -> Path:
        return self.folder.with_name(self.folder.name + ".lock")

    @property
    def _keeper(self) -> Path:
        return self.folder / "keeper.pid"

    def _start(self) -> None:
        self.folder.mkdir(mode=self.folder_mode, parents=True, exist_ok=True)
        self.folder.chmod(self.folder_mode)  # whatever the umask is
        with self.log.open("ab") as output:
            keeper = subprocess.Popen(
                [sys.executable, "-m", *self.keeper_command()],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                cwd=_ROOT,
            )
        self._keeper.write_text(str(keeper.pid))
        mark = ready_mark(self.folder)
        if not wait_until(lambda: mark.exists() or keeper.poll() is not None, self.start_seconds):
            keeper.terminate()
        if not mark.exists():
            raise ServiceMissing(f"{self.name} did not start:\n{_last_lines(self.log)}")
        # The keeper outlives this process where workers share the server: it is stopped by its id, not as a child.
        keeper.returncode = 0


class Keeper(ABC):
    """Keeps a server in a folder for as long as its owner runs, then clears up."""

    def __init__(self, folder: Path, owner_pid: int) -> None:
        self.folder, self._owner_pid = folder, owner_pid
        self._stopping = False

    @abstractmethod
    def serve(self) -> int:
        """Start the server, call `keep`, stop the server; returns the exit status."""

    def run(self) -> int:
        """Serve until told to stop; returns the exit status."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        try:
            return self.serve()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def keep(self, runs: Callable[[], bool]) -> None:
        """Say that the server is ready; returns when it has ended, its owner is gone, or the keeper is told to stop."""
        ready_mark(self.folder).touch()
        while not self._stopping and runs() and _alive(self._owner_pid):
            time.sleep(0.2)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True


def ready_mark(folder: Path) -> Path:
    """The file that stands in a server's folder from when it answers."""
    return folder / "ready"


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether the condition came true within so many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _last_lines(log: Path, count: int = 15) -> str:
    with contextlib.suppress(OSError):
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
    return "(no log)"
