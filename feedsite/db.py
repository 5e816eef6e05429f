"""The database: engine, sessions joined to the request's transaction, column types and ids.

Two kinds of transaction, told apart when they begin. *Reading* ones see one snapshot from start to end; *writing* ones
take their place in the queue of writers at once, so that they never find out at their last statement that somebody else
was first. Which one a request gets depends on its method; a request that is tried again always gets a writing one.
"""

from __future__ import annotations

import contextlib
import secrets
import sqlite3
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import zope.sqlalchemy
from pyramid_retry import mark_error_retryable
from sqlalchemy import URL, Connection, DateTime, Dialect, Engine, MetaData, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from feedsite.settings import Settings, settings_of

NAMING_CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

#: Compiled statements an engine keeps: compiling a feed's takes longer than running it.
STATEMENTS_KEPT = 4096
_NEVER = 2**31 - 1
# Those that a connection to SQLite keeps prepared; one takes some ten kilobytes.
_PREPARED = 512
_ID_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Base(DeclarativeBase):
    """Base of the site's own tables."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


class Instant(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in the database. A naive datetime is refused, not guessed."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def new_id() -> str:
    """A fresh opaque id: 20 characters of 0-9 and a-z from the system's randomness (103 bits), never reused."""
    return "".join(secrets.choice(_ID_ALPHABET) for _ in range(20))


def utcnow() -> datetime:
    """Now, aware, in UTC."""
    return datetime.now(UTC)


def make_engine(
    url: str | URL, *, pool_size: int = 10, busy_timeout: float = 5.0, statement_timeout: float | None = None
) -> Engine:
    """An engine for SQLite or PostgreSQL that connects to nothing yet. What a statement carried is never in its errors.

    Args:
        url: ``sqlite:///path`` or ``postgresql+psycopg://…``.
        pool_size: connections kept open.
        busy_timeout: seconds to wait for a lock.
        statement_timeout: seconds a statement may run (PostgreSQL); None: as long as it takes, for imports.
    """
    url = make_url(url)
    if url.get_backend_name() == "sqlite":
        arguments = {"timeout": busy_timeout, "check_same_thread": False, "cached_statements": _PREPARED}
        engine = create_engine(url, connect_args=arguments, hide_parameters=True, query_cache_size=STATEMENTS_KEPT)
        _prepare_sqlite(engine)
    else:
        options = [f"-c lock_timeout={int(busy_timeout * 1000)}", "-c timezone=UTC"]
        # A page's statement takes a hundred times as long to be compiled (jit) as to run.
        options.append("-c jit=off")
        if statement_timeout is not None:
            milliseconds = int(statement_timeout * 1000)
            options += [
                f"-c statement_timeout={milliseconds}",
                f"-c idle_in_transaction_session_timeout={milliseconds}",
            ]
        connect_args = {
            "options": " ".join(options),
            "connect_timeout": max(1, int(busy_timeout)),
            # Prepared, a statement is soon planned for any reader, and that is for none: whom somebody follows, and how
            # much those do, makes the difference. What is written row after row is prepared, and so are keys between
            # tables, which the server checks.
            "prepare_threshold": _NEVER,
        }
        engine = create_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
            connect_args=connect_args,
            hide_parameters=True,
            query_cache_size=STATEMENTS_KEPT,
        )
    event.listen(engine, "handle_error", _mark_retryable)
    event.listen(engine, "before_cursor_execute", _count)
    return engine


def reading(engine: Engine) -> Engine:
    """The same engine (and pool), for transactions that read: one snapshot for a whole page."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(sqlite_begin="DEFERRED")
    return engine.execution_options(isolation_level="REPEATABLE READ")


def writing(engine: Engine) -> Engine:
    """The same engine (and pool), for transactions that write."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(sqlite_begin="IMMEDIATE")
    return engine.execution_options(isolation_level="READ COMMITTED")


def refresh_statistics(engine: Engine) -> None:
    """Let PostgreSQL count its tables anew after many rows were written, and every connection plan anew.

    A connection keeps the plans of what it asks often: those made when a table had a page go through all of it, row
    by row, until somebody analyses it. The server's own daemon comes once a minute, and only when it is let.
    On SQLite this does nothing: its plans are chosen by the statements' text.
    """
    if engine.dialect.name == "postgresql":
        with writing(engine).begin() as connection:
            connection.exec_driver_sql("ANALYZE")


