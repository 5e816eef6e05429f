"""``feedsite erasures``: the list of who and what was erased, to be kept apart from backups and used after one."""

from __future__ import annotations

from typing import TextIO

import click

from feedsite.cli.opening import Refusal, site
from feedsite.feeds import Manager
from feedsite.feeds.errors import InvalidQuery


@click.group()
def erasures() -> None:
    """The list of what was erased: keyed hashes, from which nobody's id can be told."""


@erasures.command("list")
@click.pass_obj
def list_erasures(config: str) -> None:
    """Print the list, a line an entity; keep it where backups are not, and newer than any of them."""
    with site(config) as opened, opened.transaction() as work:
        for line in work.find(Manager).erasures():
            click.echo(line)


@erasures.command()
@click.argument("file", type=click.File("r", encoding="utf-8"), required=False)
@click.pass_obj
def again(config: str, file: TextIO | None) -> None:
    """Erase again what a restored backup brought back, by the list in FILE (- is standard input), or by its own."""
    lines = [] if file is None else [line.strip() for line in file if line.strip()]
    with site(config) as opened, opened.transaction() as work:
        try:
            done = work.find(Manager).erase_again(lines)
        except InvalidQuery as error:
            raise Refusal(f"FILE: {error}") from None
    click.echo(f"{done.acts:,} acts and {done.links:,} links of what was erased are gone again.")
