"""Whatever the cluster does, people get the same pages in time, with a sentence more; what they write arrives."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.functional.indexing.conftest import Indexed
from tests.functional.timelines.world import faults_of_html, main_of, plain, texts
from tests.promptness import in_time
from tests.sick_cluster import SickCluster
from tests.site import Site

SENTENCE = "Part of this site is not working at the moment."
PATHS = (
    "/home",
    "/home/hot",
    "/home/objects",
    "/home/days",
    "/notifications",
    "/archive",
    "/explore",
    "/@bo",
    "/@ana/following",
    "/tags/bread",
)
#: What the site promises for any page (docs/operations.md).
PROMISE = 2.5


def items(page: Any) -> list[str]:
    """What a page shows, without the sentence and without words that say how long ago something was."""
    main = main_of(page)
    for node in main.select(".resting, time, input[name=csrf_token]"):
        node.extract()
    return [plain(node) for node in main.select("article, h1, h2, h3, li, .paging")]


def is_resting(page: Any) -> bool:
    found = page.html.select(".resting[role=status]")
    assert len(found) <= 1
    return bool(found) and SENTENCE in plain(found[0])


def expected(indexed: Indexed, path: str, who: str = "ana") -> list[str]:
    """The same page of the same site without an index."""
    return items(indexed.plain.browser(indexed.world.person(who)).get(path))


def test_a_healthy_cluster_gives_the_same_pages_and_no_sentence(furnished: Indexed) -> None:
    browser = furnished.world.browser("ana")
    for path in PATHS:
        asked = furnished.cluster.requests
        page = browser.get(path)
        assert not is_resting(page), path
        assert items(page) == expected(furnished, path)
        assert furnished.cluster.requests > asked, path


@pytest.mark.parametrize("illness", [*SickCluster.ILLNESSES, "other"])
def test_every_page_is_the_database_s_while_the_cluster_is_ill(furnished: Indexed, illness: str) -> None:
    browser = furnished.world.browser("ana")
    furnished.falls(illness)
    for path in PATHS if illness in ("away", "silent", "busy") else PATHS[:1]:
        page = in_time(PROMISE, lambda at=path: browser.get(at), afresh=furnished.forgets)
        assert is_resting(page), path
        assert items(page) == expected(furnished, path)
    assert faults_of_html(page) == []


def test_people_who_are_not_signed_in_are_told_too(furnished: Indexed) -> None:
    furnished.falls("away")
    browser = furnished.site.browser()
    assert is_resting(browser.get("/explore"))
    # A page that asked nothing has nothing to say.
    assert not is_resting(browser.get("/about"))


def test_a_slow_cluster_is_met_once_and_then_spared(furnished: Indexed) -> None:
    browser = furnished.world.browser("ana")
    furnished.falls("silent")
    browser.get("/home")
    asked = furnished.cluster.requests
    for _ in range(5):
        assert is_resting(browser.get("/home"))
    assert furnished.cluster.requests <= asked + 1


@pytest.mark.parametrize("illness", ["away", "silent", "busy", "resetting", "proxy"])
def test_what_is_written_meanwhile_is_kept_shown_and_delivered_once(furnished: Indexed, illness: str) -> None:
    browser = furnished.world.browser("ana")
    furnished.falls(illness)
    written: list[str] = []

    def write() -> None:
        written.append(f"Written in need {len(written)}")
        assert browser.submit("/notes", {"text": written[-1]}).status_int == 303

    for _ in range(3):
        in_time(PROMISE, write, afresh=furnished.forgets)
        assert texts(browser.get("/@ana"))[0] == written[-1]
    furnished.falls("well")
    furnished.deliver()
    verified = furnished.index.delivery.verify()
    assert verified.differences == 0
    assert verified.waiting == 0
    furnished.index.runtime.breaker.encouraged()
    page = browser.get("/@ana")
    assert not is_resting(page)
    assert texts(page)[: len(written)] == written[::-1]


def test_unfollowing_and_deleting_hold_at_once_while_the_cluster_is_ill(furnished: Indexed) -> None:
    world = furnished.world
    note = world.write("cy", "Soon gone")
    furnished.deliver()
    browser = world.browser("ana")
    assert "Soon gone" in texts(browser.get("/home"))
    furnished.falls("busy")
    world.delete(note)
    world.unfollow("ana", "bo")
    furnished.falls("well")
    # Nothing of it was delivered: the record is laid over what the index says.
    furnished.index.runtime.breaker.encouraged()
    page = browser.get("/home")
    assert not is_resting(page)
    assert "Soon gone" not in texts(page)
    assert items(page) == expected(furnished, "/home")


def test_it_mends_itself(furnished: Indexed, two_sites: tuple[Site, Site]) -> None:
    """With the deliverer of a real process, and nobody who does anything."""
    deliverer = furnished.index.deliverer
    deliverer._every = 0.1
    browser = furnished.world.browser("ana")
    browser.get("/home")
    assert deliverer._thread is not None
    assert deliverer._thread.daemon
    furnished.falls("unavailable")
    for number in range(3):
        browser.submit("/notes", {"text": f"Written in need {number}"})
    assert is_resting(browser.get("/home"))
    furnished.falls("well")
    ends = time.monotonic() + 30
    while is_resting(browser.get("/home")) or furnished.index.delivery.verify().waiting:
        assert time.monotonic() < ends
        time.sleep(0.2)
    assert furnished.index.delivery.verify().differences == 0
    assert furnished.index.runtime.breaker.state == "closed"


def test_a_refused_form_asks_nobody_while_it_holds_the_database(furnished: Indexed) -> None:
    browser = furnished.world.browser("ana")
    token = {"csrf_token": browser.csrf_token(), "text": " "}
    asked = furnished.cluster.requests
    page = browser.post("/notes", token, status=422)
    assert furnished.cluster.requests == asked
    assert not is_resting(page)


def test_an_index_that_was_never_made_costs_nothing_but_the_sentence(indexed: Indexed) -> None:
    indexed.world.follow("ana", "bo")
    indexed.world.write("bo", "Hello")
    page = indexed.world.browser("ana").get("/home")
    assert texts(page) == ["Hello"]
    assert is_resting(page)


def test_a_wiped_cluster_is_noticed_and_answers_nothing(furnished: Indexed) -> None:
    browser = furnished.world.browser("ana")
    assert not is_resting(browser.get("/home"))
    furnished.index.runtime.index.drop(furnished.generation)
    for _ in range(3):
        page = browser.get("/home")
        assert is_resting(page)
        assert items(page) == expected(furnished, "/home")


def test_an_error_page_stands_in_the_same_frame(furnished: Indexed) -> None:
    furnished.falls("away")
    browser = furnished.world.browser("ana")
    assert browser.get("/nowhere", status=404).html.select_one("h1") is not None
    assert browser.get("/home?cursor=nonsense", status=400).html.select_one("h1") is not None
