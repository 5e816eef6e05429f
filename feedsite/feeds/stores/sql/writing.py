"""Writing to the SQL store: every change is one row's next version, and the same change twice is one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from zlib import crc32

from sqlalchemy import Connection, Table, and_, bindparam, case, func, or_, select, update

from feedsite.feeds.activity import Activity
from feedsite.feeds.names import Entity, digest
from feedsite.feeds.network import Link, verbs_text
from feedsite.feeds.order import milliseconds, position
from feedsite.feeds.query import group_key, lone_key
from feedsite.feeds.stores.base import Erasing, Hiding, Written
from feedsite.feeds.stores.sql.erasing import SCRUBBED, Eraser
from feedsite.feeds.stores.sql.hiding import Hider
from feedsite.feeds.stores.sql.spreading import Leaf, Spread
from feedsite.feeds.stores.sql.tables import LINK_KEY, Tables
from feedsite.feeds.stores.sql.tracking import Changed, Tracker, insert

_BATCH = 1000
# What the first half of an advisory lock's name says: that it is about something done or undone.
_LOCK_OF_DEEDS = 0x66656564
_ROLES = ("actor", "object", "target", "origin")


class Writer:
    """Writes acts and links on one connection, inside the caller's transaction."""

    def __init__(self, connection: Connection, tables: Tables, now: int) -> None:
        self._connection, self._tables, self._now = connection, tables, now
        self._tracker, self._spread = Tracker(connection, tables, now), Spread(connection, tables)
        self._erasing = Eraser(connection, tables, self._tracker)
        self._hiding = Hider(connection, tables, self._tracker)

    @property
    def changed(self) -> Changed:
        """What this writer changed and a search index has yet to show; empty where there is none."""
        return self._tracker.changed

    def add(self, activities: Iterable[Activity]) -> list[Written]:
        """Store acts; the first of an id wins."""
        return self._store([(activity, activity.id or self._made_id(activity), None) for activity in activities])

    def _made_id(self, activity: Activity) -> str:
        # Random would do; an id that begins with the time keeps the index of ids growing at one end.
        from ulid import ULID

        return str(ULID()).lower()

    def _store(self, acts: Sequence[tuple[Activity, str, tuple[int, str] | None]]) -> list[Written]:
        rows = {}
        for (_, act_id, first), activity in zip(acts, self._erasing.admitted(act for act, *_ in acts), strict=True):
            # Of equal ids in one call the first wins too.
            if activity is not None and act_id not in rows:
                rows[act_id] = (activity, self._row(activity, act_id, first))
        statement = insert(self._connection, self._tables.acts).on_conflict_do_nothing(index_elements=["id"])
        statement = statement.returning(self._tables.acts.c.id)
        fresh: set[str] = set()
        everything = [row for _, row in rows.values()]
        marking = self._hiding.marking(end for activity, row in rows.values() for end in _named(activity))
        for activity, row in rows.values():
            row["hidden"] = not marking.isdisjoint(_named(activity))
        fresh.update(row.id for row in self._returned(statement, everything))
        stored = [rows[act_id] for act_id in rows if act_id in fresh]
        self._spread.lay_out(Leaf.of(activity, row["position"], row["id"], row["actor"]) for activity, row in stored)
        self._tracker.acts((act_id, 1) for act_id in rows if act_id in fresh)
        written = []
        for _, act_id, _ in acts:
            written.append(Written(act_id, act_id in fresh))
            fresh.discard(act_id)
        return written

    def _row(self, activity: Activity, act_id: str, first: tuple[int, str] | None) -> dict[str, Any]:
        ms = self._now if activity.published is None else milliseconds(activity.published)
        target, origin = activity.activity_target, activity.activity_origin
        object_key = activity.activity_object.entity.key
        assert activity.gate is not None
        return {
            "position": position(ms, act_id),
            "id": act_id,
            "verb": activity.verb,
            "actor": activity.activity_actor.entity.key,
            "object": object_key,
            "target": target.entity.key if target else None,
            "origin": origin.entity.key if origin else None,
            "visibility": activity.visibility,
            "gate": activity.gate.key,
            "notice": group_key(activity.verb, object_key),
            "lone": lone_key(activity.verb, act_id),
            "first_position": first[0] if first else None,
            "first_id": first[1] if first else None,
            "body": _body(activity),
            "arrived": self._now,
        }

    def _returned(self, statement: Any, rows: Sequence[dict[str, Any]]) -> Iterator[Any]:
        """Run a statement for many rows, a batch at a time, and give what it returns."""
        for at in range(0, len(rows), _BATCH):
            yield from self._connection.execute(statement, rows[at : at + _BATCH])

    def perform(self, activity: Activity, renotify_ms: int | None) -> Written:
        """The next generation of an act that can be undone; nothing while one stands."""
        states = self._tables.states
        if self._erasing.admitted([activity]) == [None]:
            return Written(_generation_id(triple_of(*_triple(activity)), 1), changed=False)
        ms = self._now if activity.published is None else milliseconds(activity.published)
        triple = triple_of(*_triple(activity))
        self._take(triple)
        statement = insert(self._connection, states).values(self._first_state(activity, triple))
        statement = statement.on_conflict_do_update(
            index_elements=["triple"],
            set_={"generation": states.c.generation + 1, "standing": True},
            where=~states.c.standing,
        ).returning(states.c.generation, states.c.act_position, states.c.first_position, states.c.first_id)
        row = self._connection.execute(statement).first()
        if row is None:
            standing = select(states.c.generation).where(states.c.triple == triple)
            return Written(_generation_id(triple, self._connection.execute(standing).scalar_one()), changed=False)
        act_id = _generation_id(triple, row.generation)
        own = (position(ms, act_id), act_id)
        first = (row.first_position, row.first_id)
        if row.generation > 1:
            last_ms = row.act_position >> 20
            if renotify_ms is not None and ms - last_ms >= renotify_ms:
                first = own
            # Never newer by its first generation than by itself: markers rely on it.
            first = min(first, own)
            changed = {"act_position": own[0], "first_position": first[0], "first_id": first[1]}
            self._connection.execute(update(states).where(states.c.triple == triple).values(**changed))
        return self._store([(activity, act_id, None if first == own else first)])[0]

    def perform_all(self, activities: Sequence[tuple[Activity, int | None]]) -> list[Written]:
        """`perform` for many: what was never done before goes in a few statements, the rest one by one."""
        named = [(activity, window, triple_of(*_triple(activity))) for activity, window in activities]
        once: dict[str, Activity] = {}
        admitted = self._erasing.admitted(activity for activity, _ in activities)
        for (activity, _, triple), kept in zip(named, admitted, strict=True):
            if kept is not None:
                once.setdefault(triple, activity)
        rows = [self._first_state(activity, triple) for triple, activity in once.items()]
        statement = insert(self._connection, self._tables.states).on_conflict_do_nothing(index_elements=["triple"])
        statement = statement.returning(self._tables.states.c.triple)
        fresh: set[str] = set()
        fresh.update(row.triple for row in self._returned(statement, rows))
        self._store([(once[triple], _generation_id(triple, 1), None) for triple in once if triple in fresh])
        written = []
        for activity, window, triple in named:
            if triple in fresh:
                fresh.discard(triple)
                written.append(Written(_generation_id(triple, 1), changed=True))
            else:
                written.append(self.perform(activity, window))
        return written

    def _first_state(self, activity: Activity, triple: str) -> dict[str, Any]:
        ms = self._now if activity.published is None else milliseconds(activity.published)
        first_id = _generation_id(triple, 1)
        first = position(ms, first_id)
        state = {"triple": triple, "generation": 1, "standing": True, "act_position": first}
        return {**state, "first_position": first, "first_id": first_id}

    def undo(self, verb: str, actor: Entity, object_: Entity) -> bool:
        """Delete the standing generation."""
        states = self._tables.states
        triple = triple_of(verb, actor, object_)
        self._take(triple)
        statement = update(states).where(states.c.triple == triple, states.c.standing).values(standing=False)
        generation = self._connection.execute(statement.returning(states.c.generation)).scalar()
        return generation is not None and self.delete(_generation_id(triple, generation))

    def _take(self, triple: str) -> None:
        """Have others who do or undo the same wait until the transaction ends (SQLite has one writer anyway).

        The row's own lock is not enough: whoever undoes passes by a row that is not committed yet, or does not stand
        yet, goes on to the link, comes back for the act, and meets those who came the other way.
        """
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(select(func.pg_advisory_xact_lock(_LOCK_OF_DEEDS, crc32(triple.encode()) - 2**31)))

    def delete(self, act_id: str) -> bool:
        """Leave a tombstone: the id stays taken, the contents go."""
        # Whoever does and undoes takes the state first, and then the act: so does whoever deletes.
        self._lay_down(act_id)
        row = self._standing(act_id)
        if row is None:
            return False
        acts = self._tables.acts
        gone = {**SCRUBBED, "version": acts.c.version + 1}
        self._connection.execute(update(acts).where(acts.c.id == act_id).values(**gone))
        self._spread.take_back(Leaf.of_row(row))
        self._tracker.acts([(act_id, row.version + 1)])
        return True

    def delete_on(self, object_: Entity, limit: int) -> int:
        """Delete at most `limit` of the activities whose object this is; returns how many."""
        acts, touches = self._tables.acts, self._tables.touches
        touching = select(touches.c.id).where(touches.c.entity == object_.key)
        wanted = select(acts.c.id).where(acts.c.id.in_(touching), acts.c.object == object_.key, ~acts.c.deleted)
        ids = self._connection.execute(wanted.order_by(acts.c.id).limit(limit)).scalars().all()
        return sum(map(self.delete, ids))

    def _lay_down(self, act_id: str) -> None:
        """Where the act is a generation of what can be undone, it does not stand any more."""
        triple, _, generation = act_id.rpartition(".")
        if triple and generation.isdecimal() and len(generation) < 10:
            states = self._tables.states
            own = and_(states.c.triple == triple, states.c.generation == int(generation))
            self._connection.execute(update(states).where(own).values(standing=False))

    def _standing(self, act_id: str) -> Any:
        """The row of an act that stands, locked until the transaction ends (SQLite locks the whole file)."""
        acts = self._tables.acts
        statement = select(acts).where(acts.c.id == act_id, ~acts.c.deleted).with_for_update()
        return self._connection.execute(statement).first()

    def update(self, act_id: str, activity: Activity) -> bool:
        """Replace what may change of an act: everything but verb, actor, object and published."""
        row, (kept,) = self._standing(act_id), self._erasing.admitted([activity])
        if row is None or kept is None:
            return False
        activity = kept
        acts = self._tables.acts
        target, origin = activity.activity_target, activity.activity_origin
        assert activity.gate is not None
        values = {
            "target": target.entity.key if target else None,
            "origin": origin.entity.key if origin else None,
            "visibility": activity.visibility,
            "gate": activity.gate.key,
            "body": _body(activity),
            "hidden": bool(self._hiding.marking(_named(activity))),
            "version": acts.c.version + 1,
        }
        self._connection.execute(update(acts).where(acts.c.id == act_id).values(**values))
        self._spread.take_back(Leaf.of_row(row))
        self._spread.lay_out([Leaf.of(activity, row.position, act_id)])
        self._tracker.acts([(act_id, row.version + 1)])
        return True

    def link(self, links: Iterable[Link]) -> list[bool]:
        """Store links; one that stands keeps its since and weight, one that was removed starts anew."""
        table = self._tables.links
        statement = insert(self._connection, table)
        new = statement.excluded
        gone = or_(table.c.deleted, and_(table.c.until.is_not(None), table.c.until <= self._now))
        kept = {name: case((gone, new[name]), else_=table.c[name]) for name in ("since", "weight", "extra")}
        statement = statement.on_conflict_do_update(
            index_elements=LINK_KEY,
            set_={**kept, "until": new.until, "deleted": False, "version": table.c.version + 1},
            where=or_(gone, table.c.until.is_distinct_from(new.until)),
        ).returning(*_versions(table))
        rows = [_link_row(link, self._now) for link in links]
        erased = self._erasing.erased({row[end] for row in rows for end in ("follower", "entity")})
        # One statement may touch a row once only.
        distinct = {
            _link_key(row): row for row in reversed(rows) if erased.isdisjoint((row["follower"], row["entity"]))
        }
        pending = list(reversed(distinct.values()))
        stored = list(self._returned(statement, pending))
        self._tracker.links(stored)
        changed = {tuple(row[:4]) for row in stored}
        answers = []
        for row in rows:
            answers.append(_link_key(row) in changed)
            changed.discard(_link_key(row))
        return answers

    def unlink(self, follower: Entity, kind: str, entity: Entity, verbs: tuple[str, ...] | None) -> bool:
        """Leave a tombstone where the link stood."""
        table = self._tables.links
        statement = update(table).where(
            table.c.follower == follower.key, table.c.kind == kind, table.c.entity == entity.key, ~table.c.deleted
        )
        if verbs is not None:
            statement = statement.where(table.c.verbs == verbs_text(verbs))
        # Plain columns only: SQLite 3.40 gives wrong answers for expressions here when the table is WITHOUT ROWID.
        statement = statement.values(deleted=True, version=table.c.version + 1, extra=None)
        ended = self._connection.execute(statement.returning(*_versions(table), table.c.until)).all()
        self._tracker.links(ended)
        return any(row.until is None or row.until > self._now for row in ended)

    def set_weight(self, follower: Entity, kind: str, entity: Entity, weight: float) -> bool:
        """Change the weight of the links between the two."""
        table = self._tables.links
        statement = (
            update(table)
            .where(table.c.follower == follower.key, table.c.kind == kind, table.c.entity == entity.key)
            .where(~table.c.deleted, or_(table.c.until.is_(None), table.c.until > self._now))
            .values(weight=bindparam("new_weight"), version=table.c.version + 1)
            .returning(*_versions(table))
        )
        changed = self._connection.execute(statement, {"new_weight": weight}).all()
        self._tracker.links(changed)
        return bool(changed)

    def forbid(self, entity: Entity) -> bool:
        """Note that an entity is erased: from now on nothing that names it is stored. Returns whether that is new."""
        return self._erasing.forbid(entity.key, self._now)

    def erase(self, entity: Entity, limit: int) -> Erasing:
        """Take an erased entity out of at most `limit` acts and links."""
        return self._erasing.erase(entity.key, limit)

    def hide(self, at: Hiding, keep: int, limit: int) -> Hiding:
        """The next step of marking the acts of whom the site mutes."""
        return self._hiding.step(at, keep, limit)

    def erasures(self) -> list[str]:
        """The list of what was erased, as lines of text."""
        return self._erasing.lines()

    def take_erasures(self, lines: Sequence[str]) -> int:
        """Add the lines of such a list; returns how many are new."""
        return self._erasing.take_in(lines)

    def erased_and_present(self) -> list[str]:
        """The keys of erased entities that stand somewhere all the same."""
        return list(self._erasing.present())


