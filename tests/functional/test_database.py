"""Transactions: what is refused leaves nothing, what is busy is tried again, nothing is half done."""

from __future__ import annotations

import sqlite3
import threading
import time
from datetime import UTC, datetime, timedelta, timezone

import psycopg
import pytest
from sqlalchemy import column, insert, literal, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from feedsite.accounts.models import HandleHistory, Person
from feedsite.accounts.services import AccountService
from feedsite.db import Instant, counting_statements, is_retryable, reading, writing

from tests.site import Browser, Site

AT = datetime(2026, 3, 29, 1, 59, 59, 123456, tzinfo=UTC)


def handles(site: Site) -> set[str]:
    with reading(site.engine).connect() as connection:
        return set(connection.scalars(select(Person.handle)))


def test_an_instant_comes_back_as_it_was(site: Site) -> None:
    ana = site.person("ana", created=AT.astimezone(timezone(timedelta(hours=5, minutes=45))))
    with site.transaction() as request:
        found = request.dbsession.get(Person, ana.id).created
    assert found == AT
    assert found.tzinfo is UTC


def test_a_naive_instant_is_refused(site: Site) -> None:
    with pytest.raises(Exception, match="an instant needs a time zone"), reading(site.engine).connect() as connection:
        connection.execute(select(literal(datetime(2026, 1, 1), Instant())))


def test_an_error_takes_back_everything(site: Site) -> None:
    def join_and_fail() -> None:
        with site.transaction() as request:
            request.find_service(AccountService).join(handle="ana", name="Ana", email=None, password=None)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        join_and_fail()
    assert handles(site) == set()
    with reading(site.engine).connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM network_links")) == 0


def test_statements_past_the_unit_of_work_are_committed(site: Site) -> None:
    """The feed engine writes on the connection itself: the transaction manager must not take that for reading."""
    ana = site.person("ana")
    with site.transaction() as request:
        row = {"handle": "old", "person_id": ana.id, "until": AT}
        request.dbsession.connection().execute(insert(HandleHistory.__table__).values(row))
    with site.transaction() as request:
        assert request.dbsession.get(HandleHistory, "old") is not None


def test_a_savepoint_takes_back_only_its_own(site: Site) -> None:
    ana = site.person("ana")
    with site.transaction() as request:
        session = request.dbsession
        session.add(HandleHistory(handle="one", person_id=ana.id, until=AT))
        session.flush()
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(insert(HandleHistory).values(handle="one", person_id=ana.id, until=AT))
        session.add(HandleHistory(handle="two", person_id=ana.id, until=AT))
    with site.transaction() as request:
        assert set(request.dbsession.scalars(select(HandleHistory.handle))) == {"one", "two"}


def test_a_reading_transaction_sees_one_state(site: Site) -> None:
    with reading(site.engine).connect() as connection, connection.begin():
        before = connection.scalar(select(text("count(*)")).select_from(Person))
        site.person("ana")
        assert connection.scalar(select(text("count(*)")).select_from(Person)) == before
    assert handles(site) == {"ana"}


def test_foreign_keys_are_kept(site: Site) -> None:
    with pytest.raises(IntegrityError), writing(site.engine).begin() as connection:
        connection.execute(insert(HandleHistory).values(handle="x", person_id="nobody", until=AT))


def test_sqlite_is_set_up_as_said(site: Site) -> None:
    if site.engine.dialect.name != "sqlite":
        with site.engine.connect() as connection:
            assert connection.scalar(text("SHOW statement_timeout")) == "8s"
            assert connection.scalar(text("SHOW timezone")) == "UTC"
        return
    with site.engine.connect() as connection:
        asked = {name: connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "foreign_keys")}
    assert asked == {"journal_mode": "wal", "foreign_keys": 1}


