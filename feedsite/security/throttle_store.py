"""Attempts counted in PostgreSQL, for a site of several processes."""

from __future__ import annotations

import time
from typing import Any

from limits.storage import Storage
from sqlalchemy import BigInteger, Engine, Float, String, case, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedsite.db import Base

_SWEEP_EVERY = 300.0


class ThrottleCount(Base):
    """Attempts in one window."""

    __tablename__ = "throttle_counts"

    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)
    #: Seconds since 1970.
    expires: Mapped[float] = mapped_column(Float(53), index=True)


class DatabaseStorage(Storage):
    """A storage for the `limits` library. Every count is its own short transaction, beside the request's."""

    STORAGE_SCHEME = ["feedsite+database"]

    def __init__(self, engine: Engine) -> None:
        super().__init__("feedsite+database://")
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._swept = time.monotonic()

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        """What the database may raise."""
        return SQLAlchemyError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Add to a window's count, or begin a new window when the old one is over; returns the count."""
        now = time.time()
        table: Any = ThrottleCount.__table__
        over = table.c.expires <= now
        statement = (
            insert(table)
            .values(key=key, count=amount, expires=now + expiry)
            .on_conflict_do_update(
                index_elements=[table.c.key],
                set_={
                    "count": case((over, amount), else_=table.c.count + amount),
                    "expires": case((over, now + expiry), else_=table.c.expires),
                },
            )
            .returning(table.c.count)
        )
        with self._engine.connect() as connection:
            if time.monotonic() - self._swept > _SWEEP_EVERY:
                self._swept = time.monotonic()
                connection.execute(delete(table).where(over))
            return int(connection.execute(statement).scalar_one())

    def get(self, key: str) -> int:
        """A window's count; 0 when there is none."""
        with self._engine.connect() as connection:
            found = connection.scalar(
                select(ThrottleCount.count).where(ThrottleCount.key == key, ThrottleCount.expires > time.time())
            )
        return found or 0

    def get_expiry(self, key: str) -> float:
        """When a window ends, in seconds since 1970; now when there is none."""
        with self._engine.connect() as connection:
            found = connection.scalar(select(ThrottleCount.expires).where(ThrottleCount.key == key))
        return max(found or 0.0, time.time())

    def check(self) -> bool:
        """Whether the database answers."""
        try:
            with self._engine.connect() as connection:
                return connection.scalar(select(1)) == 1
        except SQLAlchemyError:
            return False

    def reset(self) -> int | None:
        """Forget every count; returns how many there were."""
        with self._engine.connect() as connection:
            return int(connection.execute(delete(ThrottleCount)).rowcount)

    def clear(self, key: str) -> None:
        """Forget one count."""
        with self._engine.connect() as connection:
            connection.execute(delete(ThrottleCount).where(ThrottleCount.key == key))


class ThrottleCounts:
    """The counts as rows of a transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def forget(self, key: str) -> bool:
        """Forget whatever was counted under a key."""
        self._session.execute(delete(ThrottleCount).where(ThrottleCount.key.contains(key, autoescape=True)))
        return False


def throttle_counts(_context: object, request: Any) -> ThrottleCounts:
    """Service factory."""
    return ThrottleCounts(request.dbsession)
