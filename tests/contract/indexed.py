"""Stores on the run's Elasticsearch node for the contract: one generation for each record, emptied between examples."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy import Engine, select

from feedsite.feeds.delivery import Delivery
from feedsite.feeds.network import link_name
from feedsite.feeds.order import position_ms
from feedsite.feeds.stores.base import FeedReader
from feedsite.feeds.stores.elasticsearch.client import Access, connect
from feedsite.feeds.stores.elasticsearch.documents import act_name
from feedsite.feeds.stores.elasticsearch.index import Index, Operation, Outcome
from feedsite.feeds.stores.elasticsearch.layout import Names
from feedsite.feeds.stores.elasticsearch.runtime import Limits, Runtime
from feedsite.feeds.stores.elasticsearch.store import ElasticStore
from feedsite.feeds.stores.generation import LIVE, Generation
from feedsite.feeds.stores.sql import SqlStore, default_tables
from feedsite.feeds.stores.sql.ledger import Ledger
from feedsite.feeds.stores.sql.record import Record
from feedsite.feeds.stores.sql.tables import LINK_KEY
from feedsite.feeds.stores.sql.tracking import Changed
from feedsite.feeds.testing import Clock

T = TypeVar("T")
_EPOCH = 1_000_000
_TABLES = default_tables()
_AT_ONCE = -1
"""How long rows stay laid over after their delivery where everything is refreshed before it is read: not at all."""


class EpochIndex(Index):
    """An index whose examples have versions of their own, each above those of the one before.

    Examples use the same ids. What an example left is deleted with a version that the next one is above; without that
    the cluster would have to forget the version of a deleted document first, which takes its time.
    """

    epoch = 0

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.bounds: dict[tuple[str, str], None] = {}

    def bulk(self, operations: Sequence[Operation]) -> list[Outcome]:
        """Do operations, in the versions of this example."""
        self.bounds |= {(one.index, one.name): None for one in operations if one.index.endswith("-bounds")}
        return super().bulk([replace(one, version=one.version + self._first(one.index)) for one in operations])

    def _first(self, index: str, epochs: int = 0) -> int:
        # The version of a bound is an instant.
        return (self.epoch + epochs) * (_EPOCH if not index.endswith("-bounds") else _EPOCH * 10_000_000)

    def forget(self, documents: Sequence[tuple[str, str]]) -> None:
        """Delete documents (index, `_id`) and all bounds, and begin the next example."""
        gone = [*documents, *self.bounds]
        self.bounds.clear()
        done = super().bulk([Operation(index, name, self._first(index, 1) - 1, None) for index, name in gone])
        # Status 404 is that of a document which was never delivered.
        assert all(one.result == "taken" or one.missing for one in done), done
        self.epoch += 1


class Nest:
    """A record and its generation of two buckets on the run's node.

    Args:
        engine: of the record's database; the tables are made.
        url: of the node.
        prefix: what the names of the indexes begin with.
    """

    def __init__(self, engine: Engine, url: str, prefix: str) -> None:
        self.engine, self._access = engine, Access.from_url(url)
        self._names = Names(f"{prefix}-feeds", f"{prefix}-network")
        _TABLES.metadata.create_all(engine)
        self._client = connect(self._access)
        self.index = EpochIndex(self._client, self._names.feeds, self._names.network)
        self.delivery(SqlStore(engine=engine)).create(layout="two")

    def delivery(self, record: SqlStore) -> Delivery:
        """What delivers a record's rows."""
        return Delivery(record, self.index, vector_dims=2)

    def runtime(self) -> Runtime:
        """The runtime of one example: what it knows of links is of no use to the next one."""
        # The machine is shared: no test is about how long an answer took.
        return Runtime(self._access, self._names, limits=Limits(seconds=60))

    def generation(self) -> Generation:
        """The live generation, with the buckets it has by now."""
        with self.engine.connect() as connection:
            return Record(connection, _TABLES, 0).generations()[LIVE]

    def empty(self) -> None:
        """Remove all acts and links from the record and from the index."""
        self.index.forget(self._documents())
        with self.engine.begin() as connection:
            for table in reversed(_TABLES.metadata.sorted_tables):
                if table is not _TABLES.generations:
                    connection.execute(table.delete())
        self.index.refresh(self.generation())

    def _documents(self) -> list[tuple[str, str]]:
        """Where each row's document stands, if it was delivered."""
        generation, acts, links = self.generation(), _TABLES.acts, _TABLES.links
        with self.engine.connect() as connection:
            ids = connection.execute(select(acts.c.id, acts.c.position)).all()
            keys = connection.execute(select(*(links.c[name] for name in LINK_KEY))).all()
        buckets = [(act_id, generation.bucket_at(position_ms(position))) for act_id, position in ids]
        delivered = [(self._names.acts(generation, bucket), act_name(act_id)) for act_id, bucket in buckets if bucket]
        return delivered + [(self._names.links(generation), link_name(*key)) for key in keys]

    def settle(self, now: int) -> None:
        """Let searches see all that was delivered, and lay it over no more."""
        self.index.refresh(self.generation())
        with self.engine.begin() as connection:
            Ledger(connection, _TABLES, now, overlap_ms=_AT_ONCE).purge()

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()
        self.engine.dispose()


