"""Opening the site of an ini file for a command: its settings, its database, its services, no request from outside."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click
from pyramid.paster import get_app
from pyramid.scripting import prepare
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from feedsite.db import engine_of, make_engine, make_session, writing
from feedsite.feeds import Manager
from feedsite.feeds.errors import FeedError
from feedsite.settings import SettingError, Settings, settings_of

_Service = TypeVar("_Service")


class Refusal(click.ClickException):
    """What a command does not do, and why: one line on standard error, exit status 2."""

    exit_code = 2


def one_line(text: str) -> str:
    """A text that people wrote, in one line of output."""
    return " ".join(text.split())


@dataclass(frozen=True)
class Work:
    """One transaction of a command.

    Attributes:
        session: whose transaction it is.
        request: an empty request that the services belong to.
    """

    session: Session
    request: Any

    @property
    def feeds(self) -> Manager:
        """The feed engine, in this transaction."""
        return self.find(Manager)

    def find(self, service: type[_Service]) -> _Service:
        """A service by its class, in this transaction."""
        found: _Service = self.request.find_service(service)
        return found


@dataclass(frozen=True)
class Opened:
    """The site of an ini file.

    Attributes:
        settings: as the site itself reads them.
        engine: of the site's database, without the limit that a page's statements have: a command takes its time.
        registry: of the application.
    """

    settings: Settings
    engine: Engine
    registry: Any

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Work]:
        """One transaction, committed at the end and undone by an exception."""
        with prepare(registry=self.registry) as env:
            request = env["request"]
            with request.tm:
                session = make_session(writing(self.engine), request.tm)
                request.environ["feedsite.dbsession"] = session
                yield Work(session, request)


@contextlib.contextmanager
def site(config: str) -> Iterator[Opened]:
    """The site of an ini file, for as long as a command works on it.

    Args:
        config: path of the ini file.

    Raises Refusal when there is no such file; SettingError when a setting is wrong.
    """
    if not Path(config.split("#", 1)[0]).is_file():
        raise Refusal(f"there is no file {config}; name the site's ini file with -c")
    registry = get_app(config).registry
    settings = settings_of(registry)
    # The application's own engine has connected to nothing, and does not.
    engine_of(registry).dispose()
    engine = make_engine(settings.database_url, busy_timeout=settings.database_busy_timeout)
    registry["feedsite.engine"] = engine
    try:
        yield Opened(settings, engine, registry)
    finally:
        engine.dispose()


@contextlib.contextmanager
def refusals() -> Iterator[None]:
    """Turn what the site refuses into `Refusal`. Our own mistakes keep their traceback."""
    try:
        yield
    except tuple(_WORDS) as error:
        words = next(words for kind, words in _WORDS.items() if isinstance(error, kind))
        raise Refusal(words(error)) from error


def _of_database(error: Any) -> str:
    text = str(error.orig).strip().splitlines()[0]
    hint = "" if error.connection_invalidated else "; is it there, and migrated? (alembic -c INI upgrade head)"
    return f"the database says: {text}{hint}"


_WORDS: dict[type[Exception], Callable[[Any], str]] = {
    SettingError: str,
    FeedError: str,
    DBAPIError: _of_database,
}
