"""Links as CSV (RFC 4180): one line each, which a spreadsheet can show and this site can take in again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyramid.i18n import TranslationString, TranslationStringFactory

from feedsite.accounts.models import Person
from feedsite.feeds.order import instant
from feedsite.feeds.stores.base import LinkRow

_ = TranslationStringFactory("feedsite")

COLUMNS = ("kind", "type", "what", "since", "weight")
MOST_LINES = 500
_KINDS = {"person": "follow", "tag": "watch", "note": "watch"}


class NoTable(ValueError):
    """A text that is no table of links.

    Args:
        message: why, as a sentence.
    """

    def __init__(self, message: TranslationString) -> None:
        self.message = message
        super().__init__(str(message))


@dataclass(frozen=True)
class Line:
    """One link of a table.

    Attributes:
        number: of the line, counted from 1, the heading included.
        type: "person", "tag" or "note".
        what: a handle, a tag's name, or the id of a note of the thread.
        weight: above 0, at most 100.
    """

    number: int
    type: str
    what: str
    weight: float

    @property
    def kind(self) -> str:
        """What kind of link it is."""
        return _KINDS[self.type]


def table_of(rows: Iterable[LinkRow], people: Mapping[str, Person]) -> str:
    """Links as CSV.

    Args:
        rows: the links; those to people who do not exist any more are left out.
        people: by id.
    """
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        person = people.get(row.entity.id)
        if row.entity.type == "person" and person is None:
            continue
        what = row.entity.id if person is None or row.entity.type != "person" else person.handle
        since = instant(row.since).isoformat(timespec="seconds").replace("+00:00", "Z")
        writer.writerow((row.kind, row.entity.type, what, since, f"{row.weight:g}"))
    return made.getvalue()


def read_table(text: str) -> list[Line]:
    """The links of a table; `type` and `what` are needed, `weight` may be there.

    Raises NoTable.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    try:
        if not {"type", "what"} <= set(reader.fieldnames or ()):
            raise NoTable(_("The first line has to name the columns: kind, type, what, since, weight."))
        lines = [_line(reader.line_num, row) for row in reader]
    except csv.Error:
        raise NoTable(_("This is no table of comma-separated values.")) from None
    if len(lines) > MOST_LINES:
        raise NoTable(_("A table has at most ${max} lines; take it in in parts.", mapping={"max": MOST_LINES}))
    return lines


def _line(number: int, row: dict[str, str | None]) -> Line:
    kind, what = (row["type"] or "").strip().lower(), (row["what"] or "").strip().lstrip("@#")
    if kind not in _KINDS:
        raise NoTable(_("Line ${number}: the type is person, tag or note.", mapping={"number": number}))
    try:
        weight = float(row.get("weight") or 1)
    except ValueError:
        weight = 0.0
    if not 0 < weight <= 100:
        raise NoTable(_("Line ${number}: a weight is a number above 0, at most 100.", mapping={"number": number}))
    return Line(number, kind, what[:256], weight)
