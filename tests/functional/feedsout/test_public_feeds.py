"""The public lists as Atom, JSON Feed and ActivityStreams: valid, equal to their pages, and public."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from webtest import TestResponse

from feedsite.db import utcnow
from feedsite.moderation.services import OPERATOR, ModerationService

from tests.functional.feedsout.schemas import check_activity, check_atom, check_json_feed
from tests.functional.feedsout.village import edit, rename
from tests.functional.timelines.world import World, main_of
from tests.site import Browser

LISTS = ("/@ana", "/tags/bread", "/explore")
THING = "/o/tree/oak"
ACTIVITY = {"Accept": "application/activity+json"}


def path_in(url: str) -> str:
    """An address of this site as its path."""
    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc) == ("http", "localhost")
    return parts.path + (f"?{parts.query}" if parts.query else "")


def anchors(page: TestResponse) -> list[str]:
    """The acts of a page, in order."""
    return [
        article["id"].removeprefix("act-") for article in main_of(page).select(".timeline:not(.pinned) article.item")
    ]


def acts_in(ids: list[str]) -> list[str]:
    """The acts that ids in a feed name."""
    return [one.rpartition("/id/act/")[2] for one in ids]


def outbox_page(browser: Browser, path: str) -> TestResponse:
    collection = browser.get(f"{path}/outbox").json
    check_activity(collection)
    return browser.get(path_in(collection["first"]))


def feed_of(path: str, ending: str) -> str:
    """The address of a list's feed. An id of a thing may end as a feed does."""
    return f"{path}/feed.{ending}" if path == THING else f"{path}.{ending}"


def ids_of(browser: Browser, path: str, kind: str) -> list[str]:
    """The acts that a list has in one of its formats."""
    if kind == "page":
        return anchors(browser.get(path))
    if kind == "atom":
        return acts_in([entry.id for entry in check_atom(browser.get(feed_of(path, "atom")).body).entries])
    if kind == "json":
        return acts_in([item["id"] for item in browser.get(feed_of(path, "json")).json["items"]])
    return acts_in([item["id"] for item in outbox_page(browser, path).json["orderedItems"]])


# -- what is in them


@pytest.mark.parametrize("path", [*LISTS, THING])
def test_each_format_is_valid_and_has_the_items_of_the_page(village: World, path: str) -> None:
    browser = village.site.browser()
    shown = ids_of(browser, path, "page")
    assert len(shown) >= (1 if path == THING else 3)
    assert [ids_of(browser, path, kind) for kind in ("atom", "json", "outbox")] == [shown] * 3
    atom, json = browser.get(feed_of(path, "atom")), browser.get(feed_of(path, "json"))
    assert atom.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert json.headers["Content-Type"] == "application/feed+json"
    check_atom(atom.body)
    check_json_feed(json.json)
    page = outbox_page(browser, path)
    assert page.headers["Content-Type"] == "application/activity+json"
    check_activity(page.json)
    for item in page.json["orderedItems"]:
        check_activity({"@context": page.json["@context"], **item})


def test_an_empty_feed_is_valid_too(world: World) -> None:
    world.person("ana")
    browser = world.site.browser()
    for path in LISTS:
        assert check_atom(browser.get(f"{path}.atom").body).entries == []
        check_json_feed(browser.get(f"{path}.json").json)
        assert outbox_page(browser, path).json["orderedItems"] == []


def test_what_is_not_public_is_in_no_feed_whoever_asks(village: World) -> None:
    """Not even its author's own browser gets it from an address that anybody may ask."""
    stranger = village.site.browser()
    for who in ("ana", "bo"):
        browser = village.browser(who)
        assert "For my followers" in browser.get("/@ana")
        for path in LISTS:
            for address in (f"{path}.atom", f"{path}.json", f"{path}/outbox?page=1"):
                answer = browser.get(address)
                assert "For my followers" not in answer
                assert answer.body == stranger.get(address).body, "nobody's eyes, in sentences too"


def test_a_text_comes_as_it_was_typed_and_cannot_do_anything(village: World) -> None:
    browser = village.site.browser()
    (entry,) = [one for one in check_atom(browser.get("/@ana.atom").body).entries if "🍞" in one.title]
    assert entry.title.startswith('<script>alert(1)</script> & "quotes" ]]>')
    (item,) = [one for one in browser.get("/@ana.json").json["items"] if "🍞" in one["title"]]
    (note,) = [
        one["object"]
        for one in outbox_page(browser, "/@ana").json["orderedItems"]
        if one["type"] == "Create" and "🍞" in one["object"]["content"]
    ]
    for html in (item["content_html"], note["content"]):
        assert "<script" not in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp;" in html
        assert '<a class="tag" href="http://localhost/tags/bread">#bread</a>' in html
        assert '<a class="mention" href="http://localhost/@bo">@bo</a>' in html
        assert 'href="/' not in html
    assert entry.tags[0].term == "bread"
    assert {tag["name"] for tag in note["tag"]} == {"@bo", "#bread"}


