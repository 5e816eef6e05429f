"""What a writer keeps about its changes where there is a search index: which rows it has yet to show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Table, func, select, text
from sqlalchemy.dialects import postgresql, sqlite

from feedsite.feeds.names import ERASURES
from feedsite.feeds.network import ERASED
from feedsite.feeds.stores.generation import LIVE, NEXT
from feedsite.feeds.stores.sql.tables import LINK_KEY, Tables

_BATCH = 1000
_tracked: WeakKeyDictionary[Any, dict[Table, bool]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Changed:
    """Keys of rows that changed.

    Args:
        acts: ids of acts.
        links: (follower, kind, entity, verbs) of links.
    """

    acts: tuple[str, ...] = ()
    links: tuple[tuple[str, str, str, str], ...] = ()

    def __len__(self) -> int:
        return len(self.acts) + len(self.links)

    def __add__(self, other: Changed) -> Changed:
        return Changed(tuple(dict.fromkeys(self.acts + other.acts)), tuple(dict.fromkeys(self.links + other.links)))

    def first(self, size: int) -> Changed:
        """At most so many of them."""
        return Changed(self.acts[:size], self.links[: max(0, size - len(self.acts))])


def insert(connection: Connection, table: Any) -> Any:
    """The dialect's INSERT, which knows ON CONFLICT."""
    return (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(table)


class Tracker:
    """Notes which acts and links a transaction changed; where there is no index, nothing.

    Args:
        now: the record's clock, in milliseconds.
    """

    def __init__(self, connection: Connection, tables: Tables, now: int) -> None:
        self._connection, self._tables, self._now = connection, tables, now
        self._acts: dict[str, None] = {}
        self._links: dict[tuple[str, str, str, str], None] = {}

    @property
    def changed(self) -> Changed:
        """What was noted."""
        return Changed(tuple(self._acts), tuple(self._links))

    def acts(self, versions: Iterable[tuple[str, int]]) -> None:
        """Note acts by id, with the versions they have now."""
        rows = dict(versions)
        if rows and self._tracks():
            self._acts.update(dict.fromkeys(rows))
            self._note(self._tables.act_changes, [{"id": key, "version": rows[key]} for key in rows])

    def links(self, rows: Sequence[Any]) -> None:
        """Note links: rows that begin with follower, kind, entity, verbs, version."""
        if not rows or not self._tracks():
            return
        keys = [tuple(row[:4]) for row in rows]
        self._links.update(dict.fromkeys(keys))
        noted = [dict(zip(LINK_KEY, key, strict=True), version=row[4]) for key, row in zip(keys, rows, strict=True)]
        self._note(self._tables.link_changes, noted)
        count_links_of(self._connection, self._tables, keys)

    def erased_links(self, rows: Sequence[Any], former: Sequence[tuple[str, ...]]) -> None:
        """Note what is left of links that were erased; `former` are the keys that they had."""
        if not rows or not self._tracks():
            return
        self._links.update(dict.fromkeys(tuple(row[:4]) for row in rows))
        noted = [dict(zip((*LINK_KEY, "version"), row, strict=True)) for row in rows]
        self._note(self._tables.link_changes, noted)
        count_links_of(self._connection, self._tables, [*former, (ERASURES, "follow", "", "")])

    def _tracks(self) -> bool:
        """Whether an index has to follow; asked once in a transaction.

        On PostgreSQL the question itself makes it safe: it locks the table of generations in the weakest mode until
        the transaction ends, and a first generation is made under the strongest one.
        """
        transaction = self._connection.get_transaction()
        if transaction is None:
            return self._ask()
        known = _tracked.setdefault(transaction, {})
        if self._tables.generations not in known:
            known[self._tables.generations] = self._ask()
        return known[self._tables.generations]

    def _ask(self) -> bool:
        generations = self._tables.generations
        any_slot = select(generations.c.id).where(generations.c.slot.in_((LIVE, NEXT))).exists()
        if self._connection.dialect.name == "sqlite":
            return bool(self._connection.execute(select(any_slot)).scalar_one())
        isolation = func.current_setting(text("'transaction_isolation'"))
        there, level = self._connection.execute(select(any_slot, isolation)).one()
        # A snapshot may be older than the first generation: a row too many is harmless, a row too few is not.
        return bool(there or level != "read committed")

    def _note(self, table: Table, rows: list[dict[str, Any]]) -> None:
        statement: Any = insert(self._connection, table)
        new = statement.excluded
        statement = statement.on_conflict_do_update(
            index_elements=list(table.primary_key.columns),
            # A lease stays: what is under way is an older version, and is not taken for this one.
            set_={"version": new.version, "changed": new.changed, "refused": None, "attempts": 0},
        )
        for at in range(0, len(rows), _BATCH):
            self._connection.execute(statement, [{**row, "changed": self._now} for row in rows[at : at + _BATCH]])


def count_links_of(connection: Connection, tables: Tables, keys: Iterable[tuple[str, ...]]) -> None:
    """Count a change of the links with these keys: what processes keep of whoever sees them is out of date."""
    holders = tables.holders
    statement: Any = insert(connection, holders)
    statement = statement.on_conflict_do_update(index_elements=["entity"], set_={"version": holders.c.version + 1})
    # In the order of keys: two transactions that change the same ones do not wait for each other in a circle.
    rows = [{"entity": entity, "version": 1} for entity in sorted({end for key in keys for end in _ends(key)})]
    for at in range(0, len(rows), _BATCH):
        connection.execute(statement, rows[at : at + _BATCH])


def _ends(key: tuple[str, ...]) -> tuple[str, ...]:
    """Whose sight a link changes: its holder's, and by a block that of both."""
    follower, kind, entity, _ = key
    if kind == ERASED:
        return ()
    return (follower, entity) if kind == "block" else (follower,)
