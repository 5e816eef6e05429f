"""A network for the benchmark of the index: people of every activity, readers of every size, written to a record."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import Engine, insert

from feedsite.feeds.order import milliseconds, position
from feedsite.feeds.query import group_key, lone_key
from feedsite.feeds.stores.sql import SqlStore

VERBS = {"like": 40, "post": 25, "reply": 12, "announce": 9, "follow": 6, "tag": 4, "join": 2, "attend": 2}
BEGAN = datetime(2024, 11, 1, tzinfo=UTC)
ENDED = datetime(2026, 11, 1, tzinfo=UTC)
SIZES = (200, 2000, 10_000)
_BATCH = 20_000


@dataclass(frozen=True)
class Reader:
    """Somebody who reads: whom they follow and watch.

    Args:
        id: of the person.
        density: `dense` (busy people), `sparse` (quiet ones) or `quiet` (five who last did something a year ago).
        size: how many they follow.
        follows: ids of persons.
        watches: ids of notes.
    """

    id: str
    density: str
    size: int
    follows: tuple[str, ...] = field(repr=False)
    watches: tuple[str, ...] = field(default=(), repr=False)


class Network:
    """A network of two years, the same for the same numbers.

    Args:
        acts, people: how many.
        readers: how many of each kind and size.
    """

    def __init__(self, acts: int, people: int, readers: int = 3) -> None:
        self.acts, self.people = acts, people
        self._random = random.Random(563)
        # Activity falls with the rank, as it does in real networks; the names say nothing about it.
        self._names = [f"p{number:06}" for number in range(people)]
        self._random.shuffle(self._names)
        self._weights = list(accumulate(1 / (rank + 20) ** 0.75 for rank in range(people)))
        # Of the quietest tenth nobody has done anything for a year.
        self._asleep = people - people // 10
        self.readers = list(self._readers(readers))

    def _readers(self, each: int) -> Iterator[Reader]:
        for density in ("dense", "sparse"):
            for size in SIZES:
                # Busy: out of the first so many; quiet: out of the half below the middle that still writes.
                pool = range(max(int(size * 1.5), 500)) if density == "dense" else range(self.people // 2, self._asleep)
                for number in range(each):
                    chosen = self._random.sample(pool, min(size, len(pool)))
                    yield self._reader(f"{density}{size}x{number}", density, size, chosen)
        for number in range(each):
            yield self._reader(f"quiet5x{number}", "quiet", 5, self._random.sample(range(self._asleep, self.people), 5))

    def _reader(self, name: str, density: str, size: int, ranks: list[int]) -> Reader:
        watches = tuple(f"n{one}" for one in self._random.sample(range(max(50, self.acts // 4)), min(size // 10, 50)))
        return Reader(name, density, size, tuple(self._names[rank] for rank in ranks), watches)

    def fill(self, engine: Engine) -> None:
        """Write it to the tables of a record: acts without what only the record's own pages need, and links."""
        store = SqlStore(engine=engine)
        store.create()
        tables = store.tables
        with engine.begin() as connection:
            connection.execute(insert(tables.verbs), [{"verb": verb} for verb in VERBS])
            batch: list[dict[str, Any]] = []
            for row in self._rows():
                batch.append(row)
                if len(batch) == _BATCH:
                    connection.execute(insert(tables.acts), batch)
                    batch = []
            if batch:
                connection.execute(insert(tables.acts), batch)
            for reader in self.readers:
                connection.execute(insert(tables.links), list(_links(reader)))

    def _rows(self) -> Iterator[dict[str, Any]]:
        verbs, shares = list(VERBS), list(accumulate(VERBS.values()))
        seconds = (ENDED - BEGAN).total_seconds()
        notes = max(1, self.acts // 4)
        for number in range(self.acts):
            rank = bisect_left(self._weights, self._random.random() * self._weights[-1])
            rank = min(rank, self.people - 1)
            # More happens every month than in the one before.
            part = self._random.random() ** 0.7
            if rank >= self._asleep:
                part *= 0.5
            ms = milliseconds(BEGAN + timedelta(seconds=part * seconds))
            verb = verbs[bisect_left(shares, self._random.random() * shares[-1])]
            # Some notes are liked by everybody, most by few; what concerns a reader is among them.
            note = f"note:n{int(notes * self._random.random() ** 3)}"
            actor, act_id = f"person:{self._names[rank]}", f"a{number:09}"
            yield {
                "position": position(ms, act_id),
                "id": act_id,
                "verb": verb,
                "actor": actor,
                "object": note,
                "visibility": "public",
                "gate": actor,
                "notice": group_key(verb, note),
                "lone": lone_key(verb, act_id),
                "body": self._body(number),
                "arrived": ms,
            }

    def _body(self, number: int) -> str | None:
        if number % 40:
            return '{"extra": {"text": "something that somebody wrote"}}'
        reader = self._random.choice(self.readers)
        return f'{{"audience": ["person:{reader.id}"]}}'


def _links(reader: Reader) -> Iterator[dict[str, Any]]:
    began = milliseconds(BEGAN) - 86_400_000
    for kind, of, ids in (("follow", "person", reader.follows), ("watch", "note", reader.watches)):
        for one in ids:
            yield {
                "follower": f"person:{reader.id}",
                "kind": kind,
                "entity": f"{of}:{one}",
                "verbs": "",
                "since": began,
                "weight": 1.0,
                "arrived": began,
            }
