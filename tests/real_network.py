"""The real data set by a plain reading of its file, and its network in a feed engine of its own: no site, no people.

The reading knows nothing of how the engine works; what the two have in common is the order of acts (`position`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from feedsite.feeds import Entity, Manager
from feedsite.feeds.order import position
from feedsite.importing.higgs import Interaction, Skipped, Source, interactions, person_id

CELEBRITY = "88"
"""The account that most others answered."""

ANNOUNCEMENT = datetime(2012, 7, 4, tzinfo=UTC).date()
"""The day on which the discovery was announced."""


class Notice(NamedTuple):
    """A notification group as a reading of the file has it."""

    verb: str
    thing: str
    events: int
    people: int
    newest_people: tuple[str, ...]
    newest: str


@dataclass(frozen=True)
class Reading:
    """Every line of the file, and since when whom an account follows (seconds since 1970)."""

    acts: list[Interaction]
    follows: dict[str, dict[str, float]]

    @classmethod
    def of(cls, path: Path) -> Reading:
        """Read the file from the beginning to the end."""
        acts = list(interactions(Source(path), Skipped()))
        follows: dict[str, dict[str, float]] = {}
        for act in acts:
            follows.setdefault(act.actor, {}).setdefault(act.other, act.published.timestamp())
        return cls(acts, follows)

    @property
    def follows_most(self) -> str:
        """The account that follows most others."""
        return max(self.follows, key=lambda one: (len(self.follows[one].keys() - {one}), one))

    def concerning(self, account: str) -> list[Interaction]:
        """What others did to an account."""
        return [act for act in self.acts if act.other == account != act.actor]

    def around(self, account: str) -> list[Interaction]:
        """What those did whom an account follows, from then on, without what it did itself."""
        since = self.follows.get(account, {})
        return [
            act
            for act in self.acts
            if act.actor != account and act.actor in since and act.published.timestamp() >= since[act.actor]
        ]

    def notices(self, acts: Iterable[Interaction], alone: Iterable[str] = ()) -> list[Notice]:
        """Acts as notification groups: by verb and thing, those of some verbs each alone, newest first."""
        groups: dict[object, list[Interaction]] = {}
        for act in sorted(acts, key=_key, reverse=True):
            groups.setdefault(act.id if act.verb in alone else (act.verb, act.other), []).append(act)
        return [_notice(inside) for inside in groups.values()]

    def hours(self, zone: str) -> Counter[tuple[str, int, str]]:
        """How many acts each hour of each day has, by verb: {(ISO date, hour, verb): number}."""
        local = ZoneInfo(zone)
        times = ((act.published.astimezone(local), act.verb) for act in self.acts)
        return Counter((at.date().isoformat(), at.hour, verb) for at, verb in times)


def load(manager: Manager, acts: Iterable[Interaction], progress: Callable[[int, int], None] | None = None) -> None:
    """Write acts, and the links that they prove, to a store."""
    manager.add_activities((act.activity() for act in acts), progress=progress)


def link_all(manager: Manager, reading: Reading, accounts: Iterable[str]) -> None:
    """Write the links of some accounts."""

    def links() -> Iterator[object]:
        wanted, seen = set(accounts), set()
        for act in reading.acts:
            if act.actor in wanted and (act.actor, act.other) not in seen:
                seen.add((act.actor, act.other))
                yield act.follow()

    manager.add_links(links())  # type: ignore[arg-type]


def shown(manager: Manager, aggregator: object) -> list[Notice]:
    """The notification groups that a store gives, page after page."""
    found, cursor = [], None
    while True:
        page = manager.get_page(aggregator, cursor)  # type: ignore[arg-type]
        for group in page.groups:
            people = tuple(actor.id for actor in group.actors)
            newest = group.item
            found.append(Notice(newest.verb, newest.object.id, group.total, group.actor_count, people, newest.id))
        cursor = page.next
        if cursor is None:
            return found


def person(account: str) -> Entity:
    """The entity of an account."""
    return Entity("person", person_id(account))


def _key(act: Interaction) -> tuple[int, str]:
    return position(int(act.published.timestamp() * 1000), act.id), act.id


def _notice(inside: list[Interaction]) -> Notice:
    people = list(dict.fromkeys(person_id(act.actor) for act in inside))
    newest = inside[0]
    return Notice(newest.verb, person_id(newest.other), len(inside), len(people), tuple(people[:8]), newest.id)
