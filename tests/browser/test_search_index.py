"""The pages that a search index adds something to: the admin's, and any page while the cluster rests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import expect
from sqlalchemy import insert

from feedsite.db import writing
from feedsite.feeds.stores.sql.tables import default_tables
from feedsite.indexing.process import ProcessIndex
from feedsite.metrics import metrics_of

from tests.browser.conftest import DESKTOP, PHONE, LiveSite, Opener
from tests.browser.looking import accessibility_faults, doubled_ids, sideways_pixels
from tests.functional.timelines.world import World

pytestmark = pytest.mark.browser

SENTENCE = ".flash.resting"
LOOKS = [("light", PHONE), ("dark", DESKTOP), ("light", DESKTOP), ("dark", PHONE)]


@pytest.fixture
def world(live: LiveSite, elasticsearch_url: str, elasticsearch_prefix: str) -> Iterator[World]:
    """The live site with an index, as long as a test lasts."""
    site = live.site
    settings = replace(
        site.settings,
        elasticsearch_hosts=(elasticsearch_url,),
        elasticsearch_feed_index=f"{elasticsearch_prefix}-live-feeds",
        elasticsearch_network_index=f"{elasticsearch_prefix}-live-network",
        elasticsearch_deliver_every=0.0,
        # This machine may be busy.
        elasticsearch_deadline=10.0,
    )
    world = World(site)
    world.follow("ana", "bo")
    world.write_many("bo", 3, "A loaf {}")
    index = ProcessIndex(settings, lambda: site.engine, metrics_of(site.registry))
    generation = index.delivery.create(layout="two")
    site.registry["feedsite.index"] = index
    yield world
    site.registry["feedsite.index"] = None
    index.runtime.index.drop(generation)
    index.close()


def _is_fine(page) -> None:
    assert (accessibility_faults(page), sideways_pixels(page), doubled_ids(page)) == ([], 0, [])


@pytest.mark.parametrize(("theme", "width"), LOOKS)
def test_the_sentence_of_a_resting_cluster_is_part_of_a_sound_page(
    world: World, open_page: Opener, theme: str, width: int
) -> None:
    index: ProcessIndex = world.site.registry["feedsite.index"]
    page = open_page("/home", theme=theme, width=width, person=world.person("ana"))
    shown = page.locator("article.item").all_inner_texts()
    assert "A loaf 2" in "".join(shown)
    assert page.locator(SENTENCE).count() == 0
    index.runtime.breaker.failed("timeout")
    page.reload()
    assert page.locator(SENTENCE).get_attribute("role") == "status"
    assert len(page.locator("article.item").all_inner_texts()) == len(shown)
    _is_fine(page)


@pytest.mark.parametrize(("theme", "width"), LOOKS)
def test_the_page_of_the_index_with_something_set_aside(
    world: World, open_page: Opener, theme: str, width: int
) -> None:
    row = {"id": "act-" + "x" * 60, "version": 2, "changed": 1_790_000_000_000, "attempts": 3}
    with writing(world.site.engine).begin() as connection:
        reason = "strict_dynamic_mapping_exception: mapping set to strict, no such field"
        connection.execute(insert(default_tables().act_changes).values(**row, refused=reason))
    page = open_page("/admin/index", theme=theme, width=width, person=world.person("root", role="admin"))
    expect(page.locator("text=strict_dynamic_mapping_exception")).to_be_visible()
    _is_fine(page)
    page.click("text=Try again")
    expect(page.locator("text=1 row is tried again.")).to_be_visible()
    _is_fine(page)
