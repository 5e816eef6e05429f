"""``feedsite user invite``, ``waiting``, ``approve`` and ``reject``: who joins a site that is not open to everybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import click

from feedsite.accounts.models import Person
from feedsite.accounts.services import JoiningService, PeopleService
from feedsite.accounts.services.joining import MOST_USES
from feedsite.cli.opening import Refusal, Work, site
from feedsite.moderation.audit import COMMAND_LINE


@click.command()
@click.option("--uses", type=click.IntRange(1, MOST_USES), default=1, show_default=True, help="How many may join.")
@click.option("--days", type=click.IntRange(1, 365), default=14, show_default=True, help="How long it is good.")
@click.option("--email", default="", help="An address that gets it by mail.")
@click.pass_obj
def invite(config: str, uses: int, days: int, email: str) -> None:
    """Make an invitation and print its link: this once, as the site keeps a hash of it alone."""
    with site(config) as opened:
        if opened.settings.sign_up == "closed":
            raise Refusal("feedsite.sign_up is closed: nobody can join, invited or not")
        with opened.transaction() as work:
            lifetime = timedelta(days=days)
            code = work.find(JoiningService).invite(COMMAND_LINE, uses=uses, lifetime=lifetime, email=email)
        click.echo(f"{opened.settings.site_url}/join?invitation={code}")


@click.command()
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many.")
@click.pass_obj
def waiting(config: str, limit: int) -> None:
    """List who waits to be let in, the longest first: handle, since when, whether the address is confirmed, why."""
    with site(config) as opened, opened.transaction() as work:
        for person, request in work.find(JoiningService).queue(limit):
            confirmed = "confirmed" if person.email else "-"
            message = " ".join(request.message.split())
            click.echo(f"@{person.handle:<30} {request.created:%Y-%m-%d}  {confirmed:<9}  {message}")


@click.command()
@click.argument("handles", metavar="HANDLE...", nargs=-1, required=True)
@click.option("--reason", default="", help="For the audit log.")
@click.pass_obj
def approve(config: str, handles: tuple[str, ...], reason: str) -> None:
    """Let in who waits; they are told by mail."""
    _decide(config, handles, lambda work, one: work.find(JoiningService).approve(COMMAND_LINE, one.id, reason))
    click.echo(f"{len(handles)} approved.")


@click.command()
@click.argument("handles", metavar="HANDLE...", nargs=-1, required=True)
@click.option("--reason", required=True, help="Why, for the audit log.")
@click.pass_obj
def reject(config: str, handles: tuple[str, ...], reason: str) -> None:
    """Refuse who waits: the account is suspended, and they are told by mail that it was not approved."""
    _decide(config, handles, lambda work, one: work.find(JoiningService).reject(COMMAND_LINE, one.id, reason))
    click.echo(f"{len(handles)} refused.")


def _decide(config: str, handles: tuple[str, ...], decide: Callable[[Work, Person], bool]) -> None:
    """All of them, or, where one does not wait, none."""
    with site(config) as opened, opened.transaction() as work:
        for handle in handles:
            person = work.find(PeopleService).by_handle(handle)
            if person is None or not decide(work, person):
                raise Refusal(f"nobody with the handle {handle} waits to be let in; nothing is changed")
