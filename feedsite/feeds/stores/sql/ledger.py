"""The record's side of delivery: rows are leased, sent, and marked; generations take each other's place.

Whoever delivers holds no lock while the cluster is asked: a lease is a time in a column, taken in a short transaction.
What is marked is a version at a generation. Slots move under a lock of the table of generations that every claim and
every mark has read, so that a delivery to one generation is never taken for one to another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Integer,
    Text,
    and_,
    bindparam,
    case,
    delete,
    func,
    or_,
    select,
    text,
    tuple_,
    update,
)

from feedsite.feeds.stores.generation import LIVE, NEXT, OLD, Generation
from feedsite.feeds.stores.sql.erasing import ErasedList, Eraser
from feedsite.feeds.stores.sql.record import Kind, Pair, Record, Row
from feedsite.feeds.stores.sql.tracking import Changed, Tracker, count_links_of, insert

_BATCH = 1000


@dataclass(frozen=True)
class Parcel:
    """A row under way.

    Args:
        kind: `act` or `link`.
        key: as `Refused.key`.
        row: as it stands in the record.
        targets: the generations that lack it.
        lease: until when it is this caller's, in the record's milliseconds.
    """

    kind: Kind
    key: tuple[str, ...]
    row: Row
    targets: tuple[Generation, ...]
    lease: int

    @property
    def version(self) -> int:
        """The version that is sent."""
        version: int = self.row["version"]
        return version


@dataclass(frozen=True)
class Receipt:
    """What became of a parcel.

    Args:
        parcel: what was sent.
        taken: the ids of the generations that have it.
        refused: why one of them does not take it; None: none refused.
    """

    parcel: Parcel
    taken: tuple[str, ...] = ()
    refused: str | None = None


class Ledger(Record):
    """Claims, marks and generations, on one connection, in the caller's transaction."""

    # Claims and marks

    def claim(
        self, targets: Sequence[Generation], size: int, lease_ms: int, only: Changed | None = None
    ) -> list[Parcel]:
        """Lease rows that one of the generations lacks, what changed first before the rest; nobody else gets them then.

        Args:
            targets: generations; one that has left its slot meanwhile is passed over.
            size: how many rows at most.
            lease_ms: for how long.
            only: none but these.
        """
        slots = self.generations()
        standing = [slots[one.slot] for one in targets if one.slot in slots and slots[one.slot].id == one.id]
        claimed: list[Parcel] = []
        for pair in self.pairs:
            keys: list[tuple[str, ...]] | None = None
            if only is not None:
                keys = [(key,) for key in only.acts] if pair.kind == "act" else list(only.links)
            claimed += self._claim(pair, standing, size - len(claimed), lease_ms, keys)
        return claimed

    def _claim(
        self,
        pair: Pair,
        targets: Sequence[Generation],
        size: int,
        lease_ms: int,
        only: Sequence[tuple[str, ...]] | None,
    ) -> list[Parcel]:
        if size <= 0 or not targets or (only is not None and not only):
            return []
        changes, lease = pair.changes, self.now + lease_ms
        known = (changes.c.delivered.label(f"known_{LIVE}"), changes.c.delivered_next.label(f"known_{NEXT}"))
        statement = (
            select(*pair.rows.c, *known)
            .join(changes, pair.joined())
            .where(or_(*(pair.behind(target.slot) for target in targets)), changes.c.refused.is_(None))
            .where(or_(changes.c.leased_until.is_(None), changes.c.leased_until <= self.now))
            .order_by(changes.c.changed)
            .limit(size)
            .with_for_update(of=changes, skip_locked=True)
        )
        if only is not None:
            statement = statement.where(pair.among(only))
        rows = self._rows(statement)
        if self.erase_in(rows):
            rows = self._rows(statement)
        parcels = []
        for row in rows:
            lacking = tuple(target for target in targets if row[f"known_{target.slot}"] < row["version"])
            parcels.append(Parcel(pair.kind, tuple(row[name] for name in pair.key), row, lacking, lease))
        for at in range(0, len(parcels), _BATCH):
            leased = update(changes).where(pair.among([parcel.key for parcel in parcels[at : at + _BATCH]]))
            self.connection.execute(leased.values(leased_until=lease, attempts=changes.c.attempts + 1))
        return parcels

    def mark(self, receipts: Iterable[Receipt], *, wait: bool = False) -> list[Receipt]:
        """Note what was delivered and what was refused, and end the leases.

        Args:
            receipts: of parcels that were claimed.
            wait: wait for rows that somebody is writing. Give only one receipt then: whoever waits holds nothing.

        Returns:
            The receipts whose rows somebody was writing: nothing was noted about them.
        """
        slots = {generation.id: generation.slot for generation in self.every_generation()}
        left: list[Receipt] = []
        for pair in self.pairs:
            mine = [receipt for receipt in receipts if receipt.parcel.kind == pair.kind]
            free = {receipt.parcel.key for receipt in mine} if wait else self._free(pair, mine)
            values = [_marks(pair, receipt, slots, self.now) for receipt in mine if receipt.parcel.key in free]
            if values:
                self.connection.execute(_marking(pair), values)
            left += [receipt for receipt in mine if receipt.parcel.key not in free]
        return left

    def _free(self, pair: Pair, receipts: Sequence[Receipt]) -> set[tuple[str, ...]]:
        """The keys of those that nobody is writing, locked until the transaction ends.

        A writer locks rows in its own order: waiting for it while holding others could become a circle.
        """
        free: set[tuple[str, ...]] = set()
        columns = [pair.changes.c[name] for name in pair.key]
        keys = [receipt.parcel.key for receipt in receipts]
        for at in range(0, len(keys), _BATCH):
            statement = select(*columns).where(pair.among(keys[at : at + _BATCH])).with_for_update(skip_locked=True)
            free.update(tuple(row) for row in self.connection.execute(statement))
        return free

    def set_aside(self, refused: Iterable[tuple[Kind, Row, str]]) -> None:
        """Note rows that a generation did not take while it was filled: (kind, row, reason)."""
        given = list(refused)
        for pair in self.pairs:
            rows = [
                {
                    **{name: row[name] for name in pair.key},
                    "version": row["version"],
                    "changed": self.now,
                    "refused": why,
                }
                for kind, row, why in given
                if kind == pair.kind
            ]
            statement: Any = insert(self.connection, pair.changes)
            statement = statement.on_conflict_do_update(
                index_elements=list(pair.key),
                set_={"refused": statement.excluded.refused},
                where=pair.changes.c.version == statement.excluded.version,
            )
            if rows:
                self.connection.execute(statement, rows)

    def deliver_again(self, rows: Iterable[tuple[Kind, Row, int]]) -> None:
        """Have rows delivered (again): (kind, row, the version that the index has, which the record's will pass)."""
        by_kind = {pair.kind: pair for pair in self.pairs}
        for kind, row, known in rows:
            pair = by_kind[kind]
            own = [pair.rows.c[name] == row[name] for name in pair.key]
            version = max(row["version"], known + 1)
            if version > row["version"]:
                # The index is ahead of a record that was restored: only a higher version gets past it.
                raised = update(pair.rows).where(*own, pair.rows.c.version == row["version"]).values(version=version)
                if not self.connection.execute(raised).rowcount:
                    continue
            values = {**{name: row[name] for name in pair.key}, "version": version, "changed": self.now}
            statement: Any = insert(self.connection, pair.changes).values(**values)
            self.connection.execute(
                statement.on_conflict_do_update(
                    index_elements=list(pair.key),
                    set_={"version": statement.excluded.version, "delivered": 0, "delivered_next": 0},
                    where=pair.changes.c.version <= statement.excluded.version,
                )
            )

    def links_repaired(self, keys: Iterable[tuple[str, ...]]) -> None:
        """Let nobody go on with what the index said of these links before it was repaired."""
        count_links_of(self.connection, self.tables, keys)

    def purge(self, size: int = 5000) -> int:
        """Forget what is settled, at most so many rows of each kind; returns how many."""
        generations = self.tables.generations
        no_next = ~select(generations.c.id).where(generations.c.slot == NEXT).exists()
        gone = 0
        for pair in self.pairs:
            changes = pair.changes
            columns = [changes.c[name] for name in pair.key]
            settled = (
                select(*columns)
                .where(changes.c.delivered_at < self.now - self.overlap_ms, ~pair.behind(LIVE))
                .where(or_(~pair.behind(NEXT), no_next))
                .limit(size)
                .with_for_update(skip_locked=True)
            )
            chosen = columns[0].in_(settled) if len(columns) == 1 else tuple_(*columns).in_(settled)
            gone += self.connection.execute(delete(changes).where(chosen)).rowcount
        return gone

    def erased_number(self) -> int:
        """How many entities were erased."""
        statement = select(func.count()).select_from(self.tables.erased)
        return int(self.connection.execute(statement).scalar_one())

    def erased_among(self, keys: Iterable[str]) -> set[str]:
        """Which of these keys of entities were erased."""
        return ErasedList(self.connection, self.tables).among(keys)

    def erased_in(self, rows: Iterable[Row]) -> set[str]:
        """The keys of erased entities that rows name: a backup brought them back. No index gets such a row."""
        return self._eraser().named_in(rows)

    def erase_in(self, rows: Iterable[Row]) -> set[str]:
        """Erase again what rows name that was erased; returns the keys. What is left of it is noted as changed."""
        eraser = self._eraser()
        gone = eraser.named_in(rows)
        for key in sorted(gone):
            while eraser.erase(key, _BATCH).more:
                pass
        return gone

    def _eraser(self) -> Eraser:
        return Eraser(self.connection, self.tables, Tracker(self.connection, self.tables, self.now))

    # Generations

    def add(self, generation: Generation) -> bool:
        """Store a new generation; returns False when its slot is taken.

        On PostgreSQL it waits until everybody who writes and saw no generation has ended, so that the record holds all
        that is not noted as changed. It gives up after a second (StoreUnavailable), because readers wait behind it: try
        again.
        """
        self._lock()
        if generation.slot in self.generations():
            return False
        table = self.tables.generations
        columns = {name: getattr(generation, name) for name in ("id", "slot", "made", "whole", "rev")}
        self.connection.execute(insert(self.connection, table).values(**columns, layout=generation.layout()))
        return True

    def switch(self, following: Generation) -> bool:
        """Let the generation in the slot `next` answer; the live one becomes old. False: it is in that slot no more."""
        self._lock()
        slots = self.generations()
        if NEXT not in slots or slots[NEXT].id != following.id:
            return False
        if LIVE in slots:
            self._put(replace(slots[LIVE], slot=OLD))
        self._put(replace(slots[NEXT], slot=LIVE, whole=True))
        for pair in self.pairs:
            changes = pair.changes
            taken = case((changes.c.delivered_next >= changes.c.version, None), else_=changes.c.refused)
            # What is under way to the old one is no lease of the new one's.
            values = {"delivered": changes.c.delivered_next, "delivered_next": 0, "refused": taken}
            self.connection.execute(update(changes).values(**values, leased_until=None))
        return True

    def _put(self, generation: Generation) -> None:
        table = self.tables.generations
        values = {"slot": generation.slot, "whole": generation.whole, "rev": generation.rev + 1}
        self.connection.execute(update(table).where(table.c.id == generation.id).values(**values))

    def forget(self, generation: Generation) -> None:
        """Strike out a generation. With the last one, what is known of deliveries goes too."""
        self._lock()
        table = self.tables.generations
        self.connection.execute(delete(table).where(table.c.id == generation.id))
        slots = self.generations()
        for pair in self.pairs:
            if not slots:
                self.connection.execute(delete(pair.changes))
            elif generation.slot == NEXT:
                self.connection.execute(update(pair.changes).values(delivered_next=0))

    def _lock(self) -> None:
        if self.connection.dialect.name == "postgresql":
            name = self.connection.dialect.identifier_preparer.format_table(self.tables.generations)
            self.connection.execute(text("SET LOCAL lock_timeout = '1s'"))
            self.connection.execute(text(f"LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE"))


