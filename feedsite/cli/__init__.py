"""The command line: ``feedsite -c site.ini COMMAND``. What is wrong is said in one line, with exit status 2.

A command is a module of this package that is named in `COMMANDS`; it opens the site with `site` and works in its
transactions::

    @click.command()
    @click.pass_obj
    def hello(config: str) -> None:
        with site(config) as opened, opened.transaction() as work:
            click.echo(work.find(PeopleService).by_handle("ana"))
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from feedsite.cli.opening import Opened, Refusal, Work, refusals, site

__all__ = ["COMMANDS", "Opened", "Refusal", "Work", "main", "site"]

#: Every command and where it stands. A module is imported when its command is asked for.
COMMANDS: dict[str, str] = {
    "db": "feedsite.cli.db:db",
    "user": "feedsite.cli.user:user",
    "demo": "feedsite.cli.demo:demo",
    "purge": "feedsite.cli.purging:purge",
    "erasures": "feedsite.cli.erasures:erasures",
    "import": "feedsite.cli.importing:importing",
    "index": "feedsite.cli.index:index",
    "report": "feedsite.cli.report:report",
    "aggregators": "feedsite.cli.aggregators:aggregators",
    "audit": "feedsite.cli.audit:audit",
    "settings": "feedsite.cli.settings:settings",
    "block": "feedsite.cli.block:block",
    "text": "feedsite.cli.text:text",
    "note": "feedsite.cli.note:note",
    "act": "feedsite.cli.act:act",
    "announce": "feedsite.cli.announce:announce",
    "mail": "feedsite.cli.mail:mail",
    "secret": "feedsite.cli.secret:secret",
}


class Commands(click.Group):
    """A group whose commands are found in `COMMANDS`, and whose errors are one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, sorted."""
        return sorted({*COMMANDS, *super().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, or None."""
        place = COMMANDS.get(cmd_name)
        if place is None:
            return super().get_command(ctx, cmd_name)
        module, name = place.split(":")
        found: click.Command = getattr(import_module(module), name)
        return found

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what it refuses becomes a line on standard error."""
        with refusals():
            return super().invoke(ctx)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-c",
    "--config",
    metavar="INI",
    envvar="FEEDSITE_CONFIG",
    default="development.ini",
    show_default=True,
    show_envvar=True,
    help="The site's ini file.",
)
@click.version_option(package_name="feedsite")
@click.pass_context
def main(ctx: click.Context, config: str) -> None:
    """Look after a feedsite from the command line."""
    ctx.obj = config
