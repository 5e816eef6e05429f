"""Feeds out from a real index: what the database alone would say."""

from __future__ import annotations

import re

from webtest import TestResponse

from feedsite.feeds.stores.elasticsearch.client import counting_trips
from feedsite.feedsout.models import FEEDS
from feedsite.feedsout.services import FeedTokenService

from tests.functional.indexing.conftest import Indexed

PUBLIC = (
    "/@bo.atom",
    "/@ana.json",
    "/@bo/outbox?page=1",
    "/tags/bread.atom",
    "/explore.json",
    "/explore/outbox?page=1",
)


def private_addresses(indexed: Indexed) -> list[str]:
    ana = indexed.world.person("ana")
    with indexed.site.transaction() as request:
        tokens = [request.find_service(FeedTokenService).make(ana.id, feed, "Reader") for feed in FEEDS]
    return [f"/feeds/{token}.{ending}" for token in tokens for ending in ("atom", "json")]


def without_cursors(answer: TestResponse) -> str:
    """A document; its cursors hold the instant of their page as well."""
    return re.sub(r"cursor=[\w.%-]+", "cursor=", answer.text)


def test_feeds_are_those_of_the_database(furnished: Indexed) -> None:
    """The index answers, in one round trip and one more for who may read the notes."""
    addresses = (*PUBLIC, *private_addresses(furnished))
    furnished.world.mute("ana", "cy")
    furnished.deliver()
    browser, plain = furnished.site.browser(), furnished.plain.browser()
    for address in addresses:
        browser.get(address)  # whatever is prepared once
        with counting_trips() as trips:
            answer = browser.get(address)
        assert 1 <= len(trips) <= 2, address
        wanted = plain.get(address)
        assert without_cursors(answer) == without_cursors(wanted), address
        assert answer.headers["ETag"] == wanted.headers["ETag"]
        following = answer.json.get("next_url") if address.endswith(".json") else None
        if following is not None:
            path = following.removeprefix("http://localhost")
            assert without_cursors(browser.get(path)) == without_cursors(plain.get(path))
    assert "Loaf 24" in browser.get(addresses[-3]).text
