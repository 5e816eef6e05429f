"""Who follows whom in the demo: a few are followed by most, most by a few, and like interests find each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from feedsite.demo.people import DemoPerson

_SHARED_INTEREST, _SAME_ZONE = 4.0, 1.5
_FOLLOWS_BACK = 0.35


@dataclass
class Network:
    """follows: {(follower's id, followed id): days before today}. followers: {id: people, in the order they came}."""

    follows: dict[tuple[str, str], float] = field(default_factory=dict)
    followers: dict[str, list[DemoPerson]] = field(default_factory=dict)

    def add(self, follower: DemoPerson, followed: DemoPerson, days: float) -> None:
        """Let somebody follow somebody; twice is once."""
        if follower.id != followed.id and (follower.id, followed.id) not in self.follows:
            self.follows[follower.id, followed.id] = days
            self.followers.setdefault(followed.id, []).append(follower)


def make_network(rng: Random, people: list[DemoPerson]) -> Network:
    """Follows of everybody, each after both have joined."""
    network = Network()
    for person in people:
        wanted = min(140, int(6 * rng.paretovariate(1.1)))
        if person is people[0]:
            wanted = 75
        weights = [_attraction(person, other) for other in people]
        for other in rng.choices(people, weights, k=wanted):
            # Most follows come in the first weeks of an account.
            days = min(person.joined, other.joined) * rng.random() ** 0.5
            network.add(person, other, days)
            if rng.random() < _FOLLOWS_BACK:
                network.add(other, person, days * rng.random() ** 0.2)
    # Some found the demo person only now.
    for follower in rng.sample([one for one in people[3:] if one.joined > 2], 14):
        network.add(follower, people[0], rng.random() * 1.5)
    return network


def _attraction(person: DemoPerson, other: DemoPerson) -> float:
    if person is other:
        return 0.0
    shared = len(set(person.themes) & set(other.themes))
    return other.pull * (_SHARED_INTEREST if shared else 1.0) * (_SAME_ZONE if person.zone == other.zone else 1.0)
