"""Several stores and the reference model, to which the same things happen: what each shows can be compared."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from feedsite.feeds.activity import Activity
from feedsite.feeds.manager import Manager
from feedsite.feeds.names import Entity
from feedsite.feeds.network import Link
from feedsite.feeds.stores.base import FeedReader
from feedsite.feeds.stores.elasticsearch.alone import ElasticStoreAlone
from feedsite.feeds.stores.elasticsearch.client import Access
from feedsite.feeds.stores.elasticsearch.layout import Names
from feedsite.feeds.stores.elasticsearch.runtime import Limits, Runtime
from feedsite.feeds.stores.generation import LIVE
from feedsite.feeds.stores.sql import SqlStore
from feedsite.feeds.stores.sql.tracking import Changed
from feedsite.feeds.testing.model import Model
from feedsite.feeds.testing.world import Clock

T = TypeVar("T")
SQL, ELASTICSEARCH = "SQL", "Elasticsearch"
_SECRET = b"one secret: what one store's cursor says, the other understands"
_AT_ONCE = -1
"""How long rows stay laid over after their delivery where all is refreshed before it is read: not at all."""
DIMENSIONS = 3
"""How many numbers the vectors of acts have."""


class Stage:
    """Managers on several stores, by name, and a model; whatever happens, happens to all of them.

    Args:
        elasticsearch_url: a node without security; None: SQL alone. Its indexes have a prefix of their own and are
            removed by `close`.
    """

    def __init__(self, elasticsearch_url: str | None = None) -> None:
        self.clock = Clock()
        self.model = Model(self.clock)
        self.managers = {SQL: Manager(store=SqlStore(clock=self.clock), secret=_SECRET)}
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._indexed: _ShownAtOnce | None = None
        if elasticsearch_url is not None:
            self._folder = tempfile.TemporaryDirectory(prefix="feeds-")
            self._indexed = _ShownAtOnce(elasticsearch_url, Path(self._folder.name), self.clock)
            self.managers[ELASTICSEARCH] = Manager(store=self._indexed, secret=_SECRET)

    def add(self, activities: Iterable[Activity]) -> None:
        """Activities with ids happen."""
        made = list(activities)
        for manager in self.managers.values():
            manager.add_activities(made)
        for activity in made:
            assert activity.id is not None
            self.model.add(activity, activity.id)

    def link(self, links: Iterable[Link]) -> None:
        """Links are made."""
        made = list(links)
        for manager in self.managers.values():
            manager.add_links(made)
        for link in made:
            self.model.link(link)

    def unlink(self, link: Link) -> None:
        """A link is removed."""
        for manager in self.managers.values():
            manager.remove_network_link(link)
        self.model.unlink(link.follower, link.link_type, link.entity, link.verbs)

    def perform(self, activity: Activity) -> None:
        """Something that can be undone is done."""
        ids = {manager.perform(activity).id for manager in self.managers.values()}
        assert len(ids) == 1, "every store makes the same id of verb, actor, object and generation"
        self.model.perform(activity, ids.pop())

    def undo(self, verb: str, actor: Entity, object_: Entity) -> None:
        """It is undone."""
        for manager in self.managers.values():
            manager.undo(verb, actor, object_)
        self.model.undo(verb, actor, object_)

    def update(self, activity: Activity) -> None:
        """What may change of an activity is replaced."""
        assert activity.id is not None
        for manager in self.managers.values():
            manager.update_activity(activity)
        self.model.update(activity.id, activity)

    def delete(self, act_id: str) -> None:
        """An activity is deleted."""
        for manager in self.managers.values():
            manager.delete_activity(act_id)
        self.model.delete(act_id)

    def close(self) -> None:
        """Let go of the stores, and remove what was made for them."""
        if self._indexed is not None:
            self._indexed.remove()
        for manager in self.managers.values():
            manager.close()
        if self._folder is not None:
            self._folder.cleanup()


class _ShownAtOnce(ElasticStoreAlone):
    """A store whose index has and shows all that was written before anything is read; the record never stands in."""

    def __init__(self, url: str, folder: Path, clock: Clock) -> None:
        name = f"conformance-{secrets.token_hex(6)}"
        record = SqlStore(f"sqlite:///{folder / 'record.sqlite'}", clock=clock, overlap_ms=_AT_ONCE)
        # The machine may be busy: nothing here is about how long an answer takes.
        runtime = Runtime(Access.from_url(url), Names(f"{name}-feeds", f"{name}-network"), limits=Limits(seconds=60))
        super().__init__(record, runtime, vector_dims=DIMENSIONS)
        self._fallen_back, self._behind = _never, False

    def create(self) -> None:
        """Make the record's tables, and a generation of two buckets: each is an index that takes its time to make."""
        self.record.create()
        self.delivery.create(layout="two")
        self._made = True

    def _deliver(self, _changed: Changed) -> None:
        self._behind = True

    def read(self, question: Callable[[FeedReader], T]) -> T:
        """The index's answer, after all that was written is there and shown."""
        if self._behind:
            done = self.delivery.deliver()
            assert done.left == done.refused == 0, done
            with self.record.record() as record:
                self.runtime.index.refresh(record.generations()[LIVE])
            self._behind = False
        return super().read(question)

    def remove(self) -> None:
        """Delete the indexes."""
        with self.record.record() as record:
            for generation in record.generations().values():
                self.runtime.index.drop(generation)


def _never(reason: str) -> None:
    raise AssertionError(f"the record answered in place of the index: {reason}")
