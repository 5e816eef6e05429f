"""Pages of notifications: New groups, then Earlier groups, each newest first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from feedsite.feeds.aggregators.notification import NotificationAggregator
from feedsite.feeds.composing.context import Context
from feedsite.feeds.composing.groups import next_token, unseen_heads
from feedsite.feeds.names import Entity
from feedsite.feeds.page import Group, Item, Page
from feedsite.feeds.query import Cell, Facet, FeedQuery
from feedsite.feeds.stores.base import CellAnswer, Head

_DEEPER = 8


@dataclass(frozen=True)
class _Part:
    """What a page takes from one section."""

    section: str
    query: FeedQuery
    heads: list[Head]


def notice_page(context: Context[NotificationAggregator]) -> Page:
    """A page of groups; a page that New does not fill goes on with Earlier."""
    size = context.aggregator.size
    parts = _parts(context, size + 1)
    heads = [(part, head) for part in parts for head in part.heads]
    following = _following(context, heads, size) if len(heads) > size else None
    shown: list[tuple[_Part, list[Head]]] = []
    for part in parts:
        shown.append((part, part.heads[: size - sum(len(kept) for _, kept in shown)]))
    context.reader.ahead(*(partial(_groups, context, part, kept) for part, kept in shown))
    groups = [group for part, kept in shown for group in _groups(context, part, kept)]
    return context.page(kind="groups", groups=tuple(groups), next=following)


def _parts(context: Context[NotificationAggregator], wanted: int) -> list[_Part]:
    sections = context.aggregator.sections
    begun = context.cursor.section or sections[0]
    rest = sections[sections.index(begun) :]
    # Whether New fills the page is not known yet: both sections are asked for, and the second one is cut. That one is
    # named first: what a store fetches for it may hold all of New.
    context.reader.ahead(*(partial(_part, context, section, begun, wanted) for section in reversed(rest)))
    parts: list[_Part] = []
    for section in rest:
        missing = wanted - sum(len(part.heads) for part in parts)
        if missing <= 0:
            break
        part = _part(context, section, begun, wanted)
        parts.append(replace(part, heads=part.heads[:missing]))
    return parts


def _part(context: Context[NotificationAggregator], section: str, begun: str, wanted: int) -> _Part:
    here = section == begun
    before = context.cursor.before if here else None
    shown = context.cursor.shown if here else ()
    query = context.aggregator.section_query(context.query.as_of, section)
    return _Part(section, query, unseen_heads(context, query, Facet.NOTICE, before, shown, wanted))


def _following(context: Context[NotificationAggregator], heads: list[tuple[_Part, Head]], size: int) -> str:
    last = heads[size - 1][0]
    mine = [head for part, head in heads[:size] if part is last]
    same = last.section == (context.cursor.section or context.aggregator.sections[0])
    return next_token(context, mine, context.cursor.shown if same else (), last.section)


def _groups(context: Context[NotificationAggregator], part: _Part, heads: list[Head]) -> list[Group]:
    """The groups of a section. An act that stands alone is its own group: nothing is asked about it."""
    shared = [head for head in heads if head.item.verb not in context.aggregator.ungrouped]
    counted = dict(zip((head.value for head in shared), _counted(context, part, shared), strict=True))
    return [counted.get(head.value) or _lone(part, head) for head in heads]


def _lone(part: _Part, head: Head) -> Group:
    return Group(
        level=Facet.NOTICE.value,
        value=head.value,
        items=(head.item,),
        total=1,
        latest=head.item.key,
        actors=(head.item.actor,),
        actor_count=1,
        new=part.section == "new",
    )


def _counted(context: Context[NotificationAggregator], part: _Part, heads: list[Head]) -> list[Group]:
    if not heads:
        return []
    sample = context.aggregator.sample_actors
    # The thing is implied by the group; naming it lets a store go along what touches that thing.
    cells = [Cell(((Facet.NOTICE, head.value), (Facet.OBJECT, head.item.object.key))) for head in heads]
    answers = context.reader.cells(part.query, cells, sample, None, actors=True)
    actors = _newest_actors(context, part.query, cells, answers)
    made = []
    for head, cell, answer, names in zip(heads, cells, answers, actors, strict=True):
        items = (answer.items or (head.item,))[: context.aggregator.activities_per_group]
        made.append(
            Group(
                level=Facet.NOTICE.value,
                value=head.value,
                items=items,
                total=answer.count,
                more=context.more(cell, items, part.section) if answer.count > len(items) else None,
                latest=head.item.key,
                actors=names,
                actor_count=answer.actors,
                new=part.section == "new",
            )
        )
    return made


def _newest_actors(
    context: Context[NotificationAggregator], query: FeedQuery, cells: list[Cell], answers: list[CellAnswer]
) -> list[tuple[Entity, ...]]:
    """The newest distinct actors of each group.

    Where few people did much, its acts are read deeper, all groups at once.
    """
    wanted = context.aggregator.sample_actors
    names = [_actors(answer.items, wanted) for answer in answers]
    depth = wanted
    while True:
        short = [
            at
            for at, answer in enumerate(answers)
            if len(names[at]) < min(wanted, answer.actors) and depth < answer.count
        ]
        if not short:
            return names
        depth *= _DEEPER
        for at, answer in zip(short, context.reader.cells(query, [cells[at] for at in short], depth, 0), strict=True):
            names[at] = _actors(answer.items, wanted)


def _actors(items: Any, wanted: int) -> tuple[Entity, ...]:
    found: dict[Entity, None] = {}
    item: Item
    for item in items:
        found.setdefault(item.actor)
    return tuple(found)[:wanted]
