"""What happened in the demo: notes and threads, likes and shares, what projects are about, up to the last minutes.

What is drawn depends on the seed alone; `now` only says where the dates are counted from.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from feedsite.demo.network import Network, make_network
from feedsite.demo.people import DemoPerson, make_people, opaque_id
from feedsite.demo.words import themes
from feedsite.demo.writing import Said, Writer

SEED = "feedsite demo 1"
NOTES = 2200
#: Notes of the last hours, whatever the time of day is: somebody is always awake. Minutes before now.
FRESH = (3, 8, 14, 21, 33, 47, 62, 80, 101, 125, 150, 190, 230, 280, 340)

_PEAKS = ((7.5, 1.0), (12.7, 0.8), (17.5, 1.3), (20.8, 1.2))
#: How much delays differ: the logarithm's standard deviation.
_SPREAD = 1.2
#: Days after which nobody finds a note that was written before they joined.
_LATE = 2
#: The share of what would come later than now that comes sooner instead.
_EARLY = 0.3


@dataclass(frozen=True)
class DemoNote:
    """A note or a reply; `visibility` as the site calls it."""

    id: str
    author: DemoPerson
    text: str
    visibility: str
    at: datetime
    answered: DemoNote | None = None

    @property
    def root(self) -> DemoNote:
        """The note its thread began with."""
        return self if self.answered is None else self.answered.root


@dataclass(frozen=True)
class Reaction:
    """Somebody liked ("like") or shared ("announce") a note."""

    verb: str
    person: DemoPerson
    note: DemoNote
    at: datetime


@dataclass(frozen=True)
class Deed:
    """Somebody did something for a project: "join", "update", or "add" (a note of theirs)."""

    verb: str
    person: DemoPerson
    project: Project
    at: datetime
    note: DemoNote | None = None


@dataclass(frozen=True)
class Project:
    """Something people do together."""

    id: str
    name: str


@dataclass
class History:
    """Everything that happened; each list in no particular order."""

    now: datetime
    people: list[DemoPerson]
    network: Network
    notes: list[DemoNote] = field(default_factory=list)
    reactions: list[Reaction] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)

    def ago(self, days: float) -> datetime:
        """So many days before now, to the second."""
        return self.now - timedelta(seconds=round(days * 86_400))


def make_history(now: datetime, seed: str = SEED) -> History:
    """The whole demo as of an instant.

    Args:
        now: aware; where the dates are counted from.
    """
    people = make_people(_chance(seed, "people"))
    network = make_network(_chance(seed, "network"), people)
    history = History(now.replace(microsecond=0), people, network)
    _Chronicle(history, _chance(seed, "history")).write()
    return history


def _chance(seed: str, part: str) -> Random:
    # Meant to be foreseen: the same seed is the same demo, and a change in one part leaves the others as they are.
    return Random(f"{seed}/{part}")  # noqa: S311


class _Chronicle:
    def __init__(self, history: History, rng: Random) -> None:
        self._history, self._rng = history, rng
        self._writer = Writer(rng)
        self._friends: dict[str, list[DemoPerson]] = {}
        by_id = {person.id: person for person in history.people}
        for follower, followed in history.network.follows:
            self._friends.setdefault(follower, []).append(by_id[followed])

    def write(self) -> None:
        """Fill the history."""
        people = self._history.people
        authors = self._rng.choices(people, [person.energy for person in people], k=NOTES)
        for author in authors:
            days = max(0.02, (author.joined - 0.1)) * self._rng.random() ** 1.4
            self._thread(author, self._waking(author, days), days)
        for minutes in FRESH:
            self._thread(self._rng.choice(self._fresh_authors()), self._history.ago(minutes / 1440), minutes / 1440)
        for hours in (2.3, 7.0, 26.0, 31.0, 55.0):
            self._thread(people[0], self._history.ago(hours / 24), hours / 24, loved=True)
        self._projects()

    def _fresh_authors(self) -> list[DemoPerson]:
        """Those whom the demo person follows: what is new shows on her home."""
        return [person for person in self._friends[self._history.people[0].id] if person.joined > 1]

    def _waking(self, person: DemoPerson, days: float) -> datetime:
        """About so many days ago, at an hour when people write, on their own clock."""
        zone = ZoneInfo(person.zone)
        peak, spread = self._rng.choices(_PEAKS, (3, 2, 3, 5))[0]
        seconds = int(self._rng.gauss(peak, spread) * 3600) % 86_400
        there = self._history.ago(days).astimezone(zone)
        midnight = there.replace(hour=0, minute=0, second=0)
        at = (midnight + timedelta(seconds=seconds)).astimezone(self._history.now.tzinfo)
        while at > self._history.now:
            at -= timedelta(days=1)
        return max(at, self._history.ago(person.joined - 0.01))

    def _after(self, at: datetime, minutes: float, person: DemoPerson) -> datetime:
        """When somebody does something about what happened at `at`: usually `minutes` later, never later than now."""
        later, share = self._delayed(at, minutes, person)
        if later > self._history.now:
            later = (at + (self._history.now - at) * share).replace(microsecond=0)
        return later if later > at else at + timedelta(milliseconds=1)

    def _delayed(self, at: datetime, minutes: float, person: DemoPerson) -> tuple[datetime, float]:
        """Some time later, perhaps after now, and a share of one drawn with it: as many draws whatever the time is."""
        delay = min(7 * 86_400, int(60 * self._rng.lognormvariate(math.log(minutes), _SPREAD)))
        # Who joined in between found it on their first day.
        start = max(at, self._history.ago(person.joined))
        return start + timedelta(seconds=delay), self._rng.random()

    def _thread(self, author: DemoPerson, at: datetime, days: float, *, loved: bool = False) -> None:
        """A note of about so many days ago, and what came of it."""
        friends = self._friends.get(author.id) or self._history.people[:3]
        said = self._writer.note(author, self._rng.choice(friends).handle)
        note = self._note(author, said.text, "followers" if said.private else "public", at)
        followers = self._history.network.followers.get(author.id, [])
        readers = [person for person in followers if person.joined + _LATE > days]
        if not readers:
            return
        warmth = min(3.0, 0.5 + len(readers) / 25) * (2.5 if loved else 1.0) * (1.6 if said.answers else 1.0)
        self._react(note, readers, warmth)
        self._converse(note, said, readers, warmth)

    def _note(
        self, author: DemoPerson, text: str, visibility: str, at: datetime, answered: DemoNote | None = None
    ) -> DemoNote:
        note = DemoNote(opaque_id(self._rng), author, text, visibility, at, answered)
        self._history.notes.append(note)
        return note

    def _some(self, people: list[DemoPerson], mean: float) -> list[DemoPerson]:
        """About so many of these, the lively ones rather."""
        wanted = min(len(people), int(self._rng.expovariate(1 / mean)))
        picked = self._rng.choices(people, [person.energy for person in people], k=wanted)
        return list(dict.fromkeys(picked))

    def _react(self, note: DemoNote, readers: list[DemoPerson], warmth: float) -> None:
        self._reactions("like", note, self._some(readers, 4.5 * warmth), 90)
        if note.visibility == "public":
            self._reactions("announce", note, self._some(readers, 0.6 * warmth), 200)

    def _reactions(self, verb: str, note: DemoNote, people: list[DemoPerson], minutes: float) -> None:
        for person in people:
            at, share = self._delayed(note.at, minutes, person)
            if at > self._history.now:
                # Most of these are still to come; were all of them here, the last hour would be the busiest ever.
                if share > _EARLY:
                    continue
                at = (note.at + (self._history.now - note.at) * share / _EARLY).replace(microsecond=0)
            if person is not note.author:
                at = at if at > note.at else note.at + timedelta(milliseconds=1)
                self._history.reactions.append(Reaction(verb, person, note, at))

    def _converse(self, root: DemoNote, said: Said, readers: list[DemoPerson], warmth: float) -> None:
        used = {said.text}
        for person in self._some(readers, (1.8 if said.answers else 0.7) * warmth):
            if person is root.author:
                continue
            last = self._reply(person, self._writer.reply(said, used), root, 50)
            self._react(last, readers, 0.25 * warmth)
            # The two of them talk on, sometimes for a while.
            speakers = (root.author, person)
            turn = 0
            while self._rng.random() < (0.45 if turn == 0 else 0.3):
                last = self._reply(speakers[turn % 2], self._writer.back(used), last, 25)
                self._react(last, [speakers[(turn + 1) % 2]], 0.5)
                turn += 1

    def _reply(self, person: DemoPerson, text: str, answered: DemoNote, minutes: float) -> DemoNote:
        return self._note(person, text, answered.visibility, self._after(answered.at, minutes, person), answered)

    def _projects(self) -> None:
        for theme in themes().values():
            fond = [person for person in self._history.people if theme.key in person.themes]
            for name in theme.projects:
                self._project(Project(_slug(name), name), fond)

    def _project(self, project: Project, fond: list[DemoPerson]) -> None:
        members = self._rng.sample(fond, min(len(fond), self._rng.randint(5, 14)))
        notes: dict[str, list[DemoNote]] = {person.id: [] for person in members}
        for note in self._history.notes:
            if note.author.id in notes and note.visibility == "public" and note.answered is None:
                notes[note.author.id].append(note)
        for person in members:
            joined = self._waking(person, (person.joined - 0.1) * self._rng.random())
            self._history.deeds.append(Deed("join", person, project, joined))
            for note in self._rng.sample(
                notes[person.id], min(len(notes[person.id]), self._rng.choice((0, 0, 1, 1, 2)))
            ):
                at = self._after(max(note.at, joined), 300, person)
                self._history.deeds.append(Deed("add", person, project, at, note))
            if self._rng.random() < 0.35:
                self._history.deeds.append(Deed("update", person, project, self._after(joined, 9000, person)))


def _slug(name: str) -> str:
    return "-".join("".join(letter if letter.isalnum() else " " for letter in name.lower()).split())
