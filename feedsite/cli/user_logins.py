"""``feedsite user sign-out``: ending people's logins."""

from __future__ import annotations

import click

from feedsite.accounts.services import PeopleService
from feedsite.cli.opening import Refusal, site
from feedsite.moderation.audit import COMMAND_LINE, AuditService
from feedsite.security.sessions import LoginSessionService


@click.command("sign-out")
@click.argument("handle", required=False)
@click.option("--everybody", is_flag=True, help="End the logins of all accounts.")
@click.option("--reason", required=True, help="Why, for the audit log.")
@click.pass_obj
def sign_out(config: str, handle: str | None, everybody: bool, reason: str) -> None:
    """End all logins of somebody, or of everybody: they sign in again."""
    if bool(handle) == everybody:
        raise Refusal("name one handle, or say --everybody")
    with site(config) as opened, opened.transaction() as work:
        logins, ended, people = work.find(LoginSessionService), 0, []
        if handle is not None:
            person = work.find(PeopleService).by_handle(handle)
            if person is None:
                raise Refusal(f"there is nobody with the handle {handle}")
            people = [person.id]
        for person_id in people or logins.signed_in():
            ended_here = logins.end_all(person_id)
            if ended_here:
                after = {"sessions_ended": ended_here}
                work.find(AuditService).record(
                    COMMAND_LINE, "sign out", f"person:{person_id}", after=after, reason=reason
                )
            ended += ended_here
        click.echo(f"{ended} logins are ended.")
