"""The tables of the SQL store.

The key of an act is (position, id): on SQLite the tables are WITHOUT ROWID, so that a feed is read in the order it is
stored.
Every row carries its version (previous + 1), a tombstone instead of a delete, and when it arrived. What a search index
may not show yet stands in tables of its own, which stay empty where there is no index.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.types import TypeEngine

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
LINK_KEY = ("follower", "kind", "entity", "verbs")


def key_type() -> TypeEngine[str]:
    """The type of names."""
    # Names are compared byte by byte everywhere: SQLite's BINARY, PostgreSQL's "C", Python's own order.
    return String().with_variant(String(collation="C"), "postgresql")


@dataclass(frozen=True, eq=False)
class Tables:
    """The tables of one store.

    acts: one row an act. touches, audience, words: one row for each entity or token of an act.
    bounds: for each entity, up to where there can be acts that it does, and acts that touch it.
    states: the generations of acts that can be undone. verbs: every verb ever stored. links: one row a link.
    act_changes, link_changes: one row for each act or link that the index may not show yet as it is. holders: a number
    for each entity that holds links, which grows with every change of them. generations: the projections of the record.
    erased: keyed hashes of the entities that were erased. hidings: entities whose acts are marked as hidden.
    """

    metadata: MetaData
    acts: Table
    touches: Table
    audience: Table
    words: Table
    bounds: Table
    states: Table
    verbs: Table
    links: Table
    act_changes: Table
    link_changes: Table
    holders: Table
    generations: Table
    erased: Table
    hidings: Table


def _versioned() -> list[Column[object]]:
    return [
        Column("version", Integer, nullable=False, server_default=text("1")),
        Column("deleted", Boolean, nullable=False, server_default=text("false")),
        Column("arrived", BigInteger, nullable=False),
    ]


def _changes(metadata: MetaData, name: str, *key: str) -> Table:
    """What is known of the delivery of rows: which version each slot of the index has (0: none).

    changed: when the row last changed; delivered_at: when the index last took it; leased_until: until then somebody
    is delivering it (all in the record's milliseconds). refused: why the index does not take this version.
    """
    return Table(
        name,
        metadata,
        *(Column(column, key_type(), primary_key=True) for column in key),
        Column("version", Integer, nullable=False),
        Column("changed", BigInteger, nullable=False),
        Column("delivered", Integer, nullable=False, server_default=text("0")),
        Column("delivered_next", Integer, nullable=False, server_default=text("0")),
        Column("delivered_at", BigInteger),
        Column("leased_until", BigInteger),
        Column("attempts", Integer, nullable=False, server_default=text("0")),
        Column("refused", Text),
        # Claimed in the order of their changes; removed by when they were delivered.
        Index(None, "changed"),
        Index(None, "delivered_at"),
        sqlite_with_rowid=False,
    )


def _generations(metadata: MetaData, prefix: str) -> Table:
    return Table(
        f"{prefix}_generations",
        metadata,
        Column("id", key_type(), primary_key=True),
        Column("slot", key_type(), nullable=False),
        Column("made", BigInteger, nullable=False),
        Column("whole", Boolean, nullable=False, server_default=text("false")),
        Column("rev", Integer, nullable=False, server_default=text("1")),
        Column("layout", Text, nullable=False),
        sqlite_with_rowid=False,
    )


def _acts(metadata: MetaData, prefix: str) -> Table:
    return Table(
        f"{prefix}_acts",
        metadata,
        Column("position", BigInteger, primary_key=True, autoincrement=False),
        Column("id", key_type(), primary_key=True),
        Column("verb", key_type(), nullable=False),
        Column("actor", key_type(), nullable=False),
        Column("object", key_type(), nullable=False),
        Column("target", key_type()),
        Column("origin", key_type()),
        Column("visibility", key_type(), nullable=False),
        Column("gate", key_type(), nullable=False),
        Column("notice", key_type(), nullable=False),
        Column("lone", key_type(), nullable=False),
        Column("first_position", BigInteger),
        Column("first_id", key_type()),
        Column("hidden", Boolean, nullable=False, server_default=text("false")),
        Column("body", Text),
        *_versioned(),
        Index(None, "id", unique=True),
        Index(None, "actor", "position", "id"),
        # Nearly every act's gate is its actor: the few others are found by themselves.
        Index(None, "gate", sqlite_where=text("gate <> actor"), postgresql_where=text("gate <> actor")),
        sqlite_with_rowid=False,
    )


def _of_act(metadata: MetaData, name: str, column: str) -> Table:
    """A table with one row for each entity or token of an act, in the order of feeds."""
    return Table(
        name,
        metadata,
        Column(column, key_type(), primary_key=True),
        Column("position", BigInteger, primary_key=True, autoincrement=False),
        Column("id", key_type(), primary_key=True),
        sqlite_with_rowid=False,
    )


def _bounds(metadata: MetaData, prefix: str) -> Table:
    return Table(
        f"{prefix}_bounds",
        metadata,
        Column("role", key_type(), primary_key=True),
        Column("entity", key_type(), primary_key=True),
        Column("position", BigInteger, nullable=False),
        # Who acted last, newest first: for readers who follow so many that looking up each one's bound takes longer.
        Index(None, "role", "position", "entity"),
        sqlite_with_rowid=False,
    )


def _links(metadata: MetaData, prefix: str) -> Table:
    return Table(
        f"{prefix}_links",
        metadata,
        Column("follower", key_type(), primary_key=True),
        Column("kind", key_type(), primary_key=True),
        Column("entity", key_type(), primary_key=True),
        # ",like,reply," or "": an exact match of one verb is a search for ",verb,".
        Column("verbs", key_type(), primary_key=True),
        Column("since", BigInteger, nullable=False),
        Column("until", BigInteger),
        Column("weight", Float, nullable=False),
        Column("extra", Text),
        *_versioned(),
        Index(None, "entity", "kind", "since", "follower"),
        sqlite_with_rowid=False,
    )


@lru_cache(maxsize=64)
def tables(feed_index: str = "feeds", network_index: str = "network") -> Tables:
    """The tables whose names begin with these two prefixes."""
    metadata = MetaData(naming_convention=NAMING)
    states = Table(
        f"{feed_index}_states",
        metadata,
        Column("triple", key_type(), primary_key=True),
        Column("generation", Integer, nullable=False),
        Column("standing", Boolean, nullable=False),
        Column("act_position", BigInteger, nullable=False),
        Column("first_position", BigInteger, nullable=False),
        Column("first_id", key_type(), nullable=False),
        sqlite_with_rowid=False,
    )
    verbs = Table(
        f"{feed_index}_verbs", metadata, Column("verb", key_type(), primary_key=True), sqlite_with_rowid=False
    )
    return Tables(
        metadata=metadata,
        acts=_acts(metadata, feed_index),
        touches=_of_act(metadata, f"{feed_index}_touches", "entity"),
        audience=_of_act(metadata, f"{feed_index}_audience", "entity"),
        words=_of_act(metadata, f"{feed_index}_words", "word"),
        bounds=_bounds(metadata, feed_index),
        states=states,
        verbs=verbs,
        links=_links(metadata, network_index),
        act_changes=_changes(metadata, f"{feed_index}_changes", "id"),
        link_changes=_changes(metadata, f"{network_index}_changes", *LINK_KEY),
        holders=Table(
            f"{network_index}_holders",
            metadata,
            Column("entity", key_type(), primary_key=True),
            Column("version", BigInteger, nullable=False),
            sqlite_with_rowid=False,
        ),
        generations=_generations(metadata, feed_index),
        erased=Table(
            f"{feed_index}_erased",
            metadata,
            Column("salt", key_type(), primary_key=True),
            Column("hash", key_type(), primary_key=True),
            Column("erased", BigInteger, nullable=False),
            sqlite_with_rowid=False,
        ),
        hidings=Table(
            f"{feed_index}_hidings",
            metadata,
            Column("entity", key_type(), primary_key=True),
            Column("state", key_type(), nullable=False),
            sqlite_with_rowid=False,
        ),
    )


def default_tables() -> Tables:
    """The tables with the names that the site's migrations make."""
    return tables()