def _marks(pair: Pair, receipt: Receipt, slots: Mapping[str, str], now: int) -> dict[str, Any]:
    """The values of `_marking` for one receipt. What an old generation has taken counts for nothing."""
    parcel = receipt.parcel
    held = {slots.get(generation) for generation in receipt.taken} & {LIVE, NEXT}
    return {
        **{f"of_{name}": value for name, value in zip(pair.key, parcel.key, strict=True)},
        "live_has": parcel.version if LIVE in held else 0,
        "next_has": parcel.version if NEXT in held else 0,
        "taken_at": now if held else None,
        "own_lease": parcel.lease,
        "sent": parcel.version,
        "reason": receipt.refused,
    }


@lru_cache(maxsize=16)
def _marking(pair: Pair) -> Any:
    changes = pair.changes.c
    live, following = bindparam("live_has", type_=Integer), bindparam("next_has", type_=Integer)
    reason, at = bindparam("reason", type_=Text), bindparam("taken_at", type_=BigInteger)
    own = changes.leased_until == bindparam("own_lease", type_=BigInteger)
    refuses = and_(reason.is_not(None), changes.version == bindparam("sent", type_=Integer))
    return (
        update(pair.changes)
        .where(*(pair.changes.c[name] == bindparam(f"of_{name}") for name in pair.key))
        .values(
            # An older delivery that ends after a newer one takes nothing back.
            delivered=case((changes.delivered < live, live), else_=changes.delivered),
            delivered_next=case((changes.delivered_next < following, following), else_=changes.delivered_next),
            delivered_at=func.coalesce(at, changes.delivered_at),
            leased_until=case((own, None), else_=changes.leased_until),
            refused=case((refuses, reason), else_=changes.refused),
        )
    )
