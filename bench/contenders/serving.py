"""What every contender is: a process that reads a question a line, answers it, and says how long it took.

Standard library only: some contenders live in environments of their own. The time is taken inside the process, around
the question alone; the driver decides who is asked when (bench/contest.py).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import traceback
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from bench.world import Reader, World

KINDS = (
    "home", "deep", "news", "unread", "groups", "archive", "year", "cards", "types", "notices", "badge", "alone",
    "signed_in", "profile", "write", "follow", "unfollow",
)  # fmt: skip
"""What may be asked; bench/contest.py says what each is."""

WRITING = ("write", "follow", "unfollow")
"""Those that change something."""

SIZE, DEEP = 20, 25
"""How many are on a page, and which page `deep` asks for."""


class Question(NamedTuple):
    """What is asked.

    Args:
        kind: `home`, `deep`, `groups`, ... (bench/contest.py lists them).
        at: the number of the reader in `World.readers`, or of the person in the list that the kind is about.
    """

    kind: str
    at: int


class Contender(ABC):
    """Answers questions; what it has no method for it does not take part in.

    Args:
        world: whose acts it holds.
        where: addresses and files, as the driver gave them.
    """

    def __init__(self, world: World, where: dict[str, str]) -> None:
        self.world, self.where = world, where

    @abstractmethod
    def load(self, progress: Callable[[int], None]) -> None:
        """Take the world in."""

    @abstractmethod
    def size(self) -> int:
        """How many bytes the acts take, with their indexes."""

    def before(self) -> None:  # noqa: B027 (most have nothing to do)
        """What it does now and then while it serves; not measured."""

    def reader(self, at: int) -> Reader:
        """One of the readers whose home is measured."""
        return self.world.readers[at]

    def ask(self, question: Question) -> list[str]:
        """Answer one question; returns the ids (of groups: the keys) of what is shown."""
        found: Iterable[str] | None = getattr(self, question.kind)(question.at)
        return list(found or ())

    @property
    def kinds(self) -> list[str]:
        """The kinds of questions that it answers."""
        return [kind for kind in KINDS if hasattr(self, kind)]


def timed(contender: Contender, question: Question) -> dict[str, Any]:
    """Ask once; the answer with the seconds it took on the clock and of this process's processor."""
    contender.before()
    began, worked = time.perf_counter(), time.process_time()
    shown = contender.ask(question)
    return {"seconds": time.perf_counter() - began, "worked": time.process_time() - worked, "shown": shown}


def _count(contender: Contender, question: Question, seconds: float) -> dict[str, Any]:
    """Ask again and again for some seconds; how often it was answered."""
    contender.ask(question)
    count, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        contender.before()
        contender.ask(question)
        count += 1
    return {"count": count, "seconds": time.perf_counter() - began}


def _load(contender: Contender) -> dict[str, Any]:
    began, done = time.perf_counter(), 0

    def progress(more: int) -> None:
        nonlocal done
        done += more
        _say({"loaded": done})

    contender.load(progress)
    return {"seconds": time.perf_counter() - began}


def serve(make: Callable[[World, dict[str, str]], Contender]) -> None:
    """Read orders from standard input until it ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("acts", type=int)
    parser.add_argument("people", type=int)
    parser.add_argument("where", type=json.loads)
    given = parser.parse_args()
    contender = make(World(given.acts, given.people), given.where)
    for line in sys.stdin:
        order = json.loads(line)
        question = Question(*order["question"]) if "question" in order else Question("", 0)
        try:
            match order["do"]:
                case "kinds":
                    answer: dict[str, Any] = {"kinds": contender.kinds}
                case "load":
                    answer = _load(contender)
                case "size":
                    answer = {"size": contender.size()}
                case "count":
                    answer = _count(contender, question, order["seconds"])
                case _:
                    answer = timed(contender, question)
        except Exception as problem:  # it is told, and counts as no answer
            traceback.print_exc()
            answer = {"failed": f"{type(problem).__name__}: {problem}"[:500]}
        _say(answer)


def _say(answer: dict[str, Any]) -> None:
    print(json.dumps(answer), flush=True)
