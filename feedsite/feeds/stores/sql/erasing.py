"""Erasing: an entity is taken out of every row, and a list keeps it from coming back.

The list holds keyed hashes. Who has it can ask whether an id that they know was erased, and learns no id from it. Its
key is made with the first erasure and stands beside the hashes: the list can be carried from one record to another
(out of a backup's reach, and back in after it), and is the same list there.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, delete, func, or_, select, text, tuple_, update

from feedsite.feeds.activity import Activity
from feedsite.feeds.network import ERASED, link_name
from feedsite.feeds.stores.base import Erasing
from feedsite.feeds.stores.sql.bounds import ACTS, TOUCHED
from feedsite.feeds.stores.sql.hiding import Hidings
from feedsite.feeds.stores.sql.spreading import Leaf, Spread
from feedsite.feeds.stores.sql.tables import LINK_KEY, Tables
from feedsite.feeds.stores.sql.tracking import Tracker, insert

_BATCH = 1000
_DISTINCT = 5000
SCRUBBED = {
    "deleted": True,
    **dict.fromkeys(("verb", "actor", "object", "visibility", "gate", "notice", "lone"), ""),
    **dict.fromkeys(("target", "origin", "first_position", "first_id", "body")),
    "hidden": False,
}
"""What is left in a tombstone's columns beside its order key, its version and when it arrived: nothing."""

_salts: WeakKeyDictionary[Any, dict[str, tuple[str, ...]]] = WeakKeyDictionary()


class ErasedList:
    """Who was erased, on one connection, in the caller's transaction."""

    def __init__(self, connection: Connection, tables: Tables) -> None:
        self._connection, self._tables = connection, tables

    def among(self, keys: Iterable[str]) -> set[str]:
        """Which of these keys of entities were erased.

        Whoever asks holds a lock of the list to the end of the transaction, in the weakest mode: what is forbidden
        afterwards waits until their writes are there to be found.
        """
        salts = self._known_salts()
        if not salts:
            return set()
        names = {_hash(salt, key): key for key in keys for salt in salts}
        erased, wanted = self._tables.erased, sorted(names)
        found: set[str] = set()
        for at in range(0, len(wanted), _BATCH):
            part = erased.c.hash.in_(wanted[at : at + _BATCH])
            found.update(
                self._connection.execute(select(erased.c.hash).where(erased.c.salt.in_(salts), part)).scalars()
            )
        return {names[name] for name in found}

    def _known_salts(self) -> tuple[str, ...]:
        """The keys of the list, looked for once in a transaction."""
        transaction = self._connection.get_transaction()
        known = {} if transaction is None else _salts.setdefault(transaction, {})
        name = self._tables.erased.name
        if name not in known:
            salt = self._tables.erased.c.salt
            first, last = self._connection.execute(select(func.min(salt), func.max(salt))).one()
            several = first != last
            found = self._connection.execute(select(salt).distinct()).scalars() if several else (first,)
            known[name] = tuple(one for one in found if one is not None)
        return known[name]

    def add(self, key: str, now: int) -> bool:
        """Put an entity on the list; returns whether it was not there.

        On PostgreSQL it waits for those who have looked into the list and still write, and gives up after a second
        (StoreUnavailable), because others wait behind it: try again.
        """
        self._lock()
        if self.among([key]):
            return False
        salts = self._known_salts() or (secrets.token_hex(16),)
        self._take([(salts[0], _hash(salts[0], key), now)])
        return True

    def lines(self) -> list[str]:
        """The list as text, a line an entity: `salt hash milliseconds`."""
        erased = self._tables.erased
        rows = self._connection.execute(select(erased).order_by(erased.c.erased, erased.c.hash))
        return [f"{row.salt} {row.hash} {row.erased}" for row in rows]

    def take_in(self, lines: Iterable[str]) -> int:
        """Add the lines of a list that was kept elsewhere; returns how many were not there.

        Raises ValueError for a line that is none.
        """
        rows = []
        for line in lines:
            salt, name, when = line.split()
            if len(bytes.fromhex(salt)) != _SALT_BYTES or len(bytes.fromhex(name)) != _HASH_BYTES:
                raise ValueError("a line of another list")
            rows.append((salt, name, int(when)))
        self._lock()
        return self._take(rows)

    def _take(self, rows: Sequence[tuple[str, str, int]]) -> int:
        erased, added = self._tables.erased, 0
        statement: Any = insert(self._connection, erased).on_conflict_do_nothing().returning(erased.c.hash)
        for at in range(0, len(rows), _BATCH):
            values = [{"salt": salt, "hash": name, "erased": when} for salt, name, when in rows[at : at + _BATCH]]
            added += len(self._connection.execute(statement, values).all())
        transaction = self._connection.get_transaction()
        if transaction is not None:
            _salts.get(transaction, {}).pop(erased.name, None)
        return added

    def _lock(self) -> None:
        if self._connection.dialect.name != "postgresql":
            return
        name = self._connection.dialect.identifier_preparer.format_table(self._tables.erased)
        self._connection.execute(text("SET LOCAL lock_timeout = '1s'"))
        self._connection.execute(text(f"LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE"))
        self._connection.execute(text("SET LOCAL lock_timeout TO DEFAULT"))


