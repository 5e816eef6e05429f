"""A circuit breaker: a sick cluster is left alone, and tried again by one request at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Literal

State = Literal["closed", "open", "half-open"]

#: What weighs as much as all errors together: each costs a reader the whole deadline.
_SLOW = "timeout"


class Breaker:
    """Says whether the cluster may be asked. Safe among threads; it has none of its own.

    *Closed*: it may. After a time-out, or after three failures within ten seconds without a success between them, it
    is *open* for a second: nobody asks. Then it is *half-open*: one request tries; its success closes the breaker, its
    failure opens it for twice as long as before, up to thirty seconds.

    Args:
        clock: seconds, monotonic.
        tolerance: failures that open it.
        window: seconds within which they count together.
        pause: seconds it is open the first time.
        longest: seconds it is open at most.
        trial: seconds after which a trial that nobody reported about is taken for lost.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        *,
        tolerance: int = 3,
        window: float = 10.0,
        pause: float = 1.0,
        longest: float = 30.0,
        trial: float = 5.0,
    ) -> None:
        self._clock, self._tolerance, self._window = clock, tolerance, window
        self._first, self._longest, self._trial = pause, longest, trial
        self._lock = threading.Lock()
        self._state: State = "closed"
        self._failures: list[float] = []
        self._pause = pause
        # Open: until when; half-open: until when the trial is waited for.
        self._until = 0.0
        self.reason = ""

    @property
    def state(self) -> State:
        """`closed`, `open` or `half-open`."""
        return self._state

    def allows(self) -> bool:
        """Whether this caller may ask. Who is let through must tell `succeeded` or `failed`."""
        with self._lock:
            if self._state == "closed":
                return True
            if self._clock() < self._until:
                return False
            self._state, self._until = "half-open", self._clock() + self._trial
            return True

    def succeeded(self) -> None:
        """The cluster answered."""
        with self._lock:
            self._failures.clear()
            # While it is open this is a straggler from before: it says nothing about now.
            if self._state == "half-open":
                self._state, self._pause, self.reason = "closed", self._first, ""

    def encouraged(self) -> None:
        """The cluster gave another sign of life: the next request may try at once."""
        with self._lock:
            if self._state == "open":
                self._until = self._clock()

    def unused(self) -> None:
        """Who was let through did not ask after all: the next one may try."""
        with self._lock:
            if self._state == "half-open":
                self._state, self._until = "open", self._clock()

    def failed(self, reason: str) -> None:
        """The cluster did not answer, or not as it should.

        Args:
            reason: the kind of failure (`StoreUnavailable.kind`); `timeout` opens the breaker by itself.
        """
        with self._lock:
            now = self._clock()
            if self._state == "open":
                return
            self.reason = reason
            if self._state == "half-open":
                self._pause = min(self._pause * 2, self._longest)
            else:
                self._failures = [moment for moment in self._failures if now - moment < self._window] + [now]
                if reason != _SLOW and len(self._failures) < self._tolerance:
                    return
            self._state, self._until = "open", now + self._pause
            self._failures.clear()
