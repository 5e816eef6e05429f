"""``feedsite user note``, ``send-reset`` and ``remove-picture``: what helps those who look after people."""

from __future__ import annotations

from collections.abc import Callable

import click

from feedsite.accounts.models import Person
from feedsite.cli.acting import permitted, person_of
from feedsite.cli.opening import site
from feedsite.moderation.care import CareService
from feedsite.moderation.services import OPERATOR
from feedsite.pictures.care import PictureCare

_REASON = click.option("--reason", required=True, help="Why, for the audit log.")
_HANDLE = click.argument("handle")


@click.command()
@_HANDLE
@click.argument("text")
@click.pass_obj
def note(config: str, handle: str, text: str) -> None:
    """Write something about somebody for those who look after the site; it is a row of the audit log."""
    _do(config, handle, lambda service, person: service.note(OPERATOR, person.id, text))
    click.echo("Noted.")


@click.command("send-reset")
@_HANDLE
@_REASON
@click.pass_obj
def send_reset(config: str, handle: str, reason: str) -> None:
    """Send somebody the link that chooses a new password."""
    _do(config, handle, lambda service, person: service.send_reset(OPERATOR, person.id, reason))
    click.echo("The link is on its way.")


@click.command("remove-picture")
@_HANDLE
@_REASON
@click.pass_obj
def remove_picture(config: str, handle: str, reason: str) -> None:
    """Remove somebody's picture. They may choose another."""
    with site(config) as opened, opened.transaction() as work:
        person = person_of(work, handle)
        removed = permitted(lambda: work.find(PictureCare).remove(OPERATOR, person.id, reason))
    click.echo("The picture is removed." if removed else "There is no picture.")


def _do(config: str, handle: str, do: Callable[[CareService, Person], bool]) -> bool:
    with site(config) as opened, opened.transaction() as work:
        return bool(permitted(lambda: do(work.find(CareService), person_of(work, handle))))


COMMANDS = (note, send_reset, remove_picture)
