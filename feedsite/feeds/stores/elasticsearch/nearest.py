"""The nearest vectors from the index: its own search in single precision finds them, Python puts them in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from feedsite.feeds.page import Item
from feedsite.feeds.stores.elasticsearch.acts import Act
from feedsite.feeds.vectors import Nearest

if TYPE_CHECKING:
    from feedsite.feeds.stores.elasticsearch.reading import Feed

_MARGIN, _WIDER, _MOST = 16, 4, 10_000


def nearest_here(
    feed: Feed, vector: Sequence[float], size: int, search: Callable[[list[float], int], list[Act]]
) -> list[Item] | None:
    """The acts of a feed whose vectors are nearest; None: too many are equally near for the index to tell.

    Args:
        feed: the feed.
        vector: what they are compared with.
        size: how many.
        search: gives the acts of the feed that the index finds nearest to a vector of length 1, at most so many.
    """
    asked = size + max(size, _MARGIN)
    while True:
        found = Nearest(vector, size)
        if found.towards is None:
            return []
        found.add(act.item(feed.query) for act in feed.fresh)
        hits = [] if feed.compiled.nothing else search(list(found.towards), asked)
        items = [act.item(feed.query) for act in hits]
        found.add(item for act, item in zip(hits, items, strict=True) if feed.rules.admit(act))
        cosines = (cosine for item in items if (cosine := found.cosine(item.vector)) is not None)
        if len(hits) < asked or found.is_whole(cosines):
            return found.items
        if asked >= _MOST:
            return None
        asked = min(asked * _WIDER, _MOST)
