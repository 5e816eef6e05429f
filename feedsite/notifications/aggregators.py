"""What concerns a reader, described: the list, its tabs, the badge and the pane are one predicate."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from feedsite.feeds import Facet, Scope
from feedsite.feeds.aggregators import CursorAggregator, NotificationAggregator
from feedsite.feeds.query import FeedQuery

#: No group has it: what has no keys to ask for asks for this one.
_NO_KEY = ("0",)


class GroupsAggregator(NotificationAggregator):
    """A reader's notifications. List, tabs, pane and badge all come from here, so none of them can disagree.

    Args:
        owner: the reader.
        tab: the name of the tab; its cursors are good for no other.
        keys: these groups only; None: all.
        done: the keys of groups that are done: they are not among Earlier. What is newer than its own marker is New all
            the same.
        Further arguments: see NotificationAggregator.
    """

    def __init__(
        self,
        owner: object,
        *,
        tab: str = "all",
        keys: Iterable[str] | None = None,
        done: Iterable[str] = (),
        **options: Any,
    ) -> None:
        super().__init__(owner, **options)
        self._tab, self._done = tab, tuple(done)
        self._keys = None if keys is None else tuple(sorted(keys)) or _NO_KEY

    def query(self, as_of: int) -> FeedQuery:
        """What concerns the reader, of these groups."""
        query = super().query(as_of)
        return query if self._keys is None else query.only(Facet.NOTICE, *self._keys)

    def section_query(self, as_of: int, section: str) -> FeedQuery:
        """One side of the marker; what is done is on neither."""
        query = super().section_query(as_of, section)
        return query.excluding(Facet.NOTICE, self._done) if section == "earlier" else query

    def own_fingerprint(self) -> tuple[str, ...]:
        """The tab and the marker. What is said of single groups changes from page to page: cursors bear that."""
        read = None if self.read is None else self.read.position
        return (",".join(self.ungrouped), str(self.section), str(read), self._tab)


class ConcernsAggregator(CursorAggregator):
    """The acts that notifications are made of, one after the other.

    Args:
        owner: the reader.
        ungrouped: the verbs that stand alone.
        keys: these groups only; None: all.
        Further arguments: see Aggregator.
    """

    default_scope = Scope.CONCERNS

    def __init__(
        self, owner: object, *, ungrouped: Iterable[str] = (), keys: Iterable[str] | None = None, **options: Any
    ) -> None:
        super().__init__(owner, **options)
        self._ungrouped = tuple(sorted(ungrouped))
        self._keys = None if keys is None else tuple(sorted(keys)) or _NO_KEY

    def query(self, as_of: int) -> FeedQuery:
        """What concerns the reader and is not their own doing."""
        query = super().query(as_of).but(others_only=True, ungrouped=self._ungrouped)
        return query if self._keys is None else query.only(Facet.NOTICE, *self._keys)

    def own_fingerprint(self) -> tuple[str, ...]:
        """The groups."""
        return ("concerns", ",".join(self._ungrouped), str(self._keys))
