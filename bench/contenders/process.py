"""A contender as the driver sees it: a process that is given an order a line (serving.py)."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from bench.contenders.serving import Question

_ROOT = Path(__file__).resolve().parents[2]


class Failed(Exception):
    """It does not answer: what it said."""


class Answer(NamedTuple):
    """What was shown, and the seconds: on the clock and of its processor."""

    shown: list[str]
    seconds: float
    worked: float


class Process(AbstractContextManager["Process"]):
    """Runs one contender.

    Args:
        name: in the tables.
        module: in bench.contenders.
        python: the interpreter of its environment.
        acts, people: of the world.
        where: what it is told.
    """

    def __init__(self, name: str, module: str, python: str, acts: int, people: int, where: dict[str, str]) -> None:
        self.name, self._given = name, (module, python, acts, people, where)
        command = [
            python,
            "-W",
            "ignore",
            "-m",
            f"bench.contenders.{module}",
            str(acts),
            str(people),
            json.dumps(where),
        ]
        self._process = subprocess.Popen(
            command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ}
        )
        self._kinds: list[str] | None = None

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.kill()
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    @property
    def kinds(self) -> list[str]:
        """The kinds of questions that it answers."""
        if self._kinds is None:
            self._kinds = self._order({"do": "kinds"})["kinds"]
        return self._kinds

    def another(self) -> Process:
        """One more of its kind."""
        return Process(self.name, *self._given)

    def load(self, progress: Callable[[int], None]) -> float:
        """Take the world in; returns the seconds it took. Raises Failed."""
        self._send({"do": "load"})
        while True:
            answer = self._receive()
            if "seconds" in answer:
                return float(answer["seconds"])
            progress(answer["loaded"])

    def size(self) -> int:
        """Bytes of its acts and their indexes. Raises Failed."""
        return int(self._order({"do": "size"})["size"])

    def ask(self, question: Question, patience: float | None = None) -> Answer:
        """Ask once. Raises Failed, also where it took longer than `patience` (seconds)."""
        answer = self._order({"do": "ask", "question": question})
        if patience is not None and answer["seconds"] > patience:
            raise Failed(f"took {answer['seconds']:.0f} s")
        return Answer(answer["shown"], answer["seconds"], answer["worked"])

    @staticmethod
    def count_together(processes: Sequence[Process], question: Question, seconds: float) -> float:
        """Let several ask at the same time, again and again; returns answers a second. Raises Failed."""
        for process in processes:
            process.ask(question)  # all are up, and warm
        for process in processes:
            process._send({"do": "count", "question": question, "seconds": seconds})
        answers = [process._receive() for process in processes]
        return float(sum(answer["count"] / answer["seconds"] for answer in answers))

    def _order(self, order: dict[str, Any]) -> dict[str, Any]:
        self._send(order)
        return self._receive()

    def _send(self, order: dict[str, Any]) -> None:
        assert self._process.stdin
        try:
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise Failed(f"{self.name} ended with {self._process.wait()}") from error

    def _receive(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise Failed(f"{self.name} ended with {self._process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        if "failed" in answer:
            raise Failed(answer["failed"])
        return answer
