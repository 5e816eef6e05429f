"""Reading JSON that strangers wrote: row by row, with the line of what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, NoReturn

from feedsite.db import utcnow
from feedsite.importing.contents import BadArchive

#: Rows of one table.
MOST_ROWS = 100_000
_WHITE = " \t\r\n"
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


class Row:
    """One JSON object of a file, whose fields are asked for by name and type.

    Args:
        file, line: where it begins.
        values: the object.
    """

    def __init__(self, file: str, line: int, values: Any) -> None:
        self.file, self.line = file, line
        if not isinstance(values, dict):
            self.refuse("an object with named fields")
        self.values: dict[str, Any] = values

    def refuse(self, rule: str) -> NoReturn:
        """Raise BadArchive for this row."""
        raise BadArchive(self.file, self.line, rule)

    def text(self, name: str, longest: int, *, among: tuple[str, ...] = ()) -> str:
        """A text field: at most `longest` characters, one of `among` where given."""
        value = self.values.get(name)
        if not isinstance(value, str) or len(value) > longest:
            self.refuse(f"{name} is a text of at most {longest} characters")
        if among and value not in among:
            self.refuse(f"{name} is one of {', '.join(among)}")
        return value

    def maybe(self, name: str, longest: int) -> str | None:
        """A text field that may be null or missing."""
        return None if self.values.get(name) is None else self.text(name, longest)

    def instant(self, name: str) -> datetime:
        """An instant (ISO 8601 with its offset), to the millisecond, since 1970 and not in the future."""
        exact = self.any_instant(name)
        if not _FIRST <= exact <= utcnow() + timedelta(minutes=5):
            self.refuse(f"{name} is an instant since 1970 that is not in the future")
        return exact.replace(microsecond=exact.microsecond // 1000 * 1000)

    def any_instant(self, name: str) -> datetime:
        """An instant, past or to come, in UTC."""
        read = _instant(self.text(name, 40))
        if read is None:
            self.refuse(f"{name} is an instant with its offset, such as 2026-03-15T12:00:00Z")
        return read

    def maybe_instant(self, name: str) -> datetime | None:
        """An instant that may be null or missing."""
        return None if self.values.get(name) is None else self.instant(name)

    def rows(self, name: str) -> list[Row]:
        """A field that is a list of objects; missing: none."""
        value = self.values.get(name, [])
        if not isinstance(value, list) or len(value) > MOST_ROWS:
            self.refuse(f"{name} is a list")
        return [Row(self.file, self.line, one) for one in value]


def document(file: str, text: str) -> Row:
    """The one object of a file. Raises BadArchive."""
    return Row(file, 1, _decoded(file, lambda decoder: decoder.decode(text)))


def table(file: str, text: str) -> Iterator[Row]:
    """The objects of a file that is a list of them, one after the other. Raises BadArchive."""
    at, line, counted, number = _white(text, 0), 1, 0, 0
    if text[at : at + 1] != "[":
        raise BadArchive(file, 1, "a list of objects in JSON")
    at = _white(text, at + 1)
    while text[at : at + 1] != "]":
        number += 1
        if number > MOST_ROWS:
            raise BadArchive(file, line, f"at most {MOST_ROWS:,} rows")
        line, counted = line + text.count("\n", counted, at), at
        value, at = _decoded(file, partial(_next_value, text, at))
        yield Row(file, line, value)
        at = _white(text, at)
        if text[at : at + 1] == ",":
            at = _white(text, at + 1)
        elif text[at : at + 1] != "]":
            raise BadArchive(file, text.count("\n", 0, at) + 1, "JSON: a comma or the end of the list")
    if text[at + 1 :].strip(_WHITE):
        raise BadArchive(file, text.count("\n", 0, at) + 1, "JSON: nothing after the end of the list")


def _next_value(text: str, start: int, decoder: json.JSONDecoder) -> tuple[Any, int]:
    return decoder.raw_decode(text, start)


def _decoded(file: str, read: Callable[[json.JSONDecoder], Any]) -> Any:
    def refuse(name: str) -> NoReturn:
        raise BadArchive(file, 0, f"JSON: {name} is no number")

    try:
        return read(json.JSONDecoder(parse_constant=refuse))
    except json.JSONDecodeError as error:
        raise BadArchive(file, error.lineno, f"JSON: {error.msg}") from None
    except BadArchive:
        raise
    except RecursionError:
        raise BadArchive(file, 0, "JSON that is not nested a thousand times") from None
    except ValueError:  # a number of many thousand digits
        raise BadArchive(file, 0, "JSON with numbers of at most some thousand digits") from None


def _instant(text: str) -> datetime | None:
    try:
        read = datetime.fromisoformat(text)
        return None if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _white(text: str, at: int) -> int:
    while at < len(text) and text[at] in _WHITE:
        at += 1
    return at
