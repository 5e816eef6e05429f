"""Our stores: pages from the engine's `Manager`, as the site asks for them, with their acts built."""

from __future__ import annotations

import os
import sys
from abc import abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, text

from bench.bulk import load
from bench.contenders.serving import DEEP, SIZE, WRITING, Contender, Question, serve
from bench.world import World
from feedsite.feeds import Activity, Actor, Entity, Manager, Marker, Object
from feedsite.feeds import aggregators as kinds
from feedsite.feeds.delivery import Delivery
from feedsite.feeds.order import position
from feedsite.feeds.page import Group
from feedsite.feeds.stores.elasticsearch.client import Access
from feedsite.feeds.stores.elasticsearch.layout import Names
from feedsite.feeds.stores.elasticsearch.runtime import Limits, Runtime
from feedsite.feeds.stores.elasticsearch.store import ElasticStore
from feedsite.feeds.stores.sql import SqlStore, sql_engine

from tests import nodes

PATIENT = Limits(seconds=60)
"""However long a page takes: that is a figure here."""
READ = Marker(position(int(datetime(2026, 10, 1, tzinfo=UTC).timestamp() * 1000), ""))
"""Up to where the persons whose notifications are measured have read: a month is new."""


class Ours(Contender):
    """What the stores have in common."""

    engine: Engine
    manager: Manager
    _written = 0

    @abstractmethod
    def store(self, connection: Connection) -> Any:
        """The store that answers on a connection."""

    def ask(self, question: Question) -> list[str]:
        """Answer one question as the site does: a transaction for all that a request asks."""
        options = {"feeds_write": question.kind in WRITING}
        with self.engine.connect().execution_options(**options) as connection, connection.begin():
            self.manager = Manager(store=self.store(connection), secret=b"bench")
            return super().ask(question)

    def home(self, at: int) -> Iterable[str]:
        """The first page of a reader's home."""
        return [item.id for item in self.manager.get_page(self._home(at)).items]

    def deep(self, at: int) -> Iterable[str]:
        """Page 25, by its cursor, which was found before."""
        return [item.id for item in self.manager.get_page(self._home(at), self._cursor(at)).items]

    def news(self, at: int) -> Iterable[str]:
        """How many acts came to home within a month, 99 at most."""
        return [str(self.manager.count_new(self._home(at), READ).number)]

    def unread(self, at: int) -> Iterable[str]:
        """The first page of those, the oldest first."""
        page = kinds.CursorAggregator(self._me(at), include_history=True, order="asc", newer_than=READ, size=SIZE)
        return [item.id for item in self.manager.get_page(page).items]

    def groups(self, at: int) -> Iterable[str]:
        """The first group by year, month and verb with its three newest."""
        page = kinds.YearMonthTypeAggregator(self._me(at), include_history=True, size=1, activities_per_group=3)
        return _told(self.manager.get_page(page).groups)

    def archive(self, at: int) -> Iterable[str]:
        """Every month with its count, the newest act of each of the first page's."""
        page = kinds.YearMonthAggregator(self._me(at), include_history=True, activities_per_group=1)
        return _told(self.manager.get_page(page).groups)

    def year(self, at: int) -> Iterable[str]:
        """The months of a year with their counts, the newest act of each."""
        page = kinds.YearMonthAggregator(self._me(at), 2025, include_history=True, activities_per_group=1)
        return _told(self.manager.get_page(page).groups)

    def types(self, at: int) -> Iterable[str]:
        """Every verb with its count and its two newest."""
        page = kinds.RecentTypeAggregator(self._me(at), include_history=True, activities_per_group=2)
        return _told(self.manager.get_page(page).groups)

    def cards(self, at: int) -> Iterable[str]:
        """Home with a card a thing."""
        page = kinds.CollapseAggregator(self._me(at), "object", include_history=True, size=SIZE)
        return [group.item.id for group in self.manager.get_page(page).groups]

    def notices(self, at: int) -> Iterable[str]:
        """The first page of somebody's notification groups."""
        page = kinds.NotificationAggregator(Entity.from_key(self.world.named[at]), size=SIZE)
        return [group.item.id for group in self.manager.get_page(page).groups]

    def badge(self, at: int) -> Iterable[str]:
        """How many groups are new, 99 at most."""
        return [str(self.manager.count_badge(self._notices(at)).number)]

    def alone(self, at: int) -> Iterable[str]:
        """Home of one of those who have notifications, without its badge."""
        page = kinds.CursorAggregator(Entity.from_key(self.world.named[at]), include_history=True, size=SIZE)
        return [item.id for item in self.manager.get_page(page).items]

    def signed_in(self, at: int) -> Iterable[str]:
        """The same home with its badge, as the site asks for them: together."""
        self.manager.expect(lambda feeds: feeds.count_badge(self._notices(at)))
        shown = self.alone(at)
        self.manager.count_badge(self._notices(at))
        return shown

    def profile(self, at: int) -> Iterable[str]:
        """The first page of what somebody did: the busiest person, the quietest."""
        who = (self.world.celebrity, self.world.lonely)[at]
        page = kinds.ActorAggregator(Entity.from_key(who), viewer=None, size=SIZE)
        return [item.id for item in self.manager.get_page(page).items]

    def write(self, at: int) -> Iterable[str]:
        """One act of a person whom nobody, 200 or everybody follows."""
        self._written += 1
        who, note = Entity.from_key(self.world.writers[at]), f"written{os.getpid()}-{self._written}"
        self.manager.add_activity_feed(Activity("create", Actor(who.id, who.type), Object(note, "note")))
        return []

    def follow(self, at: int) -> Iterable[str]:
        """A reader follows somebody."""
        self.manager.follow(self._me(at), Entity.from_key(self.world.writers[0]))
        return []

    def unfollow(self, at: int) -> Iterable[str]:
        """The reader takes that back."""
        self.manager.un_follow(self._me(at), Entity.from_key(self.world.writers[0]))
        return []

    def _me(self, at: int) -> Entity:
        return Entity.from_key(self.reader(at).key)

    def _home(self, at: int) -> kinds.CursorAggregator:
        return kinds.CursorAggregator(self._me(at), include_history=True, size=SIZE)

    def _notices(self, at: int) -> kinds.NotificationAggregator:
        return kinds.NotificationAggregator(Entity.from_key(self.world.named[at]), size=SIZE, read=READ, seen=READ)

    @cache  # noqa: B019 - the process has one contender
    def _cursor(self, at: int) -> str | None:
        cursor: str | None = None
        for _ in range(DEEP - 1):
            cursor = self.manager.get_page(self._home(at), cursor).next or cursor
        return cursor


