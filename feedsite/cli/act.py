"""``feedsite act``: finding and removing likes, shares and follows. Each is a row of the audit log."""

from __future__ import annotations

import click

from feedsite.accounts.services import PeopleService
from feedsite.cli.acting import permitted, person_of
from feedsite.cli.opening import Refusal, site
from feedsite.contents.acts import VERBS, ActFilter, ActService
from feedsite.feeds import Entity
from feedsite.moderation.services import OPERATOR


@click.group()
def act() -> None:
    """Likes, shares and follows that everybody can see: find them, remove them."""


@act.command()
@click.option("--by", help="A handle.")
@click.option("--whom", help="The handle of who was followed.")
@click.option("--note", help="The id of what was liked or shared.")
@click.option("--kind", type=click.Choice(VERBS), help="Only these.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="At most so many.")
@click.pass_obj
def find(config: str, by: str | None, whom: str | None, note: str | None, kind: str | None, limit: int) -> None:
    """List them, newest first: id, when (UTC), who, what, to what."""
    if whom and note:
        raise Refusal("note: either --whom or --note")
    with site(config) as opened, opened.transaction() as work:
        actor, followed = (
            Entity("person", person_of(work, one.removeprefix("@")).id) if one else None for one in (by, whom)
        )
        asked = ActFilter(actor, Entity("note", note) if note else followed, kind or "")
        items = work.find(ActService).page(asked, size=limit).items
        people = work.find(PeopleService).by_key({end.key for item in items for end in (item.actor, item.object)})
        names = {key: f"@{person.handle}" for key, person in people.items()}
        for item in items:
            who, thing = (names.get(end.key, end.key) for end in (item.actor, item.object))
            click.echo(f"{item.id}  {item.published:%Y-%m-%d %H:%M}  {who}  {item.verb}  {thing}")


@act.command()
@click.argument("act_ids", nargs=-1, required=True, metavar="ID...")
@click.option("--reason", required=True, help="Why, for the audit log; who did it reads it.")
@click.pass_obj
def remove(config: str, act_ids: tuple[str, ...], reason: str) -> None:
    """Remove acts by the ids that `find` shows."""
    with site(config) as opened, opened.transaction() as work:
        done = permitted(lambda: work.find(ActService).remove(OPERATOR, act_ids, reason))
    click.echo(f"{len(done.done):,} removed, {len(done.same):,} were gone already.")
