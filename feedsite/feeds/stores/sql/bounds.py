"""For each entity, up to where there can be acts: of those that it does, and of those that touch it.

A bound may be too high (the newest act was deleted, cannot be seen, or is rounded up) but never too low: whoever merges
many sources reads those with the highest bounds first, and stops at the best bound left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, case, func, literal, select, tuple_

from feedsite.feeds.order import TIE_BITS
from feedsite.feeds.stores.sql.tables import Tables, key_type
from feedsite.feeds.stores.sql.tracking import insert

ACTS, TOUCHED = "acts", "touched"
"""The roles: what an entity does, and what touches it."""

MINUTE = 60_000 << TIE_BITS
"""By how much a bound is rounded up that was raised less than this before: a write a minute at most."""

_BATCH = 1000
Bounds = dict[tuple[str, str], int]
"""By role and entity, the position that a bound must reach."""


def bounds_of(position: int, actor: str | None, touched: Iterable[str]) -> Bounds:
    """What one act asks for; without an actor, for what it touches alone."""
    wanted = {(TOUCHED, entity): position for entity in touched}
    if actor is not None:
        wanted[ACTS, actor] = position
    return wanted


def raise_bounds(connection: Connection, tables: Tables, acts: Iterable[Bounds]) -> None:
    """Let bounds reach the positions of acts, in the transaction that writes these."""
    wanted: Bounds = {}
    for act in acts:
        for key, position in act.items():
            wanted[key] = max(position, wanted.get(key, position))
    # In the order of keys: two transactions that raise the same ones do not wait for each other in a circle.
    keys = sorted(wanted)
    for at in range(0, len(keys), _BATCH):
        batch = keys[at : at + _BATCH]
        if connection.dialect.name != "sqlite":
            batch = _low(connection, tables, batch, wanted)
        rows = [{"role": role, "entity": entity, "position": wanted[role, entity]} for role, entity in batch]
        if rows:
            connection.execute(_raising(connection, tables), rows)


def _low(connection: Connection, tables: Tables, keys: list[tuple[str, str]], wanted: Bounds) -> list[tuple[str, str]]:
    """Those that have to be raised.

    An upsert locks its row even where it changes nothing, and everybody who writes about a hot entity would queue for
    it. A bound that is seen is never lowered, so whoever sees it high enough need not lock it.
    """
    table = tables.bounds
    rows = connection.execute(select(table).where(tuple_(table.c.role, table.c.entity).in_(keys)))
    known = {(row.role, row.entity): row.position for row in rows}
    return [key for key in keys if known.get(key) is None or known[key] < wanted[key]]


def _raising(connection: Connection, tables: Tables) -> Any:
    table = tables.bounds
    statement: Any = insert(connection, table)
    new = statement.excluded.position
    hot = new - table.c.position < MINUTE
    return statement.on_conflict_do_update(
        index_elements=["role", "entity"],
        set_={"position": case((hot, new + literal(MINUTE)), else_=new)},
        where=table.c.position < new,
    )


def fill_bounds(connection: Connection, tables: Tables) -> None:
    """The bounds of all acts that there are, exactly; for a table that is empty."""
    for role, rows, entity in (
        (ACTS, tables.acts, tables.acts.c.actor),
        (TOUCHED, tables.touches, tables.touches.c.entity),
    ):
        # A tombstone has no actor any more.
        found = (
            select(literal(role, key_type()), entity, func.max(rows.c.position)).where(entity != "").group_by(entity)
        )
        connection.execute(tables.bounds.insert().from_select(["role", "entity", "position"], found))
