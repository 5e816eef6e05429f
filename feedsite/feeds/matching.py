"""Everything that matches filters exactly, whomever somebody follows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypedDict, Unpack

from feedsite.feeds.aggregators.flat import CursorAggregator
from feedsite.feeds.errors import InvalidQuery
from feedsite.feeds.names import checked_name, entity_of
from feedsite.feeds.query import Facet, FeedQuery, Scope


class Filters(TypedDict, total=False):
    """What activities may be asked for by; what is left out does not filter.

    activity_type: a verb, or several. actor, object_, target, origin: the entity there (a string is a person's id).
    object_type: the type of the object, or several. touching: it touches one of these, as object, target, origin or
    about. words: its text has every one of these. since, until: published at or after, and before (aware). order:
    `desc`, or `asc` for the oldest first. with_muted: also what the site mutes and whom it limits, for pages of those
    who look after it; not together with a viewer.
    """

    activity_type: str | Iterable[str] | None
    actor: object
    object_: object
    object_type: str | Iterable[str] | None
    target: object
    origin: object
    touching: Iterable[object]
    words: Iterable[str]
    since: datetime | None
    until: datetime | None
    order: str
    with_muted: bool


_ENDS = {"actor": Facet.ACTOR, "object_": Facet.OBJECT, "target": Facet.TARGET, "origin": Facet.ORIGIN}


class Matching(CursorAggregator):
    """Everything that matches filters exactly and that the viewer may see, newest first.

    Args:
        viewer: who looks (None: anonymous).
        size: acts a page.
        filters: see Filters.

    Raises InvalidQuery for `with_muted` and a viewer.
    """

    default_scope = Scope.EVERYBODY

    def __init__(self, *, viewer: object = None, size: int | None = None, **filters: Unpack[Filters]) -> None:
        super().__init__(
            None,
            viewer=viewer,
            size=size,
            verbs=_several(filters.get("activity_type")),
            touching=filters.get("touching", ()),
            words=filters.get("words", ()),
            since=filters.get("since"),
            until=filters.get("until"),
            order=filters.get("order", "desc"),
        )
        self._with_muted = bool(filters.get("with_muted"))
        if self._with_muted and viewer is not None:
            raise InvalidQuery(field="with_muted", value=True, rule="nothing that a viewer can be given")
        given = {name: filters.get(name) for name in _ENDS}
        self._ends = {_ENDS[name]: (entity_of(end, name).key,) for name, end in given.items() if end is not None}
        kinds = {checked_name(kind, "object_type") for kind in _several(filters.get("object_type"))}
        self._object_types = tuple(sorted(kinds))

    def query(self, as_of: int) -> FeedQuery:
        """The feed as a store is asked for it."""
        query = super().query(as_of)
        where = {**query.where, **self._ends}
        return query.but(where=where, object_types=self._object_types, with_muted=self._with_muted)

    def own_fingerprint(self) -> tuple[str, ...]:
        """Its filters."""
        ends = sorted(f"{facet.value}={values[0]}" for facet, values in self._ends.items())
        muted = ("muted",) if self._with_muted else ()
        return (*ends, *(f"type={kind}" for kind in self._object_types), *muted)


def _several(value: str | Iterable[str] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)
