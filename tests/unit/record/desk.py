"""A record in memory, and its clock, for the tests of what the record knows of its projection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from feedsite.feeds import Activity, Actor, Manager, Object
from feedsite.feeds.stores.generation import LIVE, NEXT, Generation
from feedsite.feeds.stores.sql import SqlStore
from feedsite.feeds.stores.sql.ledger import Ledger, Parcel, Receipt

START = 1_795_000_000_000
FIRST = Generation("aaaaaaaaaaaa", LIVE, START, rule="two")
SECOND = Generation("bbbbbbbbbbbb", NEXT, START, rule="two")
FOLLOW = ("person:ana", "follow", "person:bob", "")


class Desk:
    """A record in memory, and its clock."""

    def __init__(self) -> None:
        self.now = START
        self.store = SqlStore("sqlite://", clock=lambda _: self.now)
        self.manager = Manager(store=self.store)

    @contextmanager
    def record(self) -> Iterator[Ledger]:
        with self.store.record(write=True) as record:
            yield record

    def has(self, *generations: Generation) -> None:
        with self.record() as record:
            for generation in generations:
                assert record.add(generation)

    def post(self, act_id: str) -> None:
        self.manager.add_activity_feed(Activity("add", Actor("ana", "person"), Object("x", "project"), id=act_id))

    def claim(self, *targets: Generation, **options: Any) -> list[Parcel]:
        with self.record() as record:
            return record.claim(targets, 100, 30_000, **options)

    def mark(self, *receipts: Receipt) -> None:
        with self.record() as record:
            assert record.mark(receipts) == []

    def deliver(self, *targets: Generation) -> None:
        """All that is behind is taken."""
        for parcel in self.claim(*targets):
            self.mark(Receipt(parcel, tuple(target.id for target in targets)))

    def noted(self) -> int:
        with self.record() as record:
            overlay = record.overlay(1000)
            assert overlay is not None
            return len(overlay)
