"""``feedsite db``: the database's revision. What it does, alembic does: ``alembic -c INI upgrade head`` is the same."""

from __future__ import annotations

from pathlib import Path

import alembic.command
import alembic.config
import click
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from feedsite.cli.opening import Refusal, site


@click.group()
def db() -> None:
    """The database: which revision it has, and migrating it."""


@db.command()
@click.pass_obj
def upgrade(config: str) -> None:
    """Bring the database to the newest revision. Harmless when it has it."""
    alembic.command.upgrade(_alembic(config), "head")
    click.echo(f"The database has revision {_revision(config)}.")


@db.command()
@click.pass_obj
@click.pass_context
def current(ctx: click.Context, config: str) -> None:
    """Say which revision the database has; exit status 1 when it is not the newest one."""
    newest = ScriptDirectory.from_config(_alembic(config)).get_current_head()
    has = _revision(config)
    click.echo(f"The database has revision {has or 'none'}; the newest one is {newest}.")
    if has != newest:
        ctx.exit(1)


def _alembic(config: str) -> alembic.config.Config:
    if not Path(config).is_file():
        raise Refusal(f"there is no file {config}; name the site's ini file with -c")
    made = alembic.config.Config(config)
    if made.get_main_option("script_location") is None:
        raise Refusal(f"{config} has no [alembic] section with a script_location")
    return made


def _revision(config: str) -> str | None:
    with site(config) as opened, opened.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()
