"""`feedsite user warn`, `appeals`, `answer-appeal` and what helps besides: the same acts, the same rules."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from feedsite.accounts.models import Person
from feedsite.cli import main
from feedsite.moderation.audit import AuditFilter, AuditService
from feedsite.moderation.standing import StandingService

from tests.mailbox import text_of
from tests.site import INI, Site


def run(site: Site, *words: str, status: int = 0) -> Result:
    env = {"FEEDSITE_DATABASE_URL": site.engine.url.render_as_string(hide_password=False)}
    result = CliRunner().invoke(main, ["-c", INI, "user", *words], env=env)
    assert result.exit_code == status, result.output
    return result


def actions(site: Site) -> list[str]:
    with site.transaction() as request:
        return [row.action for row in request.find_service(AuditService).page(AuditFilter()).rows[::-1]]


def test_warn_hear_the_appeal_and_answer_it(site: Site) -> None:
    ana = site.person("ana")
    assert run(site, "warn", "ana", "--reason", "Too\nloud.").output == "Warned.\n"
    assert "warn     in force  Too loud." in run(site, "sanctions", "ana").output
    assert run(site, "appeals").output == ""
    with site.transaction() as request:
        service = request.find_service(StandingService)
        service.appeal(ana.id, service.of(ana.id)[0].id, "I whispered.")
    listed = run(site, "appeals").output
    assert "@ana" in listed
    assert "I whispered." in listed
    site.mails()
    done = run(site, "answer-appeal", "ana", "--answer", "lifted", "--comment", "So you did.")
    assert done.output == "Answered: lifted.\n"
    assert "So you did." in text_of(site.mails()[0])
    assert "warn     over" in run(site, "sanctions", "ana").output
    assert run(site, "appeals").output == ""
    assert "I whispered." in run(site, "appeals", "--state", "lifted").output
    again = run(site, "answer-appeal", "ana", "--answer", "upheld", "--comment", "x", status=2)
    assert "waits for no answer" in again.output
    assert actions(site) == ["warn", "appeal", "answer appeal"]


def test_a_sanction_names_a_rule(site: Site) -> None:
    site.person("ana")
    run(site, "limit", "ana", "--reason", "Pills.", "--rule", "2")
    assert "limit    in force  [2. No spam.] Pills." in run(site, "sanctions", "ana").output
    said = run(site, "warn", "ana", "--reason", "Pills.", "--rule", "9", status=2).output
    assert "rule: a number from 1 to 5" in said
    assert actions(site) == ["limit"]


def test_notes_and_links(site: Site) -> None:
    ana = site.person("ana")
    assert run(site, "note", "ana", "A friend of bo's.").output == "Noted.\n"
    run(site, "send-reset", "ana", "--reason", "lost it")
    assert "/reset/" in text_of(site.mails()[0])
    with site.transaction() as request:
        person = request.dbsession.get(Person, ana.id)
        person.email = person.email_key = None
    assert "no confirmed address" in run(site, "send-reset", "ana", "--reason", "lost it", status=2).output
    assert actions(site) == ["note", "reset link"]


@pytest.mark.parametrize("words", [("warn", "nobody"), ("note", "nobody", "x"), ("sanctions", "nobody")])
def test_nobody_is_refused_in_one_line(site: Site, words: tuple[str, ...]) -> None:
    reason = ("--reason", "x") if words[0] == "warn" else ()
    assert run(site, *words, *reason, status=2).output == "Error: there is nobody with the handle nobody\n"


@pytest.mark.parametrize("act", ["suspend", "limit"])
def test_the_last_admin_stays_on_the_command_line_too(site: Site, act: str) -> None:
    site.person("boss", role="admin")
    assert "last admin" in run(site, act, "boss", "--reason", "x", status=2).output
    assert actions(site) == []
