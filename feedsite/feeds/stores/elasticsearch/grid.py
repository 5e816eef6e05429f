"""Many parts of one feed from one search: parts that differ only in their values are groups of one aggregation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from feedsite.feeds.query import Cell, Facet, FeedQuery
from feedsite.feeds.stores.elasticsearch.asking import Answer
from feedsite.feeds.stores.elasticsearch.client import making_sense
from feedsite.feeds.stores.elasticsearch.documents import ACT_SOURCE

#: Facets of which an act has one value, in a field of that name.
_SINGLE = (Facet.VERB, Facet.ACTOR, Facet.OBJECT, Facet.TARGET, Facet.NOTICE)
#: Documents that a group gives at most (`index.max_inner_result_window`), and groups in one search.
MOST_ACTS, _MOST_GROUPS = 100, 2000
#: Groups of all levels that one answer may have (`search.max_buckets` is 65,536).
_MOST_IN_ALL = 60_000


@dataclass(frozen=True)
class Told:
    """What a search told of one part: how many acts, the documents of the newest, and who did them, where asked."""

    count: int
    newest: list[dict[str, Any]]
    actors: frozenset[str]


NOTHING = Told(0, [], frozenset())


@dataclass(frozen=True)
class Grid:
    """Parts of one stretch of time that have values of the same facets.

    Args:
        facets: outermost first.
        cells: which of the parts, by their place in the question, with their values in the order of the facets.
        since_ms, until_ms: the stretch.
    """

    facets: tuple[Facet, ...]
    cells: dict[int, tuple[str, ...]]
    since_ms: int | None
    until_ms: int | None

    def within(self, query: FeedQuery) -> FeedQuery:
        """The query for all of its parts, and perhaps others."""
        query = Cell((), self.since_ms, self.until_ms).within(query)
        for facet, values in zip(self.facets, self._values(), strict=True):
            query = query.only(facet, *values)
        return query

    def _values(self) -> list[list[str]]:
        return [sorted(set(values)) for values in zip(*self.cells.values(), strict=True)]

    @property
    def groups(self) -> int:
        """How many groups a search for it may have."""
        return prod(len(values) for values in self._values())

    def aggregations(self, size: int, *, actors: bool) -> dict[str, Any]:
        """What a search aggregates: groups inside each other, with the `size` newest acts of the innermost.

        Args:
            actors: with the actors of the innermost too, as far as all parts' have room in one answer.
        """
        made: dict[str, Any] = {}
        if size:
            newest = {"size": size, "sort": [{"position": "desc"}, {"id": "desc"}], "_source": list(ACT_SOURCE)}
            made = {"newest": {"top_hits": newest}}
        if actors:
            made["actors"] = {"terms": {"field": "actor", "size": _MOST_IN_ALL // len(self.cells)}}
        for facet, values in reversed(list(zip(self.facets, self._values(), strict=True))):
            terms = {"field": facet.value, "size": len(values), "include": values}
            made = {"values": {"terms": terms, "aggs": made} if made else {"terms": terms}}
        return made

    def told(self, answer: Answer, *, actors: bool) -> dict[int, Told]:
        """What is told of each part; a part with more actors than had room is left out."""
        found: dict[tuple[str, ...], dict[str, Any]] = {}
        with making_sense():
            groups: list[tuple[tuple[str, ...], dict[str, Any]]] = [((), answer.aggregations)]
            for _ in self.facets:
                groups = [
                    ((*values, inner["key"]), inner) for values, group in groups for inner in group["values"]["buckets"]
                ]
            found = dict(groups)
            told = {at: _counted(found.get(values), actors) for at, values in self.cells.items()}
        return {at: part for at, part in told.items() if part is not None}


def _counted(group: dict[str, Any] | None, actors: bool) -> Told | None:
    if group is None:
        return NOTHING
    names: dict[str, Any] = group["actors"] if actors else {"buckets": [], "sum_other_doc_count": 0}
    if names["sum_other_doc_count"]:
        return None
    hits = group["newest"]["hits"]["hits"] if "newest" in group else []
    keys = frozenset(bucket["key"] for bucket in names["buckets"])
    return Told(int(group["doc_count"]), [hit["_source"] for hit in hits], keys)


def grids(cells: Sequence[Cell]) -> list[Grid]:
    """The parts that are cheaper together; those that are left are asked for one by one."""
    alike: dict[tuple[Any, ...], dict[int, tuple[str, ...]]] = {}
    for at, cell in enumerate(cells):
        facets = tuple(facet for facet, _ in cell.values)
        if facets and len(set(facets)) == len(facets) and all(facet in _SINGLE for facet in facets):
            kind = (facets, cell.since_ms, cell.until_ms)
            alike.setdefault(kind, {})[at] = tuple(value for _, value in cell.values)
    found = [Grid(facets, parts, since, until) for (facets, since, until), parts in alike.items() if len(parts) > 1]
    return [grid for grid in found if grid.groups <= _MOST_GROUPS]
