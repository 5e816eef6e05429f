"""A small world for tests, in the words of the domain: a clock that stands still, people who do things."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from feedsite.feeds import Activity, Actor, Entity, Manager, Object
from feedsite.feeds.activity import Target
from feedsite.feeds.aggregators import Aggregator
from feedsite.feeds.order import instant, milliseconds
from feedsite.feeds.page import Group, Item, Page

NOON = datetime(2026, 3, 15, 12, tzinfo=UTC)
MS = timedelta(milliseconds=1)


class Clock:
    """Milliseconds since 1970 that move only when told to."""

    def __init__(self, now: datetime = NOON) -> None:
        self.ms = milliseconds(now)

    def __call__(self, _connection: object = None) -> int:
        """The instant, in milliseconds since 1970."""
        return self.ms

    @property
    def now(self) -> datetime:
        """The instant."""
        return instant(self.ms)

    def forward(self, **time: float) -> None:
        """Move on, by the arguments of a timedelta."""
        self.ms += timedelta(**time) // MS


class Network:
    """What people do in a test: each post a second after the last one, unless `at` says when."""

    def __init__(self, manager: Manager, clock: Clock) -> None:
        self.manager, self.clock = manager, clock

    def follow(self, follower: str, *followed: str) -> None:
        """Somebody follows others."""
        for name in followed:
            self.manager.follow(follower, name)

    def post(self, actor: str, *, at: datetime | None = None, verb: str = "create", on: str = "", **more: Any) -> str:
        """Somebody does something to a note (a new one unless `on` names it); returns the act's id."""
        if at is None:
            self.clock.forward(seconds=1)
        number = on or f"n{id(object())}{self.clock.ms}"
        target = more.pop("target", None)
        activity = Activity(
            verb,
            Actor(actor, "person"),
            Object(number, "note"),
            at or self.clock.now,
            activity_target=Target(target, "note") if target else None,
            **more,
        )
        return self.manager.add_activity_feed(activity).id

    def ids(self, aggregator: Aggregator) -> list[str]:
        """The ids of a whole feed, page after page."""
        return [item.id for page in self.pages(aggregator) for item in page.items]

    def pages(self, aggregator: Aggregator, limit: int = 10_000) -> list[Page]:
        """All pages of a feed."""
        made = [self.manager.get_page(aggregator)]
        while made[-1].next is not None and len(made) < limit:
            made.append(self.manager.get_page(aggregator, made[-1].next))
        return made

    def groups(self, aggregator: Aggregator) -> list[Group]:
        """All groups of a feed, page after page."""
        return [group for page in self.pages(aggregator) for group in page.groups]

    def inner_groups(self, aggregator: Aggregator, group: Group) -> list[Group]:
        """The groups inside a group: those on its page, and those its cursor leads to."""
        groups, more = list(group.groups), group.more
        while more is not None:
            page = self.manager.get_page(aggregator, more)
            groups += page.groups
            more = page.next
        return groups

    def rest(self, aggregator: Aggregator, group: Group) -> list[Item]:
        """A whole group: the acts on its page, and those its cursor leads to."""
        items, more = list(group.items), group.more
        while more is not None:
            page = self.manager.get_page(aggregator, more)
            items += page.items
            more = page.next
        return items


def note(number: str) -> Entity:
    """The note with this id."""
    return Entity("note", number)


def people(names: Iterable[str]) -> list[Entity]:
    """The persons with these ids."""
    return [Entity("person", name) for name in names]
