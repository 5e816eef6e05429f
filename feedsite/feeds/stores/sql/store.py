"""The SQL store as a whole: connections, transactions, and what a driver's errors mean."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import StaticPool

from feedsite.feeds.errors import StoreUnavailable
from feedsite.feeds.stores.sql.bounds import fill_bounds
from feedsite.feeds.stores.sql.ledger import Ledger
from feedsite.feeds.stores.sql.reading import Reader
from feedsite.feeds.stores.sql.record import OVERLAP_MS, Record
from feedsite.feeds.stores.sql.tables import Tables, default_tables, tables
from feedsite.feeds.stores.sql.tracking import Changed
from feedsite.feeds.stores.sql.writing import Writer, clock

T = TypeVar("T")
Clock = Callable[[Connection], int]
_BUSY_SECONDS = 10
# Compiling a feed's statement takes longer than running it: all shapes in use are kept.
_STATEMENTS = 2048
# By each connection to SQLite; one takes some ten kilobytes.
_PREPARED = 512
# To compile a page's statement (jit) takes a hundred times as long as to run it. And a plan for any reader is for none:
# whom somebody follows, and how much those do, makes the difference.
_POSTGRESQL = "-c jit=off -c plan_cache_mode=force_custom_plan"
# Of what nobody takes this much is kept: the rest is found in the record.
_KEPT_CHANGES = 1000


class SqlStore:
    """Links and acts in SQL tables.

    Args:
        url: an SQLAlchemy URL of SQLite or PostgreSQL; None: in memory. Nothing connects before the first use.
        engine: instead of a URL: an engine made by `sql_engine`, which may serve several stores and stays the caller's.
        connection: instead of a URL: gives the caller's connection, in the caller's transaction; tables are then the
            caller's to make.
        names: the prefixes of the tables' names.
        clock: milliseconds since 1970 in place of the database's clock.
        overlap_ms: how long after its delivery a row is still laid over what an index says.
        makes_tables: whether the first use makes the tables that are not there; False where migrations do.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        engine: Engine | None = None,
        connection: Callable[[], Connection] | None = None,
        names: tuple[str, str] | None = None,
        clock: Clock = clock,
        overlap_ms: int = OVERLAP_MS,
        makes_tables: bool = True,
    ) -> None:
        self.tables: Tables = tables(*names) if names else default_tables()
        self._url, self._borrowed, self._clock = url or "sqlite://", connection, clock
        self._kept: tuple[object, Reader] | None = None
        self._engine: Engine | None = engine
        self._owns_engine = engine is None
        self.overlap_ms = overlap_ms
        self._created = not makes_tables
        self._lock = threading.RLock()
        self._changed = Changed()

    def create(self) -> None:
        """Make the tables that are not there."""
        if self._borrowed is not None:
            return
        with self._answering(), self._own_engine().begin() as connection:
            had_bounds = inspect(connection).has_table(self.tables.bounds.name)
            self.tables.metadata.create_all(connection)
            if not had_bounds:
                # The file may be older than the table.
                fill_bounds(connection, self.tables)
        self._created = True

    def close(self) -> None:
        """Let go of the connections; a store in memory is gone with them."""
        if self._engine is not None and self._owns_engine:
            self._engine.dispose()
            self._engine, self._created = None, False

    @property
    def is_borrowed(self) -> bool:
        """Whether it works on a caller's connection, in the caller's transaction."""
        return self._borrowed is not None

    def read(self, question: Callable[[Reader], T]) -> T:
        """The answer to a question about feeds, from one state of the store."""
        with self.reading() as reader:
            return question(reader)

    def look_up(self, question: Callable[[Reader], T]) -> T:
        """The answer to a question of identity: here the same."""
        return self.read(question)

    def expect(self, question: Callable[[], object]) -> None:
        """Nothing: questions cost no round trip here."""

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """A reader of one state of the store."""
        with self._transaction(write=False) as connection:
            yield self._reader_on(connection)

    def _reader_on(self, connection: Connection) -> Reader:
        """A reader; on a caller's connection the same one until something is written: it knows the reader's rules."""
        if self._borrowed is None:
            return Reader(connection, self.tables, self._clock)
        transaction = connection.get_transaction()
        if self._kept is None or self._kept[0] is not transaction or transaction is None:
            self._kept = transaction, Reader(connection, self.tables, self._clock)
        return self._kept[1]

    @contextmanager
    def state(self) -> Iterator[tuple[Reader, Record]]:
        """A reader, and what the record knows of an index, both of one state."""
        with self._transaction(write=False) as connection:
            reader = self._reader_on(connection)
            yield reader, Record(connection, self.tables, reader.now(), overlap_ms=self.overlap_ms)

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """A writer; leaving the block without an error commits."""
        with self._transaction(write=True) as connection:
            writer = Writer(connection, self.tables, self._clock(connection))
            yield writer
        if writer.changed:
            with self._lock:
                self._changed = (self._changed + writer.changed).first(_KEPT_CHANGES)

    @contextmanager
    def record(self, *, write: bool = False) -> Iterator[Ledger]:
        """What the record knows of its projection, in one transaction.

        Args:
            write: whether something is claimed, marked or changed.
        """
        with self._transaction(write=write) as connection:
            yield Ledger(connection, self.tables, self._clock(connection), overlap_ms=self.overlap_ms)

    def take_changed(self) -> Changed:
        """The keys of what was written by this store object since they were last taken, where an index has to follow.

        Of what was written on a caller's connection it is the caller who knows whether it was committed.
        """
        with self._lock:
            taken, self._changed = self._changed, Changed()
        return taken

    @contextmanager
    def _transaction(self, *, write: bool) -> Iterator[Connection]:
        if self._borrowed is not None:
            if write:
                self._kept = None
            try:
                yield self._borrowed()
            finally:
                if write:
                    self._kept = None
            return
        if not self._created:
            with self._lock:
                if not self._created:
                    self.create()
        engine = self._own_engine()
        with (
            self._answering(),
            self._alone(engine),
            engine.connect().execution_options(**_options(engine, write)) as connection,
            connection.begin(),
        ):
            yield connection

    def _alone(self, engine: Engine) -> threading.RLock | nullcontext[None]:
        # A store in memory has one connection: threads take turns.
        return self._lock if isinstance(engine.pool, StaticPool) else nullcontext()

    def _own_engine(self) -> Engine:
        with self._lock:
            if self._engine is None:
                self._engine = sql_engine(self._url)
            return self._engine

    @staticmethod
    @contextmanager
    def _answering() -> Iterator[None]:
        try:
            yield
        except (OperationalError, InterfaceError, PoolTimeout) as error:
            raise StoreUnavailable(f"the SQL store does not answer: {type(error).__name__}") from error
        except DBAPIError as error:
            if error.connection_invalidated:
                raise StoreUnavailable("the SQL store lost its connection") from error
            raise


