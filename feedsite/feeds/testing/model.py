"""The semantics of feeds in plain Python, to be read as the specification: nothing is quick, every rule is a line.

The model keeps acts and links in dicts. `feed` is the whole feed of an aggregator, in order; the other methods group
it. A
store is right when its pages, put together, are what the model says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from feedsite.feeds.activity import Activity
from feedsite.feeds.aggregators import Aggregator, NotificationAggregator
from feedsite.feeds.names import Entity
from feedsite.feeds.network import Link
from feedsite.feeds.order import OrderKey, instant, milliseconds, position
from feedsite.feeds.query import Facet, Marker, Scope, group_key, lone_key

SITE = Entity("site", "all")


@dataclass(frozen=True)
class Act:
    """An act as the model keeps it: what was written, when it arrived, and its first generation's order key."""

    key: OrderKey
    activity: Activity
    arrived: int
    first: OrderKey

    @property
    def actor(self) -> Entity:
        return self.activity.activity_actor.entity

    @property
    def object(self) -> Entity:
        return self.activity.activity_object.entity

    @property
    def verb(self) -> str:
        return self.activity.verb

    @property
    def ms(self) -> int:
        return self.key.position >> 20


@dataclass(frozen=True)
class Held:
    """A link as the model keeps it."""

    since: int
    until: int | None
    weight: float