def _versions(table: Table) -> list[Any]:
    """What tells a link and its version."""
    return [*(table.c[name] for name in LINK_KEY), table.c.version]


def clock(connection: Connection) -> int:
    """The record's clock, in milliseconds since 1970."""
    if connection.dialect.name == "sqlite":
        # SQLite runs on this host: its clock is this one, and julianday() is a tenth of a millisecond off.
        import time

        return time.time_ns() // 1_000_000
    return int(
        connection.execute(select(func.floor(func.extract("epoch", func.clock_timestamp()) * 1000))).scalar_one()
    )


def triple_of(verb: str, actor: Entity, object_: Entity) -> str:
    """The name of what can be done, undone and done again."""
    return digest(verb, actor.key, object_.key, size=15)


def _named(activity: Activity) -> set[str]:
    """The keys of who does an activity and of what it touches."""
    return {activity.activity_actor.entity.key, *(end.key for end in activity.touches)}


def _triple(activity: Activity) -> tuple[str, Entity, Entity]:
    return activity.verb, activity.activity_actor.entity, activity.activity_object.entity


def _generation_id(triple: str, generation: int) -> str:
    return f"{triple}.{generation}"


def _body(activity: Activity) -> str:
    """What is only read back, as ASCII JSON (so that any text fits any database)."""
    parts = {role: getattr(activity, f"activity_{role}") for role in _ROLES}
    body = {
        "extras": {role: part.extra for role, part in parts.items() if part is not None and part.extra is not None},
        "extra": activity.extra,
        "about": [entity.key for entity in activity.about],
        "audience": [entity.key for entity in activity.audience],
        "words": list(activity.words),
        "vector": activity.vector and list(activity.vector),
    }
    full = {name: value for name, value in body.items() if value or (name == "extra" and value is not None)}
    return json.dumps(full, separators=(",", ":"))


def _link_row(link: Link, now: int) -> dict[str, Any]:
    return {
        "follower": link.follower.key,
        "kind": link.link_type,
        "entity": link.entity.key,
        "verbs": verbs_text(link.verbs),
        "since": now if link.linked is None else milliseconds(link.linked, "linked"),
        "until": None if link.until is None else milliseconds(link.until, "until"),
        "weight": link.link_weight,
        "extra": None if link.extra is None else json.dumps(link.extra, separators=(",", ":")),
        "arrived": now,
    }


def _link_key(row: dict[str, Any]) -> tuple[str, ...]:
    return (row["follower"], row["kind"], row["entity"], row["verbs"])
