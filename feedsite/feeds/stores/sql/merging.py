"""A network's newest acts, whatever the reader follows: among the newest of everybody, or merged from a few sources.

*The k newest acts of many sources come from at most k of them: those whose newest act is newest.* So only the sources
with the highest bounds are merged, and the answer is exact where its last act is strictly newer than the best bound
left out; otherwise more sources are taken. That test makes right what bounds do not know: acts that were deleted, are
muted or of the future, links that begin later or are for some verbs only, the same act reached by several links.

In a busy network the newest acts of everybody hold a page of it: those are looked through first, to a budget that costs
as much as the merge.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from feedsite.feeds.order import OrderKey
from feedsite.feeds.query import Facet, FeedQuery
from feedsite.feeds.stores.sql import heaps, statements
from feedsite.feeds.stores.sql.bounds import ACTS, TOUCHED
from feedsite.feeds.stores.sql.prepared import run
from feedsite.feeds.stores.sql.shape import Shape, values_of
from feedsite.feeds.stores.sql.tables import Tables

BUDGET = 400
"""How many of everybody's newest acts are looked through."""

_SPARE, _MARGIN = 2, 6
_LEAST, _STEPS = 40, 26
"""Sources that are taken, and acts that are looked at, at first at least: small pages rarely need a second look."""

_WIDER = 4
_DEEPER = 8
_LONGEST = 20_000
_NO_KEY = OrderKey(2**63 - 1, "")
_FOREVER = -(2**63) + 1
# No id has a control character: no id stands between one and that one with this at its end.
_NEXT = "\x01"
_MANY = 1000
_LOOKED_THROUGH = 2000
_TRUSTED = 16
_REMEMBERED = 10_000


@dataclass
class _Guess:
    """What was found out about a reader's network: it decides which way is tried first, never what is found.

    Args:
        many: whether the reader follows many.
        sparse: for how many more pages it is not tried whether the newest acts of everybody hold one.
        quiet: for how many more it is not tried whether enough of those who acted last are followed.
    """

    many: bool | None = None
    sparse: int = 0
    quiet: int = 0


_guesses: dict[tuple[str, str], _Guess] = {}


def _guess(table: str, owner: str) -> _Guess:
    guess = _guesses.get((table, owner))
    if guess is None:
        if len(_guesses) >= _REMEMBERED:
            _guesses.clear()
        guess = _guesses[table, owner] = _Guess()
    return guess


def forget() -> None:
    """Forget what was found out about readers' networks."""
    _guesses.clear()


def is_merged(query: FeedQuery) -> bool:
    """Whether a network's feed is read here: a part that says what its acts are about is better found along that, and a
    class of weights along its own links. Of a time that is over, bounds say little: whoever did something since is a
    source, and taking more and more of them would be statements that grow with what happened since."""
    limited = query.touching or query.words or query.ids or query.weights is not None or query.until_ms is not None
    return not limited and set(query.where) <= {Facet.VERB}


