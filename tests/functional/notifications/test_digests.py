"""Digests by mail: what is new and not seen, once, as often as somebody chose, at their hour."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
import time_machine
from click.testing import CliRunner

from feedsite.cli import main
from feedsite.notifications.digesting import write_digest
from feedsite.notifications.digests import DigestService

from tests.functional.timelines.world import World
from tests.site import INI, Site

MORNING = datetime(2026, 11, 25, 9, tzinfo=UTC)
"""A Wednesday."""


@pytest.fixture(scope="module")
def one_site(sqlite_site: Site) -> Site:
    """On PostgreSQL acts have the server's time, which does not travel."""
    return sqlite_site


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(MORNING, tick=True) as travelled:
        yield travelled


@pytest.fixture
def reader(clock: time_machine.Coordinates, world: World) -> World:
    """Ana has a note, and chose a mail every day."""
    world.write("ana", "Mine")
    choose(world, "ana", "daily")
    return world


def choose(world: World, who: str, every: str, status: int = 303) -> None:
    world.browser(who).submit("/settings/notifications/digest", {"every": every}, status=status)


def digests(site: Site) -> list[EmailMessage]:
    """Do what the command does, and send what waits."""
    with site.transaction() as request:
        due = request.find_service(DigestService).due()
    for person_id in due:
        with site.transaction() as request:
            write_digest(request, person_id)
    return [mail for mail in site.mails() if "notification" in str(mail["Subject"])]


def lines(mail: EmailMessage) -> list[str]:
    body = mail.get_body(("plain",))
    assert body is not None
    return body.get_content().split("\n")


def test_what_is_new_is_told_once(reader: World, site: Site, clock: time_machine.Coordinates) -> None:
    note = reader.write("ana", "Another")
    reader.like(note, "bo")
    reader.like(note, "cy")
    assert digests(site) == []  # not due yet
    clock.shift(timedelta(days=1))
    (mail,) = digests(site)
    assert mail["To"] == "ana@example.org"
    assert mail["Subject"].startswith("1 new notification on ")
    assert "Cy and Bo liked your note" in lines(mail)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    clock.shift(timedelta(days=1))
    assert digests(site) == []
    reader.reply("di", note, "An answer")
    clock.shift(timedelta(days=1))
    (mail,) = digests(site)
    assert mail["Subject"].startswith("1 new notification on ")
    assert "Di replied to you" in lines(mail)[0]


def test_what_was_seen_or_is_muted_is_not_told(reader: World, site: Site, clock: time_machine.Coordinates) -> None:
    note = reader.write("ana", "Another")
    reader.like(note, "bo")
    reader.browser("ana").get("/notifications")
    reader.like(reader.write("ana", "A third"), "cy")
    reader.browser("ana").submit("/@cy/mute")
    clock.shift(timedelta(days=1))
    assert digests(site) == []


def test_nothing_from_before_the_choice_is_told(clock: time_machine.Coordinates, world: World, site: Site) -> None:
    world.like(world.write("ana", "Mine"), "bo")
    clock.shift(timedelta(minutes=5))
    choose(world, "ana", "daily")
    clock.shift(timedelta(days=1))
    assert digests(site) == []


def test_a_weekly_one_comes_on_monday_in_the_zone_and_language_of_the_reader(
    clock: time_machine.Coordinates, world: World, site: Site
) -> None:
    note = world.write("ana", "Mine")
    world.browser("ana").submit("/settings/display", {"zone": "Pacific/Auckland", "theme": "auto", "locale": "en"})
    choose(world, "ana", "weekly")
    page = world.browser("ana").get("/settings/notifications")
    assert page.html.select_one("input[name=every][checked]")["value"] == "weekly"
    # Monday at 8 in Auckland is Sunday evening at 19 in UTC.
    assert page.html.select_one("#hint-every time")["datetime"].startswith("2026-11-29T19:00:00")
    world.like(note, "bo")
    clock.move_to(datetime(2026, 11, 29, 18, 59, tzinfo=UTC))
    assert digests(site) == []
    clock.move_to(datetime(2026, 11, 29, 19, 1, tzinfo=UTC))
    assert len(digests(site)) == 1


def test_the_link_in_the_mail_ends_them_and_a_new_choice_begins_them_again(
    reader: World, site: Site, clock: time_machine.Coordinates
) -> None:
    reader.like(reader.write("ana", "Another"), "bo")
    clock.shift(timedelta(days=1))
    (mail,) = digests(site)
    address = mail["List-Unsubscribe"].strip("<>").split("localhost", 1)[-1].split("/", 1)[1]
    assert "notifications" in site.browser().get(f"/{address}")
    site.browser().post(f"/{address}", status=200)
    page = reader.browser("ana").get("/settings/notifications")
    assert page.html.select_one("input[name=every][checked]")["value"] == "off"
    reader.like(reader.write("ana", "A third"), "bo")
    clock.shift(timedelta(days=1))
    assert digests(site) == []
    choose(reader, "ana", "daily")
    reader.like(reader.write("ana", "A fourth"), "bo")
    clock.shift(timedelta(days=1))
    assert len(digests(site)) == 1


def test_off_is_off_and_nonsense_is_refused(reader: World, site: Site, clock: time_machine.Coordinates) -> None:
    reader.like(reader.write("ana", "Another"), "bo")
    choose(reader, "ana", "hourly", status=400)
    choose(reader, "ana", "off")
    clock.shift(timedelta(days=1))
    assert digests(site) == []


def test_two_that_run_at_once_tell_it_once(reader: World, site: Site, clock: time_machine.Coordinates) -> None:
    reader.like(reader.write("ana", "Another"), "bo")
    clock.shift(timedelta(days=1))
    with site.transaction() as request:
        (due,) = request.find_service(DigestService).due()
    told = []
    for _ in range(2):
        with site.transaction() as request:
            told.append(write_digest(request, due))
    assert told == [True, False]


def test_whoever_may_not_read_gets_none(reader: World, site: Site, clock: time_machine.Coordinates) -> None:
    reader.like(reader.write("ana", "Another"), "bo")
    with site.transaction() as request:
        request.dbsession.merge(reader.person("ana")).state = "suspended"
    clock.shift(timedelta(days=1))
    assert digests(site) == []


def test_the_command_says_how_many_there_were(
    reader: World, site: Site, sqlite_url: str, clock: time_machine.Coordinates, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(reader, "bo", "weekly")
    reader.like(reader.write("ana", "Another"), "bo")
    clock.shift(timedelta(days=6))
    monkeypatch.setenv("FEEDSITE_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("FEEDSITE_MAIL_BACKEND", "memory")
    for said in ("2 were due, 1 had something to tell.\n", "0 were due, 0 had something to tell.\n"):
        assert CliRunner().invoke(main, ["-c", INI, "mail", "digests"]).output == said
