"""The store for a program of its own, without a site around it: it makes its indexes and delivers what it writes."""

from __future__ import annotations

import logging
from typing import Any

from feedsite.feeds.delivery import Delivery, DeliveryRefused
from feedsite.feeds.errors import StoreUnavailable
from feedsite.feeds.stores.elasticsearch.client import Access
from feedsite.feeds.stores.elasticsearch.layout import Names
from feedsite.feeds.stores.elasticsearch.runtime import Limits, Runtime
from feedsite.feeds.stores.elasticsearch.store import ElasticStore
from feedsite.feeds.stores.sql import SqlStore
from feedsite.feeds.stores.sql.tracking import Changed

_log = logging.getLogger(__name__)
# A program may wait longer than a reader.
_SECONDS = 10.0


class ElasticStoreAlone(ElasticStore):
    """A store on Elasticsearch that looks after itself.

    The first write makes the indexes and fills them from the record; every write delivers what is behind, its own rows
    and those of earlier writes that the cluster missed. Where the cluster is away, the record has everything, and the
    next write after its return delivers it. Where it was wiped, the record answers until `delivery.rebuild()`.

    Args:
        record: the record, with transactions of its own.
        runtime: of this program.
        vector_dims: how many numbers the vectors of acts have that its indexes keep; 0: none.
    """

    def __init__(self, record: SqlStore, runtime: Runtime, *, vector_dims: int = 0) -> None:
        super().__init__(record, runtime, after_write=self._deliver)
        self._delivery: Delivery | None = None
        self._made, self._vector_dims = False, vector_dims

    @property
    def delivery(self) -> Delivery:
        """From the record to the indexes."""
        if self._delivery is None:
            self._delivery = Delivery(self.record, self.runtime.index, vector_dims=self._vector_dims)
        return self._delivery

    def create(self) -> None:
        """Make the record's tables and the first generation of the indexes; harmless when they are there."""
        super().create()
        self.delivery.create()
        self._made = True

    def writing(self) -> Any:
        """A writer of the record; the first one makes the indexes."""
        if not self._made:
            try:
                self.create()
            except (StoreUnavailable, DeliveryRefused) as error:
                # The record is there, and what is written to it is not lost.
                _log.warning("the indexes are not made: %s", error)
        return super().writing()

    def _deliver(self, _changed: Changed) -> None:
        try:
            done = self.delivery.deliver(budget_s=_SECONDS)
        except StoreUnavailable as error:
            _log.warning("delivered later: %s", error)
        else:
            if done.problem:
                _log.warning("delivered later: %s", done.problem)


def store_alone(url: str, names: tuple[str, str], record: str, vector_dims: int = 0) -> ElasticStoreAlone:
    """A store at an Elasticsearch node's address, with its record at an SQLAlchemy URL."""
    runtime = Runtime(Access.from_url(url), Names(*names), limits=Limits(seconds=_SECONDS))
    return ElasticStoreAlone(SqlStore(record, names=names), runtime, vector_dims=vector_dims)
