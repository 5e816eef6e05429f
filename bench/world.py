"""A made-up world for benchmarks: people of very different activity, whom they follow, and two years of what they did.

It knows no contender: it gives acts in the order of time, links, the readers whose pages are measured, and, from the
same pass, what those pages must show. The same size and seed give the same world.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import accumulate
from typing import NamedTuple

START = datetime(2024, 11, 1, tzinfo=UTC)
END = datetime(2026, 11, 1, tzinfo=UTC)
FOLLOWED = (20, 200, 2_000, 10_000, 50_000)
"""Of how many people the measured readers' networks are, where the world has so many."""

_CHUNK = 10_000
_RECENT_NOTES = 5_000
_QUIET_ACTS = 200
_SHOWN = 26 * 26
_WATCHED = 500


class Act(NamedTuple):
    """What somebody did: entities are keys (`type:id`)."""

    ms: int
    id: str
    verb: str
    actor: str
    object: str
    target: str | None
    about: tuple[str, ...]
    audience: tuple[str, ...]

    @property
    def touches(self) -> tuple[str, ...]:
        """The entities it touches, each once."""
        ends = (self.object, self.target, *self.about)
        return tuple(dict.fromkeys(end for end in ends if end is not None))


class Follow(NamedTuple):
    """A link by keys: `kind` is `follow` or `watch`; since, in milliseconds since 1970."""

    follower: str
    kind: str
    entity: str
    since: int


@dataclass(frozen=True)
class Reader:
    """Whose home is measured.

    Args:
        key: the reader.
        followed: the keys of those whom the reader follows.
        density: `dense` (the busiest people), `sparse` (the quietest) or `quiet` (five who last wrote a year ago).
    """

    key: str
    followed: tuple[str, ...]
    density: str

    @property
    def name(self) -> str:
        """How tables call it."""
        return "five quiet" if self.density == "quiet" else f"{len(self.followed):,} {self.density}"


@dataclass
class Answers:
    """What pages must show, gathered while the acts go by; lists of ids are newest first.

    Args:
        homes: by reader's name, the newest acts of those they follow, as far as the deepest page measured.
        profiles: by person, their newest acts.
        concerns: by person, every act of others that names them: (id, verb, object).
    """

    homes: dict[str, deque[str]] = field(default_factory=dict)
    profiles: dict[str, deque[str]] = field(default_factory=dict)
    concerns: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)


