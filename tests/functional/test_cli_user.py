"""`feedsite user` and `feedsite db`: on both databases, in this process and as processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from feedsite.accounts.models import Person
from feedsite.accounts.services import PeopleService
from feedsite.cli import COMMANDS, main
from feedsite.moderation.audit import AuditFilter, AuditService
from feedsite.moderation.models import AuditRow

from tests.site import INI, PASSWORD, Site


class Shell:
    """Runs the command on the test's database."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.url = site.engine.url.render_as_string(hide_password=False)

    def __call__(self, *arguments: str, stdin: str | None = None, status: int = 0) -> Result:
        result = CliRunner().invoke(
            main, ["-c", INI, *arguments], input=stdin, env={"FEEDSITE_DATABASE_URL": self.url}, catch_exceptions=False
        )
        assert result.exit_code == status, result.output
        return result

    def refused(self, *arguments: str, stdin: str | None = None) -> str:
        """The one line that a refused command says."""
        result = self(*arguments, stdin=stdin, status=2)
        assert result.stderr.startswith("Error: ")
        assert result.stderr.count("\n") == 1
        assert result.stdout == ""
        return result.stderr.removeprefix("Error: ").strip()

    def person(self, handle: str) -> Person | None:
        with self.site.transaction() as request:
            found = request.find_service(PeopleService).by_handle(handle)
            request.dbsession.expunge_all()
            return found

    def audit(self) -> list[AuditRow]:
        """The log, oldest first."""
        with self.site.transaction() as request:
            rows = list(request.find_service(AuditService).page(AuditFilter()).rows[::-1])
            request.dbsession.expunge_all()
            return rows


@pytest.fixture
def feedsite(site: Site) -> Shell:
    """The command."""
    return Shell(site)


def create(feedsite: Shell, handle: str, *options: str, stdin: str = PASSWORD + "\n", status: int = 0) -> Result:
    email = f"{handle}@example.org"
    return feedsite(
        "user", "create", handle, "--email", email, "--password-stdin", *options, stdin=stdin, status=status
    )


def test_the_first_admin_is_made_here_and_signs_in(feedsite: Shell, site: Site) -> None:
    assert feedsite("user", "list").stdout == "", "nobody is there by default"
    assert create(feedsite, "Chief", "--admin", "--name", "The Chief").stdout == "@chief is made: admin.\n"
    chief = feedsite.person("chief")
    assert (chief.role, chief.state, chief.name, chief.email) == ("admin", "active", "The Chief", "Chief@example.org")
    browser = site.browser()
    browser.submit("/login", {"login": "chief", "password": PASSWORD}, status=303)
    assert "@chief" in browser.get("/admin/people")
    (row,) = feedsite.audit()
    assert (row.actor, row.action, row.target) == ("command line", "create", chief.key)
    assert json.loads(row.after) == {"role": "admin", "state": "active"}


@pytest.mark.parametrize(
    ("options", "role"), [((), "member"), (("--moderator",), "moderator"), (("--admin",), "admin")]
)
def test_the_role_is_an_option(feedsite: Shell, options: tuple[str, ...], role: str) -> None:
    create(feedsite, "ana", *options)
    assert feedsite.person("ana").role == role


def test_the_password_is_asked_for_twice(feedsite: Shell) -> None:
    typed = f"ana@example.org\n{PASSWORD}\n{PASSWORD}\n"
    result = feedsite("user", "create", "ana", stdin=typed)
    assert PASSWORD not in result.output
    assert feedsite.person("ana") is not None


@pytest.mark.parametrize(
    ("arguments", "password", "says"),
    [
        (("admin", "--email", "a@example.org"), PASSWORD, "reserved"),
        (("no-dash", "--email", "a@example.org"), PASSWORD, "1 to 30"),
        (("ana", "--email", "nowhere"), PASSWORD, "nowhere"),
        (("ana", "--email", "a@example.org", "--zone", "Mars/Base"), PASSWORD, "Mars/Base"),
        (("ana", "--email", "a@example.org", "--name", " "), PASSWORD, "name"),
        (("ana", "--email", "a@example.org"), "short", "at least 8 characters"),
        (("ana", "--email", "a@example.org"), "password1", "attackers"),
        (("taken", "--email", "a@example.org"), PASSWORD, "handle"),
        (("ana", "--email", "taken@example.org"), PASSWORD, "email"),
    ],
)
def test_what_the_site_refuses_is_refused_here(
    feedsite: Shell, site: Site, arguments: tuple[str, ...], password: str, says: str
) -> None:
    site.person("taken")
    line = feedsite.refused("user", "create", *arguments, "--password-stdin", stdin=f"{password}\n")
    assert says in line
    assert feedsite.person("ana") is None
    assert feedsite.audit() == []


def test_suspend_reinstate_and_role_with_their_rows(feedsite: Shell) -> None:
    create(feedsite, "ana")
    assert feedsite("user", "suspend", "@Ana", "--reason", "pills").stdout == "Suspended.\n"
    assert "already" in feedsite("user", "suspend", "ana", "--reason", "pills").stdout
    assert feedsite("user", "reinstate", "ana", "--reason", "sorry").stdout == "Reinstated.\n"
    assert "moderator" in feedsite("user", "role", "ana", "moderator", "--reason", "kind").stdout
    assert feedsite.person("ana").role == "moderator"
    rows = [(row.actor, row.action, row.reason) for row in feedsite.audit()]
    assert rows == [
        ("command line", "create", ""),
        ("command line", "suspend", "pills"),
        ("command line", "reinstate", "sorry"),
        ("command line", "role", "kind"),
    ]