def test_a_writer_waits_for_another(site: Site) -> None:
    """On SQLite there is one writer at a time: the second request waits, and both are done."""
    browser = site.browser()
    token = browser.csrf_token()
    holding = writing(site.engine).connect()
    held = holding.begin()
    holding.execute(text("UPDATE people SET name = name"))
    answers: list[int] = []

    def press() -> None:
        values = {"handle": "ana", "name": "Ana", "email": "a@example.org", "password": "a quite ordinary sentence"}
        answer = browser.post("/join", {**values, "zone": "UTC", "csrf_token": token}, expect_errors=True)
        answers.append(answer.status_int)

    waiting = threading.Thread(target=press)
    waiting.start()
    time.sleep(0.3)
    held.commit()
    holding.close()
    waiting.join(20)
    assert answers == [303]
    assert handles(site) == {"ana"}


@pytest.mark.parametrize("times", [1, 2])
def test_what_is_busy_is_tried_again(site: Site, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    tried = busy(monkeypatch, times, site)
    browser = site.browser(site.person("ana"))
    answer = browser.submit("/settings/profile", {"name": "Ana Nova", "bio": ""})
    assert answer.status_int == 303
    assert len(tried) == times + 1
    with site.transaction() as request:
        assert request.dbsession.scalar(select(Person.name)) == "Ana Nova"


def test_what_stays_busy_is_said_to_be(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = busy(monkeypatch, 99, site)
    browser = site.browser(site.person("ana"))
    answer = browser.submit("/settings/profile", {"name": "Ana Nova", "bio": ""}, expect_errors=True)
    assert answer.status_int == 503
    assert answer.headers["Retry-After"] == "5"
    assert len(tried) == 3
    with site.transaction() as request:
        assert request.dbsession.scalar(select(Person.name)) == "Ana"


def busy(monkeypatch: pytest.MonkeyPatch, times: int, site: Site) -> list[None]:
    """Have the database refuse the first `times` changes of a profile, after they were written."""
    tried: list[None] = []
    original = AccountService.change_profile

    def change(self: AccountService, person_id: str, **columns: str) -> None:
        original(self, person_id, **columns)
        self._session.flush()
        tried.append(None)
        if len(tried) <= times:
            self._session.execute(select(column("x")).select_from(text("refuse_this")))

    monkeypatch.setattr(AccountService, "change_profile", change)
    refuse(monkeypatch, site)
    return tried


def refuse(monkeypatch: pytest.MonkeyPatch, site: Site) -> None:
    """Make the driver answer a statement on `refuse_this` as a busy database does."""
    dialect = site.engine.dialect
    original = dialect.do_execute

    def execute(cursor, statement, parameters, context=None):
        if "refuse_this" in statement:
            if dialect.name == "postgresql":
                raise psycopg.errors.DeadlockDetected("deadlock detected")
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = sqlite3.SQLITE_BUSY_SNAPSHOT
            raise error
        return original(cursor, statement, parameters, context)

    monkeypatch.setattr(dialect, "do_execute", execute)


def test_which_errors_are_worth_another_try() -> None:
    assert is_retryable(psycopg.errors.SerializationFailure())
    assert is_retryable(psycopg.errors.LockNotAvailable())
    assert not is_retryable(psycopg.errors.UniqueViolation())
    assert not is_retryable(sqlite3.OperationalError("no such table"))
    assert not is_retryable(None)


def test_an_error_never_shows_what_a_statement_carried(site: Site) -> None:
    with pytest.raises((OperationalError, Exception)) as raised, site.engine.connect() as connection:
        connection.execute(text("SELECT no_such_column WHERE :secret = 'x'"), {"secret": "hunter2"})
    assert "hunter2" not in str(raised.value)


# -- how many statements a page costs


@pytest.mark.parametrize(
    ("path", "anonymous", "signed_in"),
    [
        ("/healthz", 0, 0),
        ("/robots.txt", 0, 0),
        ("/static/css/site.css", 0, 0),
        ("/readyz", 1, 1),
        ("/settings/profile", 0, 12),  # two of its own; badge and pane have the rest
        ("/login", 0, 1),
    ],
)
def test_statements_a_page(site: Site, browser: Browser, path: str, anonymous: int, signed_in: int) -> None:
    ana = site.browser(site.person("ana"))
    for someone, most in ((browser, anonymous), (ana, signed_in)):
        someone.get(path)  # whatever is prepared once
        with counting_statements() as count:
            someone.get(path)
        assert len(count) <= most, count.statements
