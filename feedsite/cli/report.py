"""``feedsite report``: the queue of reports, for whoever has the machine."""

from __future__ import annotations

from functools import partial
from itertools import islice

import click

from feedsite.accounts.services import PeopleService
from feedsite.cli.opening import Refusal, site
from feedsite.keyset import every
from feedsite.moderation.services import OPERATOR
from feedsite.reporting.models import ANSWERS, REASONS, STATES
from feedsite.reporting.services import ReportFilter, ReportRefused, ReportService


@click.group()
def report() -> None:
    """Reports that people made of notes and accounts: list them, answer them."""


@report.command("list")
@click.option("--state", type=click.Choice(("unanswered", *STATES)), default="unanswered", show_default=True)
@click.option("--reason", type=click.Choice(REASONS), default=None)
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="At most so many.")
@click.pass_obj
def list_reports(config: str, state: str, reason: str | None, limit: int) -> None:
    """List reports, one a line: id, when, state, reason, whom and what it is about."""
    with site(config) as opened, opened.transaction() as work:
        asked = ReportFilter(state, reason or "")
        shown = list(islice(every(partial(work.find(ReportService).page, asked)), limit + 1))
        people = work.find(PeopleService).by_key({one.subject for one in shown})
        for one in shown[:limit]:
            about = people.get(one.subject)
            who = one.subject if about is None else f"@{about.handle}"
            click.echo(f"{one.id}  {one.created:%Y-%m-%d %H:%M}  {one.state:<9} {one.reason:<10} {who}  {one.target}")
        if len(shown) > limit:
            click.echo(f"There are more than {limit}: see --limit.", err=True)


@report.command()
@click.argument("report_ids", nargs=-1, required=True)
@click.option("--answer", type=click.Choice(ANSWERS), required=True)
@click.option("--comment", required=True, help="Why, for the audit log and the moderators.")
@click.pass_obj
def answer(config: str, report_ids: tuple[str, ...], answer: str, comment: str) -> None:
    """Answer reports, all of them or none."""
    with site(config) as opened, opened.transaction() as work:
        service = work.find(ReportService)
        missing = [one for one in report_ids if service.find(one) is None]
        if missing:
            raise Refusal(f"there is no report {missing[0]}")
        try:
            number = service.answer(OPERATOR, report_ids, answer, comment)
        except ReportRefused as refused:
            raise Refusal(str(refused)) from None
    click.echo(f"{number} answered.")
