"""``feedsite audit``: reading the audit log, and taking it as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any
from zoneinfo import available_timezones

import click

from feedsite.accounts.models import Person
from feedsite.accounts.services import PeopleService
from feedsite.cli.opening import Opened, Refusal, Work, one_line, site
from feedsite.db import utcnow
from feedsite.keyset import every
from feedsite.moderation.audit import ACTIONS, COMMAND_LINE, LOG, AuditFilter, AuditService, midnight
from feedsite.moderation.export import AuditTable
from feedsite.moderation.models import AuditRow

_DAY = click.DateTime(["%Y-%m-%d"])


@dataclass(frozen=True)
class _Asked:
    """The options of a filter, as they were given."""

    actor: str | None
    target: str | None
    action: str | None
    since: datetime | None
    until: datetime | None
    zone: str | None


def _filtered(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that both commands have."""
    for option in (
        click.option("--zone", help="Where days begin and end, such as Europe/Madrid; the site's zone, unless given."),
        click.option("--until", type=_DAY, help="The last day, included."),
        click.option("--since", type=_DAY, help="The first day."),
        click.option("--action", type=click.Choice(ACTIONS), help="What was done."),
        click.option("--target", help="To whom or what: a handle, or a key such as person:…"),
        click.option("--actor", help='Who did it: a handle, a key, or "command line".'),
    ):
        command = option(command)
    return command


@click.group()
def audit() -> None:
    """The audit log: who did what to whom, when and why."""


@audit.command("list")
@_filtered
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="At most so many.")
@click.pass_obj
def list_rows(config: str, /, limit: int, **asked: Any) -> None:
    """List rows, newest first: when (UTC), who, what, to whom, what changed, why."""
    with site(config) as opened, opened.transaction() as work:
        filtered = _filter(opened, work, _Asked(**asked))
        shown = list(islice(every(partial(work.find(AuditService).page, filtered)), limit + 1))
        people = work.find(PeopleService).by_key({key for row in shown for key in (row.actor, row.target)})
        for row in shown[:limit]:
            click.echo(_line(row, people))
        if len(shown) > limit:
            click.echo(f"There are more than {limit}: see --limit.", err=True)


@audit.command()
@_filtered
@click.option("--output", type=click.File("wb"), default="-", help="A file; standard output, unless given.")
@click.pass_obj
def export(config: str, /, output: Any, **asked: Any) -> None:
    """Write rows as CSV, newest first. That it was done is a row of the log."""
    with site(config) as opened:
        with opened.transaction() as work:
            wanted, now = _filter(opened, work, _Asked(**asked)), utcnow()
            shown = {name: str(value) for name, value in asdict(wanted).items() if value is not None}
            work.find(AuditService).record(COMMAND_LINE, "audit export", LOG, after=shown)
        until = now if wanted.until is None else min(wanted.until, now)
        for piece in AuditTable(opened.engine).pieces(replace(wanted, until=until)):
            output.write(piece)


def _filter(opened: Opened, work: Work, asked: _Asked) -> AuditFilter:
    zone = asked.zone or opened.settings.default_zone
    if zone not in available_timezones():
        raise Refusal(f"{zone} is no IANA time zone; one is Europe/Madrid")
    return AuditFilter(
        actor=_key(work, asked.actor),
        target=_key(work, asked.target),
        action=asked.action,
        since=None if asked.since is None else midnight(asked.since.date(), zone),
        until=None if asked.until is None else midnight(asked.until.date(), zone, days=1),
    )


def _key(work: Work, who: str | None) -> str | None:
    if who is None or who == COMMAND_LINE or ":" in who:
        return who
    person = work.find(PeopleService).by_handle(who.removeprefix("@"))
    if person is None:
        raise Refusal(f"there is nobody with the handle {who}")
    return person.key


def _line(row: AuditRow, people: Mapping[str, Person]) -> str:
    who, whom = (f"@{people[key].handle}" if key in people else key for key in (row.actor, row.target))
    # A reason may have several lines; a row is one.
    reason = one_line(row.reason)
    return f"{row.at:%Y-%m-%d %H:%M:%S}  {who}  {row.action}  {whom}  {row.before} -> {row.after}  {reason}"
