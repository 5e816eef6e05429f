"""Whether an act belongs to a feed and its viewer may see it: the rules of feeds, for one act at a time."""

from __future__ import annotations

from collections.abc import Iterable

from feedsite.feeds.order import floor_position
from feedsite.feeds.query import Facet, FeedQuery, Freshness, Marker, Scope
from feedsite.feeds.stores.elasticsearch.acts import Act
from feedsite.feeds.stores.elasticsearch.sight import Sights, Tie, Ties


class Rules:
    """Judges acts for one query.

    Args:
        query: the feed.
        sights: the links that decide about it, as they stand when it is judged.
    """

    def __init__(self, query: FeedQuery, sights: Sights) -> None:
        self.query, self.sights = query, sights
        self._owner = query.owner.key if query.owner else ""
        self._viewer = query.viewer.key if query.viewer else ""
        self._future = floor_position(query.as_of + 1)
        self._since = None if query.since_ms is None else floor_position(query.since_ms)
        self._until = None if query.until_ms is None else floor_position(query.until_ms)
        self._ids, self._touching, self._words = frozenset(query.ids), frozenset(query.touching), frozenset(query.words)
        # Most of these are empty as a rule, and hundreds of acts are judged for a page.
        self._is_filtered = bool(
            query.ids or query.touching or query.words or query.object_types or query.public_only or query.others_only
            or query.where or query.without or query.freshness is not None
        )  # fmt: skip
        viewer, site = sights.viewer, sights.site
        self._taken = tuple(ties for ties in (viewer.mutes, site.mutes, viewer.blocks) if ties)
        self._said = tuple(ties for ties in (viewer.words, site.words) if ties)
        self._hides = site.trusts_marks

    def admit(self, act: Act) -> bool:
        """Whether the act is one of the feed's."""
        if act.early and act.key.position >= self._future:
            return False
        return self._filtered(act) and self._in_scope(act) and self._readable(act) and self._kept(act)

    # Filters

    def _filtered(self, act: Act) -> bool:
        position = act.key.position
        if (self._since is not None and position < self._since) or (
            self._until is not None and position >= self._until
        ):
            return False
        return not self._is_filtered or self._fits(act, self.query)

    def _fits(self, act: Act, query: FeedQuery) -> bool:
        if self._ids and act.key.id not in self._ids:
            return False
        if self._touching and self._touching.isdisjoint(act.touches):
            return False
        if self._words and not self._words <= set(act.words):
            return False
        if query.object_types and act.object.partition(":")[0] not in query.object_types:
            return False
        if query.public_only and act.visibility != "public":
            return False
        if query.others_only and self._owner and act.actor == self._owner:
            return False
        if not all(self._has(act, facet, values) for facet, values in query.where.items()):
            return False
        if any(self._has(act, facet, values) for facet, values in query.without.items()):
            return False
        return query.freshness is None or self._fresh(act, query.freshness)

    def _has(self, act: Act, facet: Facet, values: tuple[str, ...]) -> bool:
        if facet is Facet.TOUCHED:
            return not set(values).isdisjoint(act.touches)
        return act.value(facet, self.query.ungrouped) in values

    def _fresh(self, act: Act, fresh: Freshness) -> bool:
        marker = fresh.states.get(act.value(Facet.NOTICE, self.query.ungrouped) or "", fresh.read)
        read = _covered(marker, act)
        return not (read or _covered(fresh.seen, act)) if fresh.new else read

    # Where it comes from

    def _in_scope(self, act: Act) -> bool:
        scope = self.query.scope
        if scope is Scope.EVERYBODY or not self._owner:
            return True
        if scope is Scope.ACTOR:
            return act.actor == self._owner
        if scope is Scope.THING:
            return self._owner in act.touches
        if scope is Scope.NAMED:
            return self._owner in act.audience
        if scope is Scope.CONCERNS:
            named = self.query.counts_audience and self._owner in act.audience
            return named or self._watched(act, history=False)
        followed = self._reached(act, self.sights.owner.follows.get(act.actor, ()), history=self.query.history)
        return followed or self._watched(act, history=self.query.history)

    def _watched(self, act: Act, *, history: bool) -> bool:
        watches = self.sights.owner.watches
        return any(self._reached(act, watches.get(end, ()), history=history) for end in act.touches)

    @staticmethod
    def _reached(act: Act, ties: Iterable[Tie], *, history: bool) -> bool:
        position = act.key.position
        return any(tie.fits(act.verb) and (history or position >= floor_position(tie.since)) for tie in ties)

    # Who may see it

    def _readable(self, act: Act) -> bool:
        if act.visibility == "public":
            return True
        if not self._viewer:
            return False
        if act.actor == self._viewer or self._viewer in act.audience:
            return True
        return act.visibility == "followers" and (act.gate == self._viewer or act.gate in self.sights.viewer.follows)

    # What is taken away

    def _kept(self, act: Act) -> bool:
        if self._viewer and act.actor == self._viewer:
            return True
        if act.hidden and self._hides:
            return False
        if self._taken and any(_hit(act, ties) for ties in self._taken):
            return False
        if self._said and any(_about(act, ties, act.words) for ties in self._said):
            return False
        return not self.sights.site.limits or not self._limited(act)

    def _limited(self, act: Act) -> bool:
        limits, follows = self.sights.site.limits, self.sights.viewer.follows
        if act.actor not in follows and _about(act, limits, (act.actor,)):
            return True
        return _about(act, limits, (end for end in act.touches if end != self._viewer and end not in follows))


def _covered(marker: Marker | None, act: Act) -> bool:
    return marker is not None and marker.covers(act.newness)


def _about(act: Act, ties: Ties, names: Iterable[str]) -> bool:
    """Whether one of the names has a link about the act's verb."""
    return bool(ties) and any(tie.fits(act.verb) for name in names for tie in ties.get(name, ()))


def _hit(act: Act, ties: Ties) -> bool:
    """Whether who did it, or what it touches, has a link about the act's verb."""
    return _about(act, ties, (act.actor, *act.touches))
