"""Statements that are compiled once and run by their text: what SQLAlchemy does before each run costs more than a seek.

They still run through SQLAlchemy's connection, which counts them, and knows what a driver's errors mean.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.sql import Executable

_LIST = re.compile(r"(NOT )?IN \(__\[POSTCOMPILE_(\w+?)(?:~~.*?~~REPL~~.*?~~)?\]\)")

_ELEMENTS = "IN (SELECT value FROM json_each(?))"


class Prepared:
    """A statement for one dialect.

    Its text is the same whatever its lists hold, so that the driver finds it among those it has prepared.

    Args:
        statement: SQLAlchemy's.
        dialect: of the connections it runs on.
    """

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        by_name = not compiled.positional
        self._text: str = _LIST.sub(_any_of if by_name else _in_json, compiled.string)
        self._lists = tuple({match[2] for match in _LIST.finditer(compiled.string)})
        self._names: Sequence[str] | None = None if by_name else compiled.positiontup
        self._given: dict[str, Any] = dict(compiled.params)

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> Sequence[Any]:
        """What it finds with these values by name; those that it does not name are of no interest."""
        given = {name: values.get(name, own) for name, own in self._given.items()}
        if self._names is None:
            for name in self._lists:
                given[name] = list(given[name])
            return connection.exec_driver_sql(self._text, given).fetchall()
        for name in self._lists:
            given[name] = json.dumps(list(given[name]))
        return connection.exec_driver_sql(self._text, tuple([given[name] for name in self._names])).fetchall()


def _in_json(match: re.Match[str]) -> str:
    return (match[1] or "") + _ELEMENTS


def _any_of(match: re.Match[str]) -> str:
    return f"{'<> ALL' if match[1] else '= ANY'} (CAST(%({match[2]})s AS VARCHAR[]))"


@lru_cache(maxsize=4096)
def prepared(make: Callable[..., Executable | None], dialect: str, *arguments: Any) -> Callable[[Dialect], Any]:
    """A function that gives the statement `make(*arguments)` for a dialect of that name, compiled at its first use."""
    kept: list[Prepared | None] = []

    def of(actual: Dialect) -> Prepared | None:
        if not kept:
            statement = make(*arguments)
            kept.append(None if statement is None else Prepared(statement, actual))
        return kept[0]

    return of


def run(
    connection: Connection, values: Mapping[str, Any], make: Callable[..., Executable | None], *arguments: Any
) -> Sequence[Any]:
    """The rows of the statement `make(*arguments)` with these values; no statement has no rows."""
    dialect = connection.dialect
    statement = prepared(make, dialect.name, *arguments)(dialect)
    return [] if statement is None else statement.rows(connection, values)