def test_each_act_is_what_it_is_called_in_the_vocabulary(village: World) -> None:
    browser = village.site.browser()
    items = outbox_page(browser, "/@ana").json["orderedItems"]
    assert [item["type"] for item in items] == ["Join", "Activity", "Follow", "Like", "Announce", "Create", "Create"]
    join, plant, follow, like, share, reply, create = items
    page = "http://localhost/o/project/feedsite"
    assert join["object"] == {"type": "Object", "id": page, "url": page, "name": "project feedsite"}
    assert plant["object"]["name"] == "An oak & an elm"
    assert "summary" in plant
    assert follow["object"].endswith(f"/id/person/{village.person('bo').id}")
    assert reply["object"]["inReplyTo"] == like["object"] == share["object"]
    assert "inReplyTo" not in create["object"]
    assert {item["actor"] for item in items} == {f"http://localhost/id/person/{village.person('ana').id}"}


def test_a_share_shows_the_note_and_whose_it_is(village: World) -> None:
    items = village.site.browser().get("/@ana.json").json["items"]
    (share,) = [one for one in items if one["title"] == "Ana shared a note by Bo" or "shared" in one["title"]]
    assert "<blockquote" in share["content_html"]
    assert "Soup is on" in share["content_html"]
    assert share["authors"] == [{"name": "Ana", "url": "http://localhost/@ana"}]
    assert share["url"].startswith("http://localhost/@bo/")


# -- what changes, and what does not


def test_what_is_changed_says_so_and_keeps_its_id(world: World) -> None:
    note = world.write("ana", "First words", at=utcnow() - timedelta(days=2))
    browser = world.site.browser()
    before = check_atom(browser.get("/@ana.atom").body).entries[0]
    edit(world, note, "Second words")
    after = check_atom(browser.get("/@ana.atom").body)
    entry, item = after.entries[0], browser.get("/@ana.json").json["items"][0]
    assert (entry.id, entry.published) == (before.id, before.published)
    assert before.updated == before.published < entry.updated == after.feed.updated
    assert item["date_modified"] == entry.updated
    assert "Second words" in item["content_html"]
    document = browser.get(f"/id/note/{note.id}", headers=ACTIVITY).json
    check_activity(document)
    assert document["updated"] == entry.updated


def test_what_is_deleted_is_in_no_feed(world: World) -> None:
    note, kept = world.write("ana", "Gone soon"), world.write("ana", "Still here")
    browser = world.site.browser()
    world.delete(note)
    for kind in ("atom", "json", "outbox"):
        assert ids_of(browser, "/@ana", kind) == [kept.act_id]
    assert browser.get(f"/id/note/{note.id}", headers=ACTIVITY, expect_errors=True).status_int == 410
    assert browser.get(f"/id/act/{note.act_id}", headers=ACTIVITY, expect_errors=True).status_int == 404


def test_ids_stay_the_same_when_somebody_renames_themselves(village: World) -> None:
    browser = village.site.browser()
    before = {kind: ids_of(browser, "/@ana", kind) for kind in ("atom", "json", "outbox")}
    feed = check_atom(browser.get("/@ana.atom").body).feed.id
    actor = browser.get("/@ana", headers=ACTIVITY).json
    rename(village, village.person("ana"), "anna")
    assert browser.get("/@ana.atom").location == "http://localhost/@anna.atom"
    assert browser.get("/@ana/outbox").location == "http://localhost/@anna/outbox"
    assert {kind: ids_of(browser, "/@anna", kind) for kind in ("atom", "json", "outbox")} == before
    assert check_atom(browser.get("/@anna.atom").body).feed.id == feed
    after = browser.get(path_in(actor["id"]), headers=ACTIVITY).json
    assert (after["id"], after["preferredUsername"]) == (actor["id"], "anna")


def test_nobody_and_who_is_suspended_have_no_feeds(village: World) -> None:
    browser, ana = village.site.browser(), village.person("ana")
    with village.site.transaction() as request:
        request.find_service(ModerationService).suspend(OPERATOR, ana.id, "Spam")
    for handle in ("ana", "nobody"):
        for ending in (".atom", ".json", "/outbox"):
            assert browser.get(f"/@{handle}{ending}", expect_errors=True).status_int == 404
    assert browser.get(f"/id/person/{ana.id}", headers=ACTIVITY, expect_errors=True).status_int == 404
    assert "alert(1)" not in browser.get("/explore.json")


# -- addresses for good


def test_ids_lead_to_the_pages_and_to_the_documents(village: World) -> None:
    browser = village.site.browser()
    for item in outbox_page(browser, "/@ana").json["orderedItems"]:
        path = path_in(item["id"])
        document = browser.get(path, headers=ACTIVITY).json
        check_activity(document)
        assert {**item, "@context": document["@context"]} == document
        page = browser.get(path_in(browser.get(path).location).partition("#")[0])
        assert page.content_type == "text/html"
        person = browser.get(path_in(item["actor"]), headers=ACTIVITY).json
        check_activity(person)
        assert browser.get(path_in(item["actor"])).location == "http://localhost/@ana"
        assert person["outbox"] == "http://localhost/@ana/outbox"


