"""Lists of rows in pages by key: the next page begins after the last row's key, however many rows came or went."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Select, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from feedsite.db import Instant

_Row = TypeVar("_Row")


class Place(NamedTuple):
    """Where a page begins: `values` are the order's columns of the row before it, as JSON has them.

    With `backwards` the page is the one that ends before that row.
    """

    values: tuple[str, ...]
    backwards: bool = False


@dataclass(frozen=True)
class Rows(Generic[_Row]):
    """A page of rows, and where its neighbours begin (None: there is none)."""

    rows: tuple[_Row, ...]
    next: Place | None = None
    previous: Place | None = None


def every(ask: Callable[[Place | None], Rows[_Row]]) -> Iterator[_Row]:
    """All rows of a list, page after page.

    Args:
        ask: for the page that begins at a place (None: the first).
    """
    place: Place | None = None
    while True:
        page = ask(place)
        yield from page.rows
        place = page.next
        if place is None:
            return


@dataclass(frozen=True)
class Order:
    """An order of rows.

    Args:
        columns: of text or instants; together unique, so that no two rows tie.
        descending: from the greatest to the smallest.
    """

    columns: tuple[InstrumentedAttribute[Any], ...]
    descending: bool = False

    def page(self, session: Session, statement: Select[_Row], place: Place | None, size: int) -> Rows[_Row]:
        """The page of `statement`'s rows that begins at `place` (None: the first), at most `size` rows.

        Raises ValueError when the place is none of this order.
        """
        backwards = place is not None and place.backwards
        falling = self.descending != backwards
        if place is not None:
            statement = statement.where(self._beyond(place, falling))
        ends = [column.desc() if falling else column.asc() for column in self.columns]
        found = list(session.scalars(statement.order_by(*ends).limit(size + 1)))
        rows, more = found[:size], len(found) > size
        if backwards:
            rows.reverse()
        before, after = (more, place is not None) if backwards else (place is not None, more)
        return Rows(
            tuple(rows),
            next=self._place(rows[-1]) if rows and after else None,
            previous=self._place(rows[0], backwards=True) if rows and before else None,
        )

    def _beyond(self, place: Place, falling: bool) -> ColumnElement[bool]:
        values = tuple_(*(literal(value, c.type) for c, value in zip(self.columns, self._read(place), strict=True)))
        key = tuple_(*self.columns)
        return key < values if falling else key > values

    def _place(self, row: Any, *, backwards: bool = False) -> Place:
        return Place(tuple(_text(getattr(row, column.key)) for column in self.columns), backwards)

    def _read(self, place: Place) -> Sequence[object]:
        if len(place.values) != len(self.columns):
            raise ValueError("a place of another order")
        return [
            datetime.fromisoformat(value) if isinstance(column.type, Instant) else value
            for column, value in zip(self.columns, place.values, strict=True)
        ]


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
