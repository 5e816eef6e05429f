"""The manager's method for whom somebody could follow: those whom the people they follow follow."""

from __future__ import annotations

from collections.abc import Iterable

from feedsite.feeds.aggregators.base import checked_size
from feedsite.feeds.names import Entity, entity_of
from feedsite.feeds.stores.base import FeedReader, FeedStore

#: Through how many of the newest people that somebody follows, and how many of each one's links are looked at.
THROUGH, EACH = 30, 100


class AcquaintanceMethods:
    """What `Manager` offers to suggestions."""

    store: FeedStore

    def acquaintances(self, person: object, *, size: int = 25) -> list[tuple[Entity, tuple[Entity, ...]]]:
        """Whom those follow whom a person follows, each with these, most of them first.

        Left out are the person, whoever they follow, mute or block, and whoever blocks them; those whom they mute count
        for nothing. It looks through the newest 30 that they follow at 100 links of each, so that it costs the same
        however many there are.

        Args:
            person: a person's id or an Entity.
            size: at most so many, 1 to 1000.
        """
        who, most = entity_of(person, "person"), checked_size(size, "size")
        return self.store.look_up(lambda reader: _acquaintances(reader, who, most))


def _acquaintances(reader: FeedReader, who: Entity, size: int) -> list[tuple[Entity, tuple[Entity, ...]]]:
    now = reader.now()
    mine = reader.links(follower=who, kinds=("follow",), as_of=now, size=THROUGH, others_only=True)
    friends = [row.entity for row in mine if row.entity.type == "person"]
    muted = _held(reader, who, ("mute",), friends, now)
    through = {friend.key: friend for friend in friends if friend not in muted}
    found: dict[Entity, list[Entity]] = {}
    for entity, follower in reader.followed_by(list(through), EACH):
        if entity.type == "person" and entity != who:
            found.setdefault(entity, []).append(through[follower])
    ranked = sorted(found, key=lambda entity: (-len(found[entity]), entity.key))
    # Some of the best are tied already: what is left of three times as many is enough.
    some = ranked[: 3 * size]
    tied = _held(reader, who, ("follow", "mute", "block"), some, now)
    borne = reader.links(entity=who, kinds=("block",), as_of=now, followers=[entity.key for entity in some])
    tied |= {row.follower for row in borne}
    return [(entity, tuple(found[entity])) for entity in some if entity not in tied][:size]


def _held(reader: FeedReader, who: Entity, kinds: tuple[str, ...], ends: Iterable[Entity], now: int) -> set[Entity]:
    keys = [end.key for end in ends]
    return {row.entity for row in reader.links(follower=who, kinds=kinds, as_of=now, entities=keys)} if keys else set()
