"""What the notes of the demo say: who would write that, and what another would answer."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from feedsite.demo.people import DemoPerson
from feedsite.demo.words import Deck, Question, Speaker, Theme, common, themes

_TRIES = 8
#: How often the same question is asked by different people in all those months.
_ASKED = 2
_LOWERED = ("The", "A", "My", "There", "Somebody")


@dataclass(frozen=True)
class Said:
    """The text of a note, whether it is for followers only, and what people would answer (empty: anything)."""

    text: str
    private: bool = False
    answers: tuple[str, ...] = ()
    slots: str = ""


class Writer:
    """Writes for everybody."""

    def __init__(self, rng: Random) -> None:
        self._rng, self._speaker = rng, Speaker(rng)
        self._notes = {key: Deck(rng, list(theme.notes)) for key, theme in themes().items()}
        self._plain = {kind: Deck(rng, common()["notes"][kind]) for kind in ("plain", "mentions", "private")}
        self._asked: dict[str, int] = {}
        self._replies = {
            kind: Deck(rng, common()["replies"][kind]) for kind in ("plain", "leads", "tails", "back", "private")
        }

    def note(self, author: DemoPerson, friend: str) -> Said:
        """A note that starts a thread.

        Args:
            friend: the handle of somebody to mention.
        """
        theme = themes()[self._rng.choice(author.themes)]
        kind = self._rng.choices(("theme", "plain", "ask", "mention", "private"), (64, 13, 9, 9, 5))[0]
        if kind == "private":
            return Said(self._fresh(self._plain["private"], theme.slots), private=True)
        if kind == "mention":
            text = self._fresh(self._plain["mentions"], theme.slots, friend="@" + friend)
            return Said(self._tagged(text, theme, 0.3))
        if kind == "ask" and (question := self._question(theme)) is not None:
            text = self._speaker.say(question.ask, theme.slots)
            return Said(self._tagged(text, theme, 0.6), answers=question.answers, slots=theme.key)
        deck = self._plain["plain"] if kind == "plain" else self._notes[theme.key]
        text = self._dressed(self._fresh(deck, theme.slots))
        return Said(text if kind == "plain" else self._tagged(text, theme, 0.55))

    def reply(self, said: Said, used: set[str]) -> str:
        """An answer to a note that nobody in the thread has given.

        Args:
            used: what was said in the thread; the answer is added.
        """
        left = [answer for answer in said.answers if answer not in used]
        if left:
            chosen = self._rng.choice(left)
            used.add(chosen)
            return self._speaker.say(chosen, themes()[said.slots].slots if said.slots else common()["slots"])
        return self._unused(used, lambda: self._remark(private=said.private))

    def back(self, used: set[str]) -> str:
        """What an author says to those who answered."""
        return self._unused(used, lambda: self._speaker.say(self._replies["back"].draw(), common()["slots"]))

    def _remark(self, *, private: bool) -> str:
        if private:
            return str(self._replies["private"].draw())
        if self._rng.random() < 0.25:
            return str(self._replies["plain"].draw())
        tail = self._speaker.say(self._replies["tails"].draw(), common()["slots"])
        return f"{self._replies['leads'].draw()} {tail}" if self._rng.random() < 0.7 else tail

    def _unused(self, used: set[str], say: Any) -> str:
        text = ""
        for _ in range(_TRIES):
            text = say()
            if text not in used:
                break
        used.add(text)
        return text

    def _question(self, theme: Theme) -> Question | None:
        pool = [*theme.questions, *(Question(ask, tuple(common()["notes"]["answers"])) for ask in _open_questions())]
        pool = [question for question in pool if self._asked.get(question.ask, 0) < _ASKED]
        if not pool:
            return None
        question = self._rng.choice(pool)
        self._asked[question.ask] = self._asked.get(question.ask, 0) + 1
        return question

    def _fresh(self, deck: Deck, slots: dict[str, list[str]], **given: str) -> str:
        """A sentence of the deck that was not said before, as far as there is one left."""
        text = ""
        for _ in range(_TRIES):
            known = self._speaker.count
            text = self._speaker.say(deck.draw(), slots, **given)
            if self._speaker.count > known:
                break
        return text

    def _dressed(self, text: str) -> str:
        if self._rng.random() < 0.1:
            first, _, rest = text.partition(" ")
            opening = self._rng.choice(common()["notes"]["openings"])
            text = opening + (first.lower() if first in _LOWERED else first) + " " + rest
        if self._rng.random() < 0.12:
            text += self._rng.choice(common()["notes"]["closings"])
        return text

    def _tagged(self, text: str, theme: Theme, chance: float) -> str:
        if self._rng.random() >= chance:
            return text
        chosen = self._rng.sample(theme.tags, 1 if self._rng.random() < 0.7 else 2)
        return text + "\n\n" + " ".join("#" + tag for tag in chosen)


def _open_questions() -> list[str]:
    asks: list[str] = common()["notes"]["questions"]
    return asks
