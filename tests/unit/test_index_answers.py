"""Answers of the search cluster that look whole and are not: a page falls back, it does not break."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from feedsite.feeds.errors import StoreUnavailable
from feedsite.feeds.names import Entity
from feedsite.feeds.query import FeedQuery, Scope
from feedsite.feeds.stores.elasticsearch.asking import Asker
from feedsite.feeds.stores.elasticsearch.counting import IndexReader
from feedsite.feeds.stores.elasticsearch.layout import Names
from feedsite.feeds.stores.elasticsearch.sight import Held, SightCache
from feedsite.feeds.stores.elasticsearch.sitting import Overlay, Sitting
from feedsite.feeds.stores.generation import Bucket, Generation

ANA = Entity("person", "ana")
GENERATION = Generation("0123456789ab", "live", 0, buckets=(Bucket("future", 0, 2**42),), links_uuid="x")


class Record:
    """A record that knows of no changes."""

    def holder_versions(self, keys: object) -> dict[str, int]:
        """None."""
        return {}

    def hidings(self) -> dict[str, str]:
        """None."""
        return {}


class Cluster:
    """Gives the same answer to every search."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer = {"status": 200, "timed_out": False, "_shards": {"failed": 0}, **answer}

    def msearch(self, *, searches: list[str], filter_path: str) -> dict[str, Any]:
        """The answer, for each."""
        return {"responses": [self.answer] * (len(searches) // 2)}


def acts(reader: IndexReader) -> object:
    return reader.newest(FeedQuery(Scope.EVERYBODY, None, None, as_of=1), None, 5)


def links(reader: IndexReader) -> object:
    return reader.links(entity=ANA, kinds=("follow",), as_of=1, size=5)


def held(reader: IndexReader) -> object:
    return reader.links(follower=ANA, kinds=("follow",), as_of=1)


def count(reader: IndexReader) -> object:
    return reader.count_links(ANA, ("follow",), 1)


@pytest.mark.parametrize("question", [acts, links, held, count])
@pytest.mark.parametrize("source", [{}, {"position": "x", "id": 1, "body": "{"}, []])
def test_documents_that_make_no_sense_are_no_answer(question: Callable[[IndexReader], object], source: object) -> None:
    asker = Asker(Cluster({"hits": {"hits": [{"_source": source}]}}))
    sights = SightCache()
    sights.put(GENERATION.id, 0, Held("site:all", ()))
    reader = IndexReader(Sitting(GENERATION, Names(), Overlay((), ()), Record(), asker, sights), None)  # type: ignore[arg-type]
    with pytest.raises(StoreUnavailable) as caught:
        asker.run(lambda: question(reader), [])
    assert caught.value.kind == "answer"
