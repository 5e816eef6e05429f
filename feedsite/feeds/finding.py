"""The manager's methods for who looks for something: things by name, and pages of which only some acts are shown."""

from __future__ import annotations

from feedsite.feeds.aggregators.base import Aggregator, checked_size
from feedsite.feeds.cursor import Cursor, CursorCodec
from feedsite.feeds.names import Entity, checked_name
from feedsite.feeds.order import milliseconds
from feedsite.feeds.page import Item, Page
from feedsite.feeds.stores.base import FeedStore


class FindingMethods:
    """What `Manager` offers to a search."""

    store: FeedStore
    _codec: CursorCodec

    def cursor_after(self, aggregator: Aggregator, page: Page, item: Item) -> str:
        """The cursor of the page that begins after one of a page's acts: for who shows only some of them.

        Args:
            aggregator: the flat feed that the page is of.
            page: one that `get_page` gave.
            item: one of its acts.
        """
        as_of = 0 if page.as_of is None else milliseconds(page.as_of, "as_of")
        return self._codec.encode(Cursor(item.key, as_of), aggregator.fingerprint())

    def things(self, kind: str, beginning: str, *, after: str = "", size: int = 25) -> list[Entity]:
        """The things of a type that acts ever touched and whose ids begin with a text, by id.

        Whether what touched them stands, and who may see it, is another question: see `counts`.

        Args:
            kind: the type.
            beginning: of their ids.
            after: only ids greater than this one.
            size: at most so many, 1 to 1000.
        """
        name, most = checked_name(kind, "kind"), checked_size(size, "size")
        return self.store.look_up(lambda reader: reader.things(name, beginning, after, most))
