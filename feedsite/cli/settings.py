"""``feedsite settings``: what the settings are in effect, and where each comes from."""

from __future__ import annotations

import json

import click

from feedsite.cli.opening import site
from feedsite.settings_shown import shown_settings


@click.group()
def settings() -> None:
    """The site's settings. Nothing here connects to anything."""


@settings.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON: a list of objects.")
@click.option("--changed", is_flag=True, help="Only those that do not come from the defaults.")
@click.pass_obj
def show(config: str, as_json: bool, changed: bool) -> None:
    """Show every setting in effect and where it comes from; of secrets, only whether they are set."""
    with site(config) as opened:
        shown = shown_settings(opened.settings, opened.registry.settings)
    kept = [one for one in shown if not changed or one.source != "default"]
    if as_json:
        rows = [{"name": o.name, "value": o.value, "source": o.source, "secret": o.secret} for o in kept]
        click.echo(json.dumps(rows, indent=1))
        return
    for one in kept:
        click.echo(f"{one.name:<32} {one.source:<12} {one.value}".rstrip())
