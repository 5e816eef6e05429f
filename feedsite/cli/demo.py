"""``feedsite demo``: a network to look at, in development."""

from __future__ import annotations

import time

import click

from feedsite.accounts.models import Person
from feedsite.accounts.services import PeopleService
from feedsite.cli.opening import Opened, Refusal, site
from feedsite.demo.loading import PASSWORDS, DemoLoader, DemoRefused
from feedsite.security.passwords import Passwords


@click.group()
def demo() -> None:
    """A network of people who never were, to try the site with. Only in development."""


@demo.command()
@click.pass_obj
def load(config: str) -> None:
    """Load the demo network, unless it is there; say how to sign in."""
    with site(config) as opened:
        click.echo("Loading the demo network…")
        started = time.monotonic()
        try:
            with opened.transaction() as work:
                loader = DemoLoader(work.session, work.feeds, work.find(Passwords), opened.settings)
                loaded = loader.load()
        except DemoRefused as refused:
            raise Refusal(str(refused)) from refused
        if loaded is None:
            click.echo("It is there already: nothing was changed.")
        else:
            click.echo(
                f"{loaded.people:,} people, {loaded.notes:,} notes, {loaded.acts:,} activities and {loaded.links:,} "
                f"links in {time.monotonic() - started:.1f} s."
            )
        _tell(opened)


@demo.command()
@click.pass_obj
def info(config: str) -> None:
    """Say how to sign in to the demo."""
    with site(config) as opened:
        _tell(opened)


def _tell(opened: Opened) -> None:
    with opened.transaction() as work:
        people = work.find(PeopleService).by_handles(PASSWORDS)
        lines = [_line(people[handle]) for handle in PASSWORDS if handle in people and _is_demo(people[handle])]
    if not lines:
        raise Refusal("the demo is not loaded here; load it with: feedsite demo load")
    click.echo(f"Sign in at {opened.settings.site_url}/login")
    for line in lines:
        click.echo(line)


def _is_demo(person: Person) -> bool:
    return person.email == f"{person.handle}@example.org" and person.password_hash is not None


def _line(person: Person) -> str:
    return f"  {person.role:<6}  handle: {person.handle:<6} password: {PASSWORDS[person.handle]}"
