"""``feedsite mail``: sending what waits, and seeing what could not be sent."""

from __future__ import annotations

import signal
import threading
from types import FrameType

import click

from feedsite.cli.opening import Opened, site
from feedsite.db import utcnow
from feedsite.mail.process import mail_of
from feedsite.mail.services import MailService
from feedsite.notifications.digesting import write_digest
from feedsite.notifications.digests import DigestService
from feedsite.system.jobs import jobs_of


@click.group()
def mail() -> None:
    """The site's mails: send what waits, see what could not be sent, try it anew."""


@mail.command()
@click.option("--follow", is_flag=True, help="Go on until SIGTERM or SIGINT.")
@click.option(
    "--every", type=click.FloatRange(0.1, 3600), default=5.0, show_default=True, help="Seconds between looks."
)
@click.pass_obj
@click.pass_context
def deliver(ctx: click.Context, config: str, follow: bool, every: float) -> None:
    """Send the mails that are due; exit status 1 when some were put off or given up."""
    with site(config) as opened:
        well = _deliver(opened)
        if follow:
            stop = threading.Event()

            def ended(_number: int, _frame: FrameType | None) -> None:
                stop.set()

            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, ended)
            while not stop.wait(every):
                _deliver(opened)
        elif not well:
            ctx.exit(1)


def _deliver(opened: Opened) -> bool:
    sent = put_off = given_up = 0
    problem, more, began = "", True, utcnow()
    while more and not problem:
        done = mail_of(opened.registry).send()
        sent, put_off, given_up = sent + done.sent, put_off + done.put_off, given_up + done.given_up
        problem, more = done.problem, done.more
    jobs_of(opened.registry).ran("mail", began, problem)
    if sent or put_off or given_up:
        click.echo(f"{sent} sent, {put_off} put off, {given_up} given up.")
    if problem:
        click.echo(f"The mail server: {problem}", err=True)
    return not (put_off or given_up)


@mail.command()
@click.pass_obj
def digests(config: str) -> None:
    """Write the digests of notifications that are due; run it once an hour."""
    with site(config) as opened, jobs_of(opened.registry).run("digests"):
        with opened.transaction() as work:
            due = work.find(DigestService).due(limit=100_000)
        written = 0
        for person_id in due:
            # Each in a transaction of its own: what was written stays, whatever happens to the next.
            with opened.transaction() as work:
                written += write_digest(work.request, person_id)
        click.echo(f"{len(due)} were due, {written} had something to tell.")


@mail.command()
@click.pass_obj
def status(config: str) -> None:
    """Say how many mails wait, and which were given up and why."""
    with site(config) as opened, opened.transaction() as work:
        service = work.find(MailService)
        counts = service.counts()
        click.echo(f"{counts['waiting']} wait, {counts['given_up']} were given up.")
        for row in service.given_up():
            click.echo(f"{row.created:%Y-%m-%d %H:%M} UTC  {row.kind}  to {row.recipient}: {row.problem}")


@mail.command()
@click.pass_obj
def retry(config: str) -> None:
    """Try everything anew that was given up and whose link is not too old."""
    with site(config) as opened, opened.transaction() as work:
        click.echo(f"{work.find(MailService).retry()} will be tried again.")
