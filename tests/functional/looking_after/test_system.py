"""The system's page, jobs and settings: true, without secrets, and there when the cluster is not."""

from __future__ import annotations

import json
import logging
import threading
from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from feedsite.db import make_engine, utcnow
from feedsite.indexing.deliverer import Deliverer
from feedsite.settings import Settings, load
from feedsite.settings_shown import shown_settings
from feedsite.system.jobs import JobLog, jobs_of
from feedsite.system.models import JobRun
from feedsite.system.services import SystemService

from tests.functional.looking_after.shell import Shell
from tests.site import Browser, Site

INI = {
    "feedsite.environment": "testing",
    "feedsite.secret": "a secret that nobody may ever read, here or there",
    "feedsite.database_url": "sqlite:///nowhere.sqlite",
    "feedsite.site_name": "Trees",
}


def section(page: Any, heading: str) -> Any:
    """The first table after a heading."""
    return next(one for one in page.html.select("main h2") if one.get_text() == heading).find_next("table")


def runs(site: Site) -> dict[str, JobRun]:
    with Session(site.engine, expire_on_commit=False) as session:
        return {run.name: run for run in session.query(JobRun)}


def test_the_page_says_how_the_site_stands(site: Site, admin: Browser) -> None:
    with site.transaction() as request:
        database = request.find_service(SystemService).database()
    assert database.bytes > 100_000
    page = admin.get("/admin/system")
    shown = section(page, "Database").get_text(" ", strip=True)
    assert f"SQLite {database.version}" in shown
    assert database.revision in shown
    assert "Never" in section(page, "What runs by itself").get_text()
    assert "Python" in section(page, "Versions").get_text()
    with site.transaction() as request:
        request.registry["feedsite.job_log"] = JobLog(lambda: site.engine)
    jobs_of(site.registry).ran("mail", utcnow(), "the server is away")
    rows = section(admin.get("/admin/system"), "What runs by itself").select("tbody tr")
    (cells,) = [row.select("td") for row in rows if "Sending mails" in row.get_text()]
    assert [cells[1].get_text(), cells[2].get_text()] == ["Never", "the server is away"]


def test_no_secret_is_on_the_page(site: Site, admin: Browser) -> None:
    page = admin.get("/admin/system")
    for declared in fields(Settings):
        value = getattr(site.settings, declared.name)
        if not declared.repr and value:
            assert str(value) not in page.text
    rows = {row.th.get_text(): row.select("td") for row in section(page, "Settings").select("tbody tr")}
    assert set(rows) == {declared.name for declared in fields(Settings)}
    assert [cell.get_text() for cell in rows["secret"]] == ["Set", "Ini file"]
    assert [cell.get_text() for cell in rows["mail_smtp_password"]] == ["Not set", "Default"]


def test_whatever_sounds_like_a_secret_is_declared_as_one() -> None:
    sounding = {
        f.name for f in fields(Settings) if any(word in f.name for word in ("secret", "password", "_key", "token"))
    }
    assert {f.name for f in fields(Settings) if f.name in sounding and f.repr} <= {
        "password_iterations",
        "password_memory_kib",
    }


def test_where_a_setting_comes_from() -> None:
    environ = {"FEEDSITE_SITE_NAME": "Woods", "FEEDSITE_SECRET": "another one that nobody may ever read, nowhere"}
    shown = {one.name: one for one in shown_settings(load(INI, environ), INI, environ)}
    assert [(shown[name].value, shown[name].source) for name in ("site_name", "environment", "store", "secret")] == [
        ("Woods", "environment"),
        ("testing", "ini"),
        ("sql", "default"),
        ("set", "environment"),
    ]
    assert shown["elasticsearch_password"].value == "not set"
    assert "nobody may ever read" not in repr(shown)


def test_the_command_line_shows_the_settings(feedsite: Shell) -> None:
    rows = {row["name"]: row for row in json.loads(feedsite("settings", "show", "--json").stdout)}
    assert set(rows) == {declared.name for declared in fields(Settings)}
    assert rows["database_url"] == {"name": "database_url", "value": "set", "source": "environment", "secret": True}
    changed = feedsite("settings", "show", "--changed").stdout
    assert "mail_backend" in changed
    assert "default " not in changed


def test_runs_are_noted_once_a_minute_and_when_they_go_otherwise(site: Site) -> None:
    now = utcnow()
    log = JobLog(lambda: site.engine)
    log.ran("trees", now - timedelta(hours=1))
    first = runs(site)["trees"]
    assert (first.began, first.problem, first.well) == (now - timedelta(hours=1), "", first.ended)
    log.ran("trees", now)
    assert runs(site)["trees"].began == first.began
    log.ran("trees", now, "no water")
    failed = runs(site)["trees"]
    assert (failed.began, failed.problem, failed.well) == (now, "no water", first.well)
    JobLog(lambda: site.engine, every=0).ran("trees", now + timedelta(seconds=1))
    assert runs(site)["trees"].problem == ""


def test_a_run_that_fails_is_noted_and_fails(site: Site) -> None:
    with pytest.raises(ZeroDivisionError), JobLog(lambda: site.engine).run("trees"):
        _ = 1 / 0
    assert runs(site)["trees"].problem == "ZeroDivisionError: division by zero"


def test_a_database_that_is_away_stops_no_job(caplog: pytest.LogCaptureFixture) -> None:
    log = JobLog(lambda: make_engine("postgresql+psycopg://nobody@127.0.0.1:1/none", busy_timeout=1))
    with caplog.at_level(logging.WARNING):
        log.ran("trees", utcnow())
    assert "a run of trees could not be noted" in caplog.text


def test_what_works_in_the_background_tells_of_its_pieces() -> None:
    told, done = [], threading.Event()

    def piece() -> bool:
        raise ValueError("no water")

    def tell(_began: object, problem: str) -> None:
        told.append(problem)
        done.set()

    worker = Deliverer(piece, 0.01, name="trees")
    worker.told = tell
    worker.start()
    assert done.wait(10)
    worker.stop()
    assert told[0] == "failed"


def test_sending_mails_by_hand_is_a_run(site: Site, feedsite: Shell) -> None:
    feedsite("mail", "deliver")
    assert runs(site)["mail"].problem == ""
