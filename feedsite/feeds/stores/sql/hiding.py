"""Hiding what the site mutes: a mark on each act, so that a search need not name everybody who is muted.

A site-wide mute acts at once, by its link. Of many of them an index would make every search long: so acts are marked
`hidden`, a few hundred at a time, and the mute leaves the searches when all its acts are marked. The record never needs
the marks: it looks up links. They follow the mutes in both directions, and are believed only while every marked entity
is muted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, and_, delete, select, text, tuple_, update

from feedsite.feeds.names import SITE_ALL
from feedsite.feeds.order import OrderKey
from feedsite.feeds.stores.base import Hiding
from feedsite.feeds.stores.sql.spreading import Leaf
from feedsite.feeds.stores.sql.tables import Tables
from feedsite.feeds.stores.sql.tracking import Tracker, count_links_of, insert

DOING, DONE, UNDOING = "doing", "done", "undoing"
_WORD = "word:"
_BATCH = 1000


class Hidings:
    """Which entities' acts are marked, on one connection, in the caller's transaction."""

    def __init__(self, connection: Connection, tables: Tables) -> None:
        self._connection, self._tables = connection, tables

    def states(self) -> dict[str, str]:
        """By entity's key: `doing` while acts are being marked, `done`, `undoing` while they are being shown again."""
        rows = self._connection.execute(select(self._tables.hidings))
        return {row.entity: row.state for row in rows}

    def marking(self, keys: Iterable[str]) -> set[str]:
        """Which of these entities make an act that names them a marked one.

        Whoever asks holds a lock of the list to the end of the transaction, in the weakest mode: a change of the list
        waits until their writes are there to be found.
        """
        hidings, wanted = self._tables.hidings, sorted(set(keys))
        found: set[str] = set()
        for at in range(0, len(wanted), _BATCH):
            chosen = select(hidings.c.entity).where(hidings.c.entity.in_(wanted[at : at + _BATCH]))
            found.update(self._connection.execute(chosen.where(hidings.c.state != UNDOING)).scalars())
        return found

    def _put(self, key: str, state: str) -> None:
        hidings = self._tables.hidings
        if self._connection.dialect.name == "postgresql":
            name = self._connection.dialect.identifier_preparer.format_table(hidings)
            self._connection.execute(text("SET LOCAL lock_timeout = '1s'"))
            self._connection.execute(text(f"LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE"))
            self._connection.execute(text("SET LOCAL lock_timeout TO DEFAULT"))
        statement: Any = insert(self._connection, hidings).values(entity=key, state=state)
        put = statement.on_conflict_do_update(index_elements=["entity"], set_={"state": statement.excluded.state})
        self._connection.execute(put)
        self._tell()

    def _tell(self) -> None:
        """Let no process go on with what it knows of the site's mutes."""
        count_links_of(self._connection, self._tables, [(SITE_ALL, "mute", "", "")])


class Hider(Hidings):
    """Marks acts, and takes marks back.

    Args:
        tracker: notes what changes for a search index.
    """

    def __init__(self, connection: Connection, tables: Tables, tracker: Tracker) -> None:
        super().__init__(connection, tables)
        self._tracker = tracker

    def step(self, at: Hiding, keep: int, limit: int) -> Hiding:
        """The next step of hiding what the site mutes; each is worth a transaction.

        Args:
            at: what the last step returned.
            keep: how many mutes may stay without marks; the newest ones do.
            limit: how many acts are looked at.
        """
        if not at.entity:
            return self._next(at, keep)
        acts = self._tables.acts
        rows = self._acts_after(at.entity, at.after, limit)
        ends = [{row.actor, *Leaf.of_row(row).touches} for row in rows]
        marking, changed = self.marking(set().union(*ends)), []
        for row, of in zip(rows, ends, strict=True):
            if bool(row.hidden) != (hidden := not marking.isdisjoint(of)):
                values = {"hidden": hidden, "version": acts.c.version + 1}
                self._connection.execute(update(acts).where(acts.c.id == row.id).values(**values))
                changed.append((row.id, row.version + 1))
        self._tracker.acts(changed)
        at = replace(at, changed=at.changed + len(changed))
        if len(rows) == limit:
            return replace(at, after=OrderKey(rows[-1].position, rows[-1].id))
        self._end(at.entity)
        return replace(at, entity="", after=None)

    def _next(self, at: Hiding, keep: int) -> Hiding:
        """Begin with the next entity, or go on with what was interrupted."""
        muted, states = self._muted(), self.states()
        gone = sorted(key for key in states if key not in muted)
        doing = sorted(key for key, state in states.items() if state != DONE and key not in gone)
        plain = [key for key in muted if key not in states]
        if gone:
            key, state = gone[0], UNDOING
        elif doing:
            key, state = doing[0], states[doing[0]]
        elif len(plain) > keep:
            key, state = plain[0], DOING
        else:
            return replace(at, finished=True)
        if states.get(key) != state:
            self._put(key, state)
        return replace(at, entity=key)

    def _muted(self) -> list[str]:
        """Whom the site mutes for everything and without an end, the longest first."""
        links = self._tables.links.c
        mine = and_(links.follower == SITE_ALL, links.kind == "mute", links.verbs == "")
        chosen = select(links.entity).where(mine, ~links.deleted, links.until.is_(None))
        chosen = chosen.order_by(links.since, links.entity)
        return [key for key in self._connection.execute(chosen).scalars() if not key.startswith(_WORD)]

    def _acts_after(self, key: str, after: OrderKey | None, limit: int) -> list[Any]:
        """The acts that an entity does or that touch it, the oldest first, locked in that order."""
        acts, touches = self._tables.acts, self._tables.touches
        found: set[tuple[int, str]] = set()
        for table, of in ((acts, acts.c.actor), (touches, touches.c.entity)):
            chosen = select(table.c.position, table.c.id).where(of == key)
            if after is not None:
                chosen = chosen.where(tuple_(table.c.position, table.c.id) > tuple(after))
            ordered = chosen.order_by(table.c.position, table.c.id).limit(limit)
            found.update((row.position, row.id) for row in self._connection.execute(ordered))
        ids = [act_id for _, act_id in sorted(found)[:limit]]
        rows: list[Any] = []
        for at in range(0, len(ids), _BATCH):
            chosen = select(acts).where(acts.c.id.in_(ids[at : at + _BATCH])).order_by(acts.c.position, acts.c.id)
            rows += self._connection.execute(chosen.with_for_update())
        return rows

    def _end(self, key: str) -> None:
        """Note that all acts are as they should be, unless somebody turned round meanwhile."""
        hidings = self._tables.hidings
        here = hidings.c.entity == key
        self._connection.execute(delete(hidings).where(here, hidings.c.state == UNDOING))
        self._connection.execute(update(hidings).where(here, hidings.c.state == DOING).values(state=DONE))
        self._tell()
