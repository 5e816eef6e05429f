"""A world for the tests of delivery: a record on a database, indexes on a real node, and time that can pass."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Engine

from feedsite.feeds import Activity, Actor, Manager, Object
from feedsite.feeds.delivery import Delivery
from feedsite.feeds.stores.elasticsearch.client import Access, connect
from feedsite.feeds.stores.elasticsearch.index import Index, Operation, Outcome
from feedsite.feeds.stores.generation import LIVE, Generation
from feedsite.feeds.stores.sql import SqlStore
from feedsite.feeds.stores.sql.ledger import Ledger


class WatchedIndex(Index):
    """An index that says which rows are sent to it, and lets something happen just before."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.sent: list[Operation] = []
        self.before: Callable[[], None] | None = None

    def bulk(self, operations: Sequence[Operation]) -> list[Outcome]:
        """Do operations."""
        if self.before is not None:
            happens, self.before = self.before, None
            happens()
        # Of rows; with those of acts go their bounds.
        self.sent += [one for one in operations if not one.index.endswith("-bounds")]
        return super().bulk(operations)


class World:
    """A record, and the indexes that are kept equal to it.

    Args:
        engine: of the record's database.
        url: of the node.
        prefix: what the names of indexes begin with; the tables have it too, with underscores.
    """

    def __init__(self, engine: Engine, url: str, prefix: str) -> None:
        self.engine, self.url, self.prefix = engine, url, prefix
        self.ahead_ms = 0
        self.names = (f"{prefix}-f".replace("-", "_"), f"{prefix}-n".replace("-", "_"))
        self.store = self.another_store()
        self.manager = Manager(store=self.store)
        self.index = self.another_index()
        self.delivery = self.another_delivery()

    def another_store(self) -> SqlStore:
        return SqlStore(engine=self.engine, names=self.names, clock=self._clock)

    def another_index(self, url: str = "") -> WatchedIndex:
        client = connect(Access.from_url(url or self.url))
        return WatchedIndex(client, f"{self.prefix}-f", f"{self.prefix}-n")

    def another_delivery(self, index: Index | None = None, **options: Any) -> Delivery:
        return Delivery(self.another_store(), index or self.index, **{"grace_s": 0.0, **options})

    def _clock(self, _connection: Connection) -> int:
        return time.time_ns() // 1_000_000 + self.ahead_ms

    def let_pass(self, seconds: float) -> None:
        """Time passes, by the record's clock."""
        self.ahead_ms += int(seconds * 1000)

    # What people do

    def post(self, act_id: str, *, by: str = "ana", at: Any = None, extra: Any = None, manager: Any = None) -> None:
        activity = Activity("add", Actor(by, "person"), Object("x", "project"), at, id=act_id, extra=extra)
        (manager or self.manager).add_activity_feed(activity)

    def edit(self, act_id: str, extra: Any) -> None:
        activity = Activity("add", Actor("ana", "person"), Object("x", "project"), id=act_id, extra=extra)
        assert self.manager.update_activity(activity)

    # What there is

    def on_record(self) -> Ledger:
        """The record, in a transaction of its own; use it in a `with`."""
        return self.store.record(write=True)  # type: ignore[return-value]

    def live(self) -> Generation:
        with self.store.record() as record:
            return record.generations()[LIVE]

    def versions(self, generation: Generation | None = None) -> dict[str, tuple[int, bool]]:
        """Acts that a search finds: {id: (version, whether it is a tombstone)}."""
        generation = generation or self.live()
        self.index.refresh(generation)
        return {
            found.source["id"]: (found.version, found.source["deleted"])
            for bucket in generation.buckets
            for found in self.index.scan_acts(generation, bucket)
        }

    def behind(self, slot: str = LIVE) -> int:
        with self.store.record() as record:
            return record.behind(slot).count

    def noted(self) -> int:
        """How many rows are not settled."""
        with self.store.record() as record:
            overlay = record.overlay(100_000)
            assert overlay is not None
            return len(overlay)

    def is_equal(self) -> bool:
        """Whether record and index are equal, and nothing is on its way."""
        verified = self.delivery.verify()
        assert verified.differences + verified.waiting == 0, verified
        return True

    def remove(self) -> None:
        """Nothing is left of it."""
        with self.store.record(write=True) as record:
            known = record.every_generation()
        for generation in known:
            self.index.drop(generation)
        self.store.tables.metadata.drop_all(self.engine)
