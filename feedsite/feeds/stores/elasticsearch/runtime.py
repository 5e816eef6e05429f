"""What the stores of one process share: the client, the breaker, what is known of links and of generations."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from elasticsearch import Elasticsearch

from feedsite.feeds.errors import StoreUnavailable
from feedsite.feeds.stores.elasticsearch.bounds import Bounds
from feedsite.feeds.stores.elasticsearch.breaker import Breaker
from feedsite.feeds.stores.elasticsearch.client import Access, connect
from feedsite.feeds.stores.elasticsearch.index import Index
from feedsite.feeds.stores.elasticsearch.layout import Names
from feedsite.feeds.stores.elasticsearch.reaching import Reach
from feedsite.feeds.stores.elasticsearch.sight import SightCache
from feedsite.feeds.stores.generation import Generation

#: Failures that say something about one page and nothing about the cluster: a search it does not take (one reader's
#: feed must not close the index for everybody), a deadline that was over before it was asked.
_OF_THE_PAGE = ("request", "late")


@dataclass(frozen=True)
class Limits:
    """How much a page may cost.

    Args:
        seconds: all calls to the cluster for one state of the site end within these.
        overlay: rows that are laid over the index at most; where more are waiting, SQL answers.
        window: acts that concern a reader, fetched at once.
        keeps_bounds: whether the process keeps the bounds of what its readers follow (one round trip a page, once it
            knows them); else the index is asked for them each time (two).
        doubt: seconds after which a generation that did not match is looked at again.
    """

    seconds: float = 1.2
    overlay: int = 1000
    window: int = 256
    keeps_bounds: bool = True
    doubt: float = 5.0


class Runtime:
    """What the stores of one process share. It connects at its first use.

    Args:
        access: where the cluster is and who asks.
        names: of the indexes.
        limits: how much a page may cost.
        breaker: spares a sick cluster.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        access: Access,
        names: Names | None = None,
        *,
        limits: Limits | None = None,
        breaker: Breaker | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.names, self.limits, self.breaker = names or Names(), limits or Limits(), breaker or Breaker()
        self.sights, self.bounds, self.reach = SightCache(), Bounds(), Reach()
        self._access, self._clock = access, clock
        self._client: Elasticsearch | None = None
        self._lock = threading.Lock()
        self._matching: dict[str, bool] = {}
        self._looked: dict[str, float] = {}

    @property
    def client(self) -> Elasticsearch:
        """The process's client."""
        with self._lock:
            if self._client is None:
                self._client = connect(self._access)
            return self._client

    @property
    def index(self) -> Index:
        """The indexes, for whoever makes, fills and checks them."""
        return Index(self.client, self.names.feeds, self.names.network)

    def trusts(self, generation: Generation) -> bool:
        """Whether the cluster's indexes are those that the record made; looked up once, and again after doubts.

        Raises StoreUnavailable when the cluster does not say.
        """
        if self._matching.get(generation.id):
            return True
        if self._clock() - self._looked.get(generation.id, -1e9) < self.limits.doubt:
            return False
        return self.look(generation)

    def look(self, generation: Generation) -> bool:
        """Compare the cluster's indexes with the record's now; raises StoreUnavailable."""
        matches = self.index.matches(generation)
        self._looked[generation.id] = self._clock()
        self._matching[generation.id] = matches
        return matches

    def doubt(self) -> None:
        """Something was missing: look again before the next page."""
        self._matching.clear()
        self._looked.clear()

    def failed(self, error: StoreUnavailable) -> None:
        """The cluster did not answer a page."""
        if error.kind == "missing":
            self.doubt()
        if error.kind in _OF_THE_PAGE:
            self.breaker.unused()
        else:
            self.breaker.failed(error.kind)

    def close(self) -> None:
        """Let go of the connections."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None
