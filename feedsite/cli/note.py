"""``feedsite note``: finding, hiding, showing and deleting notes. Each act is a row of the audit log."""

from __future__ import annotations

from collections.abc import Callable

import click

from feedsite.accounts.services import PeopleService
from feedsite.cli.opening import Refusal, site
from feedsite.contents.services import ContentService, NoteFilter
from feedsite.moderation.ranks import NotAllowed
from feedsite.moderation.services import OPERATOR
from feedsite.posts.models import Note

_ID = click.argument("note_id")
_REASON = click.option("--reason", required=True, help="Why, for the audit log; its author reads it.")


@click.group()
def note() -> None:
    """Notes: find them, hide them, show them again, delete them."""


@note.command()
@click.option("--by", help="A handle.")
@click.option("--words", default="", help="Texts that all stand in it.")
@click.option("--state", type=click.Choice(("shown", "hidden")), default=None)
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="At most so many.")
@click.pass_obj
def find(config: str, by: str | None, words: str, state: str | None, limit: int) -> None:
    """List notes, newest first: id, when (UTC), author, state, text. With words, it looks through the newest 5,000."""
    with site(config) as opened, opened.transaction() as work:
        people, author_id = work.find(PeopleService), ""
        if by is not None:
            person = people.by_handle(by.removeprefix("@"))
            if person is None:
                raise Refusal(f"there is nobody with the handle {by}")
            author_id = person.id
        asked = NoteFilter(author_id=author_id, words=tuple(words.split()), state=state or "")
        found = work.find(ContentService).page(asked, size=limit).rows
        authors = people.by_ids({one.author_id for one in found})
        for one in found:
            who = f"@{authors[one.author_id].handle}" if one.author_id in authors else one.author_id
            state_now = "hidden" if one.hidden else "shown"
            click.echo(f"{one.id}  {one.created:%Y-%m-%d %H:%M}  {who}  {state_now}  {' '.join(one.text.split())}")


@note.command()
@_ID
@_REASON
@click.pass_obj
def hide(config: str, note_id: str, reason: str) -> None:
    """Let nobody see a note, nor what touches it, until it is shown again."""
    done = _act(config, note_id, lambda service, found: service.hide(OPERATOR, found, reason))
    click.echo("Hidden." if done else "It was hidden already; nothing is changed.")


@note.command()
@_ID
@_REASON
@click.pass_obj
def show(config: str, note_id: str, reason: str) -> None:
    """Show a hidden note again."""
    done = _act(config, note_id, lambda service, found: service.show(OPERATOR, found, reason))
    click.echo("Shown." if done else "It was not hidden; nothing is changed.")


@note.command()
@_ID
@_REASON
@click.pass_obj
def delete(config: str, note_id: str, reason: str) -> None:
    """Delete a note for good."""
    _act(config, note_id, lambda service, found: service.delete(OPERATOR, found, reason))
    click.echo("Deleted.")


def _act(config: str, note_id: str, act: Callable[[ContentService, Note], bool]) -> bool:
    with site(config) as opened, opened.transaction() as work:
        service = work.find(ContentService)
        found = service.find(note_id)
        if found is None:
            raise Refusal(f"there is no note {note_id}, or it is deleted")
        try:
            return act(service, found)
        except NotAllowed as refused:
            raise Refusal(str(refused)) from None
