"""A few rows that every page asks for, kept in the process for some seconds.

What is kept is read again when it is older than its life, and at once when this process changed it: so it is exact
here after the commit, and in the site's other processes within the life. It is read on a connection of its own, before
the request has one, and costs no page a statement.
"""

from __future__ import annotations

import contextvars
import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from feedsite.db import reading

log = logging.getLogger(__name__)

#: Seconds after which the other processes know of a change.
LIFE_SECONDS = 5.0

_KEY = "feedsite.remembered_rows"
_Kept = TypeVar("_Kept")


class Remembered(Generic[_Kept]):
    """Something small that is read from the database and kept.

    Args:
        load: reads it, in a transaction that reads.
        empty: what there is before it could be read.
        life: seconds for which it is kept.
    """

    def __init__(self, load: Callable[[Session], _Kept], empty: _Kept, life: float = LIFE_SECONDS) -> None:
        self._load, self._kept, self._life = load, empty, life
        self._lock = threading.Lock()
        self._read_at = float("-inf")

    @property
    def kept(self) -> _Kept:
        """What was read last; nothing is asked."""
        return self._kept

    def fresh(self, engine: Engine) -> _Kept:
        """What was read within the life: read now where it is older. One thread reads; others take what is there.

        A database that does not answer changes nothing: what was read last goes on.
        """
        if time.monotonic() - self._read_at >= self._life and self._lock.acquire(blocking=False):
            try:
                # In a context of its own: it is no part of the page that happened to be asked for.
                contextvars.Context().run(self._read, engine)
            finally:
                self._lock.release()
        return self._kept

    def _read(self, engine: Engine) -> None:
        began = time.monotonic()
        try:
            with Session(reading(engine)) as session:
                self._kept = self._load(session)
        except SQLAlchemyError as error:
            log.warning("what is kept could not be read again: %s", type(error).__name__)
        self._read_at = began

    def forget(self) -> None:
        """Read it again before the next page."""
        self._read_at = float("-inf")

    def forget_after_commit(self, transaction: Any) -> None:
        """Read it again before the next page after the commit of a transaction."""
        transaction.addAfterCommitHook(lambda _committed: self.forget())


def remember(registry: Any, name: str, remembered: Remembered[Any]) -> None:
    """Have an application keep something, under a name."""
    registry.setdefault(_KEY, {})[name] = remembered


def remembered_in(registry: Any, name: str) -> Remembered[Any]:
    """What an application keeps under a name."""
    found: Remembered[Any] = registry[_KEY][name]
    return found


def forget_everything(registry: Any) -> None:
    """Have an application read everything that it keeps again: somebody changed the database past it."""
    for remembered in registry.get(_KEY, {}).values():
        remembered.forget()
