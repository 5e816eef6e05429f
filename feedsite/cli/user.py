"""``feedsite user``: making accounts and looking after them. Everything it changes is a row of the audit log."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC
from itertools import islice
from typing import Any
from zoneinfo import available_timezones

import click
from email_validator import EmailNotValidError, validate_email

from feedsite.accounts import handles
from feedsite.accounts.models import ROLES, STATES, Person
from feedsite.accounts.services import AccountService, Taken, TwoFactorService
from feedsite.admin.services import ORDERS, PeopleDirectory, PeopleFilter
from feedsite.cli import purging, user_care, user_joining, user_logins, user_standing
from feedsite.cli.acting import act, permitted, person_of
from feedsite.cli.opening import Opened, Refusal, Work, site
from feedsite.moderation.audit import COMMAND_LINE, AuditFilter, AuditService
from feedsite.moderation.services import OPERATOR, ModerationService
from feedsite.security import passwords

_REASON = click.option("--reason", required=True, help="Why, for the audit log.")
_HANDLE = click.argument("handle")
_PASSWORD_STDIN = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")


@click.group()
def user() -> None:
    """People's accounts: make, find, let in, suspend, reinstate, change roles and passwords."""


_OTHERS = (user_logins.sign_out, purging.purge_person)
for _command in (*user_joining.COMMANDS, *user_standing.COMMANDS, *user_care.COMMANDS, *_OTHERS):
    user.add_command(_command)


@user.command()
@_HANDLE
@click.option("--email", prompt="E-mail address", help="Their address; they can sign in with it.")
@click.option("--name", help="What people call them; the handle, unless given.")
@click.option("--zone", help="Their time zone, such as Europe/Madrid; the site's, unless given.")
@click.option("--admin", "role", flag_value="admin", help="Make them an admin.")
@click.option("--moderator", "role", flag_value="moderator", help="Make them a moderator.")
@_PASSWORD_STDIN
@click.pass_obj
def create(
    config: str, handle: str, email: str, name: str | None, zone: str | None, role: str | None, password_stdin: bool
) -> None:
    """Make an account. The first admin of a site is made like this; there is no account that is there by itself."""
    with site(config) as opened:
        handle, name, role = handles.normalised(handle), (name or handle).strip(), role or "member"
        _check(opened, handle, name, email, zone)
        password = _password(password_stdin, context=[handle, name, email, opened.settings.site_name])
        with opened.transaction() as work:
            try:
                person = work.find(AccountService).join(
                    handle=handle,
                    name=name,
                    email=email.strip(),
                    password=password,
                    zone=zone or opened.settings.default_zone,
                    locale=opened.settings.default_locale,
                    role=role,
                )
            except Taken as taken:
                raise Refusal(f"somebody else has this {taken.field} already") from None
            after = {"role": role, "state": person.state}
            work.find(AuditService).record(COMMAND_LINE, "create", person.key, after=after)
        click.echo(f"@{handle} is made: {role}.")


@user.command("list")
@click.option("--search", default="", help="The beginning of a handle, a name or an address.")
@click.option("--state", type=click.Choice(STATES), default=None)
@click.option("--role", type=click.Choice(ROLES), default=None)
@click.option("--confirmed", type=click.Choice(("yes", "no")), default=None, help="Whether they confirmed an address.")
@click.option("--waiting", is_flag=True, help="Only who waits to be let in.")
@click.option("--since", type=click.DateTime(("%Y-%m-%d",)), help="Joined on this day (UTC) or later.")
@click.option("--until", type=click.DateTime(("%Y-%m-%d",)), help="Joined before this day (UTC).")
@click.option("--sort", type=click.Choice(sorted(ORDERS)), default="newest", show_default=True)
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="At most so many.")
@click.pass_obj
def list_people(config: str, /, sort: str, limit: int, **filters: Any) -> None:
    """List people, one a line: handle, role, state, since when, name."""
    since, until = (None if day is None else day.replace(tzinfo=UTC) for day in (filters["since"], filters["until"]))
    state, role, confirmed = (filters[name] or "" for name in ("state", "role", "confirmed"))
    asked = PeopleFilter(filters["search"], state, role, confirmed, filters["waiting"], since, until)
    with site(config) as opened, opened.transaction() as work:
        shown = list(islice(_everybody(work, asked, sort), limit + 1))
        for person in shown[:limit]:
            since = f"{person.created:%Y-%m-%d}"
            click.echo(f"@{person.handle:<30} {person.role:<9} {person.state:<10} {since}  {person.name}")
        if len(shown) > limit:
            click.echo(f"There are more than {limit}: see --limit.", err=True)


