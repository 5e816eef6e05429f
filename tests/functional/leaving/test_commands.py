"""Taking people out from the command line and on the page of an account; every table of people's data is known."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import String, delete, insert, select

from feedsite.accounts.models import Person
from feedsite.cli import main
from feedsite.db import Base, utcnow, writing
from feedsite.feeds.stores.sql.tables import default_tables
from feedsite.moderation.models import AuditRow
from feedsite.personal import ERASED, personal_data

from tests.functional.leaving.going import leave
from tests.functional.timelines.world import World
from tests.site import INI, Site

#: Tables that hold nothing of anybody, and why.
IMPERSONAL: dict[str, str] = {"site_blocks": "networks and e-mail domains; nothing says whose"}


def feedsite(site: Site, *arguments: str, status: int = 0) -> Result:
    url = site.engine.url.render_as_string(hide_password=False)
    env = {"FEEDSITE_DATABASE_URL": url}
    result = CliRunner().invoke(main, ["-c", INI, *arguments], env=env, catch_exceptions=False)
    assert result.exit_code == status, result.output
    return result


def handles(site: Site) -> set[str]:
    with site.transaction() as request:
        return set(request.dbsession.scalars(select(Person.handle)))


def log(site: Site) -> list[tuple[str, str, str, str]]:
    with site.transaction() as request:
        rows = request.dbsession.scalars(select(AuditRow).order_by(AuditRow.at, AuditRow.id))
        return [(row.actor, row.action, row.target, row.reason) for row in rows]


def test_the_timer_s_command_takes_out_who_is_due_and_says_how_many(leaving: World) -> None:
    site = leaving.site
    ana = leaving.person("ana")
    leaving.person("bo")
    leaving.person("old", email=None, state="unverified", created=utcnow() - timedelta(15))
    leave(site, ana.id)
    with site.transaction() as request:
        request.dbsession.get(Person, ana.id).leaves = utcnow() - timedelta(seconds=1)
    said = feedsite(site, "purge", "--dry-run").stdout
    assert said == "1 left and can come back no more; 1 never confirmed an address.\n"
    assert handles(site) == {"ana", "bo", "old"}
    said = feedsite(site, "purge").stdout
    assert said == "1 who left are taken out, and 1 who never confirmed an address.\n"
    assert handles(site) == {"bo"}
    assert "0 left" in feedsite(site, "purge", "--dry-run").stdout


def test_an_operator_takes_somebody_out_with_a_reason_but_not_the_last_admin(leaving: World) -> None:
    site = leaving.site
    leaving.person("ana")
    leaving.person("root", role="admin")
    assert "Missing option" in feedsite(site, "user", "purge", "ana", status=2).stderr
    assert "there is nobody" in feedsite(site, "user", "purge", "nobody", "--reason", "x", status=2).stderr
    assert "the last admin" in feedsite(site, "user", "purge", "root", "--reason", "x", status=2).stderr
    feedsite(site, "user", "suspend", "ana", "--reason", "ana sells things")
    feedsite(site, "user", "purge", "ana", "--reason", "a court said so")
    assert handles(site) == {"root"}
    assert log(site) == [
        ("command line", "suspend", ERASED, ""),
        ("command line", "purge", ERASED, "a court said so"),
    ]


def test_an_admin_deletes_an_account_for_good_on_its_page(leaving: World) -> None:
    ana = leaving.person("ana")
    leaving.write("ana", "Bread is rising")
    root = leaving.site.browser(leaving.person("root", role="admin"))
    mod = leaving.site.browser(leaving.person("mod", role="moderator"))
    path = f"/admin/people/{ana.id}"
    assert "Delete for good" in root.get(path).text
    assert "Delete for good" not in mod.get(path).text
    assert mod.submit(f"{path}/purge", {"reason": "spam"}, status=403)
    assert root.submit(f"{path}/purge", {"reason": ""}, status=422)
    assert root.submit(f"/admin/people/{leaving.person('other', role='admin').id}/purge", {"reason": "x"}, status=403)
    assert root.submit(f"{path}/purge", {"reason": "asked for by letter"}).status_int == 303
    assert "This account is deleted" in root.get(path).text
    assert root.get("/@ana", status=410)
    assert "A deleted account" in root.get("/admin/audit").text
    assert "1 who left" in feedsite(leaving.site, "purge").stdout
    assert root.get(path, status=404)
    assert "asked for by letter" in root.get("/admin/audit").text


def names_people(table_name: str) -> bool:
    """Whether a table could name somebody: by a reference to people or notes, or by a key (``person:…``)."""
    table = Base.metadata.tables[table_name]
    to_people = {"people", "notes"} & {key.column.table.name for key in table.foreign_keys}
    keys = [c for c in table.columns if isinstance(c.type, String) and c.type.length in (80, 255)]
    return bool(to_people or keys)


def test_every_table_that_names_people_is_known_to_the_purge(leaving: World) -> None:
    """What to do: `config.add_personal_data` in the feature's includeme (feedsite/personal.py says how)."""
    known = {table for data in personal_data(leaving.site.registry) for table in data.tables}
    wanted = {name for name in Base.metadata.tables if names_people(name)}
    assert wanted - known - set(IMPERSONAL) == set()
    assert known <= set(Base.metadata.tables)


@pytest.mark.parametrize("part", ["people", "notes"])
def test_what_no_feature_takes_out_goes_with_the_account_or_the_note(leaving: World, part: str) -> None:
    by_itself = {table for data in personal_data(leaving.site.registry) if data.erase is None for table in data.tables}
    for name in by_itself:
        rules = {key.ondelete for key in Base.metadata.tables[name].foreign_keys if key.column.table.name == part}
        assert rules <= {"CASCADE"}, name
        assert Base.metadata.tables[name].foreign_keys, name


def test_what_a_backup_brings_back_is_erased_again_by_the_list(leaving: World, tmp_path: Path) -> None:
    site = leaving.site
    ana, bo = leaving.person("ana"), leaving.person("bo")
    leaving.follow("bo", "ana")
    feedsite(site, "user", "purge", "ana", "--reason", "asked")
    kept = feedsite(site, "erasures", "list").stdout
    assert len(kept.splitlines()) == 2  # they, and their shares as a thing
    assert ana.id not in kept
    # As a backup that is older than the list has it.
    tables = default_tables()
    with writing(site.engine).begin() as connection:
        connection.execute(delete(tables.erased))
        connection.execute(delete(tables.links))
        link = {"follower": bo.key, "kind": "follow", "entity": ana.key, "verbs": "", "since": 1, "weight": 1.0}
        connection.execute(insert(tables.links).values(**link, arrived=1))
    file = tmp_path / "erasures.txt"
    file.write_text(f"{kept}\n")
    assert feedsite(site, "erasures", "again", str(file)).stdout.startswith("0 acts and 1 links")
    assert feedsite(site, "erasures", "list").stdout == kept
    assert feedsite(site, "erasures", "again").stdout.startswith("0 acts and 0 links")
    file.write_text("nonsense\n")
    assert "the lines that `erasures` gave" in feedsite(site, "erasures", "again", str(file), status=2).stderr
