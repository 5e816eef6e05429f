"""What pages say of themselves to machines: the address for good, and a card of what is public."""

from __future__ import annotations

import pytest
from webtest import TestResponse

from feedsite.accounts.services import AccountService

from tests.functional.timelines.world import World, faults_of_html


def card(page: TestResponse) -> dict[str, str]:
    """The Open Graph data of a page, without what is the same everywhere."""
    found = {meta["property"]: meta["content"] for meta in page.html.select("head meta[property]")}
    return {name: value for name, value in found.items() if name not in ("og:site_name", "og:locale")}


def canonical(page: TestResponse) -> str | None:
    link = page.html.select_one("head link[rel=canonical]")
    return None if link is None else str(link["href"])


def test_a_public_note_has_a_card(world: World) -> None:
    note = world.write("ana", 'Bread & "butter" <b>\nwarm ' + "word " * 80)
    page = world.site.browser().get(f"/@ana/{note.id}")
    assert faults_of_html(page) == []
    said = card(page)
    assert said["og:title"] == "Ana (@ana)"
    assert said["og:description"].startswith('Bread & "butter" <b> warm word')
    assert len(said["og:description"]) <= 200
    assert said["og:type"] == "article"
    assert said["og:url"] == canonical(page) == f"http://localhost/@ana/{note.id}"
    assert said["article:author"] == "http://localhost/@ana"
    assert "og:image" not in said
    site_name = page.html.select_one("meta[property='og:site_name']")
    assert site_name["content"] == world.site.settings.site_name
    (alternate,) = page.html.select("head link[rel=alternate]")
    assert (alternate["type"], alternate["href"]) == (
        "application/activity+json",
        f"http://localhost/id/note/{note.id}",
    )


def test_a_note_that_is_not_for_everybody_has_none(world: World) -> None:
    world.follow("bo", "ana")
    note = world.write("ana", "Among us", visibility="followers")
    page = world.browser("bo").get(f"/@ana/{note.id}")
    assert "Among us" in page.text
    assert card(page) == {}
    assert page.html.select("head link[rel=alternate], head link[rel=canonical]") == []


def test_a_profile_has_a_card_with_what_its_owner_says(world: World) -> None:
    ana, browser = world.person("ana"), world.site.browser()
    assert card(browser.get("/@ana"))["og:description"] == "What Ana did"
    with world.site.transaction() as request:
        request.find_service(AccountService).change_profile(ana.id, name="Ana & co", bio="I bake.\n\nMostly <bread>.")
    said = card(browser.get("/@ana"))
    assert said == {
        "og:title": "Ana & co (@ana)",
        "og:description": "I bake. Mostly <bread>.",
        "og:type": "profile",
        "og:url": "http://localhost/@ana",
        "profile:username": "ana",
    }


@pytest.mark.parametrize(("path", "title"), [("/tags/bread", "#bread"), ("/explore", "Explore")])
def test_lists_have_a_card_too(world: World, path: str, title: str) -> None:
    world.write("ana", "#bread")
    page = world.site.browser().get(path)
    assert card(page)["og:title"] == title
    assert card(page)["og:type"] == "website"
    assert canonical(page) == f"http://localhost{path}"


def test_a_further_page_of_a_list_is_no_address_for_good(world: World) -> None:
    world.write_many("ana", 21)
    browser = world.site.browser()
    older = browser.get("/@ana").html.select_one("a[rel=next]")["href"]
    page = browser.get(older)
    assert canonical(page) is None
    assert card(page) == {}
    assert len(page.html.select("head link[rel=alternate]")) == 3
