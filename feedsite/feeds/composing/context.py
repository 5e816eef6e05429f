"""What composing one page needs at hand.

The store's reader, the aggregator, the cursor, and the links that explain acts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from feedsite.feeds.aggregators.base import Aggregator
from feedsite.feeds.composing.remembered import Remembered
from feedsite.feeds.cursor import Cursor, CursorCodec
from feedsite.feeds.names import Entity
from feedsite.feeds.order import OrderKey, instant, position_ms
from feedsite.feeds.page import Because, Group, Item, Page
from feedsite.feeds.query import Cell, FeedQuery, Scope
from feedsite.feeds.stores.base import FeedReader, LinkRow

A = TypeVar("A", bound=Aggregator)
COUNTED_TO = 999
_ENDS = 5000
GROUPS_REMEMBERED = 400
"""How many of the groups already shown a cursor remembers: 20 pages of 20, in under 4 KB."""


@dataclass(frozen=True)
class Context(Generic[A]):
    """One page in the making.

    Args:
        reader: one state of the store.
        aggregator: the description of the feed.
        cursor: where the page begins.
        codec: makes the page's own cursors.
        query: the feed, judged now.
        feed: the feed's name, which its cursors carry.
        remembered: figures that may be a minute old.
    """

    reader: FeedReader
    aggregator: A
    cursor: Cursor
    codec: CursorCodec
    query: FeedQuery
    feed: str
    remembered: Remembered

    @classmethod
    def begin(
        cls, reader: FeedReader, aggregator: A, cursor: str | None, codec: CursorCodec, remembered: Remembered
    ) -> Context[A]:
        """The context of the page at a cursor (None: the first page)."""
        now, feed = reader.now(), aggregator.fingerprint()
        at = Cursor(None, now) if cursor is None else codec.decode(cursor, feed)
        return cls(reader, aggregator, at, codec, aggregator.query(now), feed, remembered)

    def token(self, before: OrderKey | None, **parts: object) -> str:
        """A cursor of this feed that keeps the instant the first page was read at."""
        made = Cursor(before, self.cursor.as_of)
        return self.codec.encode(replace(made, **parts), self.feed)  # type: ignore[arg-type]

    def more(self, cell: Cell, shown: Iterable[Item], section: str = "") -> str | None:
        """A cursor to the rest of a group after the acts shown."""
        last = min((item.key for item in shown), default=None)
        return None if last is None else self.token(last, cell=cell, section=section)

    def total(self, count: int) -> tuple[int, bool]:
        """A count and whether it is exact, under the aggregator's cap."""
        cap = self.aggregator.count_cap
        return (count, True) if cap is None or count < cap else (cap - 1, False)

    @property
    def remembers_all(self) -> bool:
        """Whether the cursor remembers every group that the pages before this one showed."""
        return self.cursor.pages * self.aggregator.size <= GROUPS_REMEMBERED

    def page(self, **parts: object) -> Page:
        """The envelope, with its acts explained."""
        page = Page(
            kind="activities",
            as_of=instant(self.cursor.as_of),
            previous=None if self.cursor.before is None and not self.cursor.pages else self.token(None),
        )
        return self._explained(replace(page, **parts))  # type: ignore[arg-type]

    def _explained(self, page: Page) -> Page:
        """The page with every act's reasons, found by one question for all of them."""
        query = self.query
        items = list(page.every_item())
        # A ranking has explained its acts already.
        if not self._has_reasons or all(item.because for item in items):
            return page
        by_entity = self._links_of(items)
        return replace(
            page,
            items=tuple(explain(item, query, by_entity) for item in page.items),
            groups=tuple(_explain_group(group, query, by_entity) for group in page.groups),
        )

    @property
    def bringing(self) -> tuple[str, ...]:
        """The kinds of links that bring the feed's acts."""
        if self.query.owner is None:
            return ()
        return {Scope.NETWORK: ("follow", "watch"), Scope.CONCERNS: ("watch",)}.get(self.query.scope, ())

    @property
    def _has_reasons(self) -> bool:
        return bool(self.bringing) or (self.query.scope is Scope.NAMED and self.query.owner is not None)

    def explained(self, items: Sequence[Item]) -> list[Item]:
        """Acts with the links that brought them, found by one question for all of them."""
        if not items or not self._has_reasons:
            return list(items)
        by_entity = self._links_of(items)
        return [explain(item, self.query, by_entity) for item in items]

    def _links_of(self, items: Sequence[Item]) -> dict[Entity, list[LinkRow]]:
        query = self.query
        ends = sorted({item.actor.key for item in items} | {end.key for item in items for end in item.touches})
        by_entity: dict[Entity, list[LinkRow]] = {}
        if not self.bringing:
            return by_entity
        for at in range(0, len(ends), _ENDS):
            some, kinds = ends[at : at + _ENDS], self.bringing
            for link in self.reader.links(follower=query.owner, kinds=kinds, as_of=query.as_of, entities=some):
                by_entity.setdefault(link.entity, []).append(link)
        return by_entity


def _explain_group(group: Group, query: FeedQuery, links: dict[Entity, list[LinkRow]]) -> Group:
    return replace(
        group,
        items=tuple(explain(item, query, links) for item in group.items),
        groups=tuple(_explain_group(inner, query, links) for inner in group.groups),
    )


def explain(item: Item, query: FeedQuery, links: dict[Entity, list[LinkRow]]) -> Item:
    """The act with the links that brought it, strongest first."""
    reasons = [Because("audience", query.owner)] if _names_owner(item, query) and query.owner else []
    found = [link for link in links.get(item.actor, ()) if link.kind == "follow"]
    found += [link for end in item.touches for link in links.get(end, ()) if link.kind == "watch"]
    ms = position_ms(item.key.position)
    for link in found:
        always = query.history and query.scope is Scope.NETWORK
        if (always or link.since <= ms) and (not link.verbs or item.verb in link.verbs):
            reasons.append(Because(link.kind, link.entity, link.weight))
    if len(reasons) > 1:
        unique = dict.fromkeys(sorted(reasons, key=lambda why: (-why.weight, why.kind, why.entity.key)))
        return item.explained(tuple(unique))
    return item.explained(tuple(reasons))


def _names_owner(item: Item, query: FeedQuery) -> bool:
    return query.scope in (Scope.CONCERNS, Scope.NAMED) and query.owner in item.audience
