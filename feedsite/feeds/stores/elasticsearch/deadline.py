"""One deadline for all calls of a request, and the round trips they took.

Both are kept in context variables: whoever speaks to the cluster inside a block meets them, however deep it stands.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field

from feedsite.feeds.errors import StoreUnavailable

_ends: ContextVar[float | None] = ContextVar("feedsite_index_deadline", default=None)


class Deadline:
    """A point on the wall clock, shared by everything that has to be done by then.

    Args:
        seconds: from now.
    """

    def __init__(self, seconds: float) -> None:
        self.ends = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds that are left, never below 0."""
        return max(0.0, self.ends - time.monotonic())

    def check(self) -> None:
        """Raise StoreUnavailable when the deadline is over."""
        if not self.left:
            raise _late()


def _late() -> StoreUnavailable:
    # Whoever took the time may have been the database: this alone says nothing about the cluster.
    return StoreUnavailable("there is no time left to ask the search cluster", kind="late")


@contextlib.contextmanager
def within(deadline: Deadline | None) -> Iterator[None]:
    """Whatever is asked of the cluster in this block ends by the deadline. Of nested ones the earliest counts.

    Args:
        deadline: None adds none to those that there are.

    Raises StoreUnavailable when one of them is over before the block begins.
    """
    outer = _ends.get()
    if outer is not None and outer <= time.monotonic():
        raise _late()
    if deadline is None:
        yield
        return
    deadline.check()
    token = _ends.set(deadline.ends if outer is None else min(outer, deadline.ends))
    try:
        yield
    finally:
        _ends.reset(token)


def has_deadline() -> bool:
    """Whether whoever asks has said until when."""
    return _ends.get() is not None


def seconds_left() -> float | None:
    """What is left of the deadline of this context: above 0; None where there is none.

    Raises TimeoutError when it is over, as a socket does.
    """
    ends = _ends.get()
    if ends is None:
        return None
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError("the deadline is over")
    return left


# -- round trips -----------------------------------------------------------------------------------------------------


@dataclass
class Trips:
    """The round trips made while it was active: their seconds, in order."""

    seconds: list[float] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.seconds)


_active: ContextVar[Trips | None] = ContextVar("feedsite_index_trips", default=None)


@contextlib.contextmanager
def counting_trips() -> Iterator[Trips]:
    """Count this thread's round trips to the cluster. An inner count adds to the outer one when it ends."""
    trips, outer = Trips(), _active.get()
    token = _active.set(trips)
    try:
        yield trips
    finally:
        _active.reset(token)
        if outer is not None:
            outer.seconds.extend(trips.seconds)


@contextlib.contextmanager
def one_trip() -> Iterator[None]:
    """One round trip, whether it ends well or not."""
    started = time.perf_counter()
    try:
        yield
    finally:
        if (trips := _active.get()) is not None:
            trips.seconds.append(time.perf_counter() - started)