def test_what_is_not_public_has_no_document(world: World) -> None:
    note = world.write("ana", "For my followers", visibility="followers")
    for browser in (world.site.browser(), world.browser("ana")):
        for thing in (f"note/{note.id}", f"act/note.{note.id}", "note/0", "act/never", "person/nobody"):
            assert browser.get(f"/id/{thing}", headers=ACTIVITY, expect_errors=True).status_int == 404, thing
            assert browser.get(f"/id/{thing}", expect_errors=True).status_int == 404, thing


# -- paging


@pytest.mark.parametrize("kind", ["atom", "json", "outbox"])
def test_pages_follow_one_another_and_lose_nothing(world: World, kind: str) -> None:
    written = [note.act_id for note in world.write_many("ana", 45)]
    browser = world.site.browser()
    found = list(_pages(browser, kind, world))
    assert [len(ids) for ids in found] == [20, 20, 5]
    assert [one for ids in found for one in ids] == _in_order(browser, written)


def _in_order(browser: Browser, written: list[str]) -> list[str]:
    """These acts as the pages of the site show them, one after the other."""
    shown: list[str] = []
    following: str | None = "/@ana"
    while following is not None:
        page = browser.get(following)
        shown += anchors(page)
        older = page.html.select_one("a[rel=next]")
        following = None if older is None else older["href"]
    return [one for one in shown if one in written]


def _pages(browser: Browser, kind: str, world: World) -> Iterator[list[str]]:
    """The ids page by page; something new arrives after the first one."""
    ending = {"atom": ".atom", "json": ".json", "outbox": "/outbox?page=1"}[kind]
    following: str | None = f"/@ana{ending}"
    first = following
    while following is not None:
        answer = browser.get(following)
        if kind == "atom":
            parsed = check_atom(answer.body)
            links = {link.rel: link.href for link in parsed.feed.links}
            assert path_in(links["self"]) == following
            assert path_in(links["first"]) == first
            ids, url = [entry.id for entry in parsed.entries], links.get("next")
        elif kind == "json":
            check_json_feed(answer.json)
            ids, url = [item["id"] for item in answer.json["items"]], answer.json.get("next_url")
        else:
            check_activity(answer.json)
            ids, url = [item["id"] for item in answer.json["orderedItems"]], answer.json.get("next")
        if following == first:
            world.write("ana", "Meanwhile")
        following = None if url is None else path_in(url)
        yield acts_in(ids)


def test_a_cursor_of_another_list_is_refused(world: World) -> None:
    world.write_many("ana", 21)
    browser = world.site.browser()
    cursor = browser.get("/@ana.json").json["next_url"].partition("cursor=")[2]
    for path in ("/@ana.atom", "/@ana/outbox"):
        assert browser.get(f"{path}?cursor={cursor}").status_int == 200
    world.person("bo")
    for path in ("/@bo.atom", "/explore.json", "/explore/outbox", "/@ana.atom"):
        wrong = "x" if path == "/@ana.atom" else ""
        assert browser.get(f"{path}?cursor={cursor}{wrong}", expect_errors=True).status_int == 400


# -- pages and their feeds


@pytest.mark.parametrize("path", LISTS)
def test_a_page_names_its_feeds_in_its_head_and_to_its_reader(village: World, path: str) -> None:
    browser = village.site.browser()
    page = browser.get(path)
    wanted = {
        "application/atom+xml": f"http://localhost{path}.atom",
        "application/feed+json": f"http://localhost{path}.json",
        "application/activity+json": f"http://localhost{path}/outbox",
    }
    assert {link["type"]: link["href"] for link in page.html.select("head link[rel=alternate]")} == wanted
    assert {link["type"]: link["href"] for link in page.html.select("main .feeds a")} == wanted
    for address in wanted.values():
        assert browser.get(path_in(address)).status_int == 200


_ACCEPTED = {
    "application/activity+json": True,
    'application/ld+json; profile="https://www.w3.org/ns/activitystreams"': True,
    "application/activity+json, text/html;q=0.5": True,
    "text/html, application/activity+json;q=0.5": False,
    "application/ld+json": False,
    "*/*": False,
    "": False,
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": False,
    "not a header at all;;": False,
}


@pytest.mark.parametrize(("path", "kind"), [("/@ana", "Person"), ("/tags/bread", "OrderedCollection"), ("/{}", "Note")])
def test_a_page_s_own_address_gives_what_is_asked_for(world: World, path: str, kind: str) -> None:
    note = world.write("ana", "Hello #bread")
    browser, path = world.site.browser(), path.format(f"@ana/{note.id}")
    answers = {accept: browser.get(path, headers={"Accept": accept} if accept else {}) for accept in _ACCEPTED}
    assert {
        accept: answer.content_type == "application/activity+json" for accept, answer in answers.items()
    } == _ACCEPTED
    for answer in answers.values():
        assert "Accept" in {name.strip() for name in answer.headers["Vary"].split(",")}
        if answer.content_type == "application/activity+json":
            check_activity(answer.json)
            assert answer.json["type"] == kind
