"""Pages of groups by facets: one group for each thing, person or verb, newest first, and groups inside them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from feedsite.feeds.composing.context import GROUPS_REMEMBERED, Context
from feedsite.feeds.cursor import short_hash
from feedsite.feeds.names import Entity
from feedsite.feeds.order import OrderKey
from feedsite.feeds.page import Group, Item, Page
from feedsite.feeds.query import Cell, Facet, FeedQuery
from feedsite.feeds.stores.base import CellAnswer, Head

INNER = "inner"
"""The section of cursors that lead to further groups inside a group."""


def facet_page(context: Context[Any]) -> Page:
    """A page of groups with their totals and newest acts, or with the groups inside them."""
    facets: tuple[Facet, ...] = context.aggregator.levels
    if facets == (Facet.VERB,):
        return _verb_page(context)
    size, shown = context.aggregator.size, context.cursor.shown
    if facets[0] is Facet.VERB:
        heads = [_head_of(group) for group in _verb_groups(context)[: size + 1]]
    else:
        heads = unseen_heads(context, context.query, facets[0], context.cursor.before, shown, size + 1)
    following = next_token(context, heads[:size], shown) if len(heads) > size else None
    cells = [Cell(((facets[0], head.value),)) for head in heads[:size]]
    groups = groups_of(context, cells, heads[:size], one_is_enough=True)
    if len(facets) > 1 and groups:
        groups = _filled(context, facets, cells, groups)
    return context.page(kind="groups", groups=tuple(groups), next=following)


def _verb_page(context: Context[Any]) -> Page:
    """A page of verbs with their totals and newest acts."""
    size, groups, following = context.aggregator.size, _verb_groups(context), None
    if len(groups) > size:
        following = next_token(context, [_head_of(group) for group in groups[:size]], context.cursor.shown)
    return context.page(kind="groups", groups=tuple(groups[:size]), next=following)


def _verb_groups(context: Context[Any]) -> list[Group]:
    """The groups of the verbs that a page may show, newest first.

    Every verb that there can be is known: all are asked for in one question. To look for them in windows of acts would
    go through all of a feed for a verb that it does not have.
    """
    shown = frozenset(context.cursor.shown)
    verbs = [verb for verb in known_verbs(context) if short_hash(verb) not in shown]
    groups = _verbs_inside(context, [Cell()], verbs)[0] if verbs else []
    before = context.cursor.before
    if before is not None and not context.remembers_all:
        groups = [group for group in groups if group.latest is not None and group.latest < before]
    return groups


def _head_of(group: Group) -> Head:
    return Head(str(group.value), group.items[0])


def inner_page(context: Context[Any]) -> Page:
    """Further groups inside one group."""
    cell, size, shown = context.cursor.cell, context.aggregator.inner_size, context.cursor.shown
    assert cell is not None
    facet: Facet = context.aggregator.levels[-1]
    heads = unseen_heads(context, cell.within(context.query), facet, context.cursor.before, shown, size + 1)
    following = None
    if len(heads) > size:
        following = next_token(context, heads[:size], shown, INNER, cell)
    cells = [replace(cell, values=(*cell.values, (facet, head.value))) for head in heads[:size]]
    page = context.page(kind="groups", groups=tuple(groups_of(context, cells, heads[:size])), next=following)
    return replace(page, previous=context.token(None))


def unseen_heads(
    context: Context[Any], query: FeedQuery, facet: Facet, before: OrderKey | None, shown: tuple[str, ...], size: int
) -> list[Head]:
    """The heads of the next groups: older than `before`, less the groups shown on earlier pages.

    A cursor remembers the last 400 groups. Of older ones it is known that they had an act between the cursor and the
    instant the first page was read at; groups that still have one there are taken as shown.
    """
    found: list[Head] = []
    at = before
    while len(found) < size:
        wanted = size - len(found)
        heads = context.reader.heads(query, facet, at, wanted, frozenset(shown))
        found += _not_before(context, query, facet, heads, before)
        if len(heads) < wanted:
            break
        at = heads[-1].item.key
        shown = (*shown, *(short_hash(head.value) for head in heads))
    return found


def _not_before(
    context: Context[Any], query: FeedQuery, facet: Facet, heads: list[Head], before: OrderKey | None
) -> list[Head]:
    if before is None or context.remembers_all or not heads:
        return heads
    newer = query.but(since_ms=None, until_ms=context.cursor.as_of + 1)
    first_ms = before.position >> 20
    cells = [Cell(((facet, head.value),), since_ms=first_ms + 1) for head in heads]
    answers = context.reader.cells(newer, cells, 0, 1)
    return [head for head, answer in zip(heads, answers, strict=True) if not answer.count]


def next_token(
    context: Context[Any], heads: list[Head], shown: tuple[str, ...], section: str = "", cell: Cell | None = None
) -> str:
    """The cursor after a page of groups: the last head, and the last 400 groups."""
    kept = (*shown, *(short_hash(head.value) for head in heads))[-GROUPS_REMEMBERED:]
    pages = context.cursor.pages + 1
    return context.token(heads[-1].item.key, shown=kept, pages=pages, section=section, cell=cell)


def groups_of(
    context: Context[Any], cells: list[Cell], heads: list[Head], *, one_is_enough: bool = False
) -> list[Group]:
    """The group of each cell; with `one_is_enough` the head stands for the newest act where no more are shown."""
    if not heads:
        return []
    aggregator = context.aggregator
    wanted = aggregator.activities_per_group
    nested = one_is_enough and len(aggregator.levels) > 1
    sampled = 0 if nested or (one_is_enough and wanted == 1) else wanted
    answers = context.reader.cells(context.query, cells, sampled, aggregator.count_cap)
    return [
        _group(context, cell, answer, () if nested else answer.items or (head.item,), head.item.key)
        for head, cell, answer in zip(heads, cells, answers, strict=True)
    ]


def _group(context: Context[Any], cell: Cell, answer: CellAnswer, items: tuple[Item, ...], latest: OrderKey) -> Group:
    facet, value = cell.values[-1]
    total, exact = context.total(answer.count)
    return Group(
        level=facet.value,
        value=value if facet is Facet.VERB else Entity.from_key(value),
        items=items,
        total=total,
        total_is_exact=exact,
        more=context.more(cell, items) if items and answer.count > len(items) else None,
        latest=latest,
    )


def _filled(context: Context[Any], facets: tuple[Facet, ...], cells: list[Cell], groups: list[Group]) -> list[Group]:
    """The groups with the groups of the next facet inside them."""
    if facets[1] is Facet.VERB:
        inner = _verbs_inside(context, cells, known_verbs(context))
        return [replace(group, groups=tuple(inside)) for group, inside in zip(groups, inner, strict=True)]
    # What is inside one group does not wait for what is inside another.
    fillings = [partial(_filling, context, facets[1], cell, group) for cell, group in zip(cells, groups, strict=True)]
    context.reader.ahead(*fillings)
    return [fill() for fill in fillings]


def _filling(context: Context[Any], facet: Facet, cell: Cell, group: Group) -> Group:
    """The group with its newest inner groups, and the cursor to the others."""
    size = context.aggregator.inner_size
    heads = context.reader.heads(cell.within(context.query), facet, None, size + 1, frozenset())
    kept = heads[:size]
    inside = groups_of(context, [Cell((*cell.values, (facet, head.value))) for head in kept], kept)
    more = next_token(context, kept, (), INNER, cell) if len(heads) > len(kept) else None
    return replace(group, groups=tuple(inside), more=more)


def _verbs_inside(context: Context[Any], cells: list[Cell], verbs: list[str]) -> list[list[Group]]:
    """For each cell a group of each of its verbs, newest first: all verbs are asked for in one question."""
    asked = [Cell((*cell.values, (Facet.VERB, verb))) for cell in cells for verb in verbs]
    aggregator = context.aggregator
    answers = context.reader.cells(context.query, asked, aggregator.activities_per_group, aggregator.count_cap)
    found = []
    for at in range(0, len(asked), len(verbs) or 1):
        pairs = zip(asked[at : at + len(verbs)], answers[at : at + len(verbs)], strict=True)
        inside = [_group(context, cell, one, one.items, one.items[0].key) for cell, one in pairs if one.count]
        found.append(sorted(inside, key=lambda group: group.latest or OrderKey(0, ""), reverse=True))
    return found


def known_verbs(context: Context[Any]) -> list[str]:
    """Every verb that the feed can have: those ever stored, less what the aggregator leaves out."""
    asked, refused = context.query.where.get(Facet.VERB), context.query.without.get(Facet.VERB, ())
    return [verb for verb in context.reader.verbs() if (asked is None or verb in asked) and verb not in refused]
