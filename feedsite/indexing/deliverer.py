"""Work in the background of a process: one quiet thread that begins with the first request."""

from __future__ import annotations

import logging
import os
import random
import threading
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from feedsite.db import utcnow
from feedsite.feeds.errors import StoreUnavailable

log = logging.getLogger(__name__)

_LONGEST_WAIT = 10.0


class Deliverer:
    """Does a piece of work again and again, until the process ends.

    What fails because something is away is tried again later, at longer and longer intervals up to ten seconds, and is
    logged when it begins and when it ends, not each time.

    Args:
        work: one piece; returns whether there is more to do at once.
        every: seconds between pieces; 0: it never starts.
        name: what the log calls the work.
    """

    def __init__(self, work: Callable[[], bool], every: float, *, name: str = "delivery") -> None:
        self._work, self._every, self._name = work, every, name
        self._lock = threading.Lock()
        self._stopped, self._woken = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._process = 0
        self._trouble = ""
        #: Told after each piece when it began, and what was the trouble (empty: none).
        self.told: Callable[[datetime, str], None] | None = None

    def start(self) -> None:
        """Begin, unless it has begun in this process: a server may fork after the application was made."""
        if not self._every or self._process == os.getpid():
            return
        with self._lock:
            if self._process == os.getpid() or self._stopped.is_set():
                return
            self._process = os.getpid()
            self._woken = threading.Event()
            self._thread = threading.Thread(target=self._run, name=f"feedsite-{self._name}", daemon=True)
            self._thread.start()

    def wake(self) -> None:
        """There is something to do now."""
        self._woken.set()

    def stop(self, seconds: float = 5.0) -> None:
        """End, after the piece that is under way; wait for that at most so long."""
        self._stopped.set()
        self._woken.set()
        if self._thread is not None and self._process == os.getpid():
            self._thread.join(seconds)

    def _run(self) -> None:
        wait = self._every
        while not self._stopped.is_set():
            # Processes that began together do not stay in step.
            self._woken.wait(wait * random.uniform(0.9, 1.1))  # noqa: S311
            self._woken.clear()
            if self._stopped.is_set():
                return
            began = utcnow()
            went_well = self._once()
            if self.told is not None:
                self.told(began, self._trouble)
            wait = self._every if went_well else min(wait * 2, max(self._every, _LONGEST_WAIT))

    def _once(self) -> bool:
        """Whether it went well."""
        try:
            while self._work() and not self._stopped.is_set():
                pass
        except StoreUnavailable as error:
            self._note(f"{self._name} waits: {error}")
        except SQLAlchemyError as error:
            # Its text may name the database's address.
            self._note(f"{self._name} waits for the database: {type(error).__name__}")
        except Exception:
            log.exception("%s failed", self._name)
            self._trouble = "failed"
        else:
            if self._trouble:
                log.info("%s goes on", self._name)
            self._trouble = ""
            return True
        return False

    def _note(self, trouble: str) -> None:
        if trouble != self._trouble:
            log.warning(trouble)
        self._trouble = trouble