_SALT_BYTES, _HASH_BYTES = 16, 16


def _hash(salt: str, key: str) -> str:
    return blake2b(key.encode(), key=bytes.fromhex(salt), digest_size=_HASH_BYTES).hexdigest()


class Eraser(ErasedList):
    """Takes erased entities out of acts and links.

    Args:
        tracker: notes what changes for a search index.
    """

    def __init__(self, connection: Connection, tables: Tables, tracker: Tracker) -> None:
        super().__init__(connection, tables)
        self._tracker, self._spread = tracker, Spread(connection, tables)
        self._hidings = Hidings(connection, tables)

    # What may still be written

    def erased(self, keys: Iterable[str]) -> set[str]:
        """Which of these keys of entities were erased."""
        return self.among(keys)

    def admitted(self, activities: Iterable[Activity]) -> list[Activity | None]:
        """Activities as they may be stored: None where an erased one acts or is acted on, else without them."""
        given = list(activities)
        if not self._known_salts():
            return list(given)
        gone = self.among({end.key for activity in given for end in _ends(activity)})
        return [_without(activity, gone) if gone else activity for activity in given]

    def named_in(self, rows: Iterable[Mapping[str, Any]]) -> set[str]:
        """The keys of erased entities that rows of acts or of links name."""
        if not self._known_salts():
            return set()
        return self.among({end for row in rows for end in named_by(row)})

    # Erasing

    def forbid(self, key: str, now: int) -> bool:
        """Put an entity on the list; returns whether it was not there."""
        return self.add(key, now)

    def erase(self, key: str, limit: int) -> Erasing:
        """Take an entity out of at most `limit` acts and as many links."""
        acts = self._acts_of(key, limit)
        own = [row for row in acts if key in (row.actor, row.object)]
        others = [row for row in acts if key not in (row.actor, row.object)]
        for row in own:
            self._bury(row)
        for row in others:
            self._strike(row, key)
        self._tracker.acts((row.id, row.version + 1) for row in acts)
        links = self._links_of(key, limit)
        self._bury_links(key, links)
        bounds, hidings = self._tables.bounds, self._tables.hidings
        self._connection.execute(delete(hidings).where(hidings.c.entity == key))
        self._connection.execute(delete(bounds).where(bounds.c.role.in_((ACTS, TOUCHED)), bounds.c.entity == key))
        return Erasing(len(own), len(others), len(links), more=max(len(acts), len(links)) >= limit)

    def _acts_of(self, key: str, limit: int) -> list[Any]:
        """Rows of acts in which an entity stands, locked in the order of their keys."""
        acts, tables = self._tables.acts, (self._tables.touches, self._tables.audience)
        found: set[str] = set()
        selects = [select(acts.c.id).where(acts.c.actor == key, ~acts.c.deleted)]
        selects.append(select(acts.c.id).where(acts.c.gate == key, text("gate <> actor"), ~acts.c.deleted))
        selects += [select(table.c.id).where(table.c.entity == key) for table in tables]
        for statement in selects:
            if len(found) < limit:
                found.update(self._connection.execute(statement.limit(limit)).scalars())
        rows: list[Any] = []
        wanted = sorted(found)
        self._lock_states(wanted)
        for at in range(0, len(wanted), _BATCH):
            chosen = select(acts).where(acts.c.id.in_(wanted[at : at + _BATCH]), ~acts.c.deleted)
            rows += self._connection.execute(chosen.order_by(acts.c.id).with_for_update())
        return rows

    def _lock_states(self, ids: Iterable[str]) -> None:
        """Whoever does and undoes takes the state first, and then the act: so does whoever erases."""
        states = self._tables.states
        triples = sorted({act_id.rpartition(".")[0] for act_id in ids} - {""})
        for at in range(0, len(triples), _BATCH):
            chosen = select(states.c.triple).where(states.c.triple.in_(triples[at : at + _BATCH]))
            self._connection.execute(chosen.order_by(states.c.triple).with_for_update()).all()

    def _bury(self, row: Any) -> None:
        acts, states = self._tables.acts, self._tables.states
        self._connection.execute(update(acts).where(acts.c.id == row.id).values(**SCRUBBED, version=acts.c.version + 1))
        self._spread.take_back(Leaf.of_row(row))
        # Of what can be undone and done again, no generation follows.
        triple, _, generation = row.id.rpartition(".")
        if triple and generation.isdecimal():
            self._connection.execute(delete(states).where(states.c.triple == triple))

    def _strike(self, row: Any, key: str) -> None:
        """Take an entity out of somebody else's act about something else."""
        acts, values = self._tables.acts, _struck(row, key)
        changed = acts.c.version + 1
        self._connection.execute(update(acts).where(acts.c.id == row.id).values(**values, version=changed))
        self._spread.take_back(Leaf.of_row(row))
        left = self._connection.execute(select(acts).where(acts.c.id == row.id)).one()
        leaf = Leaf.of_row(left)
        self._spread.lay_out([leaf])
        hidden = bool(self._hidings.marking({left.actor, *leaf.touches} - {key}))
        if hidden != bool(left.hidden):
            self._connection.execute(update(acts).where(acts.c.id == row.id).values(hidden=hidden))

    def _links_of(self, key: str, limit: int) -> list[Any]:
        """Links that an entity holds or that lead to it, those that were removed among them."""
        links = self._tables.links
        chosen = select(links).where(or_(links.c.follower == key, links.c.entity == key), links.c.kind != ERASED)
        ordered = chosen.order_by(*(links.c[name] for name in LINK_KEY)).limit(limit)
        return list(self._connection.execute(ordered.with_for_update()))

    def _bury_links(self, key: str, rows: Sequence[Any]) -> None:
        links, changes, holders = self._tables.links, self._tables.link_changes, self._tables.holders
        old = [tuple(row[:4]) for row in rows]
        buried = []
        for row, former in zip(rows, old, strict=True):
            name = link_name(*former)
            here = [links.c[column] == value for column, value in zip(LINK_KEY, former, strict=True)]
            nothing = {"since": 0, "until": None, "weight": 1.0, "extra": None, "deleted": True}
            scrubbed = {"follower": "", "kind": ERASED, "entity": name, "verbs": "", **nothing}
            self._connection.execute(update(links).where(*here).values(**scrubbed, version=row.version + 1))
            buried.append(("", ERASED, name, "", row.version + 1))
        for at in range(0, len(old), _BATCH):
            columns = tuple_(*(changes.c[name] for name in LINK_KEY))
            self._connection.execute(delete(changes).where(columns.in_(old[at : at + _BATCH])))
        self._tracker.erased_links(buried, old)
        self._connection.execute(delete(holders).where(holders.c.entity == key))

    # After a restore

    def present(self) -> Iterator[str]:
        """The keys of erased entities that stand somewhere: a backup brought them back."""
        acts, links = self._tables.acts, self._tables.links
        seen: set[str] = set()
        columns = [acts.c.actor, self._tables.touches.c.entity, self._tables.audience.c.entity]
        columns += [links.c.follower, links.c.entity]
        for column in columns:
            for keys in self._distinct(select(column), column):
                yield from sorted(found := self.among(keys) - seen)
                seen |= found
        for keys in self._distinct(select(acts.c.gate).where(text("gate <> actor")), acts.c.gate):
            yield from sorted(self.among(keys) - seen)

    def _distinct(self, statement: Any, column: Any) -> Iterator[list[str]]:
        """The distinct values of a column, some thousands at a time."""
        last = ""
        while True:
            chosen = statement.where(column > last).distinct().order_by(column).limit(_DISTINCT)
            keys = list(self._connection.execute(chosen).scalars())
            if keys:
                yield keys
                last = keys[-1]
            if len(keys) < _DISTINCT:
                return


