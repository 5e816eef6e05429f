"""The rows that an act spreads over other tables: what it touches, whom it names, its tokens, its verb, its bounds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, delete, select

from feedsite.feeds.activity import Activity
from feedsite.feeds.stores.sql.bounds import bounds_of, raise_bounds
from feedsite.feeds.stores.sql.tables import Tables
from feedsite.feeds.stores.sql.tracking import insert

_BATCH = 1000


@dataclass(frozen=True)
class Leaf:
    """What one act spreads.

    Args:
        position, id: its order key.
        verb: its verb.
        touches, audience: keys of entities.
        words: its tokens.
        actor: the key of whoever did it, where that is new; None: the act was there before.
    """

    position: int
    id: str
    verb: str
    touches: Sequence[str]
    audience: Sequence[str]
    words: Sequence[str]
    actor: str | None = None

    @classmethod
    def of(cls, activity: Activity, position: int, act_id: str, actor: str | None = None) -> Leaf:
        """Those of an activity."""
        touches = [entity.key for entity in activity.touches]
        audience = [entity.key for entity in activity.audience]
        return cls(position, act_id, activity.verb, touches, audience, activity.words, actor)

    @classmethod
    def of_row(cls, row: Any) -> Leaf:
        """Those of a row of the table of acts."""
        body = json.loads(row.body or "{}")
        ends = [row.object, row.target, row.origin, *body.get("about", ())]
        touches = list(dict.fromkeys(end for end in ends if end is not None))
        return cls(row.position, row.id, row.verb, touches, body.get("audience", ()), body.get("words", ()))


class Spread:
    """Lays out and takes back what acts spread, on one connection, in the caller's transaction."""

    def __init__(self, connection: Connection, tables: Tables) -> None:
        self._connection, self._tables = connection, tables

    def lay_out(self, leaves: Iterable[Leaf]) -> None:
        """Store the rows of acts that were just stored."""
        touches, audience, words, bounds = [], [], [], []
        verbs = set()
        for leaf in leaves:
            key = {"position": leaf.position, "id": leaf.id}
            touches += [{"entity": entity, **key} for entity in leaf.touches]
            audience += [{"entity": entity, **key} for entity in leaf.audience]
            words += [{"word": word, **key} for word in leaf.words]
            verbs.add(leaf.verb)
            bounds.append(bounds_of(leaf.position, leaf.actor, leaf.touches))
        self._insert(self._tables.touches, touches)
        self._insert(self._tables.audience, audience)
        self._insert(self._tables.words, words)
        if verbs:
            known = set(self._connection.execute(select(self._tables.verbs.c.verb)).scalars())
            self._insert(self._tables.verbs, [{"verb": verb} for verb in sorted(verbs - known)])
        raise_bounds(self._connection, self._tables, bounds)

    def _insert(self, table: Any, rows: list[dict[str, Any]]) -> None:
        statement = insert(self._connection, table).on_conflict_do_nothing()
        for at in range(0, len(rows), _BATCH):
            self._connection.execute(statement, rows[at : at + _BATCH])

    def take_back(self, leaf: Leaf) -> None:
        """Remove an act's rows; its verb stays known."""
        # These tables are keyed by entity first: the act's own row says which rows it has.
        for table, column, values in (
            (self._tables.touches, "entity", leaf.touches),
            (self._tables.audience, "entity", leaf.audience),
            (self._tables.words, "word", leaf.words),
        ):
            if values:
                here = and_(table.c.position == leaf.position, table.c.id == leaf.id)
                self._connection.execute(delete(table).where(table.c[column].in_(values), here))
