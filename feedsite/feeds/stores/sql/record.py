"""What the record knows of its projection: what an index may not show yet, and which indexes there are.

A row is *behind* while a slot of the index has an older version than the record. It is *settled*, and forgotten, once
it is behind nowhere and the index has had it for longer than its refresh takes. Until then pages lay it over what the
index says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Table,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)

from feedsite.feeds.names import ERASURES
from feedsite.feeds.stores.generation import LIVE, NEXT, OLD, Generation
from feedsite.feeds.stores.sql.hiding import Hidings
from feedsite.feeds.stores.sql.prepared import run
from feedsite.feeds.stores.sql.tables import LINK_KEY, Tables

#: Longer than an index takes to show what it has acknowledged, with every clock's error.
OVERLAP_MS = 10_000
_BATCH = 1000

Kind = Literal["act", "link"]
Row = Mapping[str, Any]
"""A row of the tables of acts or of links: all its columns by name."""


@dataclass(frozen=True)
class Overlay:
    """The rows that are not settled, tombstones among them: all columns of the tables of acts and of links."""

    acts: tuple[Row, ...] = ()
    links: tuple[Row, ...] = ()

    def __len__(self) -> int:
        return len(self.acts) + len(self.links)


@dataclass(frozen=True)
class Backlog:
    """What a slot of the index does not have.

    Args:
        count: rows that are behind, without those that were refused.
        oldest_ms: when the oldest of them changed, by the record's clock; None: there are none.
        refused: rows that the index did not take.
    """

    count: int
    oldest_ms: int | None
    refused: int


@dataclass(frozen=True)
class Refused:
    """A row that the index did not take.

    Args:
        kind: `act` or `link`.
        key: the act's id, or follower, kind, entity and verbs of the link.
        reason: the cluster's words.
        changed: when the row changed, in milliseconds by the record's clock.
        attempts: how often it was tried.
    """

    kind: Kind
    key: tuple[str, ...]
    reason: str
    changed: int
    attempts: int


@dataclass(frozen=True)
class Pair:
    """A table of rows and the table of what is known of their delivery."""

    kind: Kind
    rows: Table
    changes: Table
    key: tuple[str, ...]

    def joined(self) -> ColumnElement[bool]:
        """A row and its change."""
        return and_(*(self.rows.c[name] == self.changes.c[name] for name in self.key))

    def among(self, keys: Sequence[tuple[str, ...]], table: Table | None = None) -> ColumnElement[bool]:
        """The changes (or the rows of that table) with these keys."""
        columns = [(self.changes if table is None else table).c[name] for name in self.key]
        first = columns[0].in_(sorted({key[0] for key in keys}))
        # Said of the first column too: SQLite finds no index for a list of whole keys.
        return first if len(columns) == 1 else and_(first, tuple_(*columns).in_(list(keys)))

    def rows_in(self, condition: ColumnElement[bool]) -> ColumnElement[bool]:
        """The rows whose changes meet a condition.

        Changes are few and rows are many: said like this, SQLite, which keeps no count of either, begins with the few.
        """
        changes = select(*(self.changes.c[name] for name in self.key)).where(condition)
        columns = [self.rows.c[name] for name in self.key]
        return columns[0].in_(changes) if len(columns) == 1 else tuple_(*columns).in_(changes)

    def behind(self, slot: str) -> ColumnElement[bool]:
        """The changes that a slot does not have."""
        column = self.changes.c.delivered if slot == LIVE else self.changes.c.delivered_next
        return column < self.changes.c.version

    def unsettled(self, shown_from: int | BindParameter[int]) -> ColumnElement[bool]:
        """The changes that the live slot does not have, or has since `shown_from` (milliseconds)."""
        changes = self.changes.c
        return or_(self.behind(LIVE), changes.delivered_at.is_(None), changes.delivered_at >= shown_from)


def pairs(tables: Tables) -> tuple[Pair, Pair]:
    """Acts and links."""
    return (
        Pair("act", tables.acts, tables.act_changes, ("id",)),
        Pair("link", tables.links, tables.link_changes, LINK_KEY),
    )


# Of every page: compiled once.


def _generations(tables: Tables) -> Select[Any]:
    table = tables.generations
    return select(table).order_by(table.c.made, table.c.id)


def _laid_over(tables: Tables, at: int) -> Select[Any]:
    pair, shown_from = pairs(tables)[at], bindparam("shown_from", type_=BigInteger)
    statement = select(*pair.rows.c).where(pair.rows_in(pair.unsettled(shown_from)))
    return statement.limit(bindparam("most", type_=Integer))


def _versions(tables: Tables) -> Select[Any]:
    holders = tables.holders
    wanted: BindParameter[Any] = bindparam("wanted", (), expanding=True)
    return select(holders.c.entity, holders.c.version).where(holders.c.entity.in_(wanted))


class Record:
    """What the record knows of its projection, on one connection, in the caller's transaction.

    Args:
        now: the record's clock, in milliseconds.
    """

    def __init__(self, connection: Connection, tables: Tables, now: int, *, overlap_ms: int = OVERLAP_MS) -> None:
        self.connection, self.tables, self.now, self.overlap_ms = connection, tables, now, overlap_ms
        self.pairs = pairs(tables)

    # For pages

    def generations(self) -> dict[str, Generation]:
        """The generation in each of the slots `live` and `next`, where there is one."""
        return {one.slot: one for one in self.every_generation() if one.slot != OLD}

    def every_generation(self) -> list[Generation]:
        """All generations that the record knows, the oldest first."""
        names = self.tables.generations.c.keys()
        rows = run(self.connection, {}, _generations, self.tables)
        return [Generation.of(**dict(zip(names, row, strict=True))) for row in rows]

    def overlay(self, limit: int) -> Overlay | None:
        """What the live generation may not show yet; None: more than `limit` rows."""
        found: list[tuple[Row, ...]] = []
        left = limit
        for at, pair in enumerate(self.pairs):
            values, names = {"shown_from": self.now - self.overlap_ms, "most": left + 1}, pair.rows.c.keys()
            rows = run(self.connection, values, _laid_over, self.tables, at)
            found.append(tuple([dict(zip(names, row, strict=True)) for row in rows]))
            left -= len(found[-1])
            if left < 0:
                return None
        return Overlay(*found)

    def unsettled(self) -> int:
        """How many rows pages lay over what the live generation says: those that were refused are among them."""
        shown_from = self.now - self.overlap_ms
        counts = [select(func.count()).where(pair.unsettled(shown_from)) for pair in self.pairs]
        return sum(self.connection.execute(count).scalar_one() for count in counts)

    def holder_versions(self, keys: Iterable[str]) -> dict[str, int]:
        """The version of what each entity holds (by key): it grows with every change of its links.

        An entity whose links never changed since there is an index, or that was erased, has none of its own. It is
        absent (0) until something was erased; then it has a number below 0 that falls with every erasure.
        """
        given = set(keys)
        wanted = sorted(given | {ERASURES})
        found: dict[str, int] = {}
        for at in range(0, len(wanted), _BATCH):
            found.update(run(self.connection, {"wanted": wanted[at : at + _BATCH]}, _versions, self.tables))
        erasures = found.pop(ERASURES, 0)
        return dict.fromkeys(given, -erasures) | found if erasures else found

    def hidings(self) -> dict[str, str]:
        """The entities whose acts are marked as hidden, or are being marked, and how far that is; see `Hidings`."""
        return Hidings(self.connection, self.tables).states()

    # For whoever looks after it

    def behind(self, slot: str = LIVE) -> Backlog:
        """How much a slot lacks."""
        count, refused, oldest = 0, 0, []
        for pair in self.pairs:
            changes, open_ = pair.changes.c, pair.changes.c.refused.is_(None)
            numbers = select(
                func.count().filter(open_), func.count().filter(~open_), func.min(changes.changed).filter(open_)
            )
            row = self.connection.execute(numbers.where(pair.behind(slot))).one()
            count, refused = count + row[0], refused + row[1]
            oldest += [row[2]] if row[2] is not None else []
        return Backlog(count, min(oldest, default=None), refused)

    def refused(self, limit: int = 100) -> list[Refused]:
        """What the index did not take, the latest first."""
        found: list[Refused] = []
        for pair in self.pairs:
            changes = pair.changes
            statement = select(changes).where(changes.c.refused.is_not(None))
            for row in self.connection.execute(statement.order_by(changes.c.changed.desc()).limit(limit)).mappings():
                key = tuple(row[name] for name in pair.key)
                found.append(Refused(pair.kind, key, row["refused"], row["changed"], row["attempts"]))
        return sorted(found, key=lambda one: one.changed, reverse=True)[:limit]

    def retry_refused(self) -> int:
        """Let everything that was refused be delivered again; returns how many rows that are."""
        again = 0
        for pair in self.pairs:
            changes = pair.changes
            statement = update(changes).where(changes.c.refused.is_not(None))
            again += self.connection.execute(statement.values(refused=None, attempts=0, leased_until=None)).rowcount
        return again

    # Rows in order, to fill and to verify

    def acts_before(self, key: tuple[Any, ...] | None, size: int) -> list[Row]:
        """Acts, newest first, tombstones among them, after a (position, id) in that order; None: from the newest on."""
        acts = self.tables.acts
        statement = select(acts).order_by(acts.c.position.desc(), acts.c.id.desc()).limit(size)
        if key is not None:
            statement = statement.where(tuple_(acts.c.position, acts.c.id) < key)
        return self._rows(statement)

    def links_after(self, key: tuple[Any, ...] | None, size: int) -> list[Row]:
        """Links in the order of their keys, tombstones among them, after one."""
        links = self.tables.links
        columns = [links.c[name] for name in LINK_KEY]
        statement = select(links).order_by(*columns).limit(size)
        if key is not None:
            statement = statement.where(tuple_(*columns) > key)
        return self._rows(statement)

    def rows(self, kind: Kind, keys: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], tuple[Row, bool, bool]]:
        """Rows by key: (row, the slot `live` lacks it, the slot `next` does); what the record never had is absent."""
        pair = next(pair for pair in self.pairs if pair.kind == kind)
        lacks = [func.coalesce(pair.behind(slot), False).label(f"lacks_{slot}") for slot in (LIVE, NEXT)]
        found: dict[tuple[str, ...], tuple[Row, bool, bool]] = {}
        for at in range(0, len(keys), _BATCH):
            statement = select(*pair.rows.c, *lacks).outerjoin(pair.changes, pair.joined())
            statement = statement.where(pair.among(keys[at : at + _BATCH], pair.rows))
            for row in self._rows(statement):
                key = tuple(row[name] for name in pair.key)
                found[key] = (row, bool(row[f"lacks_{LIVE}"]), bool(row[f"lacks_{NEXT}"]))
        return found

    def is_settled(self) -> bool:
        """Whether nothing at all is noted as changed."""
        changes = [select(literal(1)).select_from(pair.changes).exists() for pair in self.pairs]
        return not self.connection.execute(select(or_(*changes))).scalar_one()

    def count(self, kind: Kind) -> int:
        """How many rows of a kind stand."""
        table = self.tables.acts if kind == "act" else self.tables.links
        return self.connection.execute(select(func.count()).select_from(table).where(~table.c.deleted)).scalar_one()

    def _rows(self, statement: Select[Any]) -> list[Row]:
        return cast("list[Row]", self.connection.execute(statement).mappings().all())

    def update_generation(self, changed: Generation) -> bool:
        """Store a generation's new description, one revision on; returns False when somebody else was first."""
        table = self.tables.generations
        statement = update(table).where(table.c.id == changed.id, table.c.rev == changed.rev - 1)
        values = {"layout": changed.layout(), "whole": changed.whole, "rev": changed.rev}
        return self.connection.execute(statement.values(**values)).rowcount > 0