def named_by(row: Mapping[str, Any]) -> Iterator[str]:
    """The keys of the entities that a row of the table of acts, or of links, names."""
    columns = ("follower", "entity") if "follower" in row else ("actor", "object", "target", "origin", "gate")
    yield from (row[column] for column in columns if row[column])
    body = json.loads(row.get("body") or "{}")
    yield from (*body.get("about", ()), *body.get("audience", ()))


def _ends(activity: Activity) -> Iterator[Any]:
    """Every entity that an activity names."""
    yield activity.activity_actor.entity
    yield from activity.touches
    yield from activity.audience
    if activity.gate is not None:
        yield activity.gate


def _without(activity: Activity, gone: set[str]) -> Activity | None:
    """An activity that names none of these; None: it is theirs, or about them."""
    if not gone.isdisjoint((activity.activity_actor.entity.key, activity.activity_object.entity.key)):
        return None
    changes: dict[str, Any] = {
        "about": tuple(end for end in activity.about if end.key not in gone),
        "audience": tuple(end for end in activity.audience if end.key not in gone),
    }
    for role in ("activity_target", "activity_origin"):
        part = getattr(activity, role)
        if part is not None and part.entity.key in gone:
            changes[role] = None
    if activity.gate is not None and activity.gate.key in gone:
        # Nobody follows who was the gate: it stays with those it names.
        changes["gate"] = None
        changes["visibility"] = "audience" if activity.visibility == "followers" else activity.visibility
    return replace(activity, **changes)


def _struck(row: Any, key: str) -> dict[str, Any]:
    """The columns of an act's row that change when an entity is taken out of it; see `_without`."""
    values: dict[str, Any] = {}
    body = json.loads(row.body or "{}")
    for role in ("target", "origin"):
        if getattr(row, role) == key:
            values[role] = None
            body.get("extras", {}).pop(role, None)
    for name in ("about", "audience"):
        body[name] = [end for end in body.get(name, ()) if end != key]
    if row.gate == key:
        values["gate"] = row.actor
        values["visibility"] = "audience" if row.visibility == "followers" else row.visibility
    kept = {name: value for name, value in body.items() if value or name == "extra"}
    return {**values, "body": json.dumps(kept, separators=(",", ":"))}
