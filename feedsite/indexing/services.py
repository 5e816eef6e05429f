"""How the search index stands: for the pages of admins, for health checks and for metrics."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy.orm import Session

from feedsite.feeds.errors import StoreUnavailable
from feedsite.feeds.order import instant
from feedsite.feeds.stores.elasticsearch.deadline import Deadline, within
from feedsite.feeds.stores.generation import LIVE, NEXT, Generation
from feedsite.feeds.stores.sql import SqlStore
from feedsite.feeds.stores.sql.record import Backlog, Record, Refused
from feedsite.metrics import Reading

if TYPE_CHECKING:
    from feedsite.indexing.process import ProcessIndex

State = Literal["off", "none", "filling", "mismatch", "away", "resting", "behind", "ready"]
"""
- `off`: this site has no search index
- `none`: it has not been made yet
- `filling`: it is being filled for the first time
- `mismatch`: the cluster's indexes are not those that this site made
- `away`: the cluster does not answer
- `resting`: it failed lately, and is spared for a moment
- `behind`: so much waits for delivery, was refused, or was delivered a moment ago that the database answers
- `ready`: it answers pages
"""

_SHOWN = 100
_ASK_SECONDS = 0.5


@dataclass(frozen=True)
class Part:
    """One index of a generation.

    Args:
        name: the index's name.
        acts: documents in it, tombstones among them; None: the cluster does not say.
        bytes: its size without copies.
    """

    name: str
    documents: int | None
    bytes: int | None


@dataclass(frozen=True)
class Generations:
    """A generation and what it lacks.

    Args:
        generation: as the record has it.
        backlog: what it lacks.
        parts: its indexes, newest first.
    """

    generation: Generation
    backlog: Backlog
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Status:
    """All about the search index at one moment.

    Args:
        state: see `State`.
        breaker: `closed`, `open` or `half-open`; empty: there is no index.
        lag: seconds that the oldest row which waits has waited.
        generations: live first.
        refused: rows that the cluster did not take, the latest first, at most a hundred.
        now: when this was read, by the record's clock.
    """

    state: State
    breaker: str
    lag: float
    generations: tuple[Generations, ...]
    refused: tuple[Refused, ...]
    now: datetime


class IndexService:
    """Says how the search index stands, and lets what was refused be tried again.

    Args:
        session: of the site's database.
        index: the process's; None: the site has none.
    """

    def __init__(self, session: Session, index: ProcessIndex | None) -> None:
        self._session, self._index = session, index

    def state(self) -> State:
        """The state, asking the cluster for half a second at most."""
        if self._index is None:
            return "off"
        with self._records().record() as record:
            return self._state(record)

    def status(self) -> Status:
        """Everything, with the sizes of the indexes where the cluster says them."""
        with self._records().record() as record:
            slots = record.generations()
            found = [slots[slot] for slot in (LIVE, NEXT) if slot in slots]
            backlogs = {one.id: record.behind(one.slot) for one in found}
            state = self._state(record) if self._index is not None else "off"
            # Half a second is enough to wait for a cluster that does not answer.
            asks = state not in ("away", "resting")
            parts = [Generations(one, backlogs[one.id], self._parts(one, asks=asks)) for one in found]
            live = backlogs[slots[LIVE].id] if LIVE in slots else Backlog(0, None, 0)
            return Status(
                state=state,
                breaker=self._index.runtime.breaker.state if self._index is not None else "",
                lag=_lag(live, record.now),
                generations=tuple(parts),
                refused=tuple(record.refused(_SHOWN)),
                now=instant(record.now),
            )

    def cluster(self) -> dict[str, Any]:
        """The cluster's `cluster_name`, `status` (its colour) and `number_of_nodes`; empty where it does not answer."""
        if self._index is None:
            return {}
        try:
            with within(Deadline(_ASK_SECONDS)):
                return self._index.runtime.index.health()
        except StoreUnavailable:
            return {}

    def retry_refused(self) -> int:
        """Let everything that was refused be delivered again; returns how many rows."""
        with self._records().record(write=True) as record:
            return record.retry_refused()

    def readings(self) -> list[Reading]:
        """The figures that metrics show of it; none where there is no index."""
        if self._index is None:
            return []
        with self._records().record() as record:
            slots = record.generations()
            backlogs = {slot: record.behind(slot) for slot in slots}
            live = backlogs.get(LIVE, Backlog(0, None, 0))
            lag = _lag(live, record.now)
        breaker = self._index.runtime.breaker.state
        rows = {slot: float(backlog.count) for slot, backlog in backlogs.items()}
        states = {state: float(state == breaker) for state in ("closed", "half-open", "open")}
        return [
            Reading("feedsite_index_backlog_rows", "Rows that wait for delivery.", rows, "slot"),
            Reading("feedsite_index_lag_seconds", "How long the oldest row that waits has waited.", {"": lag}),
            Reading("feedsite_index_set_aside_rows", "Rows that the cluster refused.", {"": float(live.refused)}),
            Reading("feedsite_index_breaker", "The state of this process's circuit breaker.", states, "state"),
        ]

    def _records(self) -> SqlStore:
        return SqlStore(connection=self._session.connection)

    def _state(self, record: Record) -> State:
        assert self._index is not None
        runtime, live = self._index.runtime, record.generations().get(LIVE)
        if live is None:
            return "none"
        if not live.whole:
            return "filling"
        if runtime.breaker.state != "closed":
            return "resting"
        try:
            with within(Deadline(_ASK_SECONDS)):
                matches = runtime.look(live)
        except StoreUnavailable:
            return "away"
        if not matches:
            return "mismatch"
        return "behind" if record.unsettled() > runtime.limits.overlay else "ready"

    def _parts(self, generation: Generation, *, asks: bool) -> tuple[Part, ...]:
        if self._index is None:
            return ()
        index = self._index.runtime.index
        sizes: dict[str, tuple[int, int]] = {}
        if asks:
            with contextlib.suppress(StoreUnavailable), within(Deadline(_ASK_SECONDS)):
                sizes = index.sizes(generation)
        return tuple(Part(name, *sizes.get(name, (None, None))) for name in index.names.every(generation))


def _lag(backlog: Backlog, now: int) -> float:
    return 0.0 if backlog.oldest_ms is None else max(0.0, (now - backlog.oldest_ms) / 1000)


def index_service(_context: object, request: Any) -> IndexService:
    """Service factory."""
    return IndexService(request.dbsession, request.registry.get("feedsite.index"))
