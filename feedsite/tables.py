"""Cells of CSV that is made for spreadsheets."""

from __future__ import annotations

from datetime import datetime
from typing import Any

#: A cell that begins so is a formula to a spreadsheet. (OWASP, CSV injection.)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def iso(instant: datetime) -> str:
    """An instant for machines, to the millisecond, in UTC."""
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def cell(value: Any) -> str:
    """A value as a cell's text: what would be a formula has an apostrophe before it; lists are words."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return iso(value)
    text = " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
