"""``feedsite block``: networks and e-mail domains that are kept out."""

from __future__ import annotations

from datetime import datetime

import click

from feedsite.blocking.models import EFFECTS, KINDS
from feedsite.blocking.services import BlockRefused, BlockService
from feedsite.cli.opening import Refusal, one_line, site
from feedsite.moderation.audit import midnight
from feedsite.moderation.services import OPERATOR

_KIND = click.argument("kind", type=click.Choice(KINDS))
_REASON = click.option("--reason", required=True, help="Why, for the audit log.")


@click.group()
def block() -> None:
    """Networks and e-mail domains that are kept out; the site's processes know of a change within five seconds."""


@block.command("list")
@click.option("--limit", type=click.IntRange(1, 10_000), default=1000, show_default=True, help="At most so many.")
@click.pass_obj
def list_blocks(config: str, limit: int) -> None:
    """List blocks, newest first: kind, value, what is refused, until when (UTC), why."""
    with site(config) as opened, opened.transaction() as work:
        for one in work.find(BlockService).page(size=limit).rows:
            ends = "for good" if one.ends is None else f"{one.ends:%Y-%m-%d %H:%M}"
            click.echo(f"{one.kind:<8} {one.value}  {one.effect}  {ends}  {one_line(one.reason)}")


@block.command()
@_KIND
@click.argument("value")
@click.option("--effect", type=click.Choice(EFFECTS), default="sign-up", show_default=True, help="What is refused.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day; for good, unless given.")
@_REASON
@click.pass_obj
def add(config: str, kind: str, value: str, effect: str, until: datetime | None, reason: str) -> None:
    """Keep a network (192.0.2.0/24, 2001:db8::/48) or an e-mail domain with its sub-domains out."""
    with site(config) as opened, opened.transaction() as work:
        ends = None if until is None else midnight(until.date(), opened.settings.default_zone, days=1)
        try:
            made = work.find(BlockService).add(OPERATOR, kind, value, effect, reason, ends=ends)
        except BlockRefused as refused:
            raise Refusal(str(refused)) from None
        click.echo(f"{made.value} is blocked.")


@block.command()
@_KIND
@click.argument("value")
@_REASON
@click.pass_obj
def lift(config: str, kind: str, value: str, reason: str) -> None:
    """Take a block back."""
    with site(config) as opened, opened.transaction() as work:
        service = work.find(BlockService)
        try:
            found = service.find_value(kind, value)
            if found is None:
                raise Refusal(f"{value} is not blocked")
            service.lift(OPERATOR, found, reason)
        except BlockRefused as refused:
            raise Refusal(str(refused)) from None
    click.echo(f"{value} is not blocked any more.")
