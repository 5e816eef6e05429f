"""The semantics of days and figures in plain Python, on the reference model: see `model`, whose feeds these group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from copy import copy
from typing import TypeVar

from feedsite.feeds.aggregators import Aggregator, TrendingAggregator
from feedsite.feeds.names import Entity
from feedsite.feeds.order import instant
from feedsite.feeds.query import Facet, Scope
from feedsite.feeds.testing.model import Act, Model

K = TypeVar("K")
Verbs = list[tuple[str, int, dict[str, list[str]]]]


def days(model: Model, aggregator: Aggregator) -> dict[str, list[Act]]:
    """The acts of each day that has something, by its ISO date, newest first, in the aggregator's zone."""
    return _grouped(model.feed(aggregator), lambda act: instant(act.ms).astimezone(aggregator.zone).date().isoformat())


def actor_days(model: Model, aggregator: Aggregator) -> list[tuple[str, Verbs]]:
    """(date, [(verb, acts, ids by thing)]) of each day and each of its verbs, every level newest first."""
    found = []
    for date, acts in days(model, aggregator).items():
        verbs: Verbs = []
        for verb, inside in _grouped(acts, lambda act: act.verb).items():
            things = _grouped(inside, lambda act: act.object.key)
            verbs.append((verb, len(inside), {thing: [act.key.id for act in of] for thing, of in things.items()}))
        found.append((date, verbs))
    return found


def counts(model: Model, aggregator: Aggregator, facet: Facet) -> list[tuple[str, int]]:
    """(value, acts) of each value, most acts first, equal ones by value."""
    values = {
        Facet.VERB: lambda act: act.verb,
        Facet.ACTOR: lambda act: act.actor.key,
        Facet.OBJECT: lambda act: act.object.key,
        Facet.TARGET: lambda act: act.activity.activity_target and act.activity.activity_target.entity.key,
    }
    return _most(value for act in model.feed(aggregator) if (value := values[facet](act)))


def trending(model: Model, aggregator: TrendingAggregator) -> list[tuple[str, int, str]]:
    """(thing, acts, newest act that the viewer may see) of what most acts touched; the figures are anybody's."""
    anybody = copy(aggregator)
    anybody.viewer = None
    kinds, shown, found = aggregator.kinds, model.feed(aggregator), []
    touched = (end for act in model.feed(anybody) for end in act.activity.touches)
    for thing, acts in _most(end.key for end in touched if not kinds or end.type in kinds)[: aggregator.candidates]:
        seen = [act for act in shown if thing in [end.key for end in act.activity.touches]]
        if seen and not _muted(model, aggregator, Entity.from_key(thing)):
            found.append((thing, acts, seen[0].key.id))
    return found[: aggregator.size]


def watched(model: Model, aggregator: Aggregator) -> list[tuple[str, dict[str, list[str]]]]:
    """(thing, ids by verb) of each thing that the owner watches and that has something, every level newest first."""
    everything = copy(aggregator)
    everything.scope = Scope.EVERYBODY
    shown, found = model.feed(everything), {}
    for thing in {name[2] for name in model.links if name[:2] == (aggregator.owner, "watch")}:
        acts = [
            act
            for act in shown
            if thing in act.activity.touches
            and any(
                aggregator.include_history or held.since <= act.ms
                for held in model.held(aggregator.owner, "watch", thing, act.verb)
            )
        ]
        if acts:
            found[acts[0].key, thing.key] = _grouped(acts, lambda act: act.verb)
    return [
        (thing, {verb: [act.key.id for act in acts] for verb, acts in verbs.items()})
        for (_, thing), verbs in sorted(found.items(), reverse=True)
    ]


def _muted(model: Model, aggregator: Aggregator, thing: Entity) -> bool:
    """Whether the viewer wants to hear nothing of a thing, in any verb that the feed has."""
    now = model.now
    return any(
        name[:3] == (aggregator.viewer, kind, thing)
        and (held.until is None or held.until > now)
        and (not name[3] or (aggregator.verbs and set(aggregator.verbs) <= set(name[3])))
        for kind in ("mute", "block")
        for name, held in model.links.items()
    )


def _most(values: Iterable[str]) -> list[tuple[str, int]]:
    return sorted(Counter(values).items(), key=lambda one: (-one[1], one[0]))


def _grouped(acts: Iterable[Act], key: Callable[[Act], K]) -> dict[K, list[Act]]:
    groups: dict[K, list[Act]] = {}
    for act in acts:
        groups.setdefault(key(act), []).append(act)
    return groups
