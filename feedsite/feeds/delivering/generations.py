"""The life of generations: the first one, one beside another, the switch, the end."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from feedsite.feeds.delivering.filling import Filler, Progress
from feedsite.feeds.delivering.layouts import Layouts
from feedsite.feeds.delivering.sending import Sender
from feedsite.feeds.delivering.verifying import Verified, Verifier, summed_up
from feedsite.feeds.errors import StoreUnavailable
from feedsite.feeds.order import instant, milliseconds
from feedsite.feeds.stores.elasticsearch.index import Index
from feedsite.feeds.stores.generation import LIVE, NEXT, OLD, RULES, Generation
from feedsite.feeds.stores.sql import SqlStore

#: Longer than any page takes that began before the switch.
GRACE_SECONDS = 10.0
_ROUNDS = 5
_LOCK_TRIES = 30

T = TypeVar("T")


class DeliveryRefused(RuntimeError):
    """What cannot be done as things are, and what to do instead, in a sentence."""


class Generations:
    """Makes generations and lets them take each other's place.

    Args:
        store: the record.
        index: the indexes.
        layouts, sender, verifier: what makes indexes, what delivers changes, what compares.
        grace_s: how long after it was replaced a generation stays, for pages that are being composed
            (None: `GRACE_SECONDS`).
        vector_dims: how many numbers the vectors have that new generations keep; 0: none.
    """

    def __init__(
        self,
        store: SqlStore,
        index: Index,
        layouts: Layouts,
        sender: Sender,
        verifier: Verifier,
        *,
        grace_s: float | None,
        vector_dims: int = 0,
    ) -> None:
        self._store, self._index, self._layouts = store, index, layouts
        self._sender, self._verifier = sender, verifier
        self._grace = GRACE_SECONDS if grace_s is None else grace_s
        self._vector_dims = vector_dims
        self._olds: dict[str, float] = {}

    def create(self, *, layout: str = "monthly", progress: Progress | None = None) -> Generation:
        """Make the first generation and fill it; go on where that was interrupted; harmless when it is whole.

        Args:
            layout: how time is cut into indexes: one of `RULES`.
            progress: see Progress.

        Raises:
            DeliveryRefused: the cluster does not have the indexes of the generation that is there.
            StoreUnavailable.
        """
        with self._store.record() as record:
            known = record.generations().get(LIVE)
        generation = known or self._added(LIVE, layout)
        if generation.links_uuid and not self._index.matches(generation):
            raise DeliveryRefused(
                f"there is a generation {generation.id}, and the cluster does not have its indexes: rebuild it"
            )
        if generation.whole:
            return generation
        generation = self._layouts.founded(generation)
        self._filled(generation, progress)
        self._sender.catch_up(LIVE)
        # As it is now: filling made its buckets.
        generation = self._layouts.current(generation.id) or generation
        self._index.refresh(generation)
        self._layouts.counted(generation)
        generation = self._layouts.filled(generation)
        self.next_bucket()
        return generation

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
        with self._store.record(write=True) as record:
            slots = record.generations()
            record.retry_refused()
        if LIVE not in slots:
            raise DeliveryRefused("there is no index to rebuild: create it")
        following = slots.get(NEXT)
        if following and (afresh or (following.links_uuid and not self._index.matches(following))):
            self._discard(following)
            following = None
        following = self._layouts.founded(following or self._added(NEXT, layout or slots[LIVE].rule))
        self._filled(following, progress)
        verified = self._compared(following, progress)
        self._switch(following)
        self._drop_olds(wait=True)
        return verified

    def _added(self, slot: str, layout: str) -> Generation:
        if layout not in RULES:
            raise DeliveryRefused(f"the layout is one of {', '.join(RULES)}")

        def add() -> Generation:
            with self._store.record(write=True) as record:
                made = Generation(secrets.token_hex(6), slot, record.now, rule=layout, vector_dims=self._vector_dims)
                # Whoever was first makes the one that both fill.
                return made if record.add(made) else record.generations()[slot]

        return _patiently(add)

    def _filled(self, generation: Generation, progress: Progress | None) -> None:
        Filler(self._store, self._index, self._layouts).fill(generation, progress)

    def _compared(self, following: Generation, progress: Progress | None) -> Verified:
        for _ in range(_ROUNDS):
            self._sender.catch_up(NEXT)
            current = self._layouts.current(following.id)
            if current is None or current.slot != NEXT:
                raise DeliveryRefused("somebody else has finished or thrown away this rebuild")
            compared, differing = self._verifier.suspects(current, progress)
            verified = summed_up(compared, differing)
            if not verified.differences:
                self._layouts.counted(current)
                return verified
            self._verifier.prepare(current, [one for one in differing if one.verdict != "waiting"])
        raise DeliveryRefused(
            f"the new generation differs from the record in {verified.differences} places"
            f" ({'; '.join(verified.examples[:3])}): it does not answer"
        )

    def _switch(self, following: Generation) -> None:
        def switch() -> bool:
            with self._store.record(write=True) as record:
                return record.switch(following)

        if not _patiently(switch):
            raise DeliveryRefused("somebody else has finished or thrown away this rebuild")
        self._move_aliases()

    def _move_aliases(self) -> None:
        with self._store.record() as record:
            known = record.every_generation()
        olds = [one for one in known if one.slot == OLD]
        for live in known:
            if live.slot == LIVE and live.links_uuid:
                self._index.move_aliases(live, olds)

    def _drop_olds(self, *, wait: bool) -> None:
        """Delete the indexes of generations that were replaced long enough ago."""
        with self._store.record() as record:
            olds = [one for one in record.every_generation() if one.slot == OLD]
        for generation in olds:
            seen = self._olds.setdefault(generation.id, time.monotonic())
            left = seen + self._grace - time.monotonic()
            while wait and left > 0:
                time.sleep(min(left, 1.0))
                self._sender.everything(1.0)
                left = seen + self._grace - time.monotonic()
            if left <= 0:
                self._discard(generation)

    def _discard(self, generation: Generation) -> None:
        self._index.drop(generation)

        def forget() -> None:
            with self._store.record(write=True) as record:
                record.forget(generation)

        _patiently(forget)

    def remove(self) -> int:
        """Delete every generation, and note no changes any more; returns how many there were.

        Raises StoreUnavailable when the cluster is away: what is in it would be left there.
        """
        with self._store.record() as record:
            known = record.every_generation()
        for generation in known:
            self._discard(generation)
        return len(known)

    def tend(self) -> None:
        """What has to be done now and then, beside delivering: replaced generations go, the next month gets its index.

        Raises StoreUnavailable.
        """
        self._drop_olds(wait=False)
        self.next_bucket()

    def next_bucket(self) -> None:
        """Make the indexes of this month and of the next one before they are needed; count what buckets hold; mend
        aliases.
        """
        with self._store.record() as record:
            now, slots = record.now, record.generations()
        for generation in slots.values():
            if not generation.whole or not self._index.matches(generation):
                continue
            self._layouts.reaching(generation, now)
            self._layouts.counted(self._layouts.reaching(generation, _next_month(now)))
        if any(generation.whole for generation in slots.values()):
            self._move_aliases()


def _patiently(attempt: Callable[[], T]) -> T:
    """Try for half a minute what waits for everybody's transactions."""
    for _ in range(_LOCK_TRIES):
        try:
            return attempt()
        except StoreUnavailable:
            time.sleep(0.25)
    return attempt()


def _next_month(now: int) -> int:
    at = instant(now)
    return milliseconds(datetime(at.year + at.month // 12, at.month % 12 + 1, 1, tzinfo=UTC))
