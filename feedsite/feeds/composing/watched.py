"""Pages of watched things: found by the watches, ordered by their newest acts, split by verb."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial

from feedsite.feeds.aggregators.watched import WatchedAggregator
from feedsite.feeds.composing.context import GROUPS_REMEMBERED, Context
from feedsite.feeds.composing.groups import known_verbs
from feedsite.feeds.composing.stretches import asked, group_of, newest_first
from feedsite.feeds.cursor import short_hash
from feedsite.feeds.names import Entity
from feedsite.feeds.order import OrderKey
from feedsite.feeds.page import Because, Group, Page
from feedsite.feeds.query import Cell, Facet

_AT_ONCE = 150
"""So many parts are asked for at once, whatever the page shows of them."""

Since = int | None
Watched = Mapping[str, Mapping[str, Since]]
"""From when on (milliseconds since 1970; None: always) each verb of each thing is watched."""


def watched_page(context: Context[WatchedAggregator]) -> Page:
    """A page of things with their verbs. What was shown is not shown again; what happens meanwhile moves the rest."""
    size, shown = context.aggregator.size, frozenset(context.cursor.shown)
    watched, weights = _watched(context)
    unseen = {thing: verbs for thing, verbs in watched.items() if short_hash(thing) not in shown}
    if sum(map(len, unseen.values())) <= _AT_ONCE:
        groups = [group for group in _sections(context, unseen, weights) if _is_after(context, group.latest)]
        page, is_more = groups[:size], len(groups) > size
    else:
        ordered = [thing for thing, key in _newest(context, unseen) if _is_after(context, key)]
        page, is_more = (
            _sections(context, {thing: unseen[thing] for thing in ordered[:size]}, weights),
            len(ordered) > size,
        )
    return context.page(kind="groups", groups=tuple(page), next=_following(context, page) if is_more else None)


def _watched(context: Context[WatchedAggregator]) -> tuple[Watched, Mapping[str, float]]:
    """What is watched, and how much it weighs."""
    aggregator = context.aggregator
    watched: dict[str, dict[str, Since]] = {}
    weights: dict[str, float] = {}
    verbs = known_verbs(context)
    assert aggregator.owner is not None
    for link in context.reader.links(follower=aggregator.owner, kinds=("watch",), as_of=context.query.as_of):
        mine = watched.setdefault(link.entity.key, {})
        weights[link.entity.key] = max(link.weight, weights.get(link.entity.key, 0.0))
        for verb in verbs:
            if not link.verbs or verb in link.verbs:
                since = None if aggregator.include_history else link.since
                mine[verb] = since if since is None else min(since, mine.get(verb) or since)
    return watched, weights


def _newest(context: Context[WatchedAggregator], watched: Watched) -> list[tuple[str, OrderKey]]:
    """The newest act of each thing, newest first: one question for all that are watched for the same verbs."""
    alike: dict[tuple[str, ...], list[tuple[str, Cell]]] = {}
    for thing, verbs in watched.items():
        for since in set(verbs.values()):
            of = tuple(verb for verb, begun in verbs.items() if begun == since)
            alike.setdefault(of, []).append((thing, Cell(((Facet.TOUCHED, thing),), since)))
    questions = [
        partial(context.reader.cells, context.query.only(Facet.VERB, *of), [cell for _, cell in pairs], 1, 1)
        for of, pairs in alike.items()
    ]
    context.reader.ahead(*questions)
    found: dict[str, OrderKey] = {}
    for pairs, ask in zip(alike.values(), questions, strict=True):
        for (thing, _), answer in zip(pairs, ask(), strict=True):
            if answer.items:
                key = answer.items[0].key
                found[thing] = max(key, found.get(thing, key))
    return sorted(found.items(), key=lambda one: (one[1], one[0]), reverse=True)


def _sections(context: Context[WatchedAggregator], watched: Watched, weights: Mapping[str, float]) -> list[Group]:
    """The things that have something with their verbs, the newest first."""
    pairs = [(thing, verb, since) for thing, verbs in watched.items() for verb, since in verbs.items()]
    cells = [Cell(((Facet.TOUCHED, thing), (Facet.VERB, verb)), since) for thing, verb, since in pairs]
    inside: dict[str, list[Group]] = {}
    for (thing, verb, _), cell, answer in zip(pairs, cells, asked(context, cells) if cells else [], strict=True):
        if answer.count:
            group = group_of(context, Facet.VERB.value, verb, cell, answer)
            why = (Because("watch", Entity.from_key(thing), weights[thing]),)
            items = tuple(replace(item, because=why) for item in group.items)
            inside.setdefault(thing, []).append(replace(group, items=items))
    made = [_section(thing, newest_first(verbs)) for thing, verbs in inside.items()]
    return sorted(made, key=lambda group: (group.latest or OrderKey(0, ""), str(group.value)), reverse=True)


def _section(thing: str, verbs: Iterable[Group]) -> Group:
    groups = tuple(verbs)
    return Group(
        level=Facet.TOUCHED.value,
        value=Entity.from_key(thing),
        groups=groups,
        total=sum(group.total for group in groups),
        total_is_exact=all(group.total_is_exact for group in groups),
        latest=groups[0].latest,
    )


def _is_after(context: Context[WatchedAggregator], key: OrderKey | None) -> bool:
    """Whether a thing stands after the cursor; only asked where that remembers no further back."""
    before = context.cursor.before
    if before is None or key is None or context.remembers_all:
        return True
    return key <= before


def _following(context: Context[WatchedAggregator], page: list[Group]) -> str:
    shown = (*context.cursor.shown, *(short_hash(str(group.value)) for group in page))
    return context.token(
        page[-1].latest,
        shown=shown[-GROUPS_REMEMBERED:],
        pages=context.cursor.pages + 1,
    )
