"""A world written straight into the SQL store's tables, much faster than act by act: for benchmarks only."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import psycopg
from sqlalchemy import Engine
from sqlalchemy.schema import CreateIndex, CreateTable

from bench.world import Act, Follow, World
from feedsite.feeds.order import position
from feedsite.feeds.query import group_key, lone_key
from feedsite.feeds.stores.sql import default_tables
from feedsite.feeds.stores.sql.bounds import fill_bounds

_CHUNK = 20_000
_ACT = (
    "position", "id", "verb", "actor", "object", "target", "visibility", "gate", "notice", "lone", "body", "arrived"
)  # fmt: skip
_LINK = ("follower", "kind", "entity", "verbs", "since", "weight", "arrived")
_SIDES = {"touches": "entity", "audience": "entity"}
_T = default_tables()
_MADE_LAST = {"ix_feeds_acts_actor_position_id", "ix_network_links_entity_kind_since_follower", "ix_feeds_acts_id"}


def load(engine: Engine, world: World, progress: Any = None) -> None:
    """Make the tables, and write all acts and links of a world.

    Args:
        engine: of an empty database.
        world: its `answers` are complete afterwards.
        progress: called with how many acts were written since it was last called.
    """
    if engine.dialect.name == "sqlite":
        _load_sqlite(engine, world, progress or (lambda count: None))
    else:
        _load_postgresql(engine, world, progress or (lambda count: None))
    with engine.begin() as connection:
        fill_bounds(connection, _T)
        connection.execute(_T.verbs.insert(), [{"verb": verb} for verb in ("announce", "create", "like", "reply")])
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if engine.dialect.name == "postgresql" else "PRAGMA optimize")


def _make_tables(engine: Engine) -> list[Any]:
    """The tables; returns the indexes that are made when they are full."""
    later: list[Any] = []
    with engine.begin() as connection:
        for table in _T.metadata.sorted_tables:
            connection.execute(CreateTable(table))
            for index in table.indexes:
                if index.name in _MADE_LAST:
                    later.append(CreateIndex(index))
                else:
                    connection.execute(CreateIndex(index))
    return later


def _acts(world: World) -> Iterator[tuple[Act, int]]:
    return ((act, position(act.ms, act.id)) for act in world.acts())


def _act_row(act: Act, at: int) -> tuple[Any, ...]:
    body = {name: value for name, value in (("about", act.about), ("audience", act.audience)) if value}
    notice, lone = group_key(act.verb, act.object), lone_key(act.verb, act.id)
    text = json.dumps(body, separators=(",", ":"))
    return (at, act.id, act.verb, act.actor, act.object, act.target, "public", act.actor, notice, lone, text, act.ms)


def _link_row(link: Follow) -> tuple[Any, ...]:
    return (link.follower, link.kind, link.entity, "", link.since, 1.0, link.since)


def _chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    source = iter(values)
    while chunk := list(islice(source, _CHUNK)):
        yield chunk


def _load_sqlite(engine: Engine, world: World, progress: Any) -> None:
    later = _make_tables(engine)
    engine.dispose()
    raw = sqlite3.connect(str(engine.url.database), isolation_level=None)
    # Nobody needs the file if the machine stops now.
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-400000", "temp_store=FILE", "threads=2"):
        raw.execute(f"PRAGMA {pragma}")
    raw.execute("BEGIN")
    for name in _SIDES:
        raw.execute(f"CREATE TABLE staged_{name} (entity TEXT, position INTEGER, id TEXT)")
    for chunk in _chunks(_acts(world)):
        raw.executemany(
            f"INSERT INTO {_T.acts.name} ({','.join(_ACT)}) VALUES ({','.join('?' * len(_ACT))})",
            sorted(_act_row(act, at) for act, at in chunk),
        )
        for name in _SIDES:
            rows = [(end, at, act.id) for act, at in chunk for end in getattr(act, name)]
            raw.executemany(f"INSERT INTO staged_{name} VALUES (?, ?, ?)", rows)
        progress(len(chunk))
    for name in _SIDES:
        # In the order of the table: appended, not put in.
        table = getattr(_T, name).name
        raw.execute(f"INSERT INTO {table} SELECT * FROM staged_{name} ORDER BY 1, 2, 3")
        raw.execute(f"DROP TABLE staged_{name}")
    columns = f"({','.join(_LINK)}) VALUES ({','.join('?' * len(_LINK))})"
    links = sorted(_link_row(link) for links in (world.links(), world.watches()) for link in links)
    raw.executemany(f"INSERT INTO {_T.links.name} {columns}", links)
    for index in later:
        raw.execute(str(index.compile(engine)))
    raw.execute("COMMIT")
    raw.close()


def _load_postgresql(engine: Engine, world: World, progress: Any) -> None:
    later = _make_tables(engine)
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as raw:
        for chunk in _chunks(_acts(world)):
            _copy(raw, _T.acts.name, _ACT, (_act_row(act, at) for act, at in chunk))
            for name, column in _SIDES.items():
                rows = ((end, at, act.id) for act, at in chunk for end in getattr(act, name))
                _copy(raw, getattr(_T, name).name, (column, "position", "id"), rows)
            progress(len(chunk))
        for links in (world.links(), world.watches()):
            _copy(raw, _T.links.name, _LINK, (_link_row(link) for link in links))
    with engine.begin() as connection:
        for index in later:
            connection.execute(index)


def _copy(raw: Any, table: str, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    with raw.cursor().copy(f"COPY {table} ({','.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
