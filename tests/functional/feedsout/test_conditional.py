"""Feeds are sent again only when something in them is another."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from feedsite.accounts.services import AccountService
from feedsite.db import counting_statements, utcnow

from tests.functional.feedsout.village import edit, rename
from tests.functional.timelines.world import World

ADDRESSES = ("/@ana.atom", "/@ana.json", "/@ana/outbox?page=1", "/tags/bread.atom", "/explore.json")


def test_what_a_reader_has_is_not_sent_again(village: World) -> None:
    browser = village.site.browser()
    firsts = {address: browser.get(address) for address in ADDRESSES}
    for address, first in firsts.items():
        assert first.headers["Cache-Control"] == "public, no-cache"
        assert first.headers["X-Robots-Tag"] == "noindex"
        assert "Set-Cookie" not in first.headers
        again = browser.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_int, again.body) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
        assert again.headers["Last-Modified"] == first.headers["Last-Modified"]
    village.write("ana", "News of #bread")
    for address, first in firsts.items():
        assert browser.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_int == 200


def test_nothing_is_written_for_an_answer_without_a_body(village: World, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = village.site.browser()
    tag = browser.get("/@ana.atom").headers["ETag"]
    monkeypatch.setattr("feedsite.feedsout.documents.EntryWriter", None)
    assert browser.get("/@ana.atom", headers={"If-None-Match": tag}).status_int == 304


@pytest.mark.parametrize("change", ["edit", "delete", "rename", "mention renamed", "name"])
def test_every_change_changes_the_tag(world: World, change: str) -> None:
    notes = [world.write("ana", f"Note {number} @bo") for number in range(2)] if world.person("bo") else []
    browser = world.site.browser()
    before = browser.get("/@ana.json").headers["ETag"]
    if change == "edit":
        edit(world, notes[0], "Other words @bo")
    elif change == "delete":
        world.delete(notes[0])
    elif change == "rename":
        rename(world, world.person("ana"), "anna")
    elif change == "mention renamed":
        rename(world, world.person("bo"), "bob")
    else:
        with world.site.transaction() as request:
            request.find_service(AccountService).change_profile(world.person("ana").id, name="Ana Nova", bio="")
    path = "/@anna.json" if change == "rename" else "/@ana.json"
    assert browser.get(path, headers={"If-None-Match": before}).status_int == 200


def test_a_date_alone_is_believed_when_it_is_settled_and_the_same(world: World) -> None:
    note = world.write("ana", "Older", at=utcnow() - timedelta(hours=2))
    newer = world.write("ana", "Newer", at=utcnow() - timedelta(hours=1))
    browser = world.site.browser()
    date = browser.get("/@ana.atom").headers["Last-Modified"]
    asked = {"If-Modified-Since": date}
    assert browser.get("/@ana.atom", headers=asked).status_int == 304
    world.delete(newer)
    assert browser.get("/@ana.atom", headers=asked).status_int == 200, "the date went back"
    edit(world, note, "Changed")
    fresh = {"If-Modified-Since": browser.get("/@ana.atom").headers["Last-Modified"]}
    assert browser.get("/@ana.atom", headers=fresh).status_int == 200, "more may happen in this second"
    with time_machine.travel(utcnow() + timedelta(minutes=2), tick=True):
        assert browser.get("/@ana.atom", headers=fresh).status_int == 304


def test_statements_do_not_grow_with_the_entries(world: World) -> None:
    world.write_many("ana", 2, "Note {} @bo #bread") if world.person("bo") else None
    browser = world.site.browser()

    def statements(path: str) -> int:
        browser.get(path)
        with counting_statements() as count:
            browser.get(path)
        return len(count)

    few = {path: statements(path) for path in ADDRESSES}
    world.write_many("ana", 16, "More {} @bo #bread")
    assert {path: statements(path) for path in ADDRESSES} == few