def test_a_reason_is_required(feedsite: Shell) -> None:
    create(feedsite, "ana")
    assert "--reason" in feedsite("user", "suspend", "ana", status=2).stderr
    assert feedsite.refused("user", "suspend", "ana", "--reason", " ") == "a reason is needed"
    assert feedsite.person("ana").state == "active"


def test_the_last_admin_stays(feedsite: Shell) -> None:
    create(feedsite, "chief", "--admin")
    assert "last admin" in feedsite.refused("user", "suspend", "chief", "--reason", "x")
    assert "last admin" in feedsite.refused("user", "role", "chief", "member", "--reason", "x")
    create(feedsite, "second", "--admin")
    feedsite("user", "suspend", "chief", "--reason", "the command line outranks everybody")
    assert feedsite.person("chief").state == "suspended"


def test_a_new_password_ends_the_logins(feedsite: Shell, site: Site) -> None:
    create(feedsite, "ana")
    browser, new = site.browser(feedsite.person("ana")), "another ordinary sentence"
    feedsite("user", "reset-password", "ana", "--reason", "forgotten", "--password-stdin", stdin=f"{new}\n")
    assert "/login" in browser.get("/settings/profile", status=303).location
    site.browser().submit("/login", {"login": "ana", "password": PASSWORD}, status=422)
    site.browser().submit("/login", {"login": "ana", "password": new}, status=303)
    row = feedsite.audit()[-1]
    assert (row.action, row.reason, json.loads(row.after)) == ("password", "forgotten", {"sessions_ended": 1})
    assert new not in f"{row.before}{row.after}{row.reason}"


def test_list_and_show(feedsite: Shell) -> None:
    create(feedsite, "ana", "--name", "Ana Reyes")
    create(feedsite, "bo", "--moderator")
    feedsite("user", "suspend", "ana", "--reason", "pills")
    lines = feedsite("user", "list", "--sort", "handle").stdout.splitlines()
    assert [line.split()[:3] for line in lines] == [["@ana", "member", "suspended"], ["@bo", "moderator", "active"]]
    assert feedsite("user", "list", "--role", "moderator").stdout.startswith("@bo ")
    assert feedsite("user", "list", "--search", "ana r").stdout.startswith("@ana ")
    cut = feedsite("user", "list", "--limit", "1")
    assert cut.stdout.startswith("@bo ")
    assert "more than 1" in cut.stderr
    told = feedsite("user", "show", "ana").stdout
    assert "suspended" in told
    assert "pills" in told
    assert "argon2" not in told


def test_nobody_is_a_line(feedsite: Shell) -> None:
    for command in (("show",), ("suspend", "--reason", "x"), ("reinstate", "--reason", "x")):
        assert feedsite.refused("user", *command, "nobody") == "there is nobody with the handle nobody"


def test_every_command_has_help(feedsite: Shell) -> None:
    told = feedsite("--help").stdout
    for name in COMMANDS:
        assert name in told
        assert feedsite(name, "--help").stdout.startswith("Usage: ")


def process(tmp_path: Path, *arguments: str, stdin: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).parent / "feedsite"), *arguments],
        cwd=tmp_path,
        env={**os.environ, **environ},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_as_a_process_from_an_empty_database_to_an_admin(tmp_path: Path) -> None:
    environ = {"FEEDSITE_CONFIG": INI, "FEEDSITE_DATABASE_URL": f"sqlite:///{tmp_path / 'site.sqlite'}"}
    not_yet = process(tmp_path, "user", "list", **environ)
    assert not_yet.returncode == 2
    assert "migrated?" in not_yet.stderr
    assert "Traceback" not in not_yet.stderr
    assert process(tmp_path, "db", "current", **environ).returncode == 1
    assert process(tmp_path, "db", "upgrade", **environ).returncode == 0
    assert process(tmp_path, "db", "current", **environ).returncode == 0
    made = process(
        tmp_path, "user", "create", "chief", "--email", "c@example.org", "--admin", "--password-stdin",
        stdin=f"{PASSWORD}\n", **environ,
    )  # fmt: skip
    assert (made.returncode, made.stdout, made.stderr) == (0, "@chief is made: admin.\n", "")


def test_what_cannot_be_opened_is_a_line(tmp_path: Path) -> None:
    nowhere = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    for environ in (
        {"FEEDSITE_CONFIG": "nothing.ini"},
        {"FEEDSITE_CONFIG": INI, "FEEDSITE_DATABASE_URL": nowhere},
        {"FEEDSITE_CONFIG": INI, "FEEDSITE_NOTE_MAX_LENGTH": "many"},
    ):
        done = process(tmp_path, "user", "list", **environ)
        assert done.returncode == 2
        assert done.stderr.startswith("Error: ")
        assert done.stderr.count("\n") == 1
