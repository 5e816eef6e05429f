"""From the record to Elasticsearch: delivering what changed, making and rebuilding generations, comparing.

The record is the truth and knows what every generation has; the index is made from it and can be made again at any
time, while the site runs.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from feedsite.feeds.delivering.bounding import Forgetter
from feedsite.feeds.delivering.filling import Progress
from feedsite.feeds.delivering.generations import DeliveryRefused, Generations
from feedsite.feeds.delivering.layouts import Layouts
from feedsite.feeds.delivering.sending import Sender, Sent
from feedsite.feeds.delivering.status import Standing, Status, status_of
from feedsite.feeds.delivering.verifying import Suspect, Verified, Verifier, summed_up
from feedsite.feeds.errors import StoreUnavailable
from feedsite.feeds.hiding import hide_muted
from feedsite.feeds.stores.elasticsearch.client import Deadline, within
from feedsite.feeds.stores.elasticsearch.index import Index
from feedsite.feeds.stores.generation import LIVE, Generation
from feedsite.feeds.stores.sql import SqlStore
from feedsite.feeds.stores.sql.record import Backlog, Refused
from feedsite.feeds.stores.sql.tracking import Changed

__all__ = ["Delivered", "Delivery", "DeliveryRefused", "Progress", "Standing", "Status", "Verified"]

_log = logging.getLogger(__name__)
_REQUEST_SECONDS = 0.25


@dataclass(frozen=True)
class Delivered:
    """What a delivery did.

    Args:
        sent: rows that the index has now.
        refused: rows that it will not take; they are set aside with its reason.
        left: rows that are still behind, without those.
        problem: why, in a sentence; empty: nothing is left, or somebody else is sending it.
    """

    sent: int
    refused: int
    left: int
    problem: str = ""


class Delivery:
    """Keeps an index equal to the record.

    Args:
        store: the record, with an engine of its own: nothing here is part of somebody's transaction.
        index: the indexes.
        lease_ms: how long a row is left to whoever is sending it.
        grace_s: how long after it was replaced a generation stays, for pages that are being composed (`GRACE_SECONDS`).
        vector_dims: how many numbers the vectors of acts have that new generations keep (0: none); those that stand
            stay as they were made.
    """

    def __init__(
        self,
        store: SqlStore,
        index: Index,
        *,
        lease_ms: int = 30_000,
        grace_s: float | None = None,
        vector_dims: int = 0,
    ) -> None:
        self._store, self._index = store, index
        self.layouts = Layouts(store, index)
        self._sender = Sender(store, index, self.layouts, lease_ms=lease_ms)
        self._verifier = Verifier(store, index, self.layouts)
        self._forgetter = Forgetter(store, index)
        makers = (self.layouts, self._sender, self._verifier)
        self._generations = Generations(store, index, *makers, grace_s=grace_s, vector_dims=vector_dims)

    # What changed

    def deliver(self, *, changed: Changed | None = None, budget_s: float | None = None, batch: int = 1000) -> Delivered:
        """Send what is behind to every generation that lacks it.

        Args:
            changed: only these rows, because somebody has just written them and waits. Then nothing is ever raised:
                whatever goes wrong is logged, and the rows stay behind.
            budget_s: seconds it may take (with `changed`: 0.25 by default); otherwise until nothing is left.
            batch: rows a request.

        Raises StoreUnavailable, without `changed`, when the record does not answer. When the cluster does not, that is
        the `problem` of what is returned.
        """
        if changed is None:
            return self._deliver_all(budget_s, batch)
        try:
            with within(Deadline(_REQUEST_SECONDS if budget_s is None else budget_s)):
                return self._deliver_some(changed.first(batch), len(changed))
        except Exception as error:
            # The rows are in the record and marked as behind: all that is lost is a second.
            expected = isinstance(error, StoreUnavailable)
            _log.warning("delivery in a request: %s", error, exc_info=not expected)
            return Delivered(0, 0, len(changed), str(error))

    def _deliver_some(self, changed: Changed, size: int) -> Delivered:
        with self._store.record() as record:
            generations = list(record.generations().values())
        targets, problem = self._sender.targets(generations)
        sent = (self._sender.batch(targets, len(changed), only=changed) if targets else None) or Sent()
        problem = sent.problem or problem
        if problem:
            _log.warning("delivery in a request: %s", problem)
        return Delivered(sent.taken, sent.refused, size - sent.taken - sent.refused, problem)

    def _deliver_all(self, budget_s: float | None, batch: int) -> Delivered:
        sent = self._sender.everything(budget_s, batch)
        with self._store.record() as record:
            left = max((record.behind(slot).count for slot in record.generations()), default=0)
        return Delivered(sent.taken, sent.refused, left, sent.problem)

    def retry_refused(self) -> int:
        """Let everything that was refused be sent again; returns how many rows that are."""
        with self._store.record(write=True) as record:
            return record.retry_refused()

    def refused(self, limit: int = 100) -> list[Refused]:
        """What the index did not take, the latest first."""
        with self._store.record() as record:
            return record.refused(limit)

    def behind(self, slot: str = LIVE) -> Backlog:
        """How much a slot lacks."""
        with self._store.record() as record:
            return record.behind(slot)

    # Generations

    def create(self, *, layout: str = "monthly", progress: Progress | None = None) -> Generation:
        """Make the first generation and fill it; go on where that was interrupted; harmless when it is whole.

        Args:
            layout: how time is cut into indexes: one of `RULES`.
            progress: see Progress.

        Raises:
            DeliveryRefused: the cluster does not have the indexes of the generation that is there.
            StoreUnavailable.
        """
        return self._generations.create(layout=layout, progress=progress)

    def rebuild(self, *, layout: str | None = None, afresh: bool = False, progress: Progress | None = None) -> Verified:
        """Make a second generation beside the live one, fill it, compare it with the record, and let it answer.

        People are answered by the live one until then, and writes go to both. A rebuild that was interrupted goes on;
        two at once do the same work twice, and nothing else.

        Args:
            layout: as in `create`; None: that of the live one.
            afresh: throw away what an interrupted rebuild left, in place of going on with it.
            progress: see Progress.

        Returns what the comparison found before the switch.

        Raises:
            DeliveryRefused: there is nothing to rebuild, or the new one did not become equal: it stays beside.
            StoreUnavailable.
        """
        return self._generations.rebuild(layout=layout, afresh=afresh, progress=progress)

    def remove(self) -> int:
        """Delete the index, and note no changes any more: the record answers every page; returns how many generations.

        Raises StoreUnavailable.
        """
        return self._generations.remove()

    def tend(self) -> None:
        """What has to be done now and then, beside delivering.

        Replaced generations go, the next month gets its index, what the site mutes is marked where that is much, and
        the bounds of who was erased go.

        Raises StoreUnavailable.
        """
        self._generations.tend()
        with self._store.record() as record:
            generations = record.generations()
        if LIVE in generations:
            hide_muted(self._store)
        for generation in generations.values():
            self._forgetter.forget(generation)

    def next_bucket(self) -> None:
        """Make the indexes of this month and of the next one before they are needed; raises StoreUnavailable."""
        self._generations.next_bucket()

    # Comparing

    def verify(self, *, repair: bool = False, progress: Progress | None = None) -> Verified:
        """Compare the live generation with the record, contents too.

        Args:
            repair: have delivered again what differs, delete what has no row, and look again.
            progress: see Progress.

        Raises:
            DeliveryRefused: there is no index, or the cluster does not have it. StoreUnavailable.
        """
        with self._store.record() as record:
            live = record.generations().get(LIVE)
        if live is None:
            raise DeliveryRefused("there is no index to compare: create it")
        if not self._index.matches(live):
            raise DeliveryRefused(f"the cluster does not have the indexes of the generation {live.id}: rebuild it")
        compared, differing = self._verifier.suspects(live, progress)
        wrong = [one for one in differing if one.verdict != "waiting"]
        if not repair or not wrong:
            return summed_up(compared, differing)
        return summed_up(compared, differing, self._repaired(live, wrong))

    def _repaired(self, live: Generation, wrong: list[Suspect]) -> int:
        self._verifier.prepare(live, wrong)
        self._sender.catch_up(LIVE)
        current = self.layouts.current(live.id) or live
        self._index.refresh(current)
        with self._store.record(write=True) as record:
            record.links_repaired(one.key for one in wrong if one.kind == "link")
        doubtful = [replace(one, verdict="moving") for one in wrong]
        return len(wrong) - len(self._verifier.look_again(current, doubtful))

    # Looking

    def status(self) -> Status:
        """How delivery stands; the cluster may be away."""
        return status_of(self._store, self._index)
