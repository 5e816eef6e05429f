"""The same notes are found whoever is asked: the index, the index with the record laid over, and the database."""

from __future__ import annotations

from urllib.parse import urlencode

from feedsite.feeds import Entity
from feedsite.graph.services import GraphService

from tests.functional.indexing.conftest import Indexed
from tests.functional.timelines.world import pages, texts
from tests.site import Site

_WORDS = ("rye", "bread", "oven", "rye bread", "#baking", "bread oven", "#baking #oven", "café")
_ASKED = ("rye", "bread oven", '"rye bread"', "#baking", "#baking #oven", "oven from:bo", "cafe", "bread since:2026-01")


def found(site: Site, indexed: Indexed, text: str) -> list[list[str]]:
    """The notes on the pages of a search."""
    browser = site.browser(indexed.world.person("reader"))
    return [texts(page) for page in pages(browser, "/search?" + urlencode({"q": text, "tab": "notes"}))]


def fill(indexed: Indexed) -> None:
    """Notes that have the words in every way, of three people."""
    world = indexed.world
    world.person("reader")
    for at, handle in enumerate(("ana", "bo", "cy")):
        for number in range(16):
            words = " ".join(_WORDS[bit] for bit in range(len(_WORDS)) if (number * 37 + at * 11) >> bit & 1)
            world.write(handle, f"{number} of {handle}: {words}")


def test_the_index_and_the_database_find_the_same_notes(indexed: Indexed) -> None:
    fill(indexed)
    indexed.create()
    indexed.deliver()
    settled = {text: found(indexed.site, indexed, text) for text in _ASKED}
    assert settled == {text: found(indexed.plain, indexed, text) for text in _ASKED}
    assert all(settled.values())
    assert sum(map(len, settled["rye"])) > 20

    gone = indexed.world.write("ana", "rye bread, not delivered yet")
    with indexed.site.transaction() as request:
        graph, reader = request.find_service(GraphService), indexed.world.person("reader")
        graph.mute(reader.id, Entity("person", indexed.world.person("bo").id))
        graph.mute(reader.id, Entity("word", "oven"))
    lagging = {text: found(indexed.site, indexed, text) for text in _ASKED}
    assert lagging == {text: found(indexed.plain, indexed, text) for text in _ASKED}
    assert lagging["rye"][0][0] == "rye bread, not delivered yet"
    assert not any("oven" in said or "of bo" in said for page in lagging["rye"] for said in page)

    indexed.world.delete(gone)
    indexed.falls("away")
    assert found(indexed.site, indexed, "rye") == found(indexed.plain, indexed, "rye")
    assert "not delivered" not in str(found(indexed.site, indexed, "rye"))
