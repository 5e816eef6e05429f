"""Asking the cluster: many questions in one request, and answers that are whole or none.

Feeds are composed one question after the other. So that a page with its badge and its pane costs few round trips, a
question that has no answer yet is noted and given up (`Pending`); the others are tried meanwhile; what was noted goes
out as one `_msearch`, and everything is tried again, now with those answers at hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from feedsite.feeds.errors import FeedError, StoreUnavailable
from feedsite.feeds.stores.elasticsearch.clauses import Line, as_json
from feedsite.feeds.stores.elasticsearch.client import answering, making_sense

T = TypeVar("T")
_Name = tuple[str, str]
_AT_ONCE = 200
_BYTES = 16 * 2**20
"""Of one request, far below the 100 MB that a node takes; whoever follows very many makes large searches."""
_ROUNDS = 200
"""More round trips than any page needs: what asks on and on is stopped, and SQL answers."""
_FILTER = (
    "responses.status,responses.error.type,responses.timed_out,responses._shards.failed,responses.hits.total.value,"
    "responses.hits.hits._source,responses.hits.hits.sort,responses.aggregations"
)


class Pending(Exception):
    """A question was noted whose answer is not here yet."""


@dataclass(frozen=True)
class Search:
    """One search.

    Args:
        indexes: where to search, by name.
        body: the search, as Elasticsearch takes it.
    """

    indexes: tuple[str, ...]
    body: dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What a search found.

    Args:
        sources: the documents found, in order.
        total: how many there are, counted as far as was asked for.
        aggregations: by name.
        sorts: what each document is sorted by, of searches that ask for no sources.
    """

    sources: tuple[dict[str, Any], ...]
    total: int
    aggregations: dict[str, Any]
    sorts: tuple[list[Any], ...] = ()

    def keys(self, name: str) -> list[str]:
        """The values that a `terms` aggregation found."""
        with making_sense():
            return [bucket["key"] for bucket in self.aggregations[name]["buckets"]]


class Asker:
    """Asks for one state of the site: the same search is asked once.

    Args:
        client: of Elasticsearch; its calls end by the deadline of whoever made the asker.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._wanted: dict[_Name, tuple[Line, Line]] = {}
        self._answers: dict[_Name, Answer] = {}
        self.round_trips = 0

    def ask(self, searches: Sequence[Search]) -> list[Answer]:
        """The answers to searches.

        Raises Pending when one is not here yet.
        """
        lines = [_lines(search) for search in searches]
        names = [(header.short, body.short) for header, body in lines]
        missing = {name: pair for name, pair in zip(names, lines, strict=True) if name not in self._answers}
        if missing:
            self._wanted.update(missing)
            raise Pending
        return [self._answers[name] for name in names]

    def together(self, questions: Iterable[Callable[[], T]]) -> list[T]:
        """The answers to questions that do not wait for each other.

        Raises Pending when one is not here yet, after all have been noted.
        """
        answers, pending = [], False
        for question in questions:
            try:
                answers.append(question())
            except Pending:
                pending = True
        if pending:
            raise Pending
        return answers

    def run(self, question: Callable[[], T], expected: list[Callable[[], object]]) -> T:
        """The answer to a question, in as few round trips as it needs.

        Args:
            question: asks through this asker, and changes nothing.
            expected: questions that will be asked soon: what they need is fetched along. Those that are answered are
                taken out of the list.

        Raises:
            StoreUnavailable: the cluster does not answer, or not wholly.
        """
        for _ in range(_ROUNDS):
            try:
                return question()
            except Pending:
                self._along(expected)
                self._fetch()
        raise StoreUnavailable("a page that needs too many searches", kind="request")

    def _along(self, expected: list[Callable[[], object]]) -> None:
        for other in list(expected):
            try:
                other()
            except Pending:
                continue
            except FeedError:
                # Whoever asks it in earnest is told.
                pass
            expected.remove(other)

    def _fetch(self) -> None:
        wanted, self._wanted = self._wanted, {}
        for part in _parts(wanted):
            self.round_trips += 1
            with answering():
                lines = [line.text for _, pair in part for line in pair]
                raw = self._client.msearch(searches=lines, filter_path=_FILTER)
            found = _checked(raw, len(part))
            self._answers.update({name: answer for (name, _), answer in zip(part, found, strict=True)})


def _parts(wanted: Mapping[_Name, tuple[Line, Line]]) -> Iterator[list[tuple[_Name, tuple[Line, Line]]]]:
    """Searches in parts that one request takes."""
    part: list[tuple[_Name, tuple[Line, Line]]] = []
    size = 0
    for name, pair in wanted.items():
        length = len(pair[0]) + len(pair[1])
        if part and (len(part) == _AT_ONCE or size + length > _BYTES):
            yield part
            part, size = [], 0
        part.append((name, pair))
        size += length
    if part:
        yield part


def _lines(search: Search) -> tuple[Line, Line]:
    header = {"index": list(search.indexes), "allow_partial_search_results": False}
    return as_json(header), as_json(search.body)


def _checked(raw: Any, expected: int) -> list[Answer]:
    """The answers in a response, all of them and each from every shard."""
    try:
        responses = raw["responses"]
        if len(responses) != expected:
            raise StoreUnavailable("the search cluster answered another question", kind="answer")
        return [_answer(one) for one in responses]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StoreUnavailable("the search cluster's answer makes no sense", kind="answer") from error


def _answer(response: dict[str, Any]) -> Answer:
    if response["status"] != 200:
        raise refused(response["status"], response.get("error", {}).get("type", "no reason"))
    if response["timed_out"] or response["_shards"]["failed"]:
        raise StoreUnavailable("a part of the search cluster did not answer", kind="busy")
    hits = response.get("hits", {})
    found = hits.get("hits", ())
    # A search without sources is answered by what it sorts by.
    sources = tuple(hit["_source"] for hit in found if "_source" in hit or "sort" not in hit)
    sorts = tuple(hit["sort"] for hit in found if "_source" not in hit)
    return Answer(sources, int(hits.get("total", {}).get("value", 0)), response.get("aggregations", {}), sorts)


_KINDS = {404: "missing", 429: "busy", 502: "busy", 503: "busy", 504: "timeout", 401: "denied", 403: "denied"}


def refused(status: int, reason: str) -> StoreUnavailable:
    """What one search's own status means; the response around it was fine."""
    return StoreUnavailable(f"the search cluster refused a search: {reason}", kind=_KINDS.get(status, "request"))