class Model:
    """A network and what happened in it.

    Args:
        clock: milliseconds since 1970.
        renotify_ms: per verb, how long after the last time a repeated act notifies again.
    """

    def __init__(self, clock: Callable[[], int], renotify_ms: dict[str, int] | None = None) -> None:
        self._clock, self._renotify = clock, renotify_ms or {}
        self.acts: dict[str, Act] = {}
        self.deleted: set[str] = set()
        self.erased: set[Entity] = set()
        self.links: dict[tuple[Entity, str, Entity, tuple[str, ...]], Held] = {}
        self._generations: dict[tuple[str, Entity, Entity], list[Act]] = {}

    @property
    def now(self) -> int:
        """The instant, in milliseconds since 1970."""
        return self._clock()

    # What happens

    def add(self, activity: Activity, act_id: str, first: OrderKey | None = None) -> bool:
        """The first act of an id wins; a deleted id stays deleted."""
        admitted = self._without_erased(activity)
        if admitted is None or act_id in self.acts or act_id in self.deleted:
            return False
        now = self._clock()
        ms = now if activity.published is None else milliseconds(activity.published)
        key = OrderKey(position(ms, act_id), act_id)
        self.acts[act_id] = Act(key, admitted, now, min(first or key, key))
        return True

    def perform(self, activity: Activity, act_id: str) -> bool:
        """The next generation, unless one stands; `act_id` is the id that the store gave it."""
        triple = (activity.verb, activity.activity_actor.entity, activity.activity_object.entity)
        before = self._generations.setdefault(triple, [])
        if (before and before[-1].key.id in self.acts) or self._without_erased(activity) is None:
            return False
        ms = self._clock() if activity.published is None else milliseconds(activity.published)
        first = before[-1].first if before else None
        window = self._renotify.get(activity.verb)
        if before and window is not None and ms - before[-1].ms >= window:
            first = None
        self.add(activity, act_id, first)
        before.append(self.acts[act_id])
        return True

    def undo(self, verb: str, actor: Entity, object_: Entity) -> bool:
        """Delete the standing generation."""
        generations = self._generations.get((verb, actor, object_), [])
        return bool(generations) and self.delete(generations[-1].key.id)

    def delete(self, act_id: str) -> bool:
        """Gone for good."""
        if self.acts.pop(act_id, None) is None:
            return False
        self.deleted.add(act_id)
        return True

    def update(self, act_id: str, activity: Activity) -> bool:
        """Everything but verb, actor, object and published is replaced."""
        admitted = self._without_erased(activity)
        if act_id not in self.acts or admitted is None:
            return False
        self.acts[act_id] = replace(self.acts[act_id], activity=admitted)
        return True

    def erase(self, entity: Entity) -> None:
        """Nothing of an entity is left, and nothing that names it comes back."""
        self.erased.add(entity)
        for act_id, act in list(self.acts.items()):
            left = self._without_erased(act.activity)
            if left is None:
                self.delete(act_id)
            else:
                self.acts[act_id] = replace(act, activity=left)
        self.links = {name: held for name, held in self.links.items() if entity not in (name[0], name[2])}

    def _without_erased(self, act: Activity) -> Activity | None:
        """None where an erased one acts or is acted on; else the act without them where they stand beside."""
        if {act.activity_actor.entity, act.activity_object.entity} & self.erased:
            return None
        target, origin = act.activity_target, act.activity_origin
        target = None if target and target.entity in self.erased else target
        origin = None if origin and origin.entity in self.erased else origin
        about, audience = (tuple(end for end in ends if end not in self.erased) for ends in (act.about, act.audience))
        left = replace(act, activity_target=target, activity_origin=origin, about=about, audience=audience)
        if act.gate not in self.erased:
            return left
        # Nobody follows who was the gate: it stays with those it names.
        return replace(left, gate=None, visibility="audience" if act.visibility == "followers" else act.visibility)

    def link(self, link: Link) -> bool:
        """A link that stands keeps its since and weight; only its end may be moved."""
        name = (link.follower, link.link_type, link.entity, link.verbs)
        if {link.follower, link.entity} & self.erased:
            return False
        now = self._clock()
        until = None if link.until is None else milliseconds(link.until)
        since = now if link.linked is None else milliseconds(link.linked)
        held = self.links.get(name)
        if held is None or not self._stands(held):
            self.links[name] = Held(since, until, link.link_weight)
            return True
        self.links[name] = replace(held, until=until)
        return held.until != until

    def set_weight(self, follower: Entity, kind: str, entity: Entity, weight: float) -> bool:
        """Change the weight of every link of the kind between the two that stands."""
        names = [name for name in self.links if name[:3] == (follower, kind, entity) and self._stands(self.links[name])]
        self.links.update({name: replace(self.links[name], weight=weight) for name in names})
        return bool(names)

    def unlink(self, follower: Entity, kind: str, entity: Entity, verbs: tuple[str, ...] | None = None) -> bool:
        """Remove the link, or every link of the kind between the two."""
        names = [name for name in self.links if name[:3] == (follower, kind, entity) and verbs in (None, name[3])]
        return bool([name for name in names if self._stands(self.links.pop(name))])

    def _stands(self, held: Held) -> bool:
        return held.until is None or held.until > self._clock()

    # Who is linked to what

    def held(self, follower: Entity | None, kind: str, entity: Entity, verb: str | None = None) -> list[Held]:
        """The links that stand from one to the other (for this verb)."""
        if follower is None:
            return []
        return [
            held
            for name, held in self.links.items()
            if name[:3] == (follower, kind, entity)
            and self._stands(held)
            and (verb is None or not name[3] or verb in name[3])
        ]

    def weight(self, act: Act, aggregator: Aggregator) -> float:
        """The largest weight of the links that brought an act of the feed; an audience counts as 1, as does none."""
        owner, scope = aggregator.owner, aggregator.scope
        if owner is None or scope not in (Scope.NETWORK, Scope.CONCERNS):
            return 1.0
        found = [link for end in act.activity.touches for link in self.held(owner, "watch", end, act.verb)]
        if scope is Scope.NETWORK:
            found += self.held(owner, "follow", act.actor, act.verb)
        history = aggregator.include_history and scope is Scope.NETWORK
        weights = [link.weight for link in found if history or link.since <= act.ms]
        if scope is Scope.CONCERNS and owner in act.activity.audience:
            weights.append(1.0)
        return max(weights)

    def brought_by(self, act: Act, aggregator: Aggregator) -> bool:
        """Whether the act comes from where the feed's acts come from."""
        owner = aggregator.owner
        if aggregator.scope is Scope.EVERYBODY or owner is None:
            return True
        if aggregator.scope is Scope.ACTOR:
            return act.actor == owner
        if aggregator.scope is Scope.THING:
            return owner in act.activity.touches
        if aggregator.scope is Scope.NAMED:
            return owner in act.activity.audience
        watched = [link for end in act.activity.touches for link in self.held(owner, "watch", end, act.verb)]
        if aggregator.scope is Scope.CONCERNS:
            return owner in act.activity.audience or any(link.since <= act.ms for link in watched)
        found = watched + self.held(owner, "follow", act.actor, act.verb)
        return any(aggregator.include_history or link.since <= act.ms for link in found)

    def because(self, act: Act, aggregator: Aggregator) -> list[tuple[str, Entity, float]]:
        """The links that bring the act (kind, entity, weight), strongest first; the audience that names the reader."""
        owner, concerns = aggregator.owner, aggregator.scope is Scope.CONCERNS
        if owner is None or aggregator.scope not in (Scope.NETWORK, Scope.CONCERNS):
            return []
        ends = [("watch", end) for end in act.activity.touches] + ([] if concerns else [("follow", act.actor)])
        found = {
            (kind, end, link.weight)
            for kind, end in ends
            for link in self.held(owner, kind, end, act.verb)
            if link.since <= act.ms or (aggregator.include_history and not concerns)
        }
        if concerns and owner in act.activity.audience:
            found.add(("audience", owner, 1.0))
        return sorted(found, key=lambda why: (-why[2], why[0], why[1].key))

    def listed(self, end: Entity, kinds: Iterable[str], *, holders: bool) -> list[tuple[str, str, tuple[str, ...]]]:
        """(other end, kind, verbs) of who links to `end` (or what it links to), newest link first, without itself."""
        found = []
        for (follower, kind, entity, verbs), held in self.links.items():
            mine, other = (entity, follower) if holders else (follower, entity)
            if mine == end != other and kind in kinds and self._stands(held):
                found.append((held.since, other.key, kind, verbs))
        found.sort(key=lambda link: link[2:])
        found.sort(key=lambda link: link[:2], reverse=True)
        return [link[1:] for link in found]

    # Who may see what

    def sees(self, viewer: Entity | None, act: Act, *, with_muted: bool = False) -> bool:
        """Whether the viewer may see the act, and nothing takes it away; `with_muted`: nothing does."""
        if act.ms > self._clock() and act.ms > act.arrived:
            return False  # of the future
        if viewer is not None and act.actor == viewer:
            return True  # one's own is never subtracted
        return self._readable(viewer, act) and (with_muted or not self._subtracted(viewer, act))

    def _readable(self, viewer: Entity | None, act: Act) -> bool:
        if act.activity.visibility == "public":
            return True
        if viewer is None:
            return False
        if viewer in act.activity.audience:
            return True
        gate = act.activity.gate
        assert gate is not None
        return act.activity.visibility == "followers" and (gate == viewer or bool(self.held(viewer, "follow", gate)))

    def _subtracted(self, viewer: Entity | None, act: Act) -> bool:
        ends = {act.actor, *act.activity.touches}
        words = {Entity("word", word) for word in act.activity.words}
        for holder in (viewer, SITE):
            if any(self.held(holder, "mute", end, act.verb) for end in ends | words):
                return True
        if viewer is not None and any(
            self.held(viewer, "block", end, act.verb) or self.held(end, "block", viewer, act.verb) for end in ends
        ):
            return True
        return any(
            self.held(SITE, "limit", end, act.verb) and end != viewer and not self.held(viewer, "follow", end)
            for end in ends
        )

    # Feeds

    def feed(self, aggregator: Aggregator) -> list[Act]:
        """The whole feed, newest first (oldest first where the aggregator says so)."""
        kept = [act for act in self.acts.values() if self._in_feed(act, aggregator)]
        return sorted(kept, key=lambda act: act.key, reverse=aggregator.order != "oldest")

    def _in_feed(self, act: Act, aggregator: Aggregator) -> bool:
        if (aggregator.verbs and act.verb not in aggregator.verbs) or act.verb in aggregator.without_verbs:
            return False
        if aggregator.public_only and act.activity.visibility != "public":
            return False
        if aggregator.touching and not set(aggregator.touching) & set(act.activity.touches):
            return False
        if not set(aggregator.words) <= set(act.activity.words):
            return False
        query = aggregator.query(self._clock())
        if query.since_ms is not None and act.ms < query.since_ms:
            return False
        if query.until_ms is not None and act.ms >= query.until_ms:
            return False
        if query.others_only and act.actor == aggregator.owner:
            return False
        if aggregator.newer_than is not None and aggregator.newer_than.covers(act.first):
            return False
        return self.brought_by(act, aggregator) and self.sees(aggregator.viewer, act, with_muted=query.with_muted)

    def collapsed(self, aggregator: Aggregator, facet: Facet) -> list[tuple[str, str, int]]:
        """(value, newest act's id, how many) of each value, newest first."""
        groups = _grouped(self.feed(aggregator), lambda act: _value(act, facet))
        return [(value, acts[0].key.id, len(acts)) for value, acts in groups.items() if value is not None]

    def sections(
        self, aggregator: Aggregator, outer: Facet, inner: Facet
    ) -> list[tuple[str, list[tuple[str, list[str]]]]]:
        """(value, (inner value, ids)) of groups inside groups, each level newest first."""
        groups = _grouped(self.feed(aggregator), lambda act: _value(act, outer))
        return [
            (
                value,
                [
                    (one, [act.key.id for act in acts])
                    for one, acts in _grouped(inside, lambda act: _value(act, inner)).items()
                ],
            )
            for value, inside in groups.items()
        ]

    def months(self, aggregator: Aggregator) -> list[tuple[int, int, list[str], dict[str, list[str]]]]:
        """(year, month, ids, ids by verb) of each month that has something, newest first, in the aggregator's zone."""
        zone = aggregator.zone

        def month(act: Act) -> tuple[int, int]:
            local = instant(act.ms).astimezone(zone)
            return local.year, local.month

        found = []
        for (year, number), acts in _grouped(self.feed(aggregator), month).items():
            verbs = _grouped(acts, lambda act: act.verb)
            by_verb = {verb: [act.key.id for act in inside] for verb, inside in verbs.items()}
            found.append((year, number, [act.key.id for act in acts], by_verb))
        return found

    def notices(self, aggregator: NotificationAggregator, *, new: bool) -> list[tuple[str, list[Act]]]:
        """(group key, acts newest first) of each group on one side of the markers, newest first."""

        def key(act: Act) -> str:
            lone = act.verb in aggregator.ungrouped
            return lone_key(act.verb, act.key.id) if lone else group_key(act.verb, act.object.key)

        def is_new(act: Act) -> bool:
            marker = aggregator.states.get(key(act), aggregator.read)
            return marker is None or not marker.covers(act.first)

        acts = [act for act in self.feed(aggregator) if is_new(act) == new]
        return list(_grouped(acts, key).items())

    def badge(self, aggregator: NotificationAggregator) -> int:
        """New groups with something newer than seen."""
        seen: Marker | None = aggregator.seen
        groups = self.notices(aggregator, new=True)
        return sum(any(seen is None or not seen.covers(act.first) for act in acts) for _, acts in groups)


def _grouped(acts: Iterable[Act], key: Callable[[Act], Any]) -> dict[Any, list[Act]]:
    groups: dict[Any, list[Act]] = {}
    for act in acts:
        groups.setdefault(key(act), []).append(act)
    return groups


def _value(act: Act, facet: Facet) -> str | None:
    if facet is Facet.VERB:
        return act.verb
    if facet is Facet.TARGET:
        return act.activity.activity_target.entity.key if act.activity.activity_target else None
    return act.actor.key if facet is Facet.ACTOR else act.object.key
