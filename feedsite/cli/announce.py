"""``feedsite announce``: what stands on everybody's pages."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import click

from feedsite.announcing.models import KINDS
from feedsite.announcing.services import AnnouncementRefused, AnnouncementService
from feedsite.cli.opening import Refusal, one_line, site
from feedsite.db import utcnow
from feedsite.moderation.services import OPERATOR

_INSTANT = click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"])


@click.group()
def announce() -> None:
    """Announcements: write one, list them, take one off all pages."""


@announce.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="At most so many.")
@click.pass_obj
def list_announcements(config: str, limit: int) -> None:
    """List announcements, newest first: id, from, until (UTC), kind, text."""
    with site(config) as opened, opened.transaction() as work:
        for one in work.find(AnnouncementService).page(size=limit).rows:
            ends = "no end" if one.ends is None else f"{one.ends:%Y-%m-%d %H:%M}"
            over = "over " if one.ends is not None and one.ends <= utcnow() else ""
            when = f"{one.starts:%Y-%m-%d %H:%M}  {ends:<16}"
            click.echo(f"{one.id}  {when}  {over}{one.kind}  {one_line(one.text)}")


@announce.command()
@click.argument("text")
@click.option("--kind", type=click.Choice(KINDS), default="news", show_default=True)
@click.option("--from", "starts", type=_INSTANT, help="From when on, in the site's time zone; now, unless given.")
@click.option("--until", "ends", type=_INSTANT, help="Until when; until it is withdrawn, unless given.")
@click.pass_obj
def write(config: str, text: str, kind: str, starts: datetime | None, ends: datetime | None) -> None:
    """Announce something, and print its id. The site's processes show it within five seconds."""
    with site(config) as opened, opened.transaction() as work:
        zone = ZoneInfo(opened.settings.default_zone)
        since, until = (None if one is None else one.replace(tzinfo=zone) for one in (starts, ends))
        try:
            made = work.find(AnnouncementService).write(OPERATOR, text, kind, starts=since, ends=until)
        except AnnouncementRefused as refused:
            raise Refusal(str(refused)) from None
        click.echo(made.id)


@announce.command()
@click.argument("announcement_id")
@click.pass_obj
def withdraw(config: str, announcement_id: str) -> None:
    """Take an announcement off all pages."""
    with site(config) as opened, opened.transaction() as work:
        service = work.find(AnnouncementService)
        found = service.find(announcement_id)
        if found is None:
            raise Refusal(f"there is no announcement {announcement_id}")
        changed = service.withdraw(OPERATOR, found)
    click.echo("Withdrawn." if changed else "It was over already; nothing is changed.")
