"""What was exported comes back, once; what is no archive is refused by file, line and rule, and leaves nothing."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from feedsite.cli import main
from feedsite.db import utcnow
from feedsite.editing.services import EditService, version_of
from feedsite.feeds import Entity
from feedsite.graph.services import GraphService
from feedsite.importing.archive import read_archive
from feedsite.importing.contents import BadArchive
from feedsite.keeping.services import KeepingService
from feedsite.posts.acts import shares_of
from feedsite.posts.models import VISIBILITIES, Note
from feedsite.posts.services import NoteService

from tests.functional.taking_in.archives import ACCOUNT, NOTE, exported, packed, tables, taken_in
from tests.functional.timelines.world import NOON, World
from tests.site import INI, Browser, Site

PATH = "/settings/import"


def live(world: World) -> None:
    """Ana writes, answers herself, changes, keeps, follows, mutes and blocks."""
    ana, bo = world.person("ana", bio="Bread & roses", zone="Europe/Madrid"), world.person("bo")
    cy = world.person("cy")
    first = world.write("ana", "Bread is rising #bread", at=NOON)
    world.reply("ana", first, "It has risen")
    world.write("ana", "Only for you", at=NOON + timedelta(days=1), visibility="followers")
    world.write("ana", "@bo A secret", at=NOON + timedelta(days=2), visibility="mentioned")
    world.delete(world.write("ana", "A slip"))
    theirs = world.write("bo", "Soup is on")
    world.follow("ana", "bo")
    world.watch_tag("ana", "bread")
    with world.site.transaction() as request:
        find, note = request.find_service, request.dbsession.get(Note, first.id)
        find(EditService).edit(note, "Bread has risen #bread", seen=version_of(note))
        find(KeepingService).pin(note)
        find(KeepingService).bookmark(ana.id, note)
        find(KeepingService).bookmark(ana.id, request.dbsession.get(Note, theirs.id))
        graph = find(GraphService)
        graph.mute(ana.id, shares_of(bo.id))
        graph.mute(ana.id, Entity("word", "soup"), utcnow() + timedelta(days=3))
        graph.block(ana.id, cy)
        graph.watch(ana.id, theirs.root)


def count(site: Site) -> int:
    with site.transaction() as request:
        return request.dbsession.scalar(select(func.count()).select_from(Note)) or 0


def test_export_import_and_export_again_are_the_same_and_twice_is_once(world: World) -> None:
    live(world)
    site, ana, anew = world.site, world.person("ana"), world.person("anew")
    archive = exported(site, ana.id)
    taken = taken_in(site, anew.id, archive)
    assert (taken.notes, taken.bookmarks, taken.known) == (4, 2, 3), taken
    # The thread of the deleted note was watched.
    assert taken.skipped == {"notes that were deleted": 1, "watch links to what is not here": 1}
    before, after = tables(archive), tables(exported(site, anew.id))
    before["notes"] = [note for note in before["notes"] if note["deleted"] is None]
    for note in (*before["notes"], *after["notes"]):
        note.pop("id")
    assert len(before["notes"]) == 4
    assert [{**note, "in_reply_to": None} for note in after["notes"]] == [
        {**note, "in_reply_to": None} for note in before["notes"]
    ]
    assert [bool(note["in_reply_to"]) for note in after["notes"]] == [
        bool(note["in_reply_to"]) for note in before["notes"]
    ]
    assert [len(note["earlier"]) for note in after["notes"]].count(1) == 1
    assert after["account"]["bio"] == "Bread & roses"
    assert after["account"]["pinned_note"].startswith("note ")
    assert len(after["bookmarks"]) == len(before["bookmarks"]) == 2
    facts = ("kind", "type", "handle", "until", "weight", "since")
    had, has = (
        {tuple(row[name] for name in facts) for row in part["links"] if row["kind"] != "watch"}
        for part in (before, after)
    )
    assert has == had
    assert len(after["links"]) == len(before["links"]) - 1
    written = count(site)
    for person in (anew, ana):
        again = taken_in(site, person.id, archive)
        assert (again.notes, again.links, again.bookmarks) == (0, 0, 0)
    assert count(site) == written


def test_notes_stand_at_their_own_dates_and_nobody_is_told(world: World) -> None:
    anew, bo = world.person("anew"), world.browser("bo")
    world.follow("bo", "anew")
    notes = [{**NOTE, "text": "@bo Good day"}, {**NOTE, "id": "n2", "text": "@bo psst", "visibility": "mentioned"}]
    assert taken_in(world.site, anew.id, packed(notes=notes)).notes == 2
    assert "Good day" in bo.get("/@anew/2026/3").text
    assert "psst" not in bo.get("/@anew/2026/3").text
    assert "psst" in world.browser("anew").get("/@anew/2026/3").text
    assert "Good day" not in bo.get("/notifications").text


def test_a_note_that_was_deleted_here_does_not_come_back(world: World) -> None:
    anew = world.person("anew")
    taken_in(world.site, anew.id, packed(notes=[NOTE]))
    with world.site.transaction() as request:
        request.find_service(NoteService).delete(request.dbsession.scalar(select(Note)))
    again = taken_in(world.site, anew.id, packed(notes=[NOTE]))
    assert (again.notes, again.known) == (0, 1)
    assert "Good day" not in world.browser("anew").get("/@anew").text


def test_answers_to_others_and_texts_that_are_too_long_are_counted(world: World) -> None:
    anew, theirs = world.person("anew"), world.write("bo", "Soup is on")
    notes = [{**NOTE, "in_reply_to": theirs.id}, {**NOTE, "id": "n2", "text": "x" * 1001}]
    links = [{"kind": "follow", "type": "person", "id": "?", "handle": "nobody", "since": NOTE["created"], "weight": 2}]
    taken = taken_in(world.site, anew.id, packed(notes=notes, links=links))
    assert taken.notes == 1
    assert sorted(taken.skipped.values()) == [1, 1, 1]
    assert "1001 characters" in " ".join(taken.skipped)
    assert "Good day" not in world.browser("bo").get(f"/@bo/{theirs.id}").text


BAD: dict[str, tuple[Any, str]] = {
    "no zip": (b"no zip", "the archive: a ZIP that is whole"),
    "no account": (packed(account="{}"), "account.json, line 1: name is a text"),
    "a list that is none": (packed(notes={}), "notes.json, line 1: a list of objects"),
    "no json": (packed(notes='[\n{"id": "a"},\n{"id" "b"}\n]'), "notes.json, line 2: created is a text"),
    "broken json": (packed(notes='[\n\n{"id" "b"}\n]'), "notes.json, line 3: JSON: "),
    "what follows": (packed(notes="[]\n[]"), "notes.json, line 1: JSON: nothing after"),
    "no utf-8": (packed(notes=b'[\n"\xff"]'), "notes.json, line 2: text in UTF-8"),
    "no date": (packed(notes=[NOTE, {**NOTE, "created": "yesterday"}]), "created is an instant with its offset"),
    "the future": (packed(notes=[{**NOTE, "created": "2999-01-01T00:00:00Z"}]), "that is not in the future"),
    "before time": (packed(notes=[{**NOTE, "created": "0001-01-01T00:00:00+14:00"}]), "created is an instant"),
    "for whom": (packed(notes=[{**NOTE, "visibility": "all"}]), "visibility is one of public, followers, mentioned"),
    "a weight": (packed(links=[{"weight": -1}]), "links.json, line 2: weight is a number above 0"),
    "not a number": (packed(links="[NaN]"), "JSON: NaN is no number"),
    "too deep": (packed(links="[" * 100_000), "nested"),
    "a zone": (packed(account={**ACCOUNT, "zone": "Mars"}), "zone is the name of an IANA time zone"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_archive_is_refused_by_file_line_and_rule(case: str) -> None:
    archive, rule = BAD[case]
    with pytest.raises(BadArchive) as refused:
        read_archive(io.BytesIO(archive))
    assert rule in str(refused.value)


def zipped(*names: str, text: str = "[]", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name in names:
            archive.writestr(name, text)
    return made.getvalue()


@pytest.mark.parametrize(
    ("archive", "rule"),
    [
        (zipped("../notes.json"), "a plain file name"),
        (zipped("/etc/passwd"), "a plain file name"),
        (zipped("a\\b.json"), "a plain file name"),
        (zipped(*(f"{number}.json" for number in range(65))), "at most 64 files"),
        (zipped("notes.json", method=zipfile.ZIP_BZIP2), "packed in an unusual way"),
        (zipped("notes.json", text=" " * (33 * 2**20)), "at most 32 MiB"),
        (zipped("a.json", "b.json", "c.json", text=" " * (30 * 2**20)), "at most 64 MiB"),
        (zipped("account.json", text="{}" + " " * 5000).replace((5002).to_bytes(4, "little"), b"\x09\0\0\0"), ""),
    ],
    ids=["up", "root", "backslash", "many", "method", "bomb", "bombs", "a lie"],
)
def test_a_zip_that_means_ill_is_refused_before_it_is_unpacked(archive: bytes, rule: str) -> None:
    with pytest.raises(BadArchive) as refused:
        read_archive(io.BytesIO(archive))
    assert rule in str(refused.value)


def test_the_page_takes_in_tells_what_came_of_it_and_what_is_wrong(world: World) -> None:
    browser: Browser = world.browser("anew")

    def send(archive: bytes | None) -> Any:
        files = [] if archive is None else [("archive", "a.zip", archive)]
        return browser.submit(PATH, upload_files=files, expect_errors=True)

    assert "choose" not in browser.get(PATH).text
    answer = send(packed(notes=[NOTE], account={**ACCOUNT, "name": "Anew"}))
    assert answer.status_int == 303
    assert "Taken in: notes 1, links 0, bookmarks 0." in browser.get(PATH).text
    assert "Good day" in browser.get("/@anew").text
    bad = send(packed(notes=[{**NOTE, "id": "n2"}, {**NOTE, "visibility": "x"}]))
    assert bad.status_int == 422
    assert "notes.json, line 8: visibility is one of" in bad.text
    assert send(None).status_int == 422
    assert count(world.site) == 1
    assert [send(None).status_int for _ in range(3)] == [422, 422, 429]


def test_commands_read_both_kinds_of_archives(world: World, tmp_path: Any) -> None:
    world.person("anew")
    (tmp_path / "ana.zip").write_bytes(packed(notes=[NOTE]))
    (tmp_path / "outbox.json").write_text('{"type": "OrderedCollection", "orderedItems": []}')
    (tmp_path / "bad.json").write_text('{"type": "Person"}')
    url = world.site.engine.url.render_as_string(hide_password=False)

    def feedsite(*arguments: str) -> Any:
        env = {"FEEDSITE_DATABASE_URL": url}
        return CliRunner().invoke(main, ["-c", INI, "import", *arguments], env=env, catch_exceptions=False)

    told = feedsite("account", str(tmp_path / "ana.zip"), "--as", "anew")
    assert told.stdout.startswith("Taken in: 1 notes, 0 links, 0 bookmarks.\n")
    assert feedsite("activitystreams", str(tmp_path / "outbox.json"), "--as", "anew").exit_code == 0
    for arguments, rule in (
        (("account", "bad.json", "anew"), "a ZIP that is whole"),
        (("activitystreams", "bad.json", "anew"), "outbox.json, line 1: type is OrderedCollection"),
        (("account", "ana.zip", "nobody"), "there is nobody with the handle nobody"),
    ):
        refused = feedsite(arguments[0], str(tmp_path / arguments[1]), "--as", arguments[2])
        assert (refused.exit_code, rule in refused.stderr) == (2, True), refused.stderr


_TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=40)
_INSTANTS = st.datetimes(min_value=NOON.replace(tzinfo=None) - timedelta(9999), max_value=NOON.replace(tzinfo=None))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=8)
@given(st.lists(st.tuples(_TEXTS, _INSTANTS, st.sampled_from(VISIBILITIES), st.booleans()), max_size=6))
def test_whatever_was_written_comes_back_the_same(world: World, written: list[tuple[str, Any, str, bool]]) -> None:
    notes: list[dict[str, Any]] = []
    for number, (text, at, visibility, answers) in enumerate(written):
        earlier = [note["id"] for note in notes if note["created"] < f"{at.isoformat(timespec='milliseconds')}Z"]
        parent = earlier[0] if answers and earlier else None
        created = f"{at.isoformat(timespec='milliseconds')}Z"
        notes.append(
            {"id": f"n{number}", "created": created, "text": text, "visibility": visibility, "in_reply_to": parent}
        )
    one, other = world.site.person(), world.site.person()
    taken_in(world.site, one.id, packed(notes=notes))
    first = exported(world.site, one.id)
    taken_in(world.site, other.id, first)
    assert tables(exported(world.site, other.id))["notes"] == tables(first)["notes"]
