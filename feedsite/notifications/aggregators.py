"""What concerns a reader, described: the list, its badge and its pane are one predicate."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from feedsite.feeds import Facet, Marker, Scope
from feedsite.feeds.aggregators import CursorAggregator, NotificationAggregator
from feedsite.feeds.query import FeedQuery


def notifications_of(
    reader: object,
    *,
    read: Marker | None,
    seen: Marker | None,
    ungrouped: Iterable[str],
    section: str | None = None,
    size: int = 20,
) -> NotificationAggregator:
    """A reader's notifications. List, pane and badge all come from here, so none of them can disagree.

    Args:
        reader: the reader's entity.
        read, seen: their markers.
        ungrouped: the verbs that stand alone.
        section: "new" for the pane and the badge; None for the list.
        size: groups on a page.
    """
    return NotificationAggregator(reader, read=read, seen=seen, ungrouped=ungrouped, section=section, size=size)


class ConcernsAggregator(CursorAggregator):
    """The acts that notifications are made of, one after the other.

    Args:
        owner: the reader.
        ungrouped: the verbs that stand alone.
        key: one group only.
        Further arguments: see Aggregator.
    """

    default_scope = Scope.CONCERNS

    def __init__(self, owner: object, *, ungrouped: Iterable[str] = (), key: str | None = None, **options: Any) -> None:
        super().__init__(owner, **options)
        self._ungrouped, self._key = tuple(sorted(ungrouped)), key

    def query(self, as_of: int) -> FeedQuery:
        """What concerns the reader and is not their own doing."""
        query = super().query(as_of).but(others_only=True, ungrouped=self._ungrouped)
        return query if self._key is None else query.only(Facet.NOTICE, self._key)

    def own_fingerprint(self) -> tuple[str, ...]:
        """The group."""
        return ("concerns", ",".join(self._ungrouped), str(self._key))
