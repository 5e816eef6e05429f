"""Every kind of page of people of all sizes, walked on two stores at once and compared page by page."""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from feedsite.feeds import Entity, Manager, Marker
from feedsite.feeds import aggregators as kinds
from feedsite.feeds.order import position
from feedsite.feeds.page import Group
from feedsite.feeds.stores.elasticsearch.client import counting_trips
from feedsite.importing.higgs import Skipped, Source, interactions
from feedsite.notifications.aggregators import ConcernsAggregator

ZONES = ("UTC", "America/Los_Angeles", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Apia", "Europe/Berlin")
ANNOUNCEMENT = datetime(2012, 7, 4, 8, tzinfo=UTC)
"""When the discovery was announced: half of what happened is newer."""

_BIG = 10
"""Who has more than two to the power of this of anything is big."""

_TRIES = 20
"""How often a page is asked for that the index did not answer in time, two seconds apart."""

SIZE, WRITTEN = 20, ("mention", "reply")
Aggregator = kinds.Aggregator


def _marker() -> Marker:
    return Marker(position(int(ANNOUNCEMENT.timestamp() * 1000), ""))


def feeds_of(me: Entity, zone: str) -> dict[str, Aggregator]:
    """Every kind of page of one person, by name: those of the site, then what else the engine has."""
    network: dict[str, Any] = {"include_history": True, "size": SIZE}
    marked: dict[str, Any] = {"read": _marker(), "seen": _marker()}
    return {
        "home": kinds.CursorAggregator(me, **network),
        "home, unread": kinds.CursorAggregator(me, others_only=True, newer_than=_marker(), **network),
        "home, cards of people": kinds.CollapseAggregator(me, "object", **network),
        "archive": kinds.YearMonthAggregator(me, include_history=True, zone=zone),
        "archive, by verb": kinds.YearMonthTypeAggregator(me, include_history=True, activities_per_group=1, zone=zone),
        "archive, shares in July": kinds.CursorAggregator(
            me, verbs=("announce",), since=datetime(2012, 7, 1, tzinfo=UTC), zone=zone, **network
        ),
        "profile": kinds.ActorAggregator(me, size=SIZE),
        "profile, seen by nobody": kinds.ActorAggregator(me, viewer=None, verbs=WRITTEN, size=SIZE),
        "profile, calendar": kinds.YearMonthAggregator(me, scope="actor", zone=zone),
        "thing": kinds.ThingAggregator(me, viewer=me, size=SIZE),
        "thread": kinds.ThreadAggregator(me, verbs=WRITTEN, viewer=me, size=SIZE),
        "everybody": kinds.PublicAggregator(me, size=SIZE, public_only=True),
        "notifications": kinds.NotificationAggregator(me, size=SIZE),
        "notifications, marked": kinds.NotificationAggregator(me, size=SIZE, **marked),
        "notifications, grouped by actor's network": kinds.NotificationAggregator(me, scope="network", size=SIZE),
        "notifications, one by one": ConcernsAggregator(me, size=SIZE),
        "un-aggregated": kinds.UnAggregated(me),
        "home, oldest first": kinds.CursorAggregator(me, order="asc", **network),
        "home since the links": kinds.CursorAggregator(me, size=SIZE),
        "cards of actors": kinds.CollapseAggregator(me, "actor", **network),
        "cards of verbs": kinds.CollapseAggregator(me, "verb", **network),
        "by verb": kinds.RecentTypeAggregator(me, **network),
        "by verb and thing": kinds.RecentTypeObjectAggregator(me, **network),
        "by thing and verb": kinds.RecentObjectTypeAggregator(me, **network),
    }


@dataclass
class Size:
    """How big somebody is: whom they follow, who follows them, what they did, what was done to them."""

    follows: set[str] = field(default_factory=set)
    followers: set[str] = field(default_factory=set)
    did: int = 0
    got: int = 0

    def measures(self) -> tuple[int, int, int, int]:
        return len(self.follows), len(self.followers), self.did, self.got


def sizes_of(path: Path, lines: int | None = None) -> dict[str, Size]:
    """The size of every account of the file (or of so many lines of it)."""
    sizes: dict[str, Size] = defaultdict(Size)
    for act in interactions(Source(path, lines), Skipped()):
        one, other = sizes[act.actor], sizes[act.other]
        one.did += 1
        other.got += 1
        one.follows.add(act.other)
        other.followers.add(act.actor)
    return dict(sizes)


def chosen(sizes: dict[str, Size], count: int) -> list[str]:
    """Accounts of all sizes: by each measure the two biggest, and some from every power of two below."""
    found: dict[str, None] = {}
    picker = random.Random(563_069)
    for measure in range(4):
        by_size = sorted(sizes, key=lambda one: (-sizes[one].measures()[measure], one))
        found |= dict.fromkeys(by_size[:2])
        steps: dict[int, list[str]] = defaultdict(list)
        for account in by_size:
            steps[sizes[account].measures()[measure].bit_length()].append(account)
        for bits, accounts in steps.items():
            # The pages of the biggest are many and long: a few of them say what there is to say.
            wanted = count // 40 if bits <= _BIG else 2
            found |= dict.fromkeys(picker.sample(accounts, min(len(accounts), wanted)))
    rest = picker.sample(sorted(sizes.keys() - found.keys()), max(0, count - len(found)))
    return [*found, *rest]


@dataclass
class Kind:
    """What was seen of one kind of page; seconds of both stores, and round trips of single pages."""

    pages: int = 0
    items: int = 0
    sql: list[float] = field(default_factory=list)
    index: list[float] = field(default_factory=list)
    trips: Counter[int] = field(default_factory=Counter)

    def add(self, other: Kind) -> None:
        """Count what somebody else saw too."""
        self.pages, self.items = self.pages + other.pages, self.items + other.items
        self.sql += other.sql
        self.index += other.index
        self.trips += other.trips


class Different(Exception):
    """A page is not the other store's."""


class Comparison:
    """Walks feeds on both stores, page by page, and compares the pages whole: items, groups, counts, cursors.

    Args:
        sql, index: the two stores.
        most: pages of a feed at most.
        instead: counts, by reason, the answers that the record gave in place of the index; such a page is asked again.
    """

    def __init__(self, sql: Manager, index: Manager, most: int, instead: Counter[str]) -> None:
        self._sql, self._index, self.most, self.instead = sql, index, most, instead
        self.kinds: dict[str, Kind] = defaultdict(Kind)

    def walk(self, name: str, aggregator: Aggregator) -> None:
        """Compare a feed to its end, or so many pages; then the insides of its first groups.

        Raises Different, which says where.
        """
        cursor, inside = None, []
        for number in range(1, self.most + 1):
            page = self._compare(name, aggregator, cursor, number)
            if number == 1:
                inside = list(_cursors(page.groups))[:3]
            cursor = page.next
            if cursor is None:
                break
        for more in inside:
            at: str | None = more
            for number in range(1, 4):
                page = self._compare(f"{name}: inside a group", aggregator, at, number)
                at = page.next
                if at is None:
                    break

    def person(self, me: Entity, zone: str) -> None:
        """Compare all that there is of one person.

        Raises Different.
        """
        for name, aggregator in feeds_of(me, zone).items():
            self.walk(name, aggregator)
        for name in ("following", "followers"):
            cursor = None
            for _ in range(self.most):
                page = self.same(name, lambda manager, of=name, at=cursor: getattr(manager, of)(me, cursor=at))
                cursor = page.next
                if cursor is None:
                    break
        badge = kinds.NotificationAggregator(me, read=_marker(), seen=_marker())
        news = kinds.CursorAggregator(me, others_only=True, include_history=True)
        self.same("badge", lambda manager: manager.count_badge(badge))
        self.same("count of new", lambda manager: manager.count_new(news, _marker()))
        self.same("counts of a thing", lambda manager: manager.counts([me], (*WRITTEN, "announce"), viewer=me))

    def same(self, name: str, ask: Callable[[Manager], Any]) -> Any:
        """Compare the answers to a question; returns the answer."""
        kind = self.kinds[name]
        started = time.perf_counter()
        expected = ask(self._sql)
        kind.sql.append(time.perf_counter() - started)
        found, seconds, trips = self._by_index(ask)
        kind.index.append(seconds)
        kind.trips[trips] += 1
        kind.pages += 1
        if found != expected:
            raise Different(f"{name}:\nSQLite\n  {expected}\nElasticsearch\n  {found}")
        return found

    def _by_index(self, ask: Callable[[Manager], Any]) -> tuple[Any, float, int]:
        """The index's answer, its seconds and its round trips."""
        for _ in range(_TRIES):
            before, started = self.instead.total(), time.perf_counter()
            with counting_trips() as trips:
                found = ask(self._index)
            seconds = time.perf_counter() - started
            if self.instead.total() == before:
                return found, seconds, len(trips)
            time.sleep(2)
        raise Different(f"the record answered in place of the index: {dict(self.instead)}")

    def _compare(self, name: str, aggregator: Aggregator, cursor: str | None, number: int) -> Any:
        try:
            page = self.same(name, lambda manager: manager.get_page(aggregator, cursor))
        except Different as problem:
            raise Different(f"{aggregator.owner}, page {number} of {problem}") from None
        self.kinds[name].items += sum(1 for _ in page.every_item())
        return page


def _cursors(groups: tuple[Group, ...]) -> Iterator[str]:
    for group in groups:
        if group.more is not None:
            yield group.more
        yield from _cursors(group.groups)
