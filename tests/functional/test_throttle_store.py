"""Attempts counted in PostgreSQL, by several processes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine

from feedsite.db import make_engine, utcnow
from feedsite.security.throttle import TooManyRequests
from feedsite.security.throttle_store import DatabaseStorage

from tests.functional.test_accounts import log_in
from tests.site import Site, migrate


@pytest.fixture(scope="module")
def url(postgresql_url: str) -> str:
    """A migrated PostgreSQL."""
    migrate(postgresql_url)
    return postgresql_url


@pytest.fixture
def storage(url: str):
    """The storage, empty."""
    engine = make_engine(url)
    storage = DatabaseStorage(engine)
    storage.reset()
    yield storage
    engine.dispose()


def test_counts_add_up_and_end_with_their_window(storage: DatabaseStorage) -> None:
    assert [storage.incr("a", 60) for _ in range(3)] == [1, 2, 3]
    assert storage.get("a") == 3
    assert storage.get("b") == 0
    with time_machine.travel(utcnow() + timedelta(seconds=61), tick=True):
        assert storage.get("a") == 0
        assert storage.incr("a", 60) == 1


def test_counts_of_many_at_once_are_all_counted(storage: DatabaseStorage) -> None:
    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(lambda _: storage.incr("a", 60), range(40)))
    assert sorted(counts) == list(range(1, 41))


def test_windows_that_are_over_are_swept_away(storage: DatabaseStorage) -> None:
    storage.incr("old", 60)
    with time_machine.travel(utcnow() + timedelta(hours=1), tick=True):
        storage._swept -= 3600
        storage.incr("new", 60)
        assert storage.reset() == 1


def test_clearing_and_checking(storage: DatabaseStorage) -> None:
    storage.incr("a", 60)
    storage.clear("a")
    assert storage.get("a") == 0
    assert storage.check()
    away = make_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert not DatabaseStorage(away).check()


def test_two_processes_count_together(url: str) -> None:
    sites = [Site(url, throttle_storage="database", throttle_login_account="3 per hour") for _ in range(2)]
    sites[0].wipe()
    sites[0].person("ana")
    answers = [log_in(sites[n % 2].browser(), "ana", "a wrong sentence").status_int for n in range(5)]
    assert answers == [422, 422, 422, 429, 429]
    for site in sites:
        site.close()


def test_a_refusal_says_how_long(url: str) -> None:
    site = Site(url, throttle_storage="database", throttle_follow="1 per minute")
    with site.transaction() as request:
        from feedsite.security.throttle import Throttle

        throttle = request.find_service(Throttle)
        throttle.reset()
        throttle.hit("follow", "ana")
        throttle.hit("follow", "bo")
        with pytest.raises(TooManyRequests) as refused:
            throttle.hit("follow", "ana")
    assert 1 <= refused.value.retry_after <= 60
    site.close()
