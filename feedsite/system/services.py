"""How the site stands as a whole: database, search cluster, mails, jobs, versions, settings."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from feedsite.indexing.services import IndexService, Status
from feedsite.mail.services import MailService
from feedsite.settings_shown import ShownSetting, shown_settings
from feedsite.system.jobs import Job, named_jobs
from feedsite.system.models import JobRun

#: The libraries whose version tells something when pages or the cluster misbehave.
_LIBRARIES = ("feedsite", "pyramid", "SQLAlchemy", "psycopg", "elasticsearch", "Jinja2", "WebOb")


@dataclass(frozen=True)
class Database:
    """The database.

    Args:
        kind: ``PostgreSQL`` or ``SQLite``.
        version: the server's, or the library's.
        bytes: how much room it takes.
        revision: the migration it is at.
    """

    kind: str
    version: str
    bytes: int
    revision: str


@dataclass(frozen=True)
class JobState:
    """A job and its last run; None: it never ran, as far as is noted."""

    job: Job
    run: JobRun | None


@dataclass(frozen=True)
class SystemStatus:
    """All of it at one moment.

    Args:
        database: the database.
        index: the search index.
        cluster: name, colour and number of nodes of the search cluster; empty: there is none, or it does not answer.
        mails: how many wait and how many were given up, under ``waiting`` and ``given_up``.
        jobs: by name, those that are named first.
        versions: of Python and of libraries, by name.
        settings: in effect.
    """

    database: Database
    index: Status
    cluster: dict[str, Any]
    mails: dict[str, int]
    jobs: tuple[JobState, ...]
    versions: dict[str, str]
    settings: tuple[ShownSetting, ...]


class SystemService:
    """Says how the site stands. The search cluster is asked for half a second at most at a time.

    Args:
        session: of the site's database.
        index: says how the search index stands.
        mails: counts mails.
        registry: the application's: its settings and named jobs.
    """

    def __init__(self, session: Session, index: IndexService, mails: MailService, registry: Any) -> None:
        self._session, self._index, self._mails, self._registry = session, index, mails, registry

    def status(self) -> SystemStatus:
        """Everything, whether the cluster answers or not."""
        index = self._index.status()
        return SystemStatus(
            database=self.database(),
            index=index,
            cluster={} if index.state in ("off", "away", "resting") else self._index.cluster(),
            mails=self._mails.counts(),
            jobs=self.jobs(),
            versions=versions(),
            settings=self.settings(),
        )

    def database(self) -> Database:
        """The database: three statements at most."""
        revision = self._session.scalar(text("SELECT version_num FROM alembic_version")) or ""
        if self._session.get_bind().dialect.name == "postgresql":
            asked = "SELECT current_setting('server_version'), pg_database_size(current_database())"
            kind, (number, size) = "PostgreSQL", self._session.execute(text(asked)).one()
        else:
            asked = "SELECT sqlite_version(), page_count * page_size FROM pragma_page_count, pragma_page_size"
            kind, (number, size) = "SQLite", self._session.execute(text(asked)).one()
        return Database(kind, str(number), int(size), str(revision))

    def jobs(self) -> tuple[JobState, ...]:
        """The named jobs with their last runs, and the runs of jobs that nobody names any more."""
        runs = {run.name: run for run in self._session.scalars(select(JobRun).order_by(JobRun.name))}
        named = [JobState(job, runs.pop(job.name, None)) for job in named_jobs(self._registry)]
        return (*named, *(JobState(Job(name, name), run) for name, run in runs.items()))

    def settings(self) -> tuple[ShownSetting, ...]:
        """The settings in effect, and where each comes from."""
        return shown_settings(self._registry["feedsite.settings"], self._registry.settings)


def versions() -> dict[str, str]:
    """The versions of Python and of the libraries that matter most."""
    found = {"Python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def system_service(_context: object, request: Any) -> SystemService:
    """Service factory."""
    return SystemService(
        request.dbsession, request.find_service(IndexService), request.find_service(MailService), request.registry
    )
