"""Filling a generation with everything the record has, while it is being written to.

A row that changes after it was read here has been noted as changed, because the generation was there before: it is
delivered as every change is. Whatever is sent twice or too late carries its version, and takes nothing back.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice

from feedsite.feeds.delivering.bounding import Bounds
from feedsite.feeds.delivering.layouts import Layouts
from feedsite.feeds.errors import StoreUnavailable
from feedsite.feeds.order import position_ms
from feedsite.feeds.stores.elasticsearch.index import Index, Operation
from feedsite.feeds.stores.generation import Generation
from feedsite.feeds.stores.sql import SqlStore
from feedsite.feeds.stores.sql.erasing import named_by
from feedsite.feeds.stores.sql.record import Kind, Row
from feedsite.feeds.stores.sql.tables import LINK_KEY

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much it is in all."""

_Sending = tuple[tuple[Kind, Row] | None, Operation]
"""What is sent: a row (None: a bound), and how."""

_ROWS = 2000
# Whose bounds are known to be sent; beyond that many, some are sent again.
_KNOWN = 2_000_000
# One request is being worked on by the cluster while the next is being written here.
_ABREAST = 3
_PATIENCE = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)


def acts_of(store: SqlStore) -> Iterator[Row]:
    """All acts of the record, newest first, tombstones among them; each batch of rows is a transaction of its own."""
    key: tuple[int, str] | None = None
    while True:
        with store.record() as record:
            rows = record.acts_before(key, _ROWS)
        yield from rows
        if len(rows) < _ROWS:
            return
        key = (rows[-1]["position"], rows[-1]["id"])


def links_of(store: SqlStore) -> Iterator[Row]:
    """All links of the record in the order of their keys, tombstones among them."""
    key: tuple[str, ...] | None = None
    while True:
        with store.record() as record:
            rows = record.links_after(key, _ROWS)
        yield from rows
        if len(rows) < _ROWS:
            return
        key = tuple(rows[-1][name] for name in LINK_KEY)


class Filler:
    """Fills generations from the record.

    Args:
        store: the record.
        index: the indexes.
        layouts: makes those that are needed.
    """

    def __init__(self, store: SqlStore, index: Index, layouts: Layouts) -> None:
        self._store, self._index, self._layouts = store, index, layouts

    def fill(self, generation: Generation, progress: Progress | None = None) -> int:
        """Send every row that stands; returns how many the generation refused, which are set aside.

        Raises StoreUnavailable when the cluster stays away for a minute; filling it again mends what is missing.
        """
        with self._store.record() as record:
            total = record.count("act") + record.count("link")
        done = refused = 0
        acts: Iterator[tuple[Kind, Row]] = (("act", row) for row in acts_of(self._store))
        links: Iterator[tuple[Kind, Row]] = (("link", row) for row in links_of(self._store))
        # What was deleted before the generation was made never comes to it; what is deleted now is a change.
        rows = (one for one in chain(acts, links) if not one[1]["deleted"])
        known: set[str] = set()
        with ThreadPoolExecutor(_ABREAST, thread_name_prefix="fill") as pool:
            under_way: list[Future[tuple[int, int]]] = []
            while batch := list(islice(rows, _ROWS)):
                batch = self._without_erased(batch)
                generation, operations = self._operations(generation, batch)
                bounds = self._bounds(generation, batch, known)
                under_way.append(pool.submit(self._send, batch, operations, bounds))
                while len(under_way) >= _ABREAST:
                    sent, aside = under_way.pop(0).result()
                    done, refused = done + sent, refused + aside
                    if progress is not None:
                        progress("fill", done, total)
            for future in under_way:
                sent, aside = future.result()
                done, refused = done + sent, refused + aside
        if progress is not None:
            progress("fill", done, max(done, total))
        return refused

    def _without_erased(self, batch: list[tuple[Kind, Row]]) -> list[tuple[Kind, Row]]:
        """The rows that name nobody who was erased; the others, which a backup brought back, are erased again."""
        rows = [row for _, row in batch]
        with self._store.record() as record:
            gone = record.erased_in(rows)
        if not gone:
            return batch
        with self._store.record(write=True) as record:
            record.erase_in(rows)
        # What is left of them was noted as changed, and is delivered as every change is.
        return [(kind, row) for kind, row in batch if gone.isdisjoint(named_by(row))]

    def _operations(
        self, generation: Generation, batch: Sequence[tuple[Kind, Row]]
    ) -> tuple[Generation, list[Operation]]:
        operations = []
        for kind, row in batch:
            if kind == "act":
                ms = position_ms(row["position"])
                if generation.bucket_at(ms) is None:
                    generation = self._layouts.reaching(generation, ms)
            operations.append(self._layouts.operation(generation, kind, row))
        return generation, operations

    def _bounds(
        self, generation: Generation, batch: Sequence[tuple[Kind, Row]], known: set[str]
    ) -> Sequence[Operation]:
        """The bounds of a batch. Acts come newest first: whoever is known has a bound that is high enough."""
        bounds = Bounds(self._layouts)
        for kind, row in batch:
            if kind == "act":
                bounds.add(generation, row, but=known)
        if len(known) > _KNOWN:
            known.clear()
        known.update(bounds.keys())
        return bounds.operations()

    def _send(
        self, batch: Sequence[tuple[Kind, Row]], operations: Sequence[Operation], bounds: Sequence[Operation]
    ) -> tuple[int, int]:
        """Send until all of it is taken or refused; returns how many rows, and how many were refused."""
        left: list[_Sending] = [(None, bound) for bound in bounds]
        left += zip(batch, operations, strict=True)
        aside: list[tuple[Kind, Row, str]] = []
        for pause in (*_PATIENCE, None):
            problem, left = self._attempt(left, aside)
            if not left:
                break
            if pause is None:
                raise problem
            time.sleep(pause)
        if aside:
            with self._store.record(write=True) as record:
                record.set_aside(aside)
        return len(batch), len(aside)

    def _attempt(
        self, left: list[_Sending], aside: list[tuple[Kind, Row, str]]
    ) -> tuple[StoreUnavailable, list[_Sending]]:
        """Send once; returns what is left, and why."""
        problem, again = StoreUnavailable(), []
        try:
            outcomes = self._index.bulk([operation for _, operation in left])
        except StoreUnavailable as error:
            return error, left
        for one, outcome in zip(left, outcomes, strict=True):
            if outcome.result == "refused":
                if one[0] is None:
                    raise StoreUnavailable(f"the cluster refuses a bound: {outcome.reason}", kind="request")
                aside.append((*one[0], outcome.reason))
            elif outcome.result == "later":
                problem = StoreUnavailable(outcome.reason, kind="missing" if outcome.missing else "busy")
                again.append(one)
                if outcome.missing:
                    raise problem
        return problem, again
