"""What two queries must share to be the same statement with other values: their shape.

A statement is built once for each shape and kept: building one costs more than running it on a small site. Everything
that differs between two readers of one page is a bound value with a name of its own (`values_of`).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from feedsite.feeds.order import floor_position
from feedsite.feeds.query import Facet, FeedQuery, Freshness, Scope


@dataclass(frozen=True)
class Sight:
    """What there is to consider for one owner and one viewer: a rule that nobody uses costs nothing.

    follows, watches: the owner's links; mutes, words, blocks: the viewer's (blocks in both directions);
    site_mutes, site_words, site_limits: everybody's.
    """

    follows: bool
    watches: bool
    mutes: bool
    words: bool
    blocks: bool
    site_mutes: bool
    site_words: bool
    site_limits: bool


NO_RULES = Sight(*(False,) * len(fields(Sight)))
"""Of whom nothing is kept, and who follows nobody."""


@dataclass(frozen=True)
class Shape:
    """The structure of a feed query: which of its parts are there, without their values.

    Args:
        object_types: how many types of objects are asked for.
        words: how many words their text has to have.
        vectors: only acts that have a vector (a few others may be among them).
        states: how many notification groups have markers of their own.
        fresh: None, `new` or `earlier`: which side of the reader's markers.
        weights: whether only links of some weights bring acts.
        read, seen, bounded: whether there is a read marker, a seen marker, and a position that all New lies above.
        Further arguments: see FeedQuery and Sight.
    """

    scope: Scope
    owner: bool
    viewer: bool
    history: bool
    where: tuple[Facet, ...]
    without: tuple[Facet, ...]
    touching: bool
    words: int
    object_types: int
    since: bool
    until: bool
    others_only: bool
    ungrouped: bool
    ids: bool
    public_only: bool
    weights: bool
    fresh: str | None
    read: bool
    seen: bool
    states: int
    bounded: bool
    sight: Sight
    vectors: bool = False


def shape_of(query: FeedQuery, sight: Sight) -> Shape:
    """The shape of a query for a sight."""
    fresh = query.freshness
    return Shape(
        scope=query.scope,
        owner=query.owner is not None,
        viewer=query.viewer is not None,
        history=query.history,
        where=tuple(sorted(query.where, key=_by_name)),
        without=tuple(sorted(query.without, key=_by_name)),
        touching=bool(query.touching),
        words=len(query.words),
        object_types=len(query.object_types),
        since=query.since_ms is not None,
        until=query.until_ms is not None,
        others_only=query.others_only and query.owner is not None,
        ungrouped=bool(query.ungrouped),
        ids=bool(query.ids),
        public_only=query.public_only,
        weights=query.weights is not None and query.scope in (Scope.NETWORK, Scope.CONCERNS),
        fresh=None if fresh is None else "new" if fresh.new else "earlier",
        read=fresh is not None and fresh.read is not None,
        seen=fresh is not None and fresh.seen is not None,
        states=0 if fresh is None else len(fresh.states),
        bounded=fresh is not None and fresh.above is not None,
        sight=sight,
    )


def _by_name(facet: Facet) -> str:
    return facet.value


def values_of(query: FeedQuery) -> dict[str, Any]:
    """The values of a query by the names that statements give them."""
    values: dict[str, Any] = {
        "owner": query.owner.key if query.owner else "",
        "viewer": query.viewer.key if query.viewer else "",
        "now": query.as_of,
        "future": floor_position(query.as_of + 1),
        "touching": query.touching,
        "ungrouped": query.ungrouped,
        "ids": query.ids,
    }
    values.update({f"where_{facet.value}": chosen for facet, chosen in query.where.items()})
    values.update({f"without_{facet.value}": refused for facet, refused in query.without.items()})
    # The longest first: it is the rarest as a rule, and the one that acts are reached by.
    longest_first = sorted(query.words, key=lambda word: (-len(word), word))
    values.update({f"word{at}": word for at, word in enumerate(longest_first)})
    for at, kind in enumerate(query.object_types):
        # Keys of a type lie between these two: ';' is the character after ':'.
        values |= {f"type{at}_from": f"{kind}:", f"type{at}_to": f"{kind};"}
    if query.since_ms is not None:
        values["since"] = floor_position(query.since_ms)
    if query.until_ms is not None:
        values["until"] = floor_position(query.until_ms)
    if query.weights is not None:
        values["lightest"], values["heaviest"] = query.weights
    if query.freshness is not None:
        values.update(_fresh_values(query.freshness))
    return values


def _fresh_values(fresh: Freshness) -> dict[str, Any]:
    markers = {"read": fresh.read, "seen": fresh.seen}
    states = dict(enumerate(sorted(fresh.states.items())))
    markers.update({f"state{at}": marker for at, (_, marker) in states.items()})
    values: dict[str, Any] = {f"state{at}_key": key for at, (key, _) in states.items()}
    for name, marker in markers.items():
        if marker is not None:
            values[f"{name}_position"] = marker.position
            values[f"{name}_ids"] = sorted(marker.ids)
    values["bound"] = fresh.above
    return values