def _never(reason: str) -> None:
    raise AssertionError(f"the record answered in place of the index: {reason}")


class SettledStore(ElasticStore):
    """Before it is read, everything that was written is delivered and refreshed: the index alone answers."""

    def __init__(self, nest: Nest, clock: Clock) -> None:
        record = SqlStore(engine=nest.engine, clock=clock, overlap_ms=_AT_ONCE)
        super().__init__(record, nest.runtime(), after_write=self._note, fallen_back=_never)
        self._nest, self._delivery, self._written = nest, nest.delivery(record), False

    def _note(self, _changed: Changed) -> None:
        self._written = True

    def read(self, question: Callable[[FeedReader], T]) -> T:
        """The index's answer."""
        if self._written:
            self._delivery.deliver()
            self._nest.index.refresh(self._nest.generation())
            self._written = False
        with self.record.state() as (_reader, record):
            overlay = record.overlay(1000)
            assert overlay is not None
            assert len(overlay) == 0
        return super().read(question)


class UnsettledStore(ElasticStore):
    """Before it is read, a part of what was written is delivered, shown or settled: the record lays over the rest."""

    def __init__(self, nest: Nest, clock: Clock) -> None:
        record = SqlStore(engine=nest.engine, clock=clock)
        super().__init__(record, nest.runtime(), after_write=self._note, fallen_back=_never)
        self._nest, self._delivery, self._clock = nest, nest.delivery(record), clock
        self._waiting = Changed()
        # The same for every example, so that a history that fails fails again.
        self._chance = random.Random(4)
        self._unseen_since: int | None = None

    def _note(self, changed: Changed) -> None:
        self._waiting += changed

    def read(self, question: Callable[[FeedReader], T]) -> T:
        """The answer of the index and of what is laid over it."""
        if self._waiting:
            self._deliver_some()
        # A cluster that acknowledged something shows it within the time for which it is laid over; so does this one.
        if self._unseen_since is not None and self._clock.ms - self._unseen_since >= self.record.overlap_ms:
            self._nest.index.refresh(self._nest.generation())
            self._unseen_since = None
        return super().read(question)

    def _deliver_some(self) -> None:
        acts = tuple(act for act in self._waiting.acts if self._chance.random() < 0.6)
        links = tuple(link for link in self._waiting.links if self._chance.random() < 0.6)
        self._delivery.deliver(changed=Changed(acts, links))
        left = Changed(
            tuple(act for act in self._waiting.acts if act not in acts),
            tuple(link for link in self._waiting.links if link not in links),
        )
        self._waiting = left
        if self._unseen_since is None:
            self._unseen_since = self._clock.ms
        if self._chance.random() < 0.5:
            # Before a row is settled, ten seconds have passed in which the process has looked.
            self.follow()
            self._nest.settle(self._clock.ms)
            self._unseen_since = None
