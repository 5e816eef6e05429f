"""Stretches of the calendar (months, days) that have something, newest first: what its pages are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from feedsite.feeds.calendar import Stretch
from feedsite.feeds.composing.context import Context
from feedsite.feeds.order import EARLIEST, OrderKey, floor_position, milliseconds, position_ms
from feedsite.feeds.page import Group
from feedsite.feeds.query import Cell
from feedsite.feeds.stores.base import CellAnswer

S = TypeVar("S", bound=Stretch)
S_co = TypeVar("S_co", bound=Stretch, covariant=True)
_AT_ONCE = 36
_SPARE = 1
"""Stretches that are asked for besides those that are wanted: the present one may have nothing yet."""
_MANY = 12
"""Where as many are wanted, it is worth knowing where the feed ends: none is asked for beyond."""
_EARLIEST = milliseconds(EARLIEST)


class Down(Protocol[S_co]):
    """The stretches of one kind from that of one instant down to that of another: `months_down`, `days_down`."""

    def __call__(self, newest: int, oldest: int, zone: ZoneInfo, /) -> Iterator[S_co]: ...


Counted = tuple[S, CellAnswer]


def newest_stretches(context: Context[Any], down: Down[S], size: int) -> list[Counted[S]]:
    """The newest stretches that have something; where a long time has nothing, the next act tells where to go on."""
    reader, bounded = context.reader, bounded_stretches(context, down)
    if bounded is not None:
        answers = asked(context, _cells(bounded))
        return [(one, answer) for one, answer in zip(bounded, answers, strict=True) if answer.count][:size]
    width = min(size + _SPARE, _AT_ONCE)
    late = latest_stretches(context, down, width)
    reader.ahead(lambda: _ends(context, width), lambda: asked(context, _cells(late)))
    newest, last = _ends(context, width)
    found: list[Counted[S]] = []
    while newest is not None and len(found) < size:
        known = late and late[-1].since <= newest < late[0].until
        stretches = (
            [one for one in late if one.since <= newest and one.until > last]
            if known
            else list(islice(down(newest, last, context.aggregator.zone), width))
        )
        answers = asked(context, _cells(stretches))
        found += [(one, answer) for one, answer in zip(stretches, answers, strict=True) if answer.count]
        if stretches[-1].since <= last:
            break
        if len(found) < size:
            newest = _newest(context, OrderKey(floor_position(stretches[-1].since), ""))
            width = _AT_ONCE
    return found[:size]


def latest_stretches(context: Context[Any], down: Down[S], count: int) -> list[S]:
    """The stretches before a page's beginning, as many as asked for: most feeds have something in them.

    They are asked for along with where the feed begins, not after it.
    """
    query, before = context.query, context.cursor.before
    end = query.as_of if before is None else position_ms(before.position) - 1
    end = end if query.until_ms is None else min(end, query.until_ms - 1)
    return list(islice(down(end, _EARLIEST, context.aggregator.zone), count)) if end >= _EARLIEST else []


def _ends(context: Context[Any], width: int) -> tuple[int | None, int]:
    """The instants (milliseconds) of the feed's newest act, and one before its oldest where many are wanted."""
    query, before = context.query, context.cursor.before
    if width < _MANY:
        return _newest(context, before), _EARLIEST
    context.reader.ahead(lambda: context.reader.begun(query), lambda: _newest(context, before))
    begun, newest = context.reader.begun(query), _newest(context, before)
    return newest, _EARLIEST if begun is None else begun


def _newest(context: Context[Any], before: OrderKey | None) -> int | None:
    found = context.reader.newest(context.query, before, 1)
    return position_ms(found[0].key.position) if found else None


def _cells(stretches: Iterable[Stretch]) -> list[Cell]:
    return [Cell((), one.since, one.until) for one in stretches]


def bounded_stretches(context: Context[Any], down: Down[S]) -> list[S] | None:
    """The stretches of a feed that has bounds in time not far apart: nothing need be asked to know them."""
    query, before = context.query, context.cursor.before
    if query.since_ms is None or query.until_ms is None:
        return None
    last = query.until_ms - 1 if before is None else min(query.until_ms, position_ms(before.position)) - 1
    if last < query.since_ms:
        return []
    stretches = list(islice(down(last, query.since_ms, context.aggregator.zone), _AT_ONCE + 1))
    return stretches if len(stretches) <= _AT_ONCE else None


def asked(context: Context[Any], cells: list[Cell]) -> list[CellAnswer]:
    """What parts of the feed hold, counted as far as the aggregator says."""
    aggregator = context.aggregator
    return context.reader.cells(context.query, cells, aggregator.activities_per_group, aggregator.count_cap)


def cut(context: Context[Any], found: list[Counted[S]]) -> tuple[list[Counted[S]], str | None]:
    """A page of stretches, and the cursor to those after it; one more than a page shows was asked for."""
    kept = found[: context.aggregator.size]
    if len(found) <= len(kept):
        return kept, None
    edge = OrderKey(floor_position(kept[-1][0].since), "")
    return kept, context.token(edge, pages=context.cursor.pages + 1)


def group_of(context: Context[Any], level: str, value: int | str, cell: Cell, answer: CellAnswer) -> Group:
    """The group of a part of the feed with its newest acts."""
    total, exact = context.total(answer.count)
    return Group(
        level=level,
        value=value,
        items=answer.items,
        total=total,
        total_is_exact=exact,
        more=context.more(cell, answer.items) if answer.count > len(answer.items) else None,
        latest=answer.items[0].key,
    )


def newest_first(groups: Iterable[Group]) -> list[Group]:
    """Groups in the order of their newest acts."""
    return sorted(groups, key=_latest, reverse=True)


def _latest(group: Group) -> OrderKey:
    return group.latest or OrderKey(0, "")
