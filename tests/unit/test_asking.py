"""Questions are noted and asked together: in parts that a node takes, and each only once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from feedsite.feeds.errors import StoreUnavailable
from feedsite.feeds.stores.elasticsearch import asking
from feedsite.feeds.stores.elasticsearch.asking import Asker, Search
from feedsite.feeds.stores.elasticsearch.breaker import Breaker
from feedsite.feeds.stores.elasticsearch.client import Access
from feedsite.feeds.stores.elasticsearch.runtime import Runtime


class Echo:
    """A cluster whose answer to a search is how many documents it asks for."""

    def __init__(self) -> None:
        self.requests: list[int] = []

    def msearch(self, *, searches: list[str], filter_path: str) -> dict[str, Any]:
        bodies = [json.loads(line) for line in searches[1::2]]
        self.requests.append(len(bodies))
        return {"responses": [self._one(body["size"]) for body in bodies]}

    @staticmethod
    def _one(size: int) -> dict[str, Any]:
        return {"status": 200, "timed_out": False, "_shards": {"failed": 0}, "hits": {"total": {"value": size}}}


def _search(size: int) -> Search:
    return Search(("an-index",), {"size": size})


def test_questions_go_out_together_with_what_was_announced() -> None:
    cluster = Echo()
    asker = Asker(cluster)
    announced = [lambda: asker.ask([_search(7)]), lambda: asker.ask([_search(1)])]
    answers = asker.run(lambda: asker.ask([_search(1), _search(2)]), announced)
    assert [answer.total for answer in answers] == [1, 2]
    # The same search of two questions is asked once.
    assert cluster.requests == [3]
    assert asker.run(lambda: asker.ask([_search(7)])[0].total, announced) == 7
    assert cluster.requests == [3]


def test_a_question_that_follows_another_takes_a_second_round() -> None:
    cluster = Echo()
    asker = Asker(cluster)

    def both() -> int:
        first = asker.ask([_search(3)])[0].total
        return asker.ask([_search(first * 2)])[0].total

    assert asker.run(both, []) == 6
    assert cluster.requests == [1, 1]


def test_a_request_has_no_more_searches_and_bytes_than_a_node_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = Echo()
    monkeypatch.setattr(asking, "_AT_ONCE", 4)
    asker = Asker(cluster)
    assert len(asker.run(lambda: asker.ask([_search(number) for number in range(10)]), [])) == 10
    assert cluster.requests == [4, 4, 2]
    monkeypatch.setattr(asking, "_BYTES", 1)
    assert len(asker.run(lambda: asker.ask([_search(number) for number in range(10, 13)]), [])) == 3
    assert cluster.requests[3:] == [1, 1, 1]


def test_who_asks_on_and_on_is_stopped() -> None:
    asker, sizes = Asker(Echo()), iter(range(1, 10_000))
    with pytest.raises(StoreUnavailable) as caught:
        asker.run(lambda: asker.ask([_search(next(sizes))]), [])
    assert caught.value.kind == "request"


@pytest.mark.parametrize("kind", ["request", "late"])
def test_what_is_wrong_with_one_page_opens_the_breaker_for_nobody(kind: str) -> None:
    breaker = Breaker()
    runtime = Runtime(Access(("http://127.0.0.1:1",)), breaker=breaker)
    for _ in range(10):
        runtime.failed(StoreUnavailable("a page", kind=kind))
    assert breaker.allows()
    runtime.failed(StoreUnavailable("no answer", kind="timeout"))
    assert not breaker.allows()
