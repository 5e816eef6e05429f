"""``feedsite purge`` and ``feedsite user purge``: taking people out for good."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import click

from feedsite.cli.acting import permitted, person_of
from feedsite.cli.opening import Opened, site
from feedsite.leaving.purging import Purge
from feedsite.leaving.services import LeavingService
from feedsite.moderation.removing import RemovalService
from feedsite.moderation.services import OPERATOR
from feedsite.personal import Finder, personal_data
from feedsite.system.jobs import jobs_of


@click.command()
@click.option("--dry-run", is_flag=True, help="Say how many there are, and change nothing.")
@click.pass_obj
def purge(config: str, dry_run: bool) -> None:
    """Take out who left and can come back no more, and who never confirmed an address; for a timer, once a day.

    It may be stopped and called again.
    """
    with site(config) as opened:
        if dry_run:
            with opened.transaction() as work:
                service = work.find(LeavingService)
                left, unconfirmed = service.count_due(), service.count_unconfirmed()
            click.echo(f"{left:,} left and can come back no more; {unconfirmed:,} never confirmed an address.")
            return
        with jobs_of(opened.registry).run("purge"):
            done = purge_of(opened).run()
    click.echo(f"{done.left:,} who left are taken out, and {done.unconfirmed:,} who never confirmed an address.")


@click.command("purge")
@click.argument("handle")
@click.option("--reason", required=True, help="Why, for the audit log; it names nobody, and should not.")
@click.pass_obj
def purge_person(config: str, handle: str, reason: str) -> None:
    """Take an account out for good, at once. There is no way back."""
    with site(config) as opened:
        with opened.transaction() as work:
            person_id = person_of(work, handle).id
            permitted(lambda: work.find(RemovalService).purge(OPERATOR, person_id, reason))
        purge_of(opened).take_out(person_id)
    click.echo("The account is taken out.")


def purge_of(opened: Opened) -> Purge:
    """The purge of an opened site."""

    @contextlib.contextmanager
    def begin() -> Iterator[Finder]:
        with opened.transaction() as work:
            yield work.find

    return Purge(begin, personal_data(opened.registry))
