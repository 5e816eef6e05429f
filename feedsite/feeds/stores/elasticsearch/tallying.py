"""Counting an index by the values of a facet, exactly: which have the most acts, and how many there are.

Elasticsearch counts each index for itself and merges the longest lists: what the merged list says may be short. It also
says by how much at most, so a list that may be short is asked for longer, and where that does not help, all values are
gone through in their order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from feedsite.feeds.query import Facet
from feedsite.feeds.stores.base import Tally
from feedsite.feeds.stores.elasticsearch.acts import Act
from feedsite.feeds.stores.elasticsearch.asking import Answer, Asker, Search
from feedsite.feeds.stores.elasticsearch.clauses import Clause
from feedsite.feeds.stores.elasticsearch.client import making_sense

_SHARD_SIZES = (1_000, 65_000)
"""How many values of each index are looked at, first and then."""
_PAGE = 10_000
"""Values of one page when all are gone through."""


@dataclass(frozen=True)
class Question:
    """What is counted.

    Args:
        indexes: where.
        clause: what finds the acts, and no others.
        facet: by whose values.
        size: how many values are wanted.
        kinds: entities of these types only (empty: all).
    """

    indexes: tuple[str, ...]
    clause: Clause
    facet: Facet
    size: int
    kinds: tuple[str, ...]

    @property
    def field(self) -> str:
        """The field of the facet."""
        return "touches" if self.facet is Facet.TOUCHED else self.facet.value

    def values(self, act: Act) -> Sequence[str]:
        """An act's own values."""
        values = act.touches if self.facet is Facet.TOUCHED else (act.value(self.facet, ()),)
        return [value for value in values if value is not None and self.fits(value)]

    def fits(self, value: str) -> bool:
        """Whether a value is of one of the types asked for."""
        return not self.kinds or value.partition(":")[0] in self.kinds


def tallied(asker: Asker, question: Question, fresh: Sequence[Act]) -> Tally:
    """The values with the most acts, of what an index has and of acts laid over that it does not count.

    Raises Pending while an answer is missing.
    """
    laid_over = _counted(question, fresh)
    if not question.indexes:
        return _first(laid_over, question.size)
    for shard_size in _SHARD_SIZES:
        most = _most(question, question.size, shard_size)
        named = {"named": _named(question, sorted(laid_over))} if laid_over else {}
        answer = asker.ask([_search(question, {"most": most, **named})])[0]
        with making_sense():
            if _is_exact(answer, question.size):
                # Whatever is among the first when all is added was among the first before, or has something laid over.
                counts = Counter({**_counts(answer, "most"), **(_counts(answer, "named") if named else {})})
                return _first(counts + laid_over, question.size)
    return _first(_gone_through(asker, question) + laid_over, question.size)


def distinct(asker: Asker, question: Question, fresh: Sequence[Act]) -> int:
    """How many values there are, of what an index has and of acts laid over that it does not count.

    Raises Pending while an answer is missing.
    """
    laid_over = _counted(question, fresh)
    if not question.indexes:
        return len(laid_over)
    for shard_size in _SHARD_SIZES:
        answer = asker.ask([_search(question, {"most": _most(question, shard_size, shard_size)})])[0]
        with making_sense():
            # Only a list that leaves nothing out tells how many there are.
            if answer.aggregations["most"]["sum_other_doc_count"] == 0:
                return len(_counts(answer, "most").keys() | laid_over.keys())
    return len(_gone_through(asker, question).keys() | laid_over.keys())


def tallied_here(question: Question, acts: Sequence[Act]) -> Tally:
    """The values with the most acts, of acts that were found one by one."""
    return _first(_counted(question, acts), question.size)


def distinct_here(question: Question, acts: Sequence[Act]) -> int:
    """How many values there are, of acts that were found one by one."""
    return len(_counted(question, acts))


def _counted(question: Question, acts: Sequence[Act]) -> Counter[str]:
    return Counter(value for act in acts for value in question.values(act))


def _first(counts: Mapping[str, int], size: int) -> Tally:
    return tuple(sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:size])


def _most(question: Question, size: int, shard_size: int) -> dict[str, Any]:
    shape = {"field": question.field, "size": size, "shard_size": max(shard_size, size)}
    if question.kinds:
        shape["include"] = f"({'|'.join(question.kinds)}):.*"
    return {"terms": {**shape, "show_term_doc_count_error": True}}


def _named(question: Question, names: Sequence[str]) -> dict[str, Any]:
    return {"terms": {"field": question.field, "include": names, "size": len(names)}}


def _is_exact(answer: Answer, size: int) -> bool:
    """Whether no value that is missing, and no act of one that is there, could change the first `size`."""
    most = answer.aggregations["most"]
    buckets = most["buckets"]
    if any(bucket["doc_count_error_upper_bound"] for bucket in buckets):
        return False
    missed = most["doc_count_error_upper_bound"]
    return not missed or (len(buckets) == size and buckets[-1]["doc_count"] > missed)


def _counts(answer: Answer, name: str) -> dict[str, int]:
    return {bucket["key"]: int(bucket["doc_count"]) for bucket in answer.aggregations[name]["buckets"]}


def _gone_through(asker: Asker, question: Question) -> Counter[str]:
    """All values with their acts, in the order of the values."""
    counts: Counter[str] = Counter()
    after: dict[str, Any] = {}
    while True:
        shape = {"size": _PAGE, "sources": [{"value": {"terms": {"field": question.field}}}], **after}
        answer = asker.ask([_search(question, {"all": {"composite": shape}})])[0]
        with making_sense():
            buckets = answer.aggregations["all"]["buckets"]
            counts.update({bucket["key"]["value"]: int(bucket["doc_count"]) for bucket in buckets})
        if len(buckets) < _PAGE:
            return Counter({value: acts for value, acts in counts.items() if question.fits(value)})
        after = {"after": buckets[-1]["key"]}


def _search(question: Question, aggregations: dict[str, Any]) -> Search:
    body = {"query": question.clause, "size": 0, "track_total_hits": False, "aggs": aggregations}
    return Search(question.indexes, body)
