"""Small parts of Elasticsearch's query language, as plain dicts."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, cast

Clause = dict[str, Any]
_TERMS = 65_000
"""Elasticsearch takes 65,536 terms in one clause (`index.max_terms_count`)."""

# Nobody can write it into a document: it is another one in every process.
_MARK = f"written-{secrets.token_hex(16)}-"
_numbers = count()


class _Written:
    """A clause that is text already."""

    def __init__(self, text: str) -> None:
        self.text, self.mark = text, f"{_MARK}{next(_numbers)}."


@dataclass(frozen=True)
class Line:
    """A value as JSON, in which clauses that are text already are named and not yet put in.

    Args:
        short: with the names; within a process the same text means the same JSON.
        parts: what the names stand for, in order.
    """

    short: str
    parts: tuple[_Written, ...]

    @property
    def text(self) -> str:
        """All of it, in one line."""
        made = self.short
        for part in self.parts:
            made = made.replace(f'"{part.mark}"', part.text, 1)
        return made

    def __len__(self) -> int:
        return len(self.short) + sum(len(part.text) for part in self.parts)


def written(clause: Clause) -> Clause:
    """The clause as text: a long one that is asked again and again is turned into JSON once."""
    return cast("Clause", _Written(as_json(clause).text))


def as_json(value: object) -> Line:
    """A value as JSON in one line."""
    parts: list[_Written] = []

    def marked(part: object) -> str:
        if not isinstance(part, _Written):
            raise TypeError(f"{type(part).__name__} is no part of a search")
        parts.append(part)
        return part.mark

    return Line(json.dumps(value, separators=(",", ":"), default=marked), tuple(parts))


NOTHING: Clause = {"match_none": {}}


def term(field: str, value: object) -> Clause:
    """The field has this value."""
    return {"term": {field: value}}


def terms(field: str, values: Collection[str]) -> Clause:
    """The field has one of these values, however many they are."""
    chosen = sorted(values)
    if not chosen:
        return NOTHING
    if len(chosen) == 1:
        return term(field, chosen[0])
    return any_of({"terms": {field: chosen[at : at + _TERMS]}} for at in range(0, len(chosen), _TERMS))


def below(field: str, value: int, *, also: bool = False) -> Clause:
    """The field is less than a value (`also`: or equal)."""
    return {"range": {field: {"lte" if also else "lt": value}}}


def above(field: str, value: int, *, also: bool = False) -> Clause:
    """The field is greater than a value (`also`: or equal)."""
    return {"range": {field: {"gte" if also else "gt": value}}}


def any_of(clauses: Iterable[Clause]) -> Clause:
    """One of the clauses holds."""
    found = [clause for clause in clauses if clause is not NOTHING]
    if not found:
        return NOTHING
    return found[0] if len(found) == 1 else {"bool": {"should": found}}


def all_of(clauses: Sequence[Clause], but: Sequence[Clause] = ()) -> Clause:
    """All of the clauses hold, and none of the others; nothing is scored."""
    if any(clause is NOTHING for clause in clauses):
        return NOTHING
    refused = [clause for clause in but if clause is not NOTHING]
    if len(clauses) == 1 and not refused:
        return clauses[0]
    made: Clause = {}
    if clauses:
        made["filter"] = list(clauses)
    if refused:
        made["must_not"] = refused
    return {"bool": made}
