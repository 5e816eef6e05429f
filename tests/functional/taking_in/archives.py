"""Making archives, by the export and by hand."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from feedsite.accounts.services import PeopleService
from feedsite.exporting.services import ExportService
from feedsite.importing.account import AccountImport
from feedsite.importing.archive import read_archive
from feedsite.importing.contents import TakenIn

from tests.site import Site

ACCOUNT = {"name": "Ana", "bio": "", "zone": "UTC", "theme": "auto"}
NOTE = {"id": "n1", "created": "2026-03-15T12:00:00Z", "text": "Good day", "visibility": "public"}


def exported(site: Site, person_id: str) -> bytes:
    """The ZIP of somebody's export."""
    file = io.BytesIO()
    with site.transaction() as request:
        person = request.find_service(PeopleService).by_id(person_id)
        request.find_service(ExportService).write(person, file)
    return file.getvalue()


def taken_in(site: Site, person_id: str, archive: bytes) -> TakenIn:
    """Take a ZIP in, for somebody."""
    contents = read_archive(io.BytesIO(archive))
    with site.transaction() as request:
        return request.find_service(AccountImport).take_in(
            request.find_service(PeopleService).by_id(person_id), contents
        )


def packed(**files: Any) -> bytes:
    """A ZIP of these files (``notes=[…]`` is notes.json); an account is in it unless another is given."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, value in {"account": ACCOUNT, **files}.items():
            text = value if isinstance(value, str | bytes) else json.dumps(value, indent=1)
            archive.writestr(f"{name}.json", text)
    return made.getvalue()


def tables(archive: bytes) -> dict[str, Any]:
    """What an export has, with other names for the ids of its notes: their places in it."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        read = {name: json.loads(opened.read(f"{name}.json")) for name in ("account", "notes", "links", "bookmarks")}
    order = sorted(read["notes"], key=lambda note: (note["created"], note["text"]))
    place = {note["id"]: f"note {number}" for number, note in enumerate(order)}

    def renamed(value: Any) -> Any:
        return place.get(value, value) if isinstance(value, str) else value

    account = {key: renamed(read["account"].get(key)) for key in _KEPT}
    notes = [{key: renamed(value) for key, value in note.items()} for note in order]
    links = [{key: renamed(value) for key, value in row.items()} for row in read["links"]]
    return {
        "account": account,
        "notes": notes,
        "links": sorted((row for row in links if row["handle"] not in _SELF), key=json.dumps),
        "bookmarks": sorted(renamed(row["note"]) + row["created"] for row in read["bookmarks"]),
    }


_SELF = ("ana", "anew")
_KEPT = (
    *("name", "bio", "zone", "theme", "noindex", "discoverable", "locked"),
    *("pinned_note", "mails_refused", "notifications_unwanted"),
)
