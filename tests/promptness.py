"""Whether something that must not wait for others comes in time, on a machine that is busy with other tests.

The machine can only make an answer later than the code makes it: one try of several that is in time shows that the way
there waits no longer than it may. A way that waits too long never is.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

TRIES = 4


def in_time(seconds: float, ask: Callable[[], T], *, afresh: Callable[[], object] = lambda: None) -> T:
    """The answer, where one try of four gives it within so many seconds.

    Args:
        seconds: how long it may take.
        ask: what is tried; it may be done several times.
        afresh: called before each further try: puts things back to where the first one met them.
    """
    took: list[float] = []
    while len(took) < TRIES:
        if took:
            afresh()
        started = time.monotonic()
        answer = ask()
        took.append(time.monotonic() - started)
        if took[-1] < seconds:
            return answer
    raise AssertionError(f"never within {seconds} s: " + ", ".join(f"{one:.2f}" for one in took))
