"""Requests to follow on the index: they change no feed, an answer shows on the next page, the list costs one trip."""

from __future__ import annotations

import pytest

from feedsite.accounts.models import Person
from feedsite.feeds.stores.elasticsearch import bounds
from feedsite.feeds.stores.elasticsearch.client import counting_trips

from tests.functional.indexing.conftest import Indexed
from tests.functional.timelines.world import main_of, plain, texts


def test_who_is_accepted_sees_it_on_the_next_page_and_the_list_takes_one_trip(
    indexed: Indexed, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, people = indexed.world, ("bo", "cy", "di")
    world.write("ana", "Between us", visibility="followers")
    browsers = {handle: world.browser(handle) for handle in ("ana", *people)}
    with indexed.site.transaction() as request:
        request.dbsession.get(Person, world.person("ana").id).locked = True
    indexed.create()
    for handle in people:
        browsers[handle].submit("/@ana/follow")
        assert texts(browsers[handle].get("/home")) == []
    indexed.deliver()
    with monkeypatch.context() as patch, counting_trips() as trips:
        # What is counted is not how long a busy machine takes between two pages.
        patch.setattr(bounds, "_MARGIN_MS", -(10**9))
        browsers["ana"].get("/requests")
        before = len(trips)
        page = browsers["ana"].get("/requests")
    assert (len(trips) - before, "resting" in page.text) == (1, False)
    assert [plain(name) for name in main_of(page).select(".people .name")] == ["Di", "Cy", "Bo"]
    browsers["ana"].submit("/requests/accept", {"request": world.person("bo").id})
    assert texts(browsers["bo"].get("/home")) == ["Between us"]
    assert texts(browsers["cy"].get("/home")) == []
    indexed.deliver()
    assert texts(browsers["bo"].get("/home")) == ["Between us"]
    assert "Bo followed you" in plain(main_of(browsers["ana"].get("/notifications")))
