"""The circuit breaker: when it opens, how long it stays so, who may try."""

from __future__ import annotations

import threading

import pytest

from feedsite.feeds.stores.elasticsearch.breaker import Breaker


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def passes(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(clock)


def opened(breaker: Breaker) -> Breaker:
    breaker.failed("timeout")
    assert breaker.state == "open"
    return breaker


def test_it_is_closed_at_first(breaker):
    assert breaker.allows()
    assert breaker.state == "closed"


def test_one_timeout_opens_it(breaker):
    breaker.failed("timeout")
    assert breaker.state == "open"
    assert breaker.reason == "timeout"
    assert not breaker.allows()


def test_three_errors_within_ten_seconds_open_it(breaker, clock):
    for _ in range(2):
        breaker.failed("busy")
        clock.passes(4)
    assert breaker.allows()
    breaker.failed("connection")
    assert not breaker.allows()


def test_errors_that_are_far_apart_do_not(breaker, clock):
    for _ in range(10):
        breaker.failed("busy")
        clock.passes(5.1)
    assert breaker.state == "closed"


def test_a_success_between_them_makes_them_forgotten(breaker):
    for _ in range(5):
        breaker.failed("busy")
        breaker.failed("busy")
        breaker.succeeded()
    assert breaker.state == "closed"


def test_after_its_pause_one_request_tries(breaker, clock):
    opened(breaker)
    clock.passes(0.99)
    assert not breaker.allows()
    clock.passes(0.02)
    assert breaker.allows()
    assert breaker.state == "half-open"
    assert not breaker.allows()


def test_its_success_closes(breaker, clock):
    opened(breaker)
    clock.passes(1.1)
    assert breaker.allows()
    breaker.succeeded()
    assert breaker.state == "closed"
    assert breaker.allows()
    assert breaker.allows()
    assert breaker.reason == ""


def test_its_failure_doubles_the_pause_up_to_thirty_seconds(breaker, clock):
    opened(breaker)
    for pause in (1, 2, 4, 8, 16, 30, 30):
        clock.passes(pause - 0.01)
        assert not breaker.allows()
        clock.passes(0.02)
        assert breaker.allows()
        breaker.failed("connection")


def test_after_it_closed_the_pause_is_short_again(breaker, clock):
    opened(breaker)
    clock.passes(1.1)
    breaker.allows()
    breaker.failed("busy")
    clock.passes(2.1)
    breaker.allows()
    breaker.succeeded()
    opened(breaker)
    clock.passes(1.1)
    assert breaker.allows()


def test_a_trial_that_nobody_reports_about_is_replaced(breaker, clock):
    opened(breaker)
    clock.passes(1.1)
    assert breaker.allows()
    clock.passes(4.9)
    assert not breaker.allows()
    clock.passes(0.2)
    assert breaker.allows()


def test_stragglers_neither_close_nor_lengthen_it(breaker, clock):
    opened(breaker)
    breaker.succeeded()
    assert breaker.state == "open"
    clock.passes(0.9)
    breaker.failed("timeout")
    clock.passes(0.2)
    assert breaker.allows()


def test_of_many_threads_one_tries(breaker, clock):
    opened(breaker)
    clock.passes(1.1)
    allowed: list[bool] = []
    start = threading.Barrier(16)

    def ask() -> None:
        start.wait()
        allowed.append(breaker.allows())

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(allowed) == 1


def test_a_sign_of_life_lets_the_next_request_try(breaker, clock):
    opened(breaker)
    breaker.encouraged()
    assert breaker.state == "open"
    assert breaker.allows()
    assert not breaker.allows()
    breaker.failed("timeout")
    assert not breaker.allows()


def test_who_did_not_ask_after_all_gives_the_trial_back(breaker, clock):
    opened(breaker)
    clock.passes(1.1)
    assert breaker.allows()
    breaker.unused()
    assert breaker.allows()
    breaker.succeeded()
    assert breaker.state == "closed"
    breaker.unused()
    assert breaker.state == "closed"
