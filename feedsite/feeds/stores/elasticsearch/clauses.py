"""Small parts of Elasticsearch's query language, as plain dicts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

Clause = dict[str, Any]
_TERMS = 65_000
"""Elasticsearch takes 65,536 terms in one clause (`index.max_terms_count`)."""

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
