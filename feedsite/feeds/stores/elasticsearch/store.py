"""The store on Elasticsearch: pages from the index, writes to the record, and the record's own pages in need."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal, TypeVar

from feedsite.feeds.errors import StoreUnavailable
from feedsite.feeds.stores.base import FeedReader, FeedWriter
from feedsite.feeds.stores.elasticsearch.asking import Asker
from feedsite.feeds.stores.elasticsearch.client import Deadline, answering, within
from feedsite.feeds.stores.elasticsearch.runtime import Runtime
from feedsite.feeds.stores.elasticsearch.sitting import Overlay, Sitting
from feedsite.feeds.stores.elasticsearch.windows import WindowReader
from feedsite.feeds.stores.generation import LIVE, Generation
from feedsite.feeds.stores.sql import SqlStore
from feedsite.feeds.stores.sql.record import Record
from feedsite.feeds.stores.sql.tracking import Changed

T = TypeVar("T")
Question = Callable[[FeedReader], T]


class ElasticStore:
    """Links and acts in a record, and pages of them from Elasticsearch.

    Whatever is written is written to the record, which is the truth. A page is composed by the index, with what it may
    not show yet laid over; where the index cannot answer (away, slow, not whole, too far behind), the record answers
    the same page.

    Args:
        record: the SQL store that holds the record.
        runtime: what the stores of the process share.
        after_write: called with what was written, after the record's own transaction; for a record on a caller's
            connection it is the caller who delivers, after the commit.
        fallen_back: called with the reason each time that the record answers a page in place of the index.
        asks_index: whether pages come from the index at all; False inside a transaction that writes.
    """

    def __init__(
        self,
        record: SqlStore,
        runtime: Runtime,
        *,
        after_write: Callable[[Changed], None] | None = None,
        fallen_back: Callable[[str], None] | None = None,
        asks_index: bool = True,
    ) -> None:
        self.record, self.runtime = record, runtime
        self._after_write, self._fallen_back, self._asks_index = after_write, fallen_back, asks_index
        self._here = threading.local()
        self._expected: list[Callable[[], object]] = []
        self._kept: _Kept | None = None

    def create(self) -> None:
        """Make the record's tables; the index is made by `feedsite index create` (`Delivery.create`)."""
        self.record.create()

    def close(self) -> None:
        """Let go of connections."""
        self.record.close()
        self.runtime.close()

    def search(self, query: dict[str, Any], part: Literal["feeds", "network"]) -> dict[str, Any]:
        """What the cluster answers to a search, as it stands there: nothing is laid over, nobody's rules apply.

        Args:
            query: a search body of Elasticsearch.
            part: among acts (`feeds`) or links (`network`) of the live generation.

        Raises StoreUnavailable.
        """
        alias = self.runtime.names.feeds if part == "feeds" else self.runtime.names.network
        with within(Deadline(self.runtime.limits.seconds)), answering():
            answer: dict[str, Any] = self.runtime.client.search(
                index=alias, body=query, allow_partial_search_results=False
            ).body
        return answer

    # Writing

    @contextmanager
    def writing(self) -> Iterator[FeedWriter]:
        """A writer of the record."""
        self._kept = None
        with self.record.writing() as writer:
            yield writer
        if self._after_write is not None:
            changed = self.record.take_changed()
            if changed:
                self._after_write(changed)

    # Reading

    def follow(self) -> None:
        """Take up what is not settled, so that bounds that the process keeps stay right while nobody reads a page.

        Raises StoreUnavailable.
        """
        with self.record.state() as (_, record):
            generation, overlay = record.generations().get(LIVE), record.overlay(self.runtime.limits.overlay)
            if generation is not None and overlay is not None:
                acts = Overlay(map(dict, overlay.acts), ()).standing
                self.runtime.bounds.follow(generation.id, acts, record.now, record.overlap_ms)

    def look_up(self, question: Question[T]) -> T:
        """The record's answer to a question."""
        return self.record.look_up(question)

    def expect(self, question: Callable[[], object]) -> None:
        """Say that a question will be asked soon: what it needs is fetched along with the next one."""
        self._expected.append(question)

    def read(self, question: Question[T]) -> T:
        """The answer to a question about feeds: the index's, or the record's where the index cannot give it.

        Args:
            question: asks a reader, and changes nothing: it may be asked more than once.
        """
        asking: FeedReader | None = getattr(self._here, "reader", None)
        if asking is not None:
            return question(asking)
        if self._kept is not None:
            return self._answer(question, self._kept)
        with self.record.state() as (plain, record):
            kept = _Kept(plain, record, Deadline(self.runtime.limits.seconds))
            if not self._asks_index:
                kept.reason = "writing"
            # On a caller's connection the state stays the same until something is written.
            if self.record.is_borrowed:
                self._kept = kept
            return self._answer(question, kept)

    def _answer(self, question: Question[T], kept: _Kept) -> T:
        if not kept.reason:
            try:
                return self._from_index(question, kept)
            except _InsteadError as instead:
                kept.reason = instead.reason
                if self._fallen_back is not None:
                    self._fallen_back(kept.reason)
        return question(kept.plain)

    def _from_index(self, question: Question[T], kept: _Kept) -> T:
        breaker = self.runtime.breaker
        if not breaker.allows():
            raise _InsteadError(breaker.reason or "resting")
        try:
            with within(kept.deadline):
                if kept.reader is None:
                    kept.asker, kept.reader = self._sit_down(kept.plain, kept.record)
                asker, before = kept.asker, kept.asker.round_trips
                self._here.reader = kept.reader
                try:
                    reader = kept.reader
                    answer = asker.run(lambda: question(reader), self._expected)
                finally:
                    self._here.reader = None
        except StoreUnavailable as error:
            self.runtime.failed(error)
            raise _InsteadError(error.kind) from error
        except _InsteadError:
            breaker.unused()
            raise
        if asker.round_trips > before:
            breaker.succeeded()
        else:
            breaker.unused()
        return answer

    def _sit_down(self, plain: FeedReader, record: Record) -> tuple[Asker, WindowReader]:
        """A reader of the state that the record's transaction shows."""
        generation = self._live(record)
        overlay = record.overlay(self.runtime.limits.overlay)
        if overlay is None:
            raise _InsteadError("backlog")
        asker = Asker(self.runtime.client)
        laid_over = Overlay(map(dict, overlay.acts), map(dict, overlay.links))
        self.runtime.bounds.follow(generation.id, laid_over.standing, record.now, record.overlap_ms)
        sitting = Sitting(
            generation,
            self.runtime.names,
            laid_over,
            record,
            asker,
            self.runtime.sights,
            bounds=self.runtime.bounds,
            now=record.now,
            keeps_bounds=self.runtime.limits.keeps_bounds,
            reach=self.runtime.reach,
        )
        return asker, WindowReader(sitting, plain, self.runtime.limits.window)

    def _live(self, record: Record) -> Generation:
        generation = record.generations().get(LIVE)
        if generation is None:
            raise _InsteadError("none")
        if not generation.whole:
            raise _InsteadError("filling")
        if not self.runtime.trusts(generation):
            raise _InsteadError("mismatch")
        return generation


class _Kept:
    """What a store remembers of one state of the site.

    Args:
        plain: the record's reader.
        record: what it knows of the index.
        deadline: of all that is asked of the cluster about it.
    """

    def __init__(self, plain: FeedReader, record: Record, deadline: Deadline) -> None:
        self.plain, self.record, self.deadline = plain, record, deadline
        # Why the record answers in place of the index; empty: it does not.
        self.reason = ""
        self.reader: WindowReader | None = None
        self.asker: Asker


class _InsteadError(Exception):
    """The record answers in place of the index."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
