"""Who is taken out is in no document of the index, and nothing that was under way brings them back."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from feedsite.feeds.stores.generation import LIVE

from tests.functional.indexing.conftest import Indexed
from tests.functional.leaving.going import leave, take_out


def documents(indexed: Indexed) -> str:
    """Everything that every index of the site holds."""
    runtime = indexed.index.runtime
    names = f"{indexed.site.settings.elasticsearch_feed_index}*,{indexed.site.settings.elasticsearch_network_index}*"
    client: Any = runtime.index._client
    client.indices.refresh(index=names)
    found = client.search(index=names, query={"match_all": {}}, size=10_000).body
    assert found["hits"]["total"]["value"] < 10_000
    return json.dumps(found)


def settle(indexed: Indexed) -> None:
    """Deliver what is left, and look the bounds through, as the site's deliverer does."""
    with indexed.index.record.record() as record:
        # A rebuild put another one in its place.
        indexed.generation = record.generations()[LIVE]
    indexed.deliver()
    indexed.index.delivery.tend()
    indexed.deliver()


def test_no_document_has_anything_of_who_is_taken_out(furnished: Indexed) -> None:
    world = furnished.world
    ana = world.people["ana"]
    furnished.deliver()
    assert ana.id in documents(furnished)
    leave(furnished.site, ana.id)
    furnished.deliver()
    assert world.browser("bo").get("/@ana", status=410)
    take_out(furnished.site, ana.id)
    settle(furnished)
    assert ana.id not in documents(furnished)
    assert furnished.index.delivery.verify().is_equal
    assert "An answer" in world.browser("cy").get("/@cy").text


@pytest.mark.drill
@pytest.mark.parametrize("under_way", ["deliver", "rebuild"])
def test_what_was_under_way_brings_nothing_back(furnished: Indexed, under_way: str) -> None:
    """Again and again: work goes on in another thread while somebody is taken out."""
    world, delivery = furnished.world, furnished.index.delivery
    for number in range(5):
        handle = f"guest{number}"
        notes = world.write_many(handle, 40, "Guest's note {}")
        world.like(notes[0], "bo", "cy")
        world.follow("bo", handle)
        furnished.deliver()
        world.write_many(handle, 40, "Later note {}")
        guest = world.people[handle]
        thread = threading.Thread(target=getattr(delivery, under_way))
        thread.start()
        take_out(furnished.site, guest.id)
        thread.join(120)
        settle(furnished)
        assert guest.id not in documents(furnished)
    assert delivery.verify().is_equal
