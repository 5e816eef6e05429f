"""``feedsite secret``: making the site's secret, and changing it."""

from __future__ import annotations

import secrets

import click

from feedsite.accounts.services import TwoFactorService
from feedsite.cli.opening import Refusal, site


@click.group()
def secret() -> None:
    """The site's secret: make one, and change it (docs/security.md)."""


@secret.command()
def make() -> None:
    """Print a new secret, for the setting `secret`. It is kept nowhere."""
    click.echo(secrets.token_hex(32))


@secret.command()
@click.pass_obj
def renew(config: str) -> None:
    """Seal with the present secret what the previous one sealed: the keys of second factors. Repeating is harmless."""
    with site(config) as opened:
        with opened.transaction() as work:
            changed, lost = work.find(TwoFactorService).seal_anew()
        click.echo(f"{changed} keys of second factors are sealed anew.")
        if lost:
            raise Refusal(f"{lost} keys were sealed with neither secret: their owners need a recovery code")
