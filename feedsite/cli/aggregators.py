"""``feedsite aggregators``: which aggregators are installed, ours and other packages'. It opens no site."""

from __future__ import annotations

import textwrap

import click

from feedsite.feeds.plugins import BrokenAggregator, answers, offered

_WIDTH = 100


@click.command()
@click.pass_context
def aggregators(ctx: click.Context) -> None:
    """List the aggregators that are installed: name, class, package, and what each answers.

    Other packages bring theirs under the entry point group feedsite.aggregators. One that cannot be used is listed with
    the reason, and makes the exit status 1.
    """
    broken = False
    for one in offered():
        try:
            said = answers(one.load()) or "It does not say what it answers: its class has no docstring."
        except BrokenAggregator as error:
            broken, said = True, f"CANNOT BE USED: {error.problem}."
        click.echo(f"{one.name}  ({one.place.partition(':')[2]}, {one.package})")
        click.echo(textwrap.indent(textwrap.fill(said, _WIDTH - 4), "    "))
    if broken:
        ctx.exit(1)
