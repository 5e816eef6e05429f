"""Noting when the site's jobs ran: deliveries in the background, and commands that a timer starts.

A feature that has a job names it, and tells of each run::

    config.add_job("mail", _("Sending mails"), command="feedsite mail deliver")
    jobs_of(registry).teller("mail")  # for a Deliverer: called after each piece of work

Runs that follow each other closely are noted once a minute, and whenever one goes otherwise than the one before.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from feedsite.db import insert_into, utcnow, writing
from feedsite.system.models import JobRun

log = logging.getLogger(__name__)

#: Seconds between two notes about a job that goes as before.
NOTE_SECONDS = 60.0

_JOBS_KEY = "feedsite.jobs"
_LOG_KEY = "feedsite.job_log"

#: Told of a run: when it began, and what it failed with (empty: nothing).
Teller = Callable[[datetime, str], None]


@dataclass(frozen=True)
class Job:
    """Something that runs by itself.

    Args:
        name: of its row, at most 40 characters.
        title: what pages call it, a translation string.
        command: the command that does the same, for a timer or by hand; empty: there is none.
    """

    name: str
    title: str
    command: str = ""


class JobLog:
    """Notes the runs of this process.

    Args:
        engine: gives the site's database engine.
        every: seconds between two notes about a job that goes as before.
    """

    def __init__(self, engine: Callable[[], Engine], every: float = NOTE_SECONDS) -> None:
        self._engine, self._every = engine, every
        self._lock = threading.Lock()
        self._noted: dict[str, tuple[float, str]] = {}

    def teller(self, name: str) -> Teller:
        """What tells of the runs of one job."""

        def tell(began: datetime, problem: str) -> None:
            self.ran(name, began, problem)

        return tell

    def ran(self, name: str, began: datetime, problem: str = "") -> None:
        """A run has ended just now. Where the database is away, that is not noted; nothing is raised."""
        with self._lock:
            at, before = self._noted.get(name, (float("-inf"), ""))
            if problem == before and time.monotonic() - at < self._every:
                return
            self._noted[name] = (time.monotonic(), problem)
        try:
            with Session(writing(self._engine())) as session, session.begin():
                _write(session, name, began, problem)
        except SQLAlchemyError as error:
            log.warning("a run of %s could not be noted: %s", name, type(error).__name__)
            with self._lock:
                self._noted.pop(name, None)

    @contextlib.contextmanager
    def run(self, name: str) -> Iterator[None]:
        """Note what is done in a block as a run; an exception is its problem, and goes on."""
        began = utcnow()
        try:
            yield
        except Exception as error:
            self.ran(name, began, f"{type(error).__name__}: {error}"[:500])
            raise
        self.ran(name, began)


def _write(session: Session, name: str, began: datetime, problem: str) -> None:
    ended = utcnow()
    changed: dict[str, Any] = {"began": began, "ended": ended, "problem": problem}
    if not problem:
        changed["well"] = ended
    made = insert_into(session, JobRun).values(name=name, **changed)
    session.execute(made.on_conflict_do_update(index_elements=["name"], set_=changed))


def add_job(config: Any, name: str, title: str, *, command: str = "") -> None:
    """Configurator directive: name a job, for the page that says when it last ran. The arguments are those of `Job`."""
    job = Job(name, title, command)

    def register() -> None:
        config.registry.setdefault(_JOBS_KEY, {})[name] = job

    config.action(("job", name), register)


def named_jobs(registry: Any) -> tuple[Job, ...]:
    """The named jobs, by name."""
    jobs: dict[str, Job] = registry.get(_JOBS_KEY, {})
    return tuple(jobs[name] for name in sorted(jobs))


def jobs_of(registry: Any) -> JobLog:
    """The process's log of jobs in a Pyramid registry; made at its first use."""
    found: JobLog | None = registry.get(_LOG_KEY)
    if found is None:
        # The engine is looked up when it is needed: a command puts its own in place of the application's.
        found = registry[_LOG_KEY] = JobLog(lambda: registry["feedsite.engine"])
    return found
