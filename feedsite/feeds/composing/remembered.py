"""Figures that may be a minute old, kept for all who ask meanwhile."""

from __future__ import annotations

import threading
from typing import NamedTuple

from feedsite.feeds.stores.base import Tally

_MS = 60_000
_KEPT = 256


class Figures(NamedTuple):
    """Counted at an instant (milliseconds since 1970, by the record's clock)."""

    at: int
    tally: Tally


class Remembered:
    """What was counted within the last minute, by name; threads may share it."""

    def __init__(self) -> None:
        self._figures: dict[str, Figures] = {}
        self._lock = threading.Lock()

    def get(self, name: str, now: int) -> Figures | None:
        """The figures of a name, unless they are a minute old at `now`; a clock that was set back ages them too."""
        with self._lock:
            found = self._figures.get(name)
        return found if found is not None and 0 <= now - found.at < _MS else None

    def put(self, name: str, figures: Figures) -> Figures:
        """Keep figures; what is old goes, and the oldest where there are many names."""
        with self._lock:
            kept = {other: one for other, one in self._figures.items() if 0 <= figures.at - one.at < _MS}
            self._figures = dict(list({**kept, name: figures}.items())[-_KEPT:])
        return figures
