"""From the record to Elasticsearch: delivering what changed, making and rebuilding generations, comparing.

The record is the truth and knows what every generation has; the index is made from it and can be made again at any
time, while the site runs.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from feedsite.feeds.delivering.filling import Filler, Progress
from feedsite.feeds.delivering.layouts import Layouts
from feedsite.feeds.delivering.sending import Sender, Sent
from feedsite.feeds.delivering.verifying import Suspect, Verified, Verifier, summed_up
from feedsite.feeds.errors import StoreUnavailable
from feedsite.feeds.order import instant, milliseconds
from feedsite.feeds.stores.elasticsearch.client import Deadline, within
from feedsite.feeds.stores.elasticsearch.index import Index
from feedsite.feeds.stores.generation import LIVE, NEXT, OLD, RULES, Generation
from feedsite.feeds.stores.sql import SqlStore
from feedsite.feeds.stores.sql.record import Backlog, Refused
from feedsite.feeds.stores.sql.tracking import Changed

__all__ = ["Delivered", "Delivery", "DeliveryRefused", "Progress", "Status", "Verified"]

_log = logging.getLogger(__name__)
_REQUEST_SECONDS = 0.25
_ROUNDS = 5
_LOCK_TRIES = 30


class DeliveryRefused(RuntimeError):
    """What cannot be done as things are, and what to do instead, in a sentence."""


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


@dataclass(frozen=True)
class Standing:
    """A generation, as the record and the cluster know it.

    Args:
        generation: as the record has it.
        matches: whether the cluster's indexes are those; None: it does not say.
        sizes: documents and bytes of each of its indexes, by name.
        backlog: what it lacks.
    """

    generation: Generation
    matches: bool | None
    sizes: dict[str, tuple[int, int]]
    backlog: Backlog


@dataclass(frozen=True)
class Status:
    """How delivery stands.

    Args:
        now: the record's clock, in milliseconds.
        generations: all that the record knows.
        health: what the cluster says of itself; empty: it does not answer.
        problem: why it does not.
        acts, links: rows of the record that stand.
    """

    now: int
    generations: tuple[Standing, ...]
    health: dict[str, Any]
    problem: str
    acts: int
    links: int


class Delivery:
    """Keeps an index equal to the record.

    Args:
        store: the record, with an engine of its own: nothing here is part of somebody's transaction.
        index: the indexes.
        lease_ms: how long a row is left to whoever is sending it.
        grace_s: how long after it was replaced a generation stays, for pages that are being composed.
    """

    def __init__(self, store: SqlStore, index: Index, *, lease_ms: int = 30_000, grace_s: float = 10.0) -> None:
        self._store, self._index, self._grace = store, index, grace_s
        self.layouts = Layouts(store, index)
        self._sender = Sender(store, index, self.layouts, lease_ms=lease_ms)
        self._verifier = Verifier(store, index, self.layouts)
        self._olds: dict[str, float] = {}

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
        ends = None if budget_s is None else time.monotonic() + budget_s
        total = Sent()
        while ends is None or time.monotonic() < ends:
            with self._store.record() as record:
                generations = list(record.generations().values())
                if not generations or record.is_settled():
                    break
            try:
                targets, problem = self._sender.targets(generations)
            except StoreUnavailable as error:
                targets, problem = [], str(error)
            total.problem = total.problem or problem
            done = self._sender.batch(targets, batch) if targets else None
            if done is None:
                break
            total.add(done)
            if done.later:
                # What was tried in vain would be the first to be tried again.
                break
        return self._finished(total)

    def _finished(self, total: Sent) -> Delivered:
        with self._store.record() as record:
            slots = record.generations()
            left = max((record.behind(slot).count for slot in slots), default=0)
            settled = not slots or record.is_settled()
        if not settled:
            with self._store.record(write=True) as record:
                record.purge()
        return Delivered(total.taken, total.refused, left, total.problem)

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
        with self._store.record() as record:
            known = record.generations().get(LIVE)
        generation = known or self._added(LIVE, layout)
        if generation.links_uuid and not self._index.matches(generation):
            raise DeliveryRefused(
                f"there is a generation {generation.id}, and the cluster does not have its indexes: rebuild it"
            )
        if generation.whole:
            return generation
        generation = self.layouts.founded(generation)
        self._filled(generation, progress)
        self._catch_up(LIVE)
        # As it is now: filling made its buckets.
        generation = self.layouts.current(generation.id) or generation
        self._index.refresh(generation)
        self.layouts.counted(generation)
        generation = self.layouts.filled(generation)
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
        following = self.layouts.founded(following or self._added(NEXT, layout or slots[LIVE].rule))
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
                made = Generation(secrets.token_hex(6), slot, record.now, rule=layout)
                # Whoever was first makes the one that both fill.
                return made if record.add(made) else record.generations()[slot]

        return _patiently(add)

    def _filled(self, generation: Generation, progress: Progress | None) -> None:
        Filler(self._store, self._index, self.layouts).fill(generation, progress)

    def _catch_up(self, slot: str) -> None:
        """Deliver until next to nothing is behind; others may be delivering too."""
        for attempt in range(60):
            done = self._deliver_all(None, 1000)
            with self._store.record() as record:
                if not record.behind(slot).count:
                    return
            if done.problem and attempt > 10:
                raise StoreUnavailable(done.problem, kind="busy")
            time.sleep(0.5)

    def _compared(self, following: Generation, progress: Progress | None) -> Verified:
        for _ in range(_ROUNDS):
            self._catch_up(NEXT)
            current = self.layouts.current(following.id)
            if current is None or current.slot != NEXT:
                raise DeliveryRefused("somebody else has finished or thrown away this rebuild")
            compared, differing = self._verifier.suspects(current, progress)
            verified = summed_up(compared, differing)
            if not verified.differences:
                self.layouts.counted(current)
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
                self._deliver_all(1.0, 1000)
                left = seen + self._grace - time.monotonic()
            if left <= 0:
                self._discard(generation)

    def _discard(self, generation: Generation) -> None:
        self._index.drop(generation)

        def forget() -> None:
            with self._store.record(write=True) as record:
                record.forget(generation)

        _patiently(forget)

    # From time to time

    def tend(self) -> None:
        """What has to be done now and then, beside delivering: replaced generations go, the next month gets its index.

        Raises StoreUnavailable.
        """
        self._drop_olds(wait=False)
        self.next_bucket()

    def next_bucket(self) -> None:
        """Make the indexes of this month and of the next one before they are needed; bring aliases and counts up to
        date."""
        with self._store.record() as record:
            now, slots = record.now, record.generations()
        for generation in slots.values():
            if not generation.whole or not self._index.matches(generation):
                continue
            self.layouts.reaching(generation, now)
            self.layouts.counted(self.layouts.reaching(generation, _next_month(now)))
        if any(generation.whole for generation in slots.values()):
            self._move_aliases()

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
        self._catch_up(LIVE)
        current = self.layouts.current(live.id) or live
        self._index.refresh(current)
        doubtful = [replace(one, verdict="moving") for one in wrong]
        return len(wrong) - len(self._verifier.look_again(current, doubtful))

    # Looking

    def status(self) -> Status:
        """How delivery stands; the cluster may be away."""
        with self._store.record() as record:
            now, known = record.now, record.every_generation()
            backlogs = {one.id: record.behind(one.slot) for one in known}
            acts, links = record.count("act"), record.count("link")
        health: dict[str, Any] = {}
        problem = ""
        looked: dict[str, tuple[bool | None, dict[str, tuple[int, int]]]] = {one.id: (None, {}) for one in known}
        try:
            health = self._index.health()
            for one in known:
                looked[one.id] = (self._index.matches(one), self._index.sizes(one))
        except StoreUnavailable as error:
            problem = str(error)
        generations = tuple(Standing(one, *looked[one.id], backlogs[one.id]) for one in known)
        return Status(now, generations, health, problem, acts, links)


def _patiently(attempt: Callable[[], Any]) -> Any:
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