def _prepare_sqlite(engine: Engine) -> None:
    database = engine.url.database

    @event.listens_for(engine, "do_connect")
    def make_folder(dialect: Dialect, record: Any, cargs: Any, cparams: Any) -> None:
        if database and database != ":memory:":
            Path(database).parent.mkdir(parents=True, exist_ok=True)

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, record: Any) -> None:
        # The driver must not emit BEGIN by itself: it would do so late and as DEFERRED, and savepoints would leak.
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            # NORMAL would lose the last commits at a power cut; what was accepted is kept.
            "synchronous=FULL",
            "foreign_keys=ON",
            "temp_store=MEMORY",
            "cache_size=-16000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        # The feed engine, on connections of its own, says what it will do in its own words.
        usual = "IMMEDIATE" if options.get("feeds_write", True) else "DEFERRED"
        mode = options.get("sqlite_begin", usual)
        connection.exec_driver_sql(f"BEGIN {mode}")


# -- errors that a second try may mend -------------------------------------------------------------------------------

# Serialization failure, deadlock, lock not available. https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRESQL_RETRYABLE = frozenset({"40001", "40P01", "55P03"})
_SQLITE_RETRYABLE = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


def is_retryable(error: BaseException | None) -> bool:
    """Whether the driver's error says "not now": the same transaction may succeed when it is tried again."""
    if isinstance(error, sqlite3.OperationalError):
        # Extended codes keep the primary one in their low byte (SQLITE_BUSY_SNAPSHOT is one).
        return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _SQLITE_RETRYABLE
    if isinstance(error, psycopg.Error):
        return error.sqlstate in _POSTGRESQL_RETRYABLE
    return False


def is_unavailable(error: DBAPIError) -> bool:
    """Whether the database is busy beyond the retries, unreachable, restarting or too slow: nothing the reader did."""
    original = error.orig
    if is_retryable(original) or error.connection_invalidated:
        return True
    if isinstance(original, psycopg.OperationalError):
        return True
    return isinstance(original, psycopg.errors.QueryCanceled)


def _mark_retryable(context: Any) -> None:
    # Marked where it happens: at commit the transaction manager has forgotten its members by the time it asks.
    if context.sqlalchemy_exception is not None and is_retryable(context.original_exception):
        mark_error_retryable(context.sqlalchemy_exception)


# -- counting statements ---------------------------------------------------------------------------------------------


@dataclass
class StatementCount:
    """The SQL statements run while it was active, in order."""

    statements: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.statements)


_active_count: ContextVar[StatementCount | None] = ContextVar("feedsite_statement_count", default=None)


@contextlib.contextmanager
def counting_statements() -> Iterator[StatementCount]:
    """Count the statements that this thread sends to any engine. An inner count adds to the outer one when it ends."""
    count = StatementCount()
    outer = _active_count.get()
    token = _active_count.set(count)
    try:
        yield count
    finally:
        _active_count.reset(token)
        if outer is not None:
            outer.statements.extend(count.statements)


def _count(connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
    count = _active_count.get()
    if count is not None and not statement.startswith("BEGIN"):
        count.statements.append(statement)


# -- the request's session -------------------------------------------------------------------------------------------


def engine_of(registry: Any) -> Engine:
    """The application's engine in a Pyramid registry."""
    engine: Engine = registry["feedsite.engine"]
    return engine


def make_session(engine: Engine, transaction_manager: Any) -> Session:
    """A session that commits and aborts with a transaction manager, never by itself."""
    session = Session(bind=engine, autoflush=True)
    # "changed": every transaction is committed. Statements that go past the unit of work (bulk inserts, the feed
    # engine's own) would otherwise be taken for reads and rolled back.
    zope.sqlalchemy.register(session, initial_state="changed", transaction_manager=transaction_manager)
    return session


def insert_into(session: Session, model: type[Base]) -> Any:
    """An INSERT of the session's database, which knows ON CONFLICT: where two do the same at once, the key decides."""
    insert: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return insert(model)


def _dbsession(request: Any) -> Session:
    # A test, a command or a shell may bring a session of its own.
    given = request.environ.get("feedsite.dbsession")
    if given is not None:
        session: Session = given
        return session
    begin = reading if only_reads(request) else writing
    return make_session(begin(engine_of(request.registry)), request.tm)


def only_reads(request: Any) -> bool:
    """Whether a request's own transaction is of the reading kind; a session that somebody brought may write."""
    first_try = request.environ.get("retry.attempt", 0) == 0
    return request.method in _SAFE_METHODS and first_try and "feedsite.dbsession" not in request.environ


def engine_from_settings(settings: Settings) -> Engine:
    """The site's engine, as its settings describe it."""
    return make_engine(
        settings.database_url,
        pool_size=settings.database_pool_size,
        busy_timeout=settings.database_busy_timeout,
        statement_timeout=settings.database_statement_timeout,
    )


def includeme(config: Any) -> None:
    """Make the engine (it connects at the first statement) and ``request.dbsession``."""
    config.registry["feedsite.engine"] = engine_from_settings(settings_of(config.registry))
    config.include("pyramid_retry")
    config.include("pyramid_tm")
    config.add_request_method(_dbsession, "dbsession", reify=True)