class Sql(Ours):
    """Pages from the database at `where["database"]`."""

    def __init__(self, world: World, where: dict[str, str]) -> None:
        super().__init__(world, where)
        self.engine = sql_engine(where["database"])

    def store(self, connection: Connection) -> SqlStore:
        """The database itself."""
        return SqlStore(connection=lambda: connection)

    def load(self, progress: Callable[[int], None]) -> None:
        """Write the world straight into the tables."""
        load(self.engine, self.world, progress)

    def size(self) -> int:
        """The file, or the database."""
        if self.engine.dialect.name == "sqlite":
            return Path(str(self.engine.url.database)).stat().st_size
        with self.engine.connect() as connection:
            found: int = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
        return found


class Index(Ours):
    """Pages from the node at `where["node"]`, whose record is a database that holds the world already.

    `where["bounds"]` is `process` or `index`, the two values of `feedsite.elasticsearch_bounds`.
    """

    def __init__(self, world: World, where: dict[str, str]) -> None:
        super().__init__(world, where)
        limits = replace(PATIENT, keeps_bounds=where["bounds"] == "process")
        names = Names(f"{where['prefix']}feeds", f"{where['prefix']}network")
        self.runtime = Runtime(Access.from_url(where["node"]), names=names, limits=limits)
        self.engine = sql_engine(where["database"])
        self.record = SqlStore(engine=self.engine)

    def store(self, connection: Connection) -> ElasticStore:
        """The index, with the record on a connection."""
        return ElasticStore(SqlStore(connection=lambda: connection), self.runtime, fallen_back=_refused)

    def load(self, progress: Callable[[int], None]) -> None:
        """Deliver the record; the cache of queries is switched off and nothing is merged."""
        done = 0

        def delivered(_what: str, at: int, _of: int) -> None:
            nonlocal done
            progress(max(0, at - done))
            done = at

        self.record.create()
        Delivery(self.record, self.runtime.index).create(layout=self.where["layout"], progress=delivered)
        node = self.where["node"]
        for name in self._indexes():
            nodes.ask(f"{node}/{name}/_close", "POST")
            nodes.ask(f"{node}/{name}/_settings", "PUT", {"index": {"queries.cache.enabled": False}})
            nodes.ask(f"{node}/{name}/_open", "POST")
        nodes.ask(f"{node}/_cluster/health?wait_for_status=yellow&timeout=60s")

    def size(self) -> int:
        """All its indexes."""
        node = self.where["node"]
        return sum(
            int(nodes.ask(f"{node}/{name}/_stats/store")["_all"]["primaries"]["store"]["size_in_bytes"])
            for name in self._indexes()
        )

    def before(self) -> None:
        """Follow what was delivered, as every process of the site does once a second."""
        ElasticStore(self.record, self.runtime).follow()

    def _indexes(self) -> list[str]:
        names = self.runtime.names
        return [
            name for prefix in (names.feeds, names.network) for name in nodes.index_names(self.where["node"], prefix)
        ]


def _told(groups: Iterable[Group], above: str = "") -> list[str]:
    """The innermost groups with their counts."""
    told: list[str] = []
    for group in groups:
        name = f"{above}{group.value}"
        told += _told(group.groups, f"{name}/") if group.groups else [f"{name}: {group.total}"]
    return told


def _refused(why: str) -> None:
    raise RuntimeError(f"the index did not answer: {why}")


if __name__ == "__main__":
    serve(Index if '"node"' in sys.argv[3] else Sql)
