"""``feedsite import``: networks of other places, into this site."""

from __future__ import annotations

from pathlib import Path

import click
from tqdm import tqdm

from feedsite.accounts.services import PeopleService
from feedsite.cli import importing_account
from feedsite.cli.opening import Opened, Refusal, site
from feedsite.importing.higgs import RULES, Skipped, person_id
from feedsite.importing.importer import HiggsImport, Report

_SHOWN = 3


@click.group("import")
def importing() -> None:
    """Read the files of other places into this site."""


importing.add_command(importing_account.account)
importing.add_command(importing_account.activitystreams)


@importing.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--limit", type=click.IntRange(min=1), help="Read at most so many lines.")
@click.pass_obj
def higgs(config: str, file: Path, limit: int | None) -> None:
    """Read the data set higgs-twitter (higgs-activity_time.txt, plain or gzipped).

    Who interacts with somebody follows them. Whatever is stored already stays as it is: an import that was stopped goes
    on where it was, and a second one stores nothing.
    """
    with site(config) as opened:
        report = _run(opened, file, limit)
        _tell(report)
        _tell_skipped(report.skipped)
        _tell_pages(opened, report)


def _run(opened: Opened, file: Path, limit: int | None) -> Report:
    with tqdm(total=file.stat().st_size, unit="B", unit_scale=True, desc=file.name, disable=None) as bar:

        def advance(position: int) -> None:
            bar.update(position - bar.n)

        try:
            return HiggsImport(opened.engine).run(file, limit=limit, progress=advance)
        except (OSError, EOFError) as error:
            raise Refusal(f"{file} cannot be read to its end ({error}); what came before is stored") from error


def _tell(report: Report) -> None:
    rate = report.lines / report.seconds if report.seconds else 0.0
    click.echo(f"{report.lines:,} lines read in {report.seconds:,.1f} s ({rate:,.0f} a second).")
    click.echo(f"Activities: {report.acts:,} stored, {report.known:,} were there before.")
    click.echo(f"Follow links: {report.links + report.self_links:,} stored, {report.self_links:,} of them to oneself.")
    click.echo(f"People: {report.people:,} stored; they have no password, so nobody signs in as them.")
    for account, handle in list(report.renamed.items())[:_SHOWN]:
        click.echo(f"  Account {account} is @{handle}: somebody else has @u{account}.")
    if len(report.renamed) > _SHOWN:
        click.echo(f"  So are {len(report.renamed) - _SHOWN:,} more accounts.")


def _tell_skipped(skipped: Skipped) -> None:
    click.echo(f"Skipped: {len(skipped):,} lines.")
    for rule in RULES:
        if count := skipped.counts[rule]:
            numbers = ", ".join(map(str, skipped.numbers[rule])) + (", …" if count > len(skipped.numbers[rule]) else "")
            click.echo(f"  {count:,} that break the rule “{rule}”: line {numbers}")


def _tell_pages(opened: Opened, report: Report) -> None:
    """Where to look now: who was interacted with most, and who interacted most."""
    top = [account for account, _ in report.received.most_common(_SHOWN)]
    top += [account for account, _ in report.given.most_common(_SHOWN) if account not in top]
    with opened.transaction() as work:
        found = work.find(PeopleService).by_ids(map(person_id, top))
        handles = {person.id: person.handle for person in found.values()}
    if handles:
        click.echo("Pages to look at:")
    for account in top:
        if (handle := handles.get(person_id(account))) is not None:
            counts = f"{report.given[account]:,} done, {report.received[account]:,} received"
            click.echo(f"  {opened.settings.site_url}/@{handle} ({counts})")