def _options(engine: Engine, write: bool) -> dict[str, object]:
    # One state for all that a reader answers: SQLite's reading transactions see one anyway.
    snapshot = {} if write or engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    return {"feeds_write": write, **snapshot}


def sql_engine(url: str) -> Engine:
    """An engine for SQLite or PostgreSQL whose transactions are what the store needs.

    Args:
        url: an SQLAlchemy URL; `sqlite://` is in memory.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        arguments = {} if "options" in parsed.query else {"options": _POSTGRESQL}
        return create_engine(parsed, pool_pre_ping=True, query_cache_size=_STATEMENTS, connect_args=arguments)
    in_memory = parsed.database in (None, "", ":memory:")
    extra = {"poolclass": StaticPool} if in_memory else {}
    driver = {"check_same_thread": False, "timeout": _BUSY_SECONDS, "cached_statements": _PREPARED}
    engine = create_engine(parsed, connect_args=driver, query_cache_size=_STATEMENTS, **extra)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: object, _record: object) -> None:
    # The driver begins no transaction of its own: a read would otherwise see two states, and a write that began as a
    # read
    # could be refused half way.
    connection.isolation_level = None  # type: ignore[attr-defined]
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("PRAGMA journal_mode=WAL")
    # NORMAL would lose the last commits at a power cut.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("feeds_write", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
