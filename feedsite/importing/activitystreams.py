"""Reading the `outbox.json` of an archive of Mastodon, or any ActivityStreams 2.0 collection like it.

https://www.w3.org/TR/activitystreams-core/, https://www.w3.org/TR/activitypub/#delivery
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from feedsite.importing.checks import MOST_ROWS, Row, document
from feedsite.importing.contents import ArchivedNote, BadArchive, Contents
from feedsite.importing.html_text import text_of_html

_EVERYBODY = {"https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"}
_FILE = "outbox.json"


def read_outbox(text: str) -> Contents:
    """The notes of an outbox, and its own notes that were shared. Raises BadArchive.

    What else is there (shares of others' notes, polls, pictures) is counted in `skipped`.
    """
    outbox = document(_FILE, text)
    if outbox.values.get("type") not in ("OrderedCollection", "OrderedCollectionPage"):
        outbox.refuse("type is OrderedCollection")
    items = outbox.values.get("orderedItems")
    if not isinstance(items, list) or len(items) > MOST_ROWS:
        outbox.refuse(f"orderedItems is a list of at most {MOST_ROWS:,} activities")
    notes: dict[str, ArchivedNote] = {}
    shared: list[tuple[str, datetime]] = []
    skipped: Counter[str] = Counter()
    for number, item in enumerate(items, 1):
        row = _Item(number, item)
        kind = str(row.values.get("type"))
        if kind == "Create":
            note = _note(row, skipped)
            if note is not None:
                notes[note.id] = note
        elif kind == "Announce" and isinstance(row.values.get("object"), str):
            shared.append((row.values["object"], row.instant("published")))
        else:
            skipped[f"activities of the type {ascii(kind)[1:-1][:40]}"] += 1
    own = [(name, at) for name, at in shared if name in notes]
    if len(own) < len(shared):
        skipped["shares of notes of others"] += len(shared) - len(own)
    return Contents(notes=tuple(notes.values()), shares=tuple(own), skipped=skipped)


class _Item(Row):
    """An activity of the collection, or the object of one: errors name its place in the list."""

    def __init__(self, number: int, values: Any) -> None:
        self._number = number
        super().__init__(_FILE, 0, values)

    def refuse(self, rule: str) -> Any:
        """Raise BadArchive for this activity."""
        raise BadArchive(_FILE, 0, f"activity {self._number} of orderedItems: {rule}")

    def inner(self) -> _Item:
        """The activity's object."""
        return _Item(self._number, self.values.get("object"))


def _note(row: _Item, skipped: Counter[str]) -> ArchivedNote | None:
    if not isinstance(row.values.get("object"), dict):
        skipped["notes that are not in the file"] += 1
        return None
    thing = row.inner()
    kind = str(thing.values.get("type"))
    if kind != "Note":
        skipped[f"things of the type {ascii(kind)[1:-1][:40]}"] += 1
        return None
    if thing.values.get("attachment"):
        skipped["notes whose pictures and files are left behind"] += 1
    warning = thing.maybe("summary", 100_000) or ""
    text = text_of_html(thing.maybe("content", 1_000_000) or "")
    if not text and not warning:
        skipped["notes without a text"] += 1
        return None
    answered = thing.values.get("inReplyTo")
    return ArchivedNote(
        id=thing.text("id", 2_000),
        created=thing.instant("published") if "published" in thing.values else row.instant("published"),
        text=f"{warning}\n\n{text}".strip() if warning else text,
        visibility=_visibility(thing),
        in_reply_to=answered if isinstance(answered, str) else None,
    )


def _visibility(thing: _Item) -> str:
    to, copies = _names(thing.values.get("to")), _names(thing.values.get("cc"))
    if _EVERYBODY & (to | copies):
        return "public"
    return "followers" if any(name.endswith("/followers") for name in to | copies) else "mentioned"


def _names(value: object) -> set[str]:
    values = value if isinstance(value, list) else [value]
    return {one for one in values if isinstance(one, str)}
