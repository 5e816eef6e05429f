"""What an archive holds, read and checked, before any of it is stored; and what came of storing it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


class BadArchive(ValueError):
    """A file that is not taken in; nothing of it is stored.

    Args:
        file: which file, or which file inside of it.
        line: the line, counted from 1; 0: the file as a whole.
        rule: what would be right.
    """

    def __init__(self, file: str, line: int, rule: str) -> None:
        self.file, self.line, self.rule = file, line, rule
        where = f"{file}, line {line}" if line else file
        super().__init__(f"{where}: {rule}")


@dataclass(frozen=True)
class ArchivedNote:
    """A note as it was written somewhere.

    Args:
        id: there.
        created, edited: aware; edited None: never.
        visibility: "public", "followers" or "mentioned".
        in_reply_to: the id of what it answers, there.
        earlier: its earlier texts with the instants they were written at, the first one first.
    """

    id: str
    created: datetime
    text: str
    visibility: str
    in_reply_to: str | None = None
    edited: datetime | None = None
    earlier: tuple[tuple[datetime, str], ...] = ()


@dataclass(frozen=True)
class ArchivedLink:
    """A link to somebody or something; of people and of their shares, `handle` may say whose id it was."""

    kind: str
    type: str
    id: str
    handle: str | None
    since: datetime
    until: datetime | None
    weight: float


@dataclass(frozen=True)
class Contents:
    """An archive.

    Attributes:
        account: what is taken over of the account itself, by name.
        notes, links: in the order of the file.
        bookmarks: ids of notes, there, and since when.
        shares: ids of its own notes that were shared, and when.
        picture: the file of the account's picture, as it is; None: there is none.
        skipped: what the archive has that is not taken in, and how often.
    """

    account: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[ArchivedNote, ...] = ()
    links: tuple[ArchivedLink, ...] = ()
    bookmarks: tuple[tuple[str, datetime], ...] = ()
    shares: tuple[tuple[str, datetime], ...] = ()
    picture: bytes | None = None
    skipped: Counter[str] = field(default_factory=Counter)


@dataclass
class TakenIn:
    """What came of an archive.

    Attributes:
        notes, links, bookmarks: how many are new.
        known: how many of all of them were there already.
        skipped: what was left out and why, and how often.
    """

    notes: int = 0
    links: int = 0
    bookmarks: int = 0
    known: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