class Merge:
    """Reads one feed of a network.

    Args:
        connection: in the transaction of the page.
        tables: the store's.
        query, shape: the feed.
        whole: reads the rest of the feed the long way, from a key on: where hardly any act of the sources fits.
    """

    def __init__(
        self,
        connection: Connection,
        tables: Tables,
        query: FeedQuery,
        shape: Shape,
        whole: Callable[[OrderKey | None, int], Sequence[Any]],
    ) -> None:
        self._connection, self._tables, self._shape, self._whole = connection, tables, shape, whole
        self._values = values_of(query)
        self._guess = _guess(tables.links.name, self._values["owner"])
        self._least = max(
            self._values.get("since", _FOREVER),
            # Exclusive, where there is one.
            (self._values["bound"] + 1) if shape.bounded else _FOREVER,
        )

    def newest(self, before: OrderKey | None, size: int) -> list[Any]:
        """Rows of acts, newest first, all older than `before`."""
        found: dict[OrderKey, Any] = {}
        if self._shape.sight.follows:
            rows = self._scanned(before, size)
            found.update(_by_key(self._merged(ACTS, before, size) if rows is None else rows))
        if self._shape.sight.watches:
            found.update(_by_key(self._merged(TOUCHED, before, size)))
        return [found[key] for key in sorted(found, reverse=True)[:size]]

    # The newest of everybody

    def _scanned(self, before: OrderKey | None, size: int) -> Sequence[Any] | None:
        """The page, where it is among the newest acts of everybody."""
        if size > BUDGET // 2:
            return None
        if self._guess.sparse:
            self._guess.sparse -= 1
            return None
        values = {**self._values, **_bound(before), "size": size, "budget": BUDGET}
        rows = self._run(values, statements.recent_acts, self._shape, before is not None)
        if len(rows) >= size:
            return rows
        if before is None and not self._shape.until:
            self._guess.sparse = _TRUSTED
        return None

    # The merge

    def _merged(self, role: str, before: OrderKey | None, size: int) -> Sequence[Any]:
        end = self._end(before)
        wanted = max(_LEAST, size + _SPARE if end == _NO_KEY else _DEEPER * size)
        narrow = role == ACTS and end == _NO_KEY and self._follows_many() and not self._is_quiet()
        while True:
            values = {**self._values, "wanted": wanted, "budget": _LOOKED_THROUGH}
            candidates: Sequence[Any] = []
            if narrow:
                candidates = self._run(values, heaps.recent_sources)
                narrow = len(candidates) == wanted
                self._guess.quiet = 0 if narrow else _TRUSTED
            if not narrow:
                candidates = self._run(values, heaps.sources, role)
            rest = candidates[-1][1] if len(candidates) == wanted else None
            taken = candidates if rest is None else candidates[:-1]
            # Where a source that is left out may have something at the page's very beginning, nothing is certain yet.
            if rest is None or rest < end.position:
                rows, complete = self._walk(role, taken, rest, end, size)
                if complete or rest is None:
                    return rows
            wanted *= _WIDER

    def _run(self, values: dict[str, Any], make: Callable[..., Any], *arguments: Any) -> Sequence[Any]:
        return run(self._connection, values, make, self._tables, *arguments)

    def _follows_many(self) -> bool:
        if self._guess.many is None:
            rows = self._run({**self._values, "cap": _MANY}, heaps.followed)
            self._guess.many = rows[0][0] >= _MANY
        return self._guess.many

    def _is_quiet(self) -> bool:
        self._guess.quiet -= self._guess.quiet > 0
        return self._guess.quiet > 0

    def _end(self, before: OrderKey | None) -> OrderKey:
        """The key that all acts of the page are older than."""
        until = OrderKey(self._values["until"], "") if self._shape.until else _NO_KEY
        return until if before is None else min(before, until)

    def _walk(
        self, role: str, sources: Sequence[Any], rest: int | None, end: OrderKey, size: int
    ) -> tuple[list[Any], bool]:
        """Acts of these sources that are newer than `rest`, the best bound left out; and whether that is a page."""
        found: dict[OrderKey, Any] = {}
        steps, walked, dialect = max(_STEPS, size + _MARGIN), 0, self._connection.dialect.name
        while True:
            packed, count = self._packed(sources, rest, end)
            extra = count if dialect == "sqlite" else 0
            values = {**self._values, "sources": packed, "steps": steps + extra}
            rows = self._run(values, heaps.merged, self._shape, role, dialect)
            found.update(_by_key(row for row in rows if row[-1]))
            if len(found) >= size or len(rows) < steps:
                return list(found.values())[:size], len(found) >= size
            # The last act again: another source, whose link is for other verbs, may be what brings it.
            end, walked = OrderKey(rows[-1][0], rows[-1][1] + _NEXT), walked + len(rows)
            if walked > _LONGEST:
                return [*found.values(), *self._whole(end, size - len(found) + 1)], True
            steps *= _WIDER

    def _packed(self, sources: Sequence[Any], rest: int | None, end: OrderKey) -> tuple[str, int]:
        """The sources as JSON, each once, with where to begin and where to end; and how many they are."""
        least = self._least if rest is None else max(self._least, rest + 1)
        rows: dict[str, list[Any]] = {}
        for entity, bound, since in sources:
            if bound is None or bound < least:
                continue
            begin = min((bound + 1, ""), end)
            from_link = least if self._shape.history else max(least, since << 20)
            if entity in rows:
                from_link = min(from_link, rows[entity][3])
            rows[entity] = [entity, *begin, from_link]
        return json.dumps(list(rows.values())), len(rows)


def _bound(before: OrderKey | None) -> dict[str, Any]:
    return {} if before is None else {"before_position": before.position, "before_id": before.id}


def _by_key(rows: Iterable[Any]) -> dict[OrderKey, Any]:
    return {OrderKey(row[0], row[1]): row for row in rows}
