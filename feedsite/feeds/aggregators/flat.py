"""Flat feeds: acts one after the other."""

from __future__ import annotations

from typing import Any

from feedsite.feeds.aggregators.base import Aggregator
from feedsite.feeds.errors import InvalidQuery
from feedsite.feeds.query import Scope


class UnAggregated(Aggregator):
    """The acts of a follower's network, newest first.

    Args:
        order: `desc`, or `asc` for oldest first.
        Further arguments: see Aggregator; `size` is 100 unless given.
    """

    page_size = 100

    def __init__(self, owner: object = None, *, order: str = "desc", **options: Any) -> None:
        if order not in ("desc", "asc"):
            raise InvalidQuery(field="order", value=order, rule="'desc' or 'asc'")
        super().__init__(owner, **options)
        self.order = "newest" if order == "desc" else "oldest"


class CursorAggregator(UnAggregated):
    """The acts of a follower's network in pages with a cursor, 25 at a time unless `size` says otherwise."""

    page_size = 25


class ActorAggregator(CursorAggregator):
    """What one person (or other actor) did, newest first."""

    default_scope = Scope.ACTOR


class ThingAggregator(CursorAggregator):
    """What touched one thing, newest first; give `viewer`, or it is read as somebody who is not signed in."""

    default_scope = Scope.THING


class ThreadAggregator(ThingAggregator):
    """One thing's conversation, oldest first: the acts of these verbs that touch it; a page's `total` is of all."""

    counts_all = True

    def __init__(self, owner: object, *, order: str = "asc", **options: Any) -> None:
        options.setdefault("verbs", ("create", "reply"))
        super().__init__(owner, order=order, **options)


class PublicAggregator(CursorAggregator):
    """Everything that the viewer may see, newest first, whomever they follow; with `public_only` what all may see."""

    default_scope = Scope.EVERYBODY

    def __init__(self, viewer: object = None, **options: Any) -> None:
        super().__init__(None, viewer=viewer, **options)
