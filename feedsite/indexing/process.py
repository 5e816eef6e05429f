"""What a process of the site keeps for its search index: the client, the breaker, the deliverer."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import cached_property
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from feedsite.feeds.delivery import Delivery
from feedsite.feeds.errors import StoreUnavailable
from feedsite.feeds.stores.elasticsearch.breaker import Breaker
from feedsite.feeds.stores.elasticsearch.client import Access
from feedsite.feeds.stores.elasticsearch.layout import Names
from feedsite.feeds.stores.elasticsearch.runtime import Limits, Runtime
from feedsite.feeds.stores.elasticsearch.store import ElasticStore
from feedsite.feeds.stores.generation import LIVE
from feedsite.feeds.stores.sql import SqlStore
from feedsite.indexing.deliverer import Deliverer
from feedsite.metrics import Metrics
from feedsite.settings import Settings

log = logging.getLogger(__name__)

#: Seconds between two looks whether the cluster's indexes are those of the record.
LOOK_SECONDS = 30.0
#: Seconds between two looks whether the next month has its index, and whether a replaced generation can go.
TEND_SECONDS = 600.0
#: Seconds that one delivery in the background may take before the thread looks around again.
_PIECE_SECONDS = 20.0
#: Rows that are delivered in a request: more are an import, for which nobody waits.
_AT_MOST = 250


class _CountingBreaker(Breaker):
    """A breaker whose failures are counted."""

    def __init__(self, metrics: Metrics) -> None:
        super().__init__()
        self._metrics = metrics

    def failed(self, reason: str) -> None:
        self._metrics.index_failed(reason, "reading")
        super().failed(reason)


class ProcessIndex:
    """The search index of one process. It connects at its first use.

    Args:
        settings: the site's.
        engine: gives the site's database engine.
        metrics: where deliveries and failures are counted.
    """

    def __init__(self, settings: Settings, engine: Callable[[], Engine], metrics: Metrics) -> None:
        access = Access(
            settings.elasticsearch_hosts,
            api_key=settings.elasticsearch_api_key,
            user=settings.elasticsearch_user,
            password=settings.elasticsearch_password,
            ca=settings.elasticsearch_ca,
        )
        names = Names(settings.elasticsearch_feed_index, settings.elasticsearch_network_index)
        keeps = settings.elasticsearch_bounds == "process"
        limits = Limits(seconds=settings.elasticsearch_deadline, keeps_bounds=keeps)
        breaker = _CountingBreaker(metrics)
        self.runtime = Runtime(access, names, limits=limits, breaker=breaker)
        self._engine, self._metrics = engine, metrics
        self._budget, self._vector_dims = settings.elasticsearch_deliver_budget, settings.vector_dims
        self.deliverer = Deliverer(self._piece, settings.elasticsearch_deliver_every)
        self._looked = self._tended = float("-inf")

    # For requests

    def store(self, session: Session, *, asks_index: bool, fallen_back: Callable[[str], None]) -> ElasticStore:
        """A store on a session's connection, in its transaction.

        Args:
            session: of the site's database.
            asks_index: False where the transaction writes: no lock is held over a call to the cluster.
            fallen_back: called with the reason when the record answers a page in place of the index.
        """
        record = SqlStore(connection=session.connection)
        return ElasticStore(record, self.runtime, fallen_back=fallen_back, asks_index=asks_index)

    def deliver_after_commit(self, transaction: Any, store: ElasticStore) -> None:
        """When the transaction has committed, deliver what was written through the store, within the budget."""
        transaction.addAfterCommitHook(self._after_commit, (store,))

    def _after_commit(self, committed: bool, store: ElasticStore) -> None:
        changed = store.record.take_changed()
        if not committed or not changed:
            return
        if not self._budget or len(changed) > _AT_MOST or self.runtime.breaker.state != "closed":
            self.deliverer.wake()
            return
        # It raises nothing: what was asked for is committed, and that the index does not know it yet spoils nothing.
        done = self.delivery.deliver(changed=changed, budget_s=self._budget)
        self._metrics.delivered(done.sent, done.refused, "request")
        if done.problem:
            self._metrics.index_failed("undelivered", "delivery")
        if done.left:
            self.deliverer.wake()

    # For commands and the background

    @cached_property
    def record(self) -> SqlStore:
        """The record, in transactions of its own."""
        return SqlStore(engine=self._engine(), makes_tables=False)

    @cached_property
    def delivery(self) -> Delivery:
        """Delivery from the record to the indexes: one, which remembers what it found in the cluster."""
        return Delivery(self.record, self.runtime.index, vector_dims=self._vector_dims)

    def _piece(self) -> bool:
        """What is left is delivered; now and then the cluster is looked at. Returns whether there is more at once."""
        now = time.monotonic()
        if now - self._looked >= LOOK_SECONDS:
            self._look()
            self._looked = now
        # Before delivering, which may take longer than rows stay laid over.
        ElasticStore(self.record, self.runtime).follow()
        done = self.delivery.deliver(budget_s=_PIECE_SECONDS)
        self._metrics.delivered(done.sent, done.refused, "background")
        if done.sent:
            self.runtime.breaker.encouraged()
        if done.problem:
            self._metrics.index_failed("undelivered", "delivery")
            raise StoreUnavailable(done.problem)
        # After delivering: an index that cannot be made ahead of time keeps nothing back.
        if now - self._tended >= TEND_SECONDS:
            self._tended = now - TEND_SECONDS + LOOK_SECONDS
            self.delivery.tend()
            self._tended = now
        return bool(done.sent and done.left)

    def _look(self) -> None:
        with self.record.record() as record:
            live = record.generations().get(LIVE)
        if live is None or not live.whole:
            return
        if not self.runtime.look(live):
            log.error("the cluster's indexes are not those that this site made; the database answers every page")
        self.runtime.breaker.encouraged()

    def close(self) -> None:
        """End the deliverer and let go of the connections."""
        self.deliverer.stop()
        self.runtime.close()


def index_of(registry: Any) -> ProcessIndex | None:
    """The process's search index in a Pyramid registry; None where the database answers."""
    found: ProcessIndex | None = registry.get("feedsite.index")
    return found


def start_delivering(event: Any) -> None:
    """Subscriber of new requests: the deliverer begins with the first one."""
    index = index_of(event.request.registry)
    if index is not None:
        index.deliverer.start()
