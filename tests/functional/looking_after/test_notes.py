"""Notes for moderators: found by what is asked, hidden everywhere and shown again, deleted, and their authors told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feedsite.contents import services
from feedsite.contents.services import ContentService, NoteFilter
from feedsite.db import counting_statements
from feedsite.moderation.audit import AuditFilter, AuditService
from feedsite.moderation.services import OPERATOR
from feedsite.posts.models import Note

from tests.functional.looking_after.shell import Shell
from tests.functional.timelines.world import World
from tests.site import Browser, Site

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def world(site: Site) -> World:
    made = World(site)
    made.follow("ana", "eve")
    return made


def found(browser: Browser, query: str = "") -> list[str]:
    """The texts that the list shows."""
    return [
        row.select("td")[2].get_text(strip=True) for row in browser.get(f"/admin/notes?{query}").html.select("tbody tr")
    ]


def texts_of(browser: Browser, path: str) -> str:
    return str(browser.get(path).html.main.get_text(" ", strip=True))


def test_notes_are_found_by_person_words_kind_and_day(world: World, moderator: Browser) -> None:
    first = world.write("eve", "Buy PILLS now 100%", at=NOON)
    world.write("ana", "No pills here", at=NOON + timedelta(days=1))
    world.reply("eve", first, "Cheap_pills, really")
    world.write("eve", "@ana between us, pills", visibility="mentioned")
    wanted = {
        "by=eve": 2,
        "by=@EVE&verb=reply": 1,
        "words=pills": 3,
        "words=pills+buy": 1,
        "words=100%25": 1,
        "words=p_pills": 1,
        "words=_____": 0,
        "verb=create": 2,
        "until=2026-11-20": 1,
        "since=2026-11-21&until=2026-11-21": 1,
        "state=hidden": 0,
    }
    assert {query: len(found(moderator, query)) for query in wanted} == wanted
    for query, field in (("by=nobody", "by"), ("since=soon", "since"), ("verb=x", "verb")):
        page = moderator.get(f"/admin/notes?{query}", status=400)
        assert page.html.select_one(f".summary a[href='#{field}']") is not None


def test_a_hidden_note_is_nowhere_until_it_is_shown(world: World, moderator: Browser) -> None:
    note = world.write("eve", "Buy pills #bread")
    world.reply("ana", note, "Please stop")
    ana, nobody = world.browser("ana"), world.site.browser()
    page_url = f"/@eve/{note.id}"
    places = ("/home", "/explore", "/tags/bread", "/@eve")

    def seen() -> list[bool]:
        return [
            ("Buy pills" in texts_of(browser, place))
            for browser, place in [(ana, places[0])] + [(nobody, one) for one in places[1:]]
        ]

    assert seen() == [True] * 4
    moderator.submit(f"/admin/notes/{note.id}/hide", {"reason": "Spam."}, status=303)
    assert seen() == [False] * 4
    assert "Please stop" not in texts_of(nobody, "/explore")
    nobody.get(page_url, status=404)
    assert "Buy pills" in texts_of(moderator, f"/admin/notes/{note.id}")
    assert found(moderator, "state=hidden") == ["Buy pills #bread"]
    moderator.submit(f"/admin/notes/{note.id}/show", {"reason": "A mistake."}, status=303)
    assert seen() == [True] * 4
    nobody.get(page_url, status=200)


def test_a_deleted_note_is_gone_and_a_hidden_one_can_be_deleted(world: World, moderator: Browser) -> None:
    note = world.write("eve", "Buy pills")
    moderator.submit(f"/admin/notes/{note.id}/hide", {"reason": "Spam."}, status=303)
    moderator.submit(f"/admin/notes/{note.id}/delete", {"reason": "Spam."}, status=303)
    world.site.browser().get(f"/@eve/{note.id}", status=410)
    moderator.get(f"/admin/notes/{note.id}", status=404)
    assert found(moderator) == []


def test_each_act_is_in_the_log_and_its_author_is_told(world: World, moderator: Browser) -> None:
    note, site = world.write("eve", "Buy pills"), world.site
    for act in ("hide", "show", "delete"):
        moderator.submit(f"/admin/notes/{note.id}/{act}", {"reason": f"Because {act}."}, status=303)
    with site.transaction() as request:
        rows = request.find_service(AuditService).page(AuditFilter(target=note.key)).rows
        assert [(row.action, row.reason) for row in reversed(rows)] == [
            ("hide note", "Because hide."),
            ("show note", "Because show."),
            ("delete note", "Because delete."),
        ]
    mails = site.mails()
    assert [mail["To"] for mail in mails] == ["eve@example.org"] * 3
    assert [("Buy pills" in str(mail), "Because" in str(mail)) for mail in mails] == [(True, True)] * 3
    assert "Note hidden" in moderator.get("/admin/audit")


def test_a_reason_is_needed_and_ranks_are_kept(world: World, moderator: Browser) -> None:
    note = world.write("eve", "Buy pills")
    page = moderator.submit(f"/admin/notes/{note.id}/hide", {"reason": " "}, status=422)
    assert page.html.select_one(".summary a[href='#reason']") is not None
    world.person("boss", role="admin")
    theirs = world.write("boss", "I am the boss")
    moderator.submit(f"/admin/notes/{theirs.id}/delete", {"reason": "No."}, status=403)
    assert "I am the boss" in found(moderator)


def test_pages_and_words_go_through_everything_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "LOOKED_THROUGH", 7)
    for number in range(30):
        world.write("eve", f"{'odd' if number % 2 else 'even'} {number:02}", at=NOON + timedelta(seconds=number // 3))

    def walk(asked: NoteFilter) -> list[str]:
        texts: list[str] = []
        place: Any = None
        while True:
            with world.site.transaction() as request:
                rows = request.find_service(ContentService).page(asked, place, size=3)
                texts += [note.text for note in rows.rows]
                place = rows.next
            if place is None:
                return texts

    assert sorted(walk(NoteFilter())) == sorted(
        walk(NoteFilter(words=("0",))) + [text for text in walk(NoteFilter()) if "0" not in text]
    )
    odd = walk(NoteFilter(words=("ODD",)))
    assert sorted(odd) == sorted(f"odd {number:02}" for number in range(1, 30, 2))
    assert walk(NoteFilter(words=("nothing",))) == []


def test_the_list_costs_the_same_however_long(world: World, moderator: Browser) -> None:
    def cost() -> int:
        with counting_statements() as count:
            moderator.get("/admin/notes?words=loaf")
        return len(count)

    world.write("eve", "A loaf")
    one = cost()
    for number in range(10):
        world.write(f"p{number}", f"Loaf {number}")
    assert cost() == one


def test_the_command_line_finds_hides_shows_and_deletes(world: World, feedsite: Shell) -> None:
    note = world.write("eve", "Buy\n\npills")
    assert feedsite("note", "find", "--by", "eve").stdout.endswith("  @eve  shown  Buy pills\n")
    assert feedsite("note", "hide", note.id, "--reason", "Spam.").stdout == "Hidden.\n"
    assert "already" in feedsite("note", "hide", note.id, "--reason", "Spam.").stdout
    assert "hidden  Buy" in feedsite("note", "find", "--state", "hidden", "--words", "PILLS").stdout
    assert feedsite("note", "show", note.id, "--reason", "Fine.").stdout == "Shown.\n"
    assert feedsite("note", "delete", note.id, "--reason", "Spam.").stdout == "Deleted.\n"
    assert "or it is deleted" in feedsite.refused("note", "delete", note.id, "--reason", "Spam.")
    assert "nobody" in feedsite.refused("note", "find", "--by", "nobody")
    with world.site.transaction() as request:
        assert request.dbsession.get(Note, note.id).hidden is None
        assert request.find_service(AuditService).latest("hide note", note.key).actor == OPERATOR.key
