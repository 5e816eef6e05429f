"""``feedsite user invite``, ``waiting``, ``approve`` and what goes with them: joining a site that is not open."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice

import click

from feedsite.accounts.services import InvitationService, JoiningService, PeopleService
from feedsite.accounts.services.invitations import LONGEST, MAX_NOTE, MOST_USES
from feedsite.admitting.services import AdmissionService
from feedsite.cli.acting import permitted
from feedsite.cli.opening import Refusal, one_line, site
from feedsite.db import utcnow
from feedsite.keyset import every
from feedsite.moderation.audit import COMMAND_LINE
from feedsite.moderation.services import OPERATOR

_LIMIT = click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many.")


@click.command()
@click.option("--uses", type=click.IntRange(1, MOST_USES), default=1, show_default=True, help="How many may join.")
@click.option(
    "--days", type=click.IntRange(1, LONGEST.days), default=14, show_default=True, help="How long it is good."
)
@click.option("--email", default="", help="An address that gets it by mail.")
@click.option("--note", default="", help="What it is for.")
@click.pass_obj
def invite(config: str, uses: int, days: int, email: str, note: str) -> None:
    """Make an invitation and print its link."""
    with site(config) as opened:
        if opened.settings.sign_up == "closed":
            raise Refusal("feedsite.sign_up is closed: nobody can join, invited or not")
        if len(note) > MAX_NOTE:
            raise Refusal(f"--note: at most {MAX_NOTE} characters")
        with opened.transaction() as work:
            service, lifetime = work.find(InvitationService), timedelta(days=days)
            made = service.make(COMMAND_LINE, uses=uses, lifetime=lifetime, email=email, note=note)
            code = service.code(made)
        click.echo(f"{opened.settings.site_url}/join?invitation={code}")


@click.command()
@_LIMIT
@click.pass_obj
def invitations(config: str, limit: int) -> None:
    """List invitations, newest first: id, how many joined, until when, what it is for."""
    with site(config) as opened, opened.transaction() as work:
        for one in work.find(InvitationService).page(size=limit).rows:
            used = f"{one.uses - one.uses_left} of {one.uses}"
            is_over = one.expires <= utcnow() or one.uses_left <= 0
            state = "revoked" if one.revoked else "over" if is_over else "good"
            click.echo(f"{one.id[:16]}  {used:<12} {state:<8} until {one.expires:%Y-%m-%d}  {one.note}")


@click.command("revoke-invitation")
@click.argument("invitation")
@click.pass_obj
def revoke_invitation(config: str, invitation: str) -> None:
    """End an invitation, named by its id as `invitations` lists it."""
    with site(config) as opened, opened.transaction() as work:
        service = work.find(InvitationService)
        found = service.find(invitation)
        if found is None:
            raise Refusal(f"there is no invitation {invitation}")
        revoked = service.revoke(COMMAND_LINE, found.id)
    click.echo("Revoked." if revoked else "This invitation was over already; nothing is changed.")


@click.command()
@_LIMIT
@click.pass_obj
def waiting(config: str, limit: int) -> None:
    """List who waits to be let in, the longest first: handle, since when, whether the address is confirmed, why."""
    with site(config) as opened, opened.transaction() as work:
        for request in islice(every(work.find(JoiningService).queue), limit):
            confirmed = "confirmed" if request.person.email else "-"
            message = one_line(request.message)
            click.echo(f"@{request.person.handle:<30} {request.created:%Y-%m-%d}  {confirmed:<9}  {message}")


@click.command()
@click.argument("handles", metavar="HANDLE...", nargs=-1, required=True)
@click.option("--reason", default="", help="For the audit log.")
@click.pass_obj
def approve(config: str, handles: tuple[str, ...], reason: str) -> None:
    """Let in who waits; they are told by mail."""
    _decide(config, handles, "approve", reason)
    click.echo(f"{len(handles)} approved.")


@click.command()
@click.argument("handles", metavar="HANDLE...", nargs=-1, required=True)
@click.option("--reason", required=True, help="Why; they read it, and the audit log keeps it.")
@click.pass_obj
def reject(config: str, handles: tuple[str, ...], reason: str) -> None:
    """Refuse who waits: the account is suspended, and they are told by mail that it was not approved, and why."""
    _decide(config, handles, "reject", reason)
    click.echo(f"{len(handles)} refused.")


def _decide(config: str, handles: tuple[str, ...], decision: str, reason: str) -> None:
    """All of them, or, where one does not wait, none."""
    with site(config) as opened, opened.transaction() as work:
        ids = []
        for handle in handles:
            person = work.find(PeopleService).by_handle(handle)
            if person is None or not person.waiting:
                raise Refusal(f"nobody with the handle {handle} waits to be let in; nothing is changed")
            ids.append(person.id)
        permitted(lambda: work.find(AdmissionService).decide(OPERATOR, decision, ids, reason))


COMMANDS = (invite, invitations, revoke_invitation, waiting, approve, reject)
