"""``feedsite user warn``, ``limit``, ``suspend``, ``reinstate``, and the appeals: how people stand."""

from __future__ import annotations

from functools import partial
from itertools import islice

import click

from feedsite.accounts.services import PeopleService
from feedsite.appeals.services import FILTERS, AppealService
from feedsite.cli.acting import act, permitted, person_of
from feedsite.cli.opening import Refusal, one_line, site
from feedsite.keyset import every
from feedsite.moderation.models import ANSWERS
from feedsite.moderation.services import OPERATOR
from feedsite.moderation.standing import StandingService

_REASON = click.option("--reason", required=True, help="Why; the person reads it, and the audit log keeps it.")
_HANDLE = click.argument("handle")


@click.command()
@_HANDLE
@_REASON
@click.pass_obj
def warn(config: str, handle: str, reason: str) -> None:
    """Warn somebody: they are told by mail and on their page, and nothing else changes."""
    act(config, handle, lambda service, person: service.warn(OPERATOR, person.id, reason))
    click.echo("Warned.")


@click.command()
@_HANDLE
@_REASON
@click.pass_obj
def limit(config: str, handle: str, reason: str) -> None:
    """Leave somebody to their followers: what they do is on nobody else's pages until they are reinstated."""
    changed = act(config, handle, lambda service, person: service.limit(OPERATOR, person.id, reason))
    click.echo("Limited." if changed else "This account was limited already; nothing is changed.")


@click.command()
@_HANDLE
@_REASON
@click.pass_obj
def suspend(config: str, handle: str, reason: str) -> None:
    """Suspend somebody: their logins end, and nothing of theirs is shown until they are reinstated."""
    changed = act(config, handle, lambda service, person: service.suspend(OPERATOR, person.id, reason))
    click.echo("Suspended." if changed else "This account was suspended already; nothing is changed.")


@click.command()
@_HANDLE
@_REASON
@click.pass_obj
def reinstate(config: str, handle: str, reason: str) -> None:
    """Take a suspension or a limit back."""
    changed = act(config, handle, lambda service, person: service.reinstate(OPERATOR, person.id, reason))
    click.echo("Reinstated." if changed else "This account is neither suspended nor limited; nothing is changed.")


@click.command()
@_HANDLE
@click.pass_obj
def sanctions(config: str, handle: str) -> None:
    """List what was imposed on somebody, the last one first: when, what, whether it is in force, why."""
    with site(config) as opened, opened.transaction() as work:
        for one in work.find(StandingService).of(person_of(work, handle).id):
            force = "in force" if one.lifted is None else "over"
            click.echo(f"{one.imposed:%Y-%m-%d %H:%M}  {one.kind:<8} {force:<8}  {one_line(one.reason)}")


@click.command()
@click.option("--state", type=click.Choice(FILTERS), default="waiting", show_default=True)
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="At most so many.")
@click.pass_obj
def appeals(config: str, state: str, limit: int) -> None:
    """List appeals, those that wait with the longest first: whose, when, against what, the answer, their words."""
    with site(config) as opened, opened.transaction() as work:
        shown = list(islice(every(partial(work.find(AppealService).page, state)), limit + 1))
        people = work.find(PeopleService).by_key({one.key for one in shown})
        for one in shown[:limit]:
            who = f"@{people[one.key].handle}" if one.key in people else one.key
            answer = one.answer or "waiting"
            click.echo(f"{who:<31} {one.appealed:%Y-%m-%d %H:%M}  {one.kind:<8} {answer:<8} {one_line(one.appeal)}")
        if len(shown) > limit:
            click.echo(f"There are more than {limit}: see --limit.", err=True)


@click.command("answer-appeal")
@_HANDLE
@click.option("--answer", "answer", type=click.Choice(ANSWERS), required=True)
@click.option("--comment", required=True, help="Why; the person reads it, and the audit log keeps it.")
@click.pass_obj
def answer_appeal(config: str, handle: str, answer: str, comment: str) -> None:
    """Answer the appeal of somebody that has waited longest; they are told by mail."""
    with site(config) as opened, opened.transaction() as work:
        person, service = person_of(work, handle), work.find(AppealService)
        waiting = service.waiting_of(person.id)
        if waiting is None:
            raise Refusal(f"@{person.handle} waits for no answer")
        permitted(lambda: service.answer(OPERATOR, waiting.id, answer, comment))
    click.echo(f"Answered: {answer}.")


COMMANDS = (warn, limit, suspend, reinstate, sanctions, appeals, answer_appeal)
