"""What comes back: the one envelope of every page, for every aggregator and for an empty network too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from feedsite.feeds.names import Entity
from feedsite.feeds.order import OrderKey, instant, position_ms


@dataclass(frozen=True)
class Because:
    """Why an act is on a page: the link that brought it, or the audience that names the reader.

    Args:
        kind: `follow`, `watch` or `audience`.
        entity: what is followed or watched; the reader for `audience`.
        weight: the link's weight.
    """

    kind: str
    entity: Entity
    weight: float = 1.0

    def as_dict(self) -> dict[str, Any]:
        """The reason as plain data."""
        return {"link_type": self.kind, "id": self.entity.id, "type": self.entity.type, "weight": self.weight}


@dataclass(frozen=True)
class Item:
    """An act as a feed shows it.

    Args:
        key: its place in every feed.
        verb, actor, object, target, origin: what happened.
        about, audience, visibility, gate, words: as written.
        extras: what the writer kept with `actor`, `object`, `target`, `origin`.
        extra: what the writer kept with the act.
        first: the order key of the first generation of an act that was undone and done again; its own otherwise.
        because: the links that brought it, strongest first.
        notice: the key of its notification group.
    """

    key: OrderKey
    verb: str
    actor: Entity
    object: Entity
    target: Entity | None = None
    origin: Entity | None = None
    about: tuple[Entity, ...] = ()
    audience: tuple[Entity, ...] = ()
    visibility: str = "public"
    gate: Entity | None = None
    words: tuple[str, ...] = ()
    vector: tuple[float, ...] | None = None
    extras: dict[str, dict[str, Any]] = field(default_factory=dict)
    extra: dict[str, Any] | None = None
    first: OrderKey | None = None
    because: tuple[Because, ...] = ()
    notice: str = ""

    @property
    def id(self) -> str:
        """The act's id."""
        return self.key.id

    @property
    def published(self) -> datetime:
        """When it happened, in UTC, to the millisecond."""
        return instant(position_ms(self.key.position))

    @property
    def weight(self) -> float:
        """The largest weight of the links that brought it (1 without any)."""
        return max((reason.weight for reason in self.because), default=1.0)

    @property
    def touches(self) -> tuple[Entity, ...]:
        """Object, target, origin and about, each once."""
        ends = [self.object, self.target, self.origin]
        return tuple(dict.fromkeys([end for end in ends if end is not None] + list(self.about)))

    @property
    def newness(self) -> OrderKey:
        """The order key that a reader's marker is compared with."""
        return self.first or self.key

    @classmethod
    def made(cls, fields: dict[str, Any]) -> Item:
        """An item of all its fields, which come from a store: a page is made of many, and this is the quick way."""
        item = object.__new__(cls)
        item.__dict__.update(fields)
        return item

    def explained(self, because: tuple[Because, ...]) -> Item:
        """The same act with the links that brought it."""
        return Item.made({**self.__dict__, "because": because})

    def as_dict(self) -> dict[str, Any]:
        """The act as a plain dict, in the words of feeds: what is absent is left out."""
        made: dict[str, Any] = {
            "id": self.id,
            "type": self.verb,
            "published": self.published.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }
        for role in ("actor", "object", "target", "origin"):
            entity: Entity | None = getattr(self, role)
            if entity is not None:
                made[role] = {"id": entity.id, "type": entity.type}
                if role in self.extras:
                    made[role]["extra"] = self.extras[role]
        if self.extra is not None:
            made["extra"] = self.extra
        if self.because:
            made["because"] = [reason.as_dict() for reason in self.because]
        return made


@dataclass(frozen=True)
class Group:
    """A part of a page: what its items share.

    Args:
        level: the name of the level (`year`, `month`, `verb`, `object`, `notice`, ...).
        value: an int for a year or a month, a string for a verb or a group key, an Entity for a person or a thing.
        items: its newest acts.
        groups: the groups inside it.
        total: how many acts it has; a lower bound unless `total_is_exact`.
        more: a cursor to the acts after `items`, or None.
        latest: the order key of its newest act.
        actors: in a notification group: the newest distinct actors, newest first.
        actor_count: in a notification group: how many distinct actors.
        new: in a notification group: whether it stands in New.
        distinct: how many distinct things its acts were done to, where they are counted.
    """

    level: str
    value: int | str | Entity
    items: tuple[Item, ...] = ()
    groups: tuple[Group, ...] = ()
    total: int = 0
    total_is_exact: bool = True
    more: str | None = None
    latest: OrderKey | None = None
    actors: tuple[Entity, ...] = ()
    actor_count: int = 0
    new: bool = False
    distinct: int = 0

    @property
    def item(self) -> Item:
        """Its newest act."""
        return self.items[0]


@dataclass(frozen=True)
class Page:
    """A page of a feed.

    Args:
        kind: `activities` or `groups`.
        items: the acts of a page of activities, in order.
        groups: the groups of a page of groups, in order.
        next: a cursor to the page after it, or None on the last one.
        previous: a cursor to the page just before it (the first page if that would be short), or None on the first one.
        as_of: the instant the first page was read at, by the store's clock.
        total: how many there are in all where the aggregator counts them, else None.
        total_is_exact: False where `total` is a lower bound.
    """

    kind: str
    items: tuple[Item, ...] = ()
    groups: tuple[Group, ...] = ()
    next: str | None = None
    previous: str | None = None
    as_of: datetime | None = None
    total: int | None = None
    total_is_exact: bool = True

    def every_item(self) -> Iterator[Item]:
        """All acts on the page, inside groups too, each once."""
        seen: set[OrderKey] = set()
        stack = list(reversed(self.groups))
        found = list(self.items)
        while stack:
            group = stack.pop()
            found.extend(group.items)
            stack.extend(reversed(group.groups))
        for item in found:
            if item.key not in seen:
                seen.add(item.key)
                yield item

    def people(self) -> set[str]:
        """The ids of the persons the page speaks of."""
        found = {entity.id for group in self.groups for entity in group.actors if entity.type == "person"}
        for item in self.every_item():
            found.update(end.id for end in (item.actor, *item.touches) if end.type == "person")
        return found

    def things(self, kind: str) -> set[str]:
        """The ids of the things of one type the page speaks of."""
        return {end.id for item in self.every_item() for end in item.touches if end.type == kind}
