"""What people of the demo say: sentences with gaps, and what fills them (the files in `data`)."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

_GAP = re.compile(r"\{(\w+)\}")
_SENTENCE = re.compile(r"(^|[.!?]['’]? )([a-z])")
_TRIES = 12


def read(name: str) -> dict[str, Any]:
    """The contents of `data/{name}.toml`."""
    return tomllib.loads((files("feedsite.demo") / "data" / f"{name}.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Question:
    """Something to ask, and what people answer to it."""

    ask: str
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Theme:
    """Something people are interested in, and what they say about it."""

    key: str
    name: str
    weight: int
    tags: tuple[str, ...]
    projects: tuple[str, ...]
    notes: tuple[str, ...]
    questions: tuple[Question, ...]
    slots: dict[str, list[str]]


@cache
def common() -> dict[str, Any]:
    """What people of every interest say."""
    return read("common")


@cache
def themes() -> dict[str, Theme]:
    """Every theme by its key."""
    return {key: _theme(key, given) for key, given in read("themes").items()}


def _theme(key: str, given: dict[str, Any]) -> Theme:
    return Theme(
        key,
        given["name"],
        given["weight"],
        tuple(given["tags"]),
        tuple(given["projects"]),
        tuple(given["notes"]),
        tuple(Question(one["ask"], tuple(one["answers"])) for one in given["questions"]),
        common()["slots"] | given["slots"],
    )


class Deck:
    """Sentences drawn like cards: none comes again before all have come."""

    def __init__(self, rng: Random, cards: list[Any]) -> None:
        self._rng, self._cards = rng, list(cards)
        self._left: list[Any] = []

    def draw(self) -> Any:
        """The next card."""
        if not self._left:
            self._left = self._rng.sample(self._cards, len(self._cards))
        return self._left.pop()


class Speaker:
    """Fills the gaps of sentences, and says nothing twice where there is another way to say it."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._said: set[str] = set()

    @property
    def count(self) -> int:
        """How many different things were said."""
        return len(self._said)

    def say(self, template: str, slots: dict[str, list[str]], **given: str) -> str:
        """A sentence with its gaps filled; a gap that comes twice is filled alike.

        Args:
            slots: {gap: what may fill it}.
            given: what fills a gap in any case.
        """
        text = ""
        for _ in range(_TRIES):
            text = self._fill(template, slots, dict(given))
            if text not in self._said:
                break
        self._said.add(text)
        return text

    def _fill(self, template: str, slots: dict[str, list[str]], chosen: dict[str, str]) -> str:
        def fill(gap: re.Match[str]) -> str:
            name = gap[1]
            if name not in chosen:
                chosen[name] = self._rng.choice(slots[name])
            return chosen[name]

        return _SENTENCE.sub(lambda found: found[1] + found[2].upper(), _GAP.sub(fill, template))
