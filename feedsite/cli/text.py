"""``feedsite text``: the site's rules and its contact page."""

from __future__ import annotations

from typing import TextIO

import click

from feedsite.cli.opening import Refusal, site
from feedsite.moderation.services import OPERATOR
from feedsite.texts.models import NAMES
from feedsite.texts.services import TextRefused, TextService

_NAME = click.argument("name", type=click.Choice(NAMES))


@click.group()
def text() -> None:
    """The texts that admins write: the rules, and how to reach the people of the site."""


@text.command()
@_NAME
@click.pass_obj
def show(config: str, name: str) -> None:
    """Print a text as it is; of the rules, with a blank line between two."""
    with site(config) as opened, opened.transaction() as work:
        click.echo(work.find(TextService).text(name))


@text.command()
@_NAME
@click.argument("file", type=click.File(encoding="utf-8"))
@click.pass_obj
def write(config: str, name: str, file: TextIO) -> None:
    """Write a text anew from a file ("-": standard input); an empty one brings the usual text back."""
    given = file.read()
    with site(config) as opened, opened.transaction() as work:
        try:
            changed = work.find(TextService).write(OPERATOR, name, given)
        except TextRefused as refused:
            raise Refusal(str(refused)) from None
    click.echo("Changed." if changed else "It was so already; nothing is changed.")
