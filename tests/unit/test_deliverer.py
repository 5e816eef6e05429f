"""The thread in the background: when it begins, how it waits, what it says."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

import pytest

from feedsite.feeds.errors import StoreUnavailable
from feedsite.indexing.deliverer import Deliverer


def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.005)


class Work:
    """Pieces of work that go as a test says."""

    def __init__(self, *outcomes: bool | Exception) -> None:
        self.outcomes = list(outcomes)
        self.done = 0

    def __call__(self) -> bool:
        self.done += 1
        outcome = self.outcomes.pop(0) if self.outcomes else False
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def test_it_begins_when_it_is_told_and_once() -> None:
    threads = threading.active_count()
    deliverer = Deliverer(Work(), 0.01)
    assert threading.active_count() == threads
    for _ in range(3):
        deliverer.start()
    assert threading.active_count() == threads + 1
    deliverer.stop()
    assert threading.active_count() == threads


def test_with_no_interval_it_never_begins() -> None:
    threads = threading.active_count()
    deliverer = Deliverer(Work(), 0)
    deliverer.start()
    deliverer.wake()
    assert threading.active_count() == threads
    deliverer.stop()


def test_it_works_again_and_again_and_at_once_while_there_is_more() -> None:
    work = Work(True, True, True)
    deliverer = Deliverer(work, 0.05)
    deliverer.start()
    until(lambda: work.done >= 6)
    deliverer.stop()


def test_waking_it_spares_the_wait() -> None:
    work = Work()
    deliverer = Deliverer(work, 60)
    deliverer.start()
    deliverer.wake()
    until(lambda: work.done == 1)
    deliverer.stop()


def test_after_a_stop_it_does_not_begin_again() -> None:
    work = Work()
    deliverer = Deliverer(work, 0.01)
    deliverer.stop()
    deliverer.start()
    time.sleep(0.05)
    assert work.done == 0


def test_what_fails_is_tried_again_and_said_once(caplog: pytest.LogCaptureFixture) -> None:
    away = StoreUnavailable("the search cluster cannot be reached")
    work = Work(away, away, away, ValueError("a mistake of ours"))
    deliverer = Deliverer(work, 0.01)
    with caplog.at_level(logging.INFO, logger="feedsite.indexing"):
        deliverer.start()
        until(lambda: "delivery goes on" in caplog.text)
        deliverer.stop()
    lines = [record.getMessage() for record in caplog.records]
    assert lines[:3] == ["delivery waits: the search cluster cannot be reached", "delivery failed", "delivery goes on"]


def test_it_waits_longer_and_longer_for_what_is_away() -> None:
    work = Work(*[StoreUnavailable()] * 50)
    deliverer = Deliverer(work, 0.02)
    deliverer.start()
    time.sleep(0.5)
    deliverer.stop()
    # 20, 40, 80, 160 ms, …: not one every 20 ms.
    assert 2 <= work.done <= 6
