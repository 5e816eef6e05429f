"""Every page says in one sentence what it is: its own, or the site's."""

from __future__ import annotations

from tests.functional.timelines.world import World


def test_every_page_has_one_description(world: World) -> None:
    world.write("ana", "Bread #rye")
    browser, said = world.site.browser(), {}
    for path in ("/", "/about", "/join", "/@ana", "/tags/rye", "/nowhere"):
        (meta,) = browser.get(path, status="*").html.head.select("meta[name=description]")
        said[path] = meta["content"]
    assert said["/"] == said["/about"] == said["/join"] == said["/nowhere"] != ""
    assert len({said["/"], said["/@ana"], said["/tags/rye"]}) == 3
