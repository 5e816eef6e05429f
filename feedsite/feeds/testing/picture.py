"""A page of a feed as a tree of text: what an aggregator gives, at a glance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import cast

from feedsite.feeds.aggregators import Aggregator
from feedsite.feeds.manager import Manager
from feedsite.feeds.names import Entity
from feedsite.feeds.page import Group, Item, Page
from feedsite.feeds.stores.base import FeedReader

_NO_QUESTIONS = ("now", "ahead")
"""The clock goes with any question, and announcing what comes next is none."""


def picture(page: Page) -> str:
    """A page drawn as a tree: its groups with their totals, its acts in their order, and whether there is more.

    Args:
        page: what `Manager.get_page` gave.
    """
    lines = [*_acts(page.items)]
    for group in page.groups:
        lines += _group(group)
    if page.total is not None:
        lines.append(f"total: {page.total}{'' if page.total_is_exact else ' or more'}")
    if page.next is not None:
        lines.append("… next page")
    return "\n".join(lines or ["(nothing)"])


def _group(group: Group) -> Iterator[str]:
    total = f"{group.total}" if group.total_is_exact else f"{group.total} or more"
    told = [f"{total} act{'' if group.total == 1 else 's'}"]
    if group.actors:
        who = ", ".join(actor.id for actor in group.actors)
        told = [f"{'New' if group.new else 'Earlier'}: {group.actor_count} of {who}", *told]
    yield f"{_value(group)}  ({'; '.join(told)})"
    inside = [*_acts(group.items)]
    for inner in group.groups:
        inside += _group(inner)
    if group.more is not None:
        inside.append("… more")
    yield from _indented(inside)


def _indented(lines: list[str]) -> Iterator[str]:
    # The last branch of a level bends, and what hangs below it has no line to its left.
    heads = [at for at, line in enumerate(lines) if not line.startswith(("│", "├", "└", " "))]
    for at, line in enumerate(lines):
        last = at >= heads[-1]
        if at in heads:
            yield ("└─ " if last else "├─ ") + line
        else:
            yield ("   " if last else "│  ") + line


def _acts(items: tuple[Item, ...]) -> list[str]:
    return [f"{item.published:%Y-%m-%d %H:%M}  {item.actor.id} {item.verb} {item.object}" for item in items]


def _value(group: Group) -> str:
    value = group.value
    if group.level == "notice":
        return f"{group.item.verb} {group.item.object}"
    if group.level == "month" and isinstance(value, int):
        return f"month {value}"
    return value.key if isinstance(value, Entity) else str(value)


def asked(manager: Manager, aggregator: Aggregator) -> Counter[str]:
    """How many questions of each kind the first page of a feed asks the store, whatever the size of the network.

    On SQL a question is one statement or a few; on Elasticsearch those that do not wait for each other go together.
    """
    counted: Counter[str] = Counter()

    class Counting:
        """The store's reader, with a tally."""

        def __init__(self, reader: FeedReader) -> None:
            self._reader = reader

        def __getattr__(self, name: str) -> object:
            if name not in _NO_QUESTIONS:
                counted[name] += 1
            return getattr(self._reader, name)

    store, read = manager.store, manager.store.read
    store.read = lambda question: read(lambda reader: question(cast(FeedReader, Counting(reader))))  # type: ignore[method-assign]
    try:
        manager.get_page(aggregator)
    finally:
        store.read = read  # type: ignore[method-assign]
    return counted
