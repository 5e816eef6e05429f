"""``feedsite import account`` and ``activitystreams``: archives, into an account of this site."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from feedsite.cli.acting import person_of
from feedsite.cli.opening import Refusal, site
from feedsite.importing.account import AccountImport
from feedsite.importing.activitystreams import read_outbox
from feedsite.importing.archive import LARGEST, read_archive
from feedsite.importing.contents import BadArchive, Contents, TakenIn

_FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
_AS = click.option("--as", "handle", required=True, metavar="HANDLE", help="The account that it goes into.")


@click.command()
@_FILE
@_AS
@click.pass_obj
def account(config: str, file: Path, handle: str) -> None:
    """Read the ZIP of an export of this software: notes, links, bookmarks, profile and settings.

    All of it is stored, or nothing; what is there already stays as it is, so that twice is once.
    """
    with file.open("rb") as archive:
        _take_in(config, handle, _read(lambda: read_archive(archive)))


@click.command()
@_FILE
@_AS
@click.pass_obj
def activitystreams(config: str, file: Path, handle: str) -> None:
    """Read the outbox.json of an archive of Mastodon: its notes with their dates.

    All of it is stored, or nothing; what is there already stays as it is, so that twice is once.
    """
    if file.stat().st_size > LARGEST:
        raise Refusal(f"{file} has more than {LARGEST // 2**20} MiB")
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Refusal(f"{file} is no text in UTF-8") from None
    _take_in(config, handle, _read(lambda: read_outbox(text)))


def _read(read: Callable[[], Contents]) -> Contents:
    try:
        return read()
    except BadArchive as bad:
        raise Refusal(str(bad)) from None


def _take_in(config: str, handle: str, contents: Contents) -> None:
    with site(config) as opened, opened.transaction() as work:
        taken = work.find(AccountImport).take_in(person_of(work, handle), contents)
    _tell(taken)


def _tell(taken: TakenIn) -> None:
    click.echo(f"Taken in: {taken.notes:,} notes, {taken.links:,} links, {taken.bookmarks:,} bookmarks.")
    click.echo(f"There already: {taken.known:,}.")
    for what, count in sorted(taken.skipped.items()):
        click.echo(f"Left out or changed: {count:,} {what}.")
