"""Reading the ZIP of an export. Whatever is wrong with it is found before anything is stored."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections import Counter
from typing import IO, Any
from zoneinfo import available_timezones

from feedsite.accounts.models import THEMES
from feedsite.importing.checks import Row, document, table
from feedsite.importing.contents import ArchivedLink, ArchivedNote, BadArchive, Contents
from feedsite.posts.models import VISIBILITIES

MOST_FILES = 64
#: Bytes of one file when it is unpacked, and of all of them.
LARGEST_FILE, LARGEST = 32 * 2**20, 64 * 2**20
#: A note of another site may be longer than those of this one: it is left out then, and counted.
_LONGEST_TEXT = 100_000
_PLAIN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")
#: What the export calls it.
_PICTURE = "picture.webp"
_KINDS = ("follow", "watch", "mute", "block")


def read_archive(file: IO[bytes]) -> Contents:
    """The contents of an export's ZIP.

    Args:
        file: it can be sought.

    Raises BadArchive.
    """
    texts, picture = _unpacked(file)
    if "account.json" not in texts:
        raise BadArchive("the archive", 0, "an export of this software: account.json is in it")
    account = _account(document("account.json", texts["account.json"]))
    skipped: Counter[str] = Counter()
    notes = tuple(_notes(texts.get("notes.json", "[]"), skipped))
    links = tuple(_link(row) for row in table("links.json", texts.get("links.json", "[]")))
    marked = table("bookmarks.json", texts.get("bookmarks.json", "[]"))
    bookmarks = tuple((row.text("note", 40), row.instant("created")) for row in marked)
    return Contents(account, notes, links, bookmarks, picture=picture, skipped=skipped)


def _unpacked(file: IO[bytes]) -> tuple[dict[str, str], bytes | None]:
    """The JSON files of a ZIP by name, and the picture, within what one is let hold."""
    try:
        with zipfile.ZipFile(file) as packed:
            entries = packed.infolist()
            _check(entries)
            texts = {one.filename: _text(packed, one) for one in entries if one.filename.endswith(".json")}
            pictures = [_raw(packed, one) for one in entries if one.filename == _PICTURE]
            return texts, next(iter(pictures), None)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
        if isinstance(error, BadArchive):
            raise
        raise BadArchive("the archive", 0, "a ZIP that is whole") from None


def _check(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_FILES:
        raise BadArchive("the archive", 0, f"at most {MOST_FILES} files")
    names = [entry.filename for entry in entries]
    for entry in entries:
        if not _PLAIN.fullmatch(entry.filename):
            raise BadArchive(ascii(entry.filename[:100]), 0, "a plain file name, without folders")
        if names.count(entry.filename) > 1:
            raise BadArchive(entry.filename, 0, "each file once")
        if entry.flag_bits & 1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise BadArchive(entry.filename, 0, "neither encrypted nor packed in an unusual way")
        if entry.file_size > LARGEST_FILE:
            raise BadArchive(entry.filename, 0, f"at most {LARGEST_FILE // 2**20} MiB when unpacked")
    if sum(entry.file_size for entry in entries) > LARGEST:
        raise BadArchive("the archive", 0, f"at most {LARGEST // 2**20} MiB when unpacked")


def _raw(packed: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    # What the entry says of its size may be a lie: no more is read than that, whatever comes out.
    with packed.open(entry) as stream:
        raw = stream.read(entry.file_size + 1)
    if len(raw) > entry.file_size:
        raise BadArchive(entry.filename, 0, "as long as the archive says")
    return raw


def _text(packed: zipfile.ZipFile, entry: zipfile.ZipInfo) -> str:
    raw = _raw(packed, entry)
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise BadArchive(entry.filename, raw.count(b"\n", 0, error.start) + 1, "text in UTF-8") from None


def _account(row: Row) -> dict[str, Any]:
    name = row.text("name", 80).strip()
    if not name or not name.isprintable():
        row.refuse("name has 1 to 80 characters, no line breaks or invisible ones")
    zone = row.text("zone", 64)
    if zone not in available_timezones():
        row.refuse("zone is the name of an IANA time zone, such as Europe/Madrid")
    flags = {
        key: row.values[key] for key in ("noindex", "discoverable", "locked") if isinstance(row.values.get(key), bool)
    }
    return {
        "name": name,
        "bio": row.text("bio", 500),
        "zone": zone,
        "theme": row.text("theme", 8, among=THEMES),
        "pinned_note": row.maybe("pinned_note", 40),
        "mails_refused": _words(row, "mails_refused"),
        "notifications_unwanted": _words(row, "notifications_unwanted"),
        **flags,
    }


def _words(row: Row, name: str) -> tuple[str, ...]:
    value = row.values.get(name, [])
    if not isinstance(value, list) or len(value) > 100 or any(not isinstance(one, str) for one in value):
        row.refuse(f"{name} is a list of at most 100 texts")
    return tuple(value)


def _notes(text: str, skipped: Counter[str]) -> Any:
    for row in table("notes.json", text):
        if row.values.get("deleted") is not None:
            skipped["notes that were deleted"] += 1
            continue
        yield ArchivedNote(
            id=row.text("id", 200),
            created=row.instant("created"),
            text=row.text("text", _LONGEST_TEXT),
            visibility=row.text("visibility", 16, among=VISIBILITIES),
            in_reply_to=row.maybe("in_reply_to", 200),
            edited=row.maybe_instant("edited"),
            earlier=tuple((one.instant("written"), one.text("text", _LONGEST_TEXT)) for one in row.rows("earlier")),
        )


def _link(row: Row) -> ArchivedLink:
    weight = row.values.get("weight", 1)
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight <= 100:
        row.refuse("weight is a number above 0, at most 100")
    return ArchivedLink(
        kind=row.text("kind", 16, among=_KINDS),
        type=row.text("type", 64),
        id=row.text("id", 256),
        handle=row.maybe("handle", 30),
        since=row.instant("since"),
        until=None if row.values.get("until") is None else row.any_instant("until"),
        weight=float(weight),
    )