class World:
    """People, links and acts.

    Args:
        acts: how many acts.
        people: how many people; one for 100 acts unless given, at least 100.
        seed: of all that is random.
    """

    def __init__(self, acts: int, people: int | None = None, seed: int = 7) -> None:
        self.size, self.people_count, self.seed = acts, people or max(100, acts // 100), seed
        self.people = [_key("person", number) for number in range(self.people_count)]
        self.quiet = [_key("person", f"quiet{number}") for number in range(5)]
        self.tags = [f"tag:t{number}" for number in range(max(20, self.people_count // 50))]
        self.start, self.end = (int(at.timestamp() * 1000) for at in (START, END))
        self.readers = self._readers()
        self.celebrity, self.lonely = self.people[0], self.people[-1]
        #: Whose notifications are measured: whom most acts name, somebody in the middle, a quiet person.
        self.named = (self.people[0], self.people[self.people_count // 50], self.people[self.people_count // 2])
        #: Whose writing is measured: nobody follows the first, 200 (or all there are) the second, everybody the third.
        self.writers = (_key("person", "unheard"), _key("person", "heard"), self.people[0])
        self.answers = Answers()

    def _readers(self) -> list[Reader]:
        found = [Reader("person:reader-quiet", tuple(self.quiet), "quiet")]
        for size in FOLLOWED:
            if size <= self.people_count // 2:
                found.append(Reader(f"person:reader-dense-{size}", tuple(self.people[:size]), "dense"))
                found.append(Reader(f"person:reader-sparse-{size}", tuple(self.people[-size:]), "sparse"))
        return found

    def links(self) -> Iterator[Follow]:
        """Who follows whom: the readers, everybody the celebrity, and each person a few, popular ones more often."""
        for reader in self.readers:
            for end in reader.followed:
                yield Follow(reader.key, "follow", end, self.start)
        for person in self.people[:200]:
            yield Follow(person, "follow", self.writers[1], self.start)
        picker, weights = random.Random(self.seed + 1), _weights(self.people_count)
        for at, person in enumerate(self.people):
            count = min(int(picker.paretovariate(1.2) * 3), 200)
            chosen = set(picker.choices(range(self.people_count), cum_weights=weights, k=count)) | {0}
            for other in sorted(chosen - {at}):
                yield Follow(person, "follow", self.people[other], self.start)

    def watches(self) -> Iterator[Follow]:
        """What the people whose notifications are measured watch: the notes that they wrote last (after the acts)."""
        for person in self.named:
            for note in self._written[person]:
                yield Follow(person, "watch", note, self.start)

    def acts(self) -> Iterator[Act]:
        """All acts, oldest first; when they have gone by, `answers` is complete."""
        self.answers = Answers(
            homes={reader.name: deque(maxlen=_SHOWN) for reader in self.readers},
            profiles={person: deque(maxlen=_SHOWN) for person in (self.celebrity, self.lonely)},
            concerns={person: [] for person in self.named},
        )
        self._written: dict[str, deque[str]] = {person: deque(maxlen=_WATCHED) for person in self.named}
        pages: dict[str, list[deque[str]]] = {}
        for reader in self.readers:
            for end in reader.followed:
                pages.setdefault(end, []).append(self.answers.homes[reader.name])
        for person, page in self.answers.profiles.items():
            pages.setdefault(person, []).append(page)
        nothing: list[deque[str]] = []
        for act in self._made():
            for page in pages.get(act.actor, nothing):
                page.appendleft(act.id)
            if act.verb in ("create", "reply") and act.actor in self._written:
                self._written[act.actor].append(act.object)
            for named in act.audience:
                if named in self.answers.concerns and named != act.actor:
                    self.answers.concerns[named].append((act.id, act.verb, act.object))
            yield act

    def _made(self) -> Iterator[Act]:
        chance = random.Random(self.seed)
        busy, tagged = _weights(self.people_count), _weights(len(self.tags))
        notes: deque[tuple[str, str]] = deque([("note:first", self.people[0])], maxlen=_RECENT_NOTES)
        span, every = self.end - self.start, max(1, self.size // 2 // _QUIET_ACTS)
        for at in range(0, self.size, _CHUNK):
            count = min(_CHUNK, self.size - at)
            actors = chance.choices(self.people, cum_weights=busy, k=count)
            tags = chance.choices(self.tags, cum_weights=tagged, k=count)
            verbs = chance.choices(("create", "reply", "like", "announce"), cum_weights=(45, 60, 90, 100), k=count)
            for number in range(at, at + count):
                actor, tag, verb = actors[number - at], tags[number - at], verbs[number - at]
                ms = self.start + int((number + chance.random()) / self.size * span)
                act_id = f"{ms:011x}{chance.getrandbits(56):014x}"
                if number % every == 0 and number < self.size // 2:
                    # They are heard of in the first year only.
                    actor, verb = self.quiet[(number // every) % len(self.quiet)], "create"
                if verb == "create":
                    note = f"note:{act_id[5:]}"
                    yield Act(ms, act_id, verb, actor, note, None, (tag,) if number % 2 else (), ())
                    notes.append((note, actor))
                    continue
                other, author = notes[int(len(notes) * chance.random())]
                if verb == "reply":
                    note = f"note:{act_id[5:]}"
                    yield Act(ms, act_id, verb, actor, note, other, (author,), (author,))
                    notes.append((note, actor))
                else:
                    yield Act(ms, act_id, verb, actor, other, None, (author,), (author,))


def _key(kind: str, name: object) -> str:
    """An entity with an opaque id, as the site's are."""
    return f"{kind}:{blake2b(str(name).encode(), digest_size=10).hexdigest()}"


def _weights(count: int) -> list[float]:
    """Cumulated weights of a power law: the first few of many do much."""
    return list(accumulate((number + 5) ** -0.9 for number in range(count)))
