"""The ZIP of an export: each table as JSON, which keeps everything, and as CSV, which spreadsheets open."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import IO, Any

from feedsite.tables import cell, iso

Row = Mapping[str, Any]


class Archive:
    """Writes the files of an export into a ZIP.

    Args:
        file: where it goes; it can be sought.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)

    def text(self, name: str, text: str) -> None:
        """A file of plain text."""
        self._zip.writestr(name, text)

    def file(self, name: str, body: bytes) -> None:
        """A file of any kind, as it is."""
        self._zip.writestr(name, body)

    def document(self, name: str, value: Row) -> None:
        """One thing, as `name`.json."""
        self._zip.writestr(f"{name}.json", _json(value))

    def table(self, name: str, columns: tuple[str, ...], rows: Iterable[Row]) -> int:
        """Rows as `name`.json and `name`.csv; returns how many.

        Args:
            columns: those of the CSV, in order; the JSON has whatever a row holds.
            rows: read once.
        """
        sheet, count = io.StringIO(), 0
        writer = csv.writer(sheet)
        writer.writerow(columns)
        with self._zip.open(f"{name}.json", "w") as file:
            for row in rows:
                file.write(("[\n" if count == 0 else ",\n").encode() + _json(row).encode())
                writer.writerow([cell(row.get(column)) for column in columns])
                count += 1
            file.write(b"\n]\n" if count else b"[]\n")
        self._zip.writestr(f"{name}.csv", sheet.getvalue())
        return count

    def close(self) -> None:
        """Finish the ZIP."""
        self._zip.close()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return iso(value)
    raise TypeError(f"{type(value).__name__} has no place in an export")
