"""Sending what changed: rows are leased, sent to every generation that lacks them, and marked."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from feedsite.feeds.delivering.bounding import Bounds
from feedsite.feeds.delivering.layouts import Layouts
from feedsite.feeds.errors import StoreUnavailable
from feedsite.feeds.order import position_ms
from feedsite.feeds.stores.elasticsearch.index import Index, Operation, Outcome
from feedsite.feeds.stores.generation import Generation
from feedsite.feeds.stores.sql import SqlStore
from feedsite.feeds.stores.sql.ledger import Parcel, Receipt
from feedsite.feeds.stores.sql.tracking import Changed

#: Seconds for which it is believed that the cluster has the indexes that the record lists.
_BELIEVED = 5.0
# Longer together than a lease that somebody took and did not use.
_TRIES, _PAUSE = 90, 0.5
# On a busy site there is always something on its way.
_NEARLY = 100


@dataclass
class Sent:
    """What became of a batch, or of several.

    Args:
        taken: rows that every generation has which lacked them.
        refused: rows that one of them will not take.
        later: rows to be tried again.
        problem: why, in a sentence; empty: there is no such row.
    """

    taken: int = 0
    refused: int = 0
    later: int = 0
    problem: str = ""

    def add(self, other: Sent) -> None:
        """Count another one in."""
        self.taken, self.refused = self.taken + other.taken, self.refused + other.refused
        self.later, self.problem = self.later + other.later, self.problem or other.problem


@dataclass
class _Delivery:
    """A parcel, and what came of it so far."""

    parcel: Parcel
    taken: list[str] = field(default_factory=list)
    refused: str | None = None
    later: str = ""

    def note(self, generation: Generation, outcome: Outcome) -> None:
        if outcome.result == "taken":
            self.taken.append(generation.id)
        elif outcome.result == "refused":
            self.refused = outcome.reason
        else:
            self.later = outcome.reason

    def receipt(self) -> Receipt:
        return Receipt(self.parcel, tuple(self.taken), self.refused)


class Sender:
    """Sends rows that changed. Several may do so at once, in several processes.

    Args:
        store: the record; its transactions are its own.
        index: the indexes.
        layouts: makes those that are needed.
        lease_ms: how long a row is left to whoever is sending it.
    """

    def __init__(self, store: SqlStore, index: Index, layouts: Layouts, *, lease_ms: int) -> None:
        self._store, self._index, self._layouts, self._lease_ms = store, index, layouts, lease_ms
        self._matched: dict[str, float] = {}

    def targets(self, generations: Sequence[Generation]) -> tuple[list[Generation], str]:
        """Those that stand in the cluster as the record lists them, and what is wrong with the others.

        Raises StoreUnavailable when the cluster does not answer.
        """
        standing, problem = [], ""
        for generation in generations:
            if self._stands(generation):
                standing.append(generation)
            else:
                problem = (
                    f"the cluster does not have the indexes of the {generation.slot} generation {generation.id}"
                    " as they were made: it was wiped or restored, or is another one; a rebuild mends it"
                )
        return standing, problem

    def _stands(self, generation: Generation) -> bool:
        now = time.monotonic()
        if now - self._matched.get(generation.id, -_BELIEVED) < _BELIEVED:
            return True
        if not self._index.matches(generation):
            self._matched.pop(generation.id, None)
            return False
        self._matched[generation.id] = now
        return True

    def everything(self, budget_s: float | None = None, size: int = 1000) -> Sent:
        """Send what is behind, batch by batch, until nothing is left, something fails or time is over.

        Args:
            budget_s: seconds after which no batch is begun; None: any number.
            size: rows a batch.
        """
        ends = None if budget_s is None else time.monotonic() + budget_s
        total = Sent()
        while ends is None or time.monotonic() < ends:
            with self._store.record() as record:
                generations = list(record.generations().values())
                if not generations or record.is_settled():
                    break
            try:
                targets, problem = self.targets(generations)
            except StoreUnavailable as error:
                targets, problem = [], str(error)
            total.problem = total.problem or problem
            done = self.batch(targets, size) if targets else None
            if done is None:
                break
            total.add(done)
            if done.later:
                # What was tried in vain would be the first to be tried again.
                break
        self._forget_settled()
        return total

    def _forget_settled(self) -> None:
        with self._store.record() as record:
            if not record.generations() or record.is_settled():
                return
        with self._store.record(write=True) as record:
            record.purge()

    def catch_up(self, slot: str) -> None:
        """Send until a slot lacks next to nothing but what was refused; others may be sending, and writing, too.

        Raises StoreUnavailable when that does not come about.
        """
        problem = ""
        for _ in range(_TRIES):
            problem = self.everything().problem
            with self._store.record() as record:
                left = record.behind(slot).count
            if not left or (left <= _NEARLY and not problem):
                return
            time.sleep(_PAUSE)
        raise StoreUnavailable(problem or "there is always something left to deliver", kind="busy")

    def batch(self, targets: Sequence[Generation], size: int, only: Changed | None = None) -> Sent | None:
        """Send one batch; None: there is nothing to send.

        Args:
            targets: the generations it goes to.
            size: how many rows at most.
            only: none but these, which somebody waits for: short leases, no waiting for locks.
        """
        lease = self._lease_ms if only is None else min(self._lease_ms, 5_000)
        with self._store.record(write=True) as record:
            parcels = record.claim(targets, size, lease, only)
        if not parcels:
            return None
        deliveries = [_Delivery(parcel) for parcel in parcels]
        problem = ""
        try:
            self._send(deliveries)
        except StoreUnavailable as error:
            problem = str(error)
            for delivery in deliveries:
                # Whatever the cluster did of it before it failed is done again: that changes nothing.
                delivery.taken, delivery.refused, delivery.later = [], None, problem
        self._mark([delivery.receipt() for delivery in deliveries], wait=only is None)
        later = [delivery for delivery in deliveries if delivery.later]
        refused = sum(delivery.refused is not None and not delivery.later for delivery in deliveries)
        problem = problem or (later[0].later if later else "")
        return Sent(len(deliveries) - len(later) - refused, refused, len(later), problem)

    def _send(self, deliveries: Sequence[_Delivery]) -> None:
        operations: list[Operation] = []
        owners: list[tuple[_Delivery, Generation]] = []
        bounds = Bounds(self._layouts)
        grown: dict[str, Generation] = {}
        for delivery in deliveries:
            for target in delivery.parcel.targets:
                try:
                    generation = self._with_bucket(grown.get(target.id, target), delivery.parcel)
                except StoreUnavailable as error:
                    if error.kind != "request":
                        raise
                    # A bucket that the cluster will not make keeps its own rows back, not the others.
                    delivery.later = str(error)
                    continue
                grown[target.id] = generation
                operations.append(self._layouts.operation(generation, delivery.parcel.kind, delivery.parcel.row))
                owners.append((delivery, generation))
                if delivery.parcel.kind == "act":
                    bounds.add(generation, delivery.parcel.row)
        # An act counts as taken when its bounds are taken too: until then pages lay it over, in whatever order the
        # cluster does these.
        outcomes = self._index.bulk([*bounds.operations(), *operations])
        bounds.note(outcomes[: len(bounds)])
        for (delivery, generation), outcome in zip(owners, outcomes[len(bounds) :], strict=True):
            is_act = delivery.parcel.kind == "act"
            worst = bounds.worse(generation, delivery.parcel.row, outcome) if is_act else outcome
            delivery.note(generation, worst)
            if worst.missing:
                self._matched.pop(generation.id, None)

    def _with_bucket(self, generation: Generation, parcel: Parcel) -> Generation:
        if parcel.kind == "link":
            return generation
        return self._layouts.reaching(generation, position_ms(parcel.row["position"]))

    def _mark(self, receipts: list[Receipt], *, wait: bool) -> None:
        with self._store.record(write=True) as record:
            left = record.mark(receipts)
            # A few more than came in: what is settled does not pile up in front of what is not.
            record.purge(size=max(200, 2 * len(receipts)))
        # Somebody is writing these. In a request nobody waits for that: they are sent again when their lease is over.
        for receipt in left if wait else ():
            with self._store.record(write=True) as record:
                record.mark([receipt], wait=True)
