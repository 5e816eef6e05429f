"""The page for those who read the site by program: what it promises is there."""

from __future__ import annotations

import re

from feedsite.timelines.verbs import verbs_of

from tests.functional.timelines.world import World
from tests.site import Site


def test_every_address_on_it_answers(village: World, site: Site) -> None:
    browser = site.browser()
    page = browser.get("/developers").html
    given = {"handle": "ana", "tag": "bread", "type": "tree", "id": "oak"}
    addresses = [code.get_text().format_map(given) for code in page.select("li code") if code.get_text()[0] == "/"]
    assert len(addresses) == 12
    for address in addresses:
        assert browser.get(address).status_int == 200, address
    for link in page.select("main a[href]"):
        assert browser.get(link["href"]).status_int in (200, 303), link["href"]


def test_it_names_every_kind_of_act_that_the_site_knows(site: Site) -> None:
    page = site.browser().get("/developers").html
    names = {code.get_text() for code in page.select("li code") if re.fullmatch(r"[a-z_]+", code.get_text())} - {"next"}
    assert names == {verb.name for verb in verbs_of(site.registry)}