@user.command()
@_HANDLE
@click.pass_obj
def show(config: str, handle: str) -> None:
    """Show an account and the newest rows of the audit log about it."""
    with site(config) as opened, opened.transaction() as work:
        person = person_of(work, handle)
        for label, value in (
            ("handle", f"@{person.handle}"),
            ("name", person.name),
            ("e-mail", person.email or "none: nobody can sign in"),
            ("role", person.role),
            ("state", person.state),
            ("since", f"{person.created:%Y-%m-%d %H:%M} UTC"),
            ("zone", person.zone),
            ("id", person.id),
            ("logins", work.find(PeopleDirectory).count_logins(person.id)),
        ):
            click.echo(f"{label:<8} {value}")
        for row in work.find(AuditService).page(AuditFilter(target=person.key)).rows:
            reason = f": {row.reason}" if row.reason else ""
            click.echo(f"{row.at:%Y-%m-%d %H:%M} UTC  {row.actor}  {row.action}  {row.before} → {row.after}{reason}")


@user.command()
@_HANDLE
@click.argument("role", type=click.Choice(ROLES))
@_REASON
@click.pass_obj
def role(config: str, handle: str, role: str, reason: str) -> None:
    """Give somebody another role."""
    changed = act(config, handle, lambda service, person: service.change_role(OPERATOR, person.id, role, reason))
    click.echo(f"The role is {role} now." if changed else f"The role was {role} already; nothing is changed.")


@user.command("reset-password")
@_HANDLE
@_REASON
@_PASSWORD_STDIN
@click.pass_obj
def reset_password(config: str, handle: str, reason: str, password_stdin: bool) -> None:
    """Give somebody a new password. All their logins end."""
    with site(config) as opened:
        with opened.transaction() as work:
            person = person_of(work, handle)
            context = [person.handle, person.name, person.email or "", opened.settings.site_name]
        # Asked for between the transactions: the others write while somebody types.
        password = _password(password_stdin, context=context)
        with opened.transaction() as work:
            person = person_of(work, handle)
            permitted(lambda: work.find(ModerationService).set_password(OPERATOR, person.id, password, reason))
    click.echo("The password is changed, and all logins have ended.")


@user.command("remove-second-factor")
@_HANDLE
@_REASON
@click.pass_obj
def remove_second_factor(config: str, handle: str, reason: str) -> None:
    """Let somebody who lost authenticator and recovery codes sign in with their password alone. They are told."""
    with site(config) as opened, opened.transaction() as work:
        person = person_of(work, handle)
        if not work.find(TwoFactorService).disable(person):
            raise Refusal(f"@{person.handle} has no second factor")
        work.find(AuditService).record(COMMAND_LINE, "second factor", person.key, reason=reason)
    click.echo("The second factor is removed.")


def _everybody(work: Work, asked: PeopleFilter, order: str) -> Iterator[Person]:
    directory = work.find(PeopleDirectory)
    page = directory.page(asked, order)
    yield from page.rows
    while page.next is not None:
        page = directory.page(asked, order, page.next)
        yield from page.rows


def _check(opened: Opened, handle: str, name: str, email: str, zone: str | None) -> None:
    problem = handles.refusal(handle, reserved=opened.settings.reserved_handles)
    if problem is not None:
        raise Refusal(f"{handle}: {problem.interpolate()}")
    if not 1 <= len(name) <= 80 or not name.isprintable():
        raise Refusal("a name has 1 to 80 characters, no line breaks or invisible ones")
    if zone is not None and zone not in available_timezones():
        raise Refusal(f"{zone} is no IANA time zone; one is Europe/Madrid")
    try:
        validate_email(email.strip(), check_deliverability=False)
    except EmailNotValidError as error:
        raise Refusal(f"{email}: {error}") from None


def _password(from_stdin: bool, *, context: list[str]) -> str:
    """A password from standard input (its first line) or asked for twice, refused as the site refuses it."""
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    problem = passwords.refusal(password, context=context)
    if problem is not None:
        raise Refusal(problem.interpolate())
    return password
