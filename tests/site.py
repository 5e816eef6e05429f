"""The real site for tests: a migrated database, the application on it, people, and browsers that are signed in."""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Iterator, Mapping
from email.message import EmailMessage
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Self

import alembic.command
import alembic.config
from pyramid.paster import get_appsettings
from pyramid.scripting import prepare
from sqlalchemy import Engine, MetaData, Table, inspect
from webtest import TestApp, TestResponse

import feedsite
from feedsite.accounts.models import Person
from feedsite.accounts.services import AccountService
from feedsite.db import engine_of, make_engine, writing
from feedsite.mail.backends import MemoryBackend
from feedsite.mail.process import mail_of
from feedsite.remembering import forget_everything
from feedsite.security.cookies import SESSION
from feedsite.security.passwords import Passwords
from feedsite.security.sessions import LoginSessionService
from feedsite.security.throttle import Throttle
from feedsite.settings import Settings, settings_of

ROOT = Path(__file__).resolve().parents[1]
INI = str(ROOT / "testing.ini")
PASSWORD = "a quite ordinary sentence"
"""The password of every person a test makes."""


@cache
def _password_hash() -> str:
    # One hash for everybody: hashing is slow on purpose.
    return Passwords().hash(PASSWORD)


class Browser(TestApp):
    """A browser: keeps cookies, follows no redirect by itself."""

    site: Site

    def sign_in(self, person: Person) -> Self:
        """Sign in as a person without the form: a login row and its cookie."""
        with self.site.transaction() as request:
            token = request.find_service(LoginSessionService).start(person.id, ip="127.0.0.1", user_agent="test")
        prefix = "__Host-feedsite_" if self.site.settings.is_https else "feedsite_"
        self.set_cookie(prefix + SESSION, token)
        return self

    def csrf_token(self) -> str:
        """The CSRF token of this browser, as a page's form has it."""
        return csrf_of(self.get("/about").text)

    def submit(self, path: str, values: Mapping[str, Any] | None = None, **kw: Any) -> TestResponse:
        """POST a form with a good token."""
        return self.post(path, {"csrf_token": self.csrf_token(), **(values or {})}, **kw)


def csrf_of(html: str) -> str:
    """The CSRF token in a page's forms."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', html)
    assert found is not None
    return found[1]


def form_with(page: TestResponse, field: str) -> Any:
    """The first form of a page that has a field (or a button) of this name."""
    for form in page.forms.values():
        if field in form.fields:
            return form
    raise AssertionError(f"no form with the field {field!r} on {page.request.path}")


class Site:
    """The application on a migrated database.

    Args:
        url: of an empty or migrated database.
        overrides: settings over those of testing.ini; names with a dot are not the site's own.
    """

    def __init__(self, url: str, **overrides: str) -> None:
        given = {"feedsite.database_url": url}
        given |= {name if "." in name else f"feedsite.{name}": value for name, value in overrides.items()}
        self.app = feedsite.main({}, **{**get_appsettings(INI), **given})
        self.registry = self.app.registry
        self.settings: Settings = settings_of(self.registry)
        self.engine: Engine = engine_of(self.registry)
        self._names = itertools.count(1)

    def browser(self, person: Person | None = None, **environ: str) -> Browser:
        """A browser, signed in as a person or as nobody."""
        scheme = "https" if self.settings.is_https else "http"
        host = self.settings.site_url.split("://", 1)[1]
        browser = Browser(self.app, extra_environ={"HTTP_HOST": host, "wsgi.url_scheme": scheme, **environ})
        browser.site = self
        return browser.sign_in(person) if person is not None else browser

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Any]:
        """A request outside of HTTP, in a transaction that is committed at the end: services are found on it."""
        with prepare(registry=self.registry) as env:
            request = env["request"]
            request.environ["retry.attempt"] = 1  # may write, though its method is GET
            with request.tm:
                yield request

    def person(self, handle: str = "", **columns: Any) -> Person:
        """Make somebody (detached from the database): ``site.person("ana", role="admin", state="limited")``."""
        handle = handle or f"person{next(self._names)}"
        values = {"name": handle.capitalize(), "email": f"{handle}@example.org", "password": None, "zone": "UTC"}
        made = {name: columns.pop(name, default) for name, default in values.items()}
        with self.transaction() as request:
            person = request.find_service(AccountService).join(handle=handle, **made)
            person.password_hash = _password_hash()
            for name, value in columns.items():
                setattr(person, name, value)
            request.dbsession.flush()
            request.dbsession.refresh(person)
            request.dbsession.expunge(person)
        return person

    def mails(self) -> list[EmailMessage]:
        """Send what waits; the mails that were sent since this was asked last, the first one first."""
        process = mail_of(self.registry)
        while process.send().more:
            pass
        assert isinstance(process.backend, MemoryBackend)
        sent, process.backend.sent = process.backend.sent, []
        return sent

    def wipe(self) -> None:
        """Empty every table and forget every counted attempt."""
        # Before anything is written: SQLite's one writer would wait for this, and this for the writer.
        tables = self._tables
        with writing(self.engine).begin() as connection:
            if connection.dialect.name == "postgresql":
                # A plan kept from when a table had one page would go through all of it for each row deleted.
                connection.exec_driver_sql("DISCARD PLANS")
            for table in tables:
                connection.execute(table.delete())
        forget_everything(self.registry)
        with prepare(registry=self.registry) as env:
            env["request"].find_service(Throttle).reset()
        mail_of(self.registry).backend = MemoryBackend()

    @cached_property
    def _tables(self) -> list[Table]:
        """All tables, those that refer to others first; to look them up takes longer than to empty them."""
        metadata = MetaData()
        metadata.reflect(self.engine)
        return [table for table in reversed(metadata.sorted_tables) if table.name != "alembic_version"]

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()


def migrate(url: str) -> None:
    """Bring a database to the newest revision, as `alembic upgrade head` does."""
    engine = make_engine(url)
    try:
        with engine.begin() as connection:
            config = alembic.config.Config(INI)
            config.attributes["connection"] = connection
            alembic.command.upgrade(config, "head")
    finally:
        engine.dispose()


def table_names(engine: Engine) -> set[str]:
    """The names of the tables of a database."""
    return set(inspect(engine).get_table_names())
