"""Everything about somebody in one file, and nothing about anybody else."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import timedelta

import time_machine
from webtest import TestResponse

from feedsite.db import utcnow
from feedsite.exporting.services import _BATCH
from feedsite.notifications.models import NotificationState
from feedsite.requesting.services import FollowRequestService
from feedsite.suggestions.models import Dismissal

from tests.functional.timelines.world import World
from tests.site import Site

PATH = "/settings/export/archive.zip"


def read(answer: TestResponse) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_everything_is_in_it_and_nothing_of_others(site: Site) -> None:
    world = World(site)
    world.follow("ana", "bo")
    world.follow("cy", "ana")
    mine = world.write("ana", "Bread, at last.\nWarm. #bread", visibility="followers")
    world.write("bo", "A secret of Bo's", visibility="followers")
    theirs = world.write("bo", "Soup is on")
    world.like(theirs, "ana")
    world.like(mine, "cy")
    dora = world.person("dora", locked=True)
    world.follow("ana", "dora")
    with site.transaction() as request:
        request.find_service(FollowRequestService).ask(world.person("cy").id, world.person("ana").id)
        request.dbsession.add(Dismissal(person_id=world.person("ana").id, dismissed_id=dora.id))
        request.dbsession.add(NotificationState(person_id=world.person("ana").id, key="k" * 16, saved=True))
    answer = world.browser("ana").get(PATH)
    assert answer.content_type == "application/zip"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="ana-')
    assert answer.headers["Cache-Control"] == "no-store"
    files = read(answer)
    account = json.loads(files["account.json"])
    assert (account["handle"], account["email"], account["second_factor"]) == ("ana", "ana@example.org", False)
    notes = json.loads(files["notes.json"])
    assert [(note["text"], note["visibility"]) for note in notes] == [("Bread, at last.\nWarm. #bread", "followers")]
    acts = {(act["verb"], act["object"]) for act in json.loads(files["acts.json"])}
    assert {("create", mine.key), ("like", theirs.key)} <= acts
    links = {(row["kind"], row["handle"]) for row in json.loads(files["links.json"])}
    assert ("follow", "bo") in links
    assert [row["handle"] for row in json.loads(files["followers.json"])] == ["cy"]
    requests = json.loads(files["requests.json"])
    assert [(row["direction"], row["handle"]) for row in requests] == [("sent", "dora"), ("received", "cy")]
    assert len(json.loads(files["logins.json"])) == 1
    assert [row["handle"] for row in json.loads(files["dismissals.json"])] == ["dora"]
    (state,) = json.loads(files["notifications.json"])
    assert (state["kind"], state["saved"]) == (None, True)
    everything = "".join(files.values())
    assert "argon2" not in everything
    for text in ("A secret of Bo's", "Soup is on", "bo@example.org", "cy@example.org"):
        assert text not in everything


def test_each_table_has_as_many_rows_in_both_forms_and_no_formula(site: Site) -> None:
    world = World(site)
    for text in ("=HYPERLINK(1)", "+1", "-1", "@sum", 'two\nlines, "quoted"'):
        world.write("ana", text)
    files = read(world.browser("ana").get(PATH))
    for name in (name.removesuffix(".csv") for name in files if name.endswith(".csv")):
        sheet = list(csv.DictReader(io.StringIO(files[f"{name}.csv"])))
        assert len(sheet) == len(json.loads(files[f"{name}.json"])), name
    cells = [row["text"] for row in csv.DictReader(io.StringIO(files["notes.csv"]))]
    assert sorted(cells)[:4] == ["'+1", "'-1", "'=HYPERLINK(1)", "'@sum"]
    assert 'two\nlines, "quoted"' in cells


def test_more_than_a_batch_comes_whole(site: Site) -> None:
    world = World(site)
    world.write_many("ana", _BATCH + 3)
    files = read(world.browser("ana").get(PATH))
    assert len(json.loads(files["notes.json"])) == _BATCH + 3
    assert len(json.loads(files["acts.json"])) == _BATCH + 3


def test_a_browser_left_open_gives_nothing_away_and_nobody_asks_all_the_time(site: Site) -> None:
    browser = site.browser(site.person("ana"))
    assert "Download your data" in browser.get("/settings/export").text
    with time_machine.travel(utcnow() + timedelta(minutes=16), tick=True):
        assert browser.get(PATH).location == "http://localhost/settings/confirm?next=%2Fsettings%2Fexport"
    answers = [browser.get(PATH, expect_errors=True).status_int for _ in range(6)]
    assert answers == [200] * 5 + [429]
