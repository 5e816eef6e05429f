"""``feedsite user warn``, ``limit``, ``suspend``, ``reinstate``, and the appeals: how people stand."""

from __future__ import annotations

from functools import partial
from itertools import islice

import click

from feedsite.accounts.services import PeopleService
from feedsite.appeals.services import FILTERS, AppealService
from feedsite.cli.acting import act, permitted, person_of
from feedsite.cli.opening import Refusal, Work, one_line, site
from feedsite.keyset import every
from feedsite.moderation.models import ANSWERS
from feedsite.moderation.services import OPERATOR, ModerationService
from feedsite.moderation.standing import StandingService
from feedsite.texts.services import TextService

_REASON = click.option("--reason", required=True, help="Why; the person reads it, and the audit log keeps it.")
_RULE = click.option("--rule", type=click.IntRange(1), help="The number of the site's rule that it is about.")
_HANDLE = click.argument("handle")


@click.command()
@_HANDLE
@_REASON
@_RULE
@click.pass_obj
def warn(config: str, handle: str, reason: str, rule: int | None) -> None:
    """Warn somebody: they are told by mail and on their page, and nothing else changes."""
    _impose(config, handle, "warn", reason, rule)
    click.echo("Warned.")


@click.command()
@_HANDLE
@_REASON
@_RULE
@click.pass_obj
def limit(config: str, handle: str, reason: str, rule: int | None) -> None:
    """Leave somebody to their followers: what they do is on nobody else's pages until they are reinstated."""
    changed = _impose(config, handle, "limit", reason, rule)
    click.echo("Limited." if changed else "This account was limited already; nothing is changed.")


@click.command()
@_HANDLE
@_REASON
@_RULE
@click.pass_obj
def suspend(config: str, handle: str, reason: str, rule: int | None) -> None:
    """Suspend somebody: their logins end, and nothing of theirs is shown until they are reinstated."""
    changed = _impose(config, handle, "suspend", reason, rule)
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
            named = f"[{one.rule}] " if one.rule else ""
            click.echo(f"{one.imposed:%Y-%m-%d %H:%M}  {one.kind:<8} {force:<8}  {named}{one_line(one.reason)}")


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


def _impose(config: str, handle: str, kind: str, reason: str, rule: int | None) -> bool:
    """Impose a sanction; returns whether something changed. Raises Refusal, also where there is no such rule."""
    with site(config) as opened, opened.transaction() as work:
        named = "" if rule is None else _rule_name(work, rule)
        service, person = work.find(ModerationService), person_of(work, handle)
        return bool(permitted(lambda: getattr(service, kind)(OPERATOR, person.id, reason, named)))


def _rule_name(work: Work, number: int) -> str:
    rules = work.find(TextService).rules()
    found = next((rule.name for rule in rules if rule.number == number), None)
    if found is None:
        raise Refusal(f"rule: a number from 1 to {len(rules)}; `feedsite text show rules` lists them")
    return found


COMMANDS = (warn, limit, suspend, reinstate, sanctions, appeals, answer_appeal)
