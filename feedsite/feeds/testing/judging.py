"""What a query asks for, judged act by act in plain Python: for aggregators that the reference model does not know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from feedsite.feeds.aggregators import Aggregator
from feedsite.feeds.names import Entity
from feedsite.feeds.query import Facet, FeedQuery, Freshness, Marker, Scope, group_key, lone_key
from feedsite.feeds.testing.model import Act, Model


@dataclass(frozen=True)
class _Whose:
    """The parts of an aggregator that say where its acts come from."""

    scope: Scope
    owner: Entity | None
    include_history: bool


def matching(model: Model, query: FeedQuery) -> list[Act]:
    """The acts of a network that a query asks for, newest first."""
    kept = [act for act in model.acts.values() if _matches(model, act, query)]
    return sorted(kept, key=lambda act: act.key, reverse=True)


def values(act: Act, facet: Facet, query: FeedQuery) -> set[str]:
    """The values of a facet that an act has: several for what it touches, none for a target that is not there."""
    activity = act.activity
    if facet is Facet.TOUCHED:
        return {end.key for end in activity.touches}
    if facet is Facet.TARGET:
        return {activity.activity_target.entity.key} if activity.activity_target else set()
    if facet is Facet.NOTICE:
        lone = act.verb in query.ungrouped
        return {lone_key(act.verb, act.key.id) if lone else group_key(act.verb, act.object.key)}
    return {{Facet.VERB: act.verb, Facet.ACTOR: act.actor.key, Facet.OBJECT: act.object.key}[facet]}


def _matches(model: Model, act: Act, query: FeedQuery) -> bool:
    whose = cast(Aggregator, _Whose(query.scope, query.owner, query.history))
    return (
        _kept(act, query)
        and _within(act, query)
        and (query.freshness is None or _is_fresh(act, query.freshness, query))
        and model.brought_by(act, whose)
        and model.sees(query.viewer, act, with_muted=query.with_muted)
    )


def _kept(act: Act, query: FeedQuery) -> bool:
    """Whether the filters keep it."""
    if any(not values(act, facet, query) & set(asked) for facet, asked in query.where.items()):
        return False
    if any(values(act, facet, query) & set(refused) for facet, refused in query.without.items()):
        return False
    if query.touching and not values(act, Facet.TOUCHED, query) & set(query.touching):
        return False
    if not set(query.words) <= set(act.activity.words):
        return False
    if query.ids and act.key.id not in query.ids:
        return False
    if query.others_only and act.actor == query.owner:
        return False
    return not query.public_only or act.activity.visibility == "public"


def _within(act: Act, query: FeedQuery) -> bool:
    starts = query.since_ms is None or act.ms >= query.since_ms
    return starts and (query.until_ms is None or act.ms < query.until_ms)


def _is_fresh(act: Act, fresh: Freshness, query: FeedQuery) -> bool:
    """Whether it lies on the asked side of the reader's markers."""

    def newer(marker: Marker | None) -> bool:
        return marker is None or not marker.covers(act.first)

    name: Any = next(iter(values(act, Facet.NOTICE, query)))
    return newer(fresh.states.get(name, fresh.read)) == fresh.new and newer(fresh.seen)
