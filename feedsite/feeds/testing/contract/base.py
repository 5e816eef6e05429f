"""The fixtures that every part of the contract uses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from feedsite.feeds import Manager
from feedsite.feeds.testing.world import Clock, Network

MakeStore = Callable[[Clock], Any]


class Contract:
    """An empty store with a clock that stands still, a manager on it, and people who do things."""

    @pytest.fixture
    def make_store(self) -> MakeStore:
        """A function that gives an empty store with a clock."""
        raise RuntimeError("the subclass gives make_store")

    @pytest.fixture
    def clock(self) -> Clock:
        """The store's clock."""
        return Clock()

    @pytest.fixture
    def manager(self, make_store: MakeStore, clock: Clock) -> Any:
        """A manager on an empty store."""
        manager = Manager(store=make_store(clock), renotify={"follow": timedelta(days=1)})
        yield manager
        manager.close()

    @pytest.fixture
    def network(self, manager: Manager, clock: Clock) -> Network:
        """People who do things on that store."""
        return Network(manager, clock)
