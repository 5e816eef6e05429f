"""Comparing an index with the record, row by row, while both are being written to.

Both are read in the same order, side by side. What differs is looked at again: the row as the record has it now, and
the document as the index has it now, shown by a search or not. Only what differs then, and is not on its way, counts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from feedsite.feeds.delivering.bounding import Checker
from feedsite.feeds.delivering.filling import Progress, acts_of, links_of
from feedsite.feeds.delivering.layouts import Layouts
from feedsite.feeds.order import position_ms
from feedsite.feeds.stores.elasticsearch.documents import act_document, link_document
from feedsite.feeds.stores.elasticsearch.index import Found, Index, Operation
from feedsite.feeds.stores.generation import LIVE, Generation
from feedsite.feeds.stores.sql import SqlStore
from feedsite.feeds.stores.sql.record import Kind, Row
from feedsite.feeds.stores.sql.tables import LINK_KEY

_LOOK = 500
_LOOKS, _PAUSE = 4, 0.5
_EXAMPLES = 10


@dataclass(frozen=True)
class Verified:
    """How an index compares with the record.

    Args:
        compared: rows of the record that stand, and documents that have no such row.
        missing: rows that the index does not have.
        extra: documents that the record has no row for, or only a deleted one.
        different: documents of another version or with other contents, and acts whose bounds are too low.
        waiting: rows that are on their way or were refused: pages take them from the record.
        repaired: how many of those that differed are right now.
        examples: a few of those that differ, in words.
    """

    compared: int = 0
    missing: int = 0
    extra: int = 0
    different: int = 0
    waiting: int = 0
    repaired: int = 0
    examples: tuple[str, ...] = ()

    @property
    def differences(self) -> int:
        """How many differ that are not on their way."""
        return self.missing + self.extra + self.different

    @property
    def is_equal(self) -> bool:
        """Whether the index is what the record says, or was repaired."""
        return self.differences == self.repaired


@dataclass(frozen=True)
class Suspect:
    """A row and its document that are not alike.

    Args:
        kind: `act` or `link`.
        key: (position, id) of an act; follower, kind, entity, verbs of a link.
        verdict: `missing`, `extra` or `different`; `waiting`: it is on its way; `moving`: it changed meanwhile.
        row: as the record has it; None: it never had it.
        found: as the index has it; None: it does not.
    """

    kind: Kind
    key: tuple[Any, ...]
    verdict: str
    row: Row | None = None
    found: Found | None = None

    def __str__(self) -> str:
        name = self.key[1] if self.kind == "act" else " ".join(self.key)
        return f"{self.kind} {name}: {self.verdict}"


class Verifier:
    """Compares a generation with the record, and repairs it.

    Args:
        store: the record.
        index: the indexes.
        layouts: tells where a row's document is.
    """

    def __init__(self, store: SqlStore, index: Index, layouts: Layouts) -> None:
        self._store, self._index, self._layouts = store, index, layouts

    def suspects(self, generation: Generation, progress: Progress | None = None) -> tuple[int, list[Suspect]]:
        """How many rows were compared, and what differs or waits."""
        with self._store.record() as record:
            total = record.count("act") + record.count("link")
        self._index.refresh(generation)
        compared, differing, doubtful = 0, [], []
        for kind, key, alike in chain(self._acts(generation), self._links(generation)):
            compared += 1
            if not alike:
                doubtful.append(Suspect(kind, key, "moving"))
            if len(doubtful) >= _LOOK:
                differing += self.look_again(generation, doubtful)
                doubtful = []
            if progress is not None and compared % _LOOK == 0:
                progress("compare", compared, max(compared, total))
        differing += self.look_again(generation, doubtful)
        if progress is not None:
            progress("compare", compared, max(compared, total))
        return compared, differing

    # Side by side

    def _acts(self, generation: Generation) -> Iterator[tuple[Kind, tuple[Any, ...], bool]]:
        rows = ((row["position"], row["id"], row) for row in acts_of(self._store))
        # Buckets do not overlap: newest first, one after the other, they are in the order of all acts.
        buckets = reversed(generation.buckets)
        scanned = chain.from_iterable(self._index.scan_acts(generation, bucket) for bucket in buckets)
        checker = Checker(self._index, self._layouts)
        compared = side_by_side(rows, scanned, newest=True)
        while part := list(islice(compared, _LOOK)):
            low = checker.too_low(generation, (row for _, row, _ in part if row is not None), newest_first=True)
            for key, row, found in part:
                if row is None or not row["deleted"] or found is not None:
                    yield "act", key, key[1] not in low and _alike(row, found, act_document)

    def _links(self, generation: Generation) -> Iterator[tuple[Kind, tuple[Any, ...], bool]]:
        rows = ((*(row[name] for name in LINK_KEY), row) for row in links_of(self._store))
        for key, row, found in side_by_side(rows, self._index.scan_links(generation), newest=False):
            if row is not None and row["deleted"] and found is None:
                continue
            yield "link", key, _alike(row, found, link_document)

    # One by one

    def look_again(self, generation: Generation, doubtful: list[Suspect]) -> list[Suspect]:
        """Those that still differ, with row and document as they are now."""
        left, judged = doubtful, []
        for look in range(_LOOKS):
            if look:
                time.sleep(_PAUSE)
            seen = [one for kind in ("act", "link") for one in self._look(generation, kind, left)]
            judged += [one for one in seen if one.verdict not in ("alike", "moving")]
            left = [one for one in seen if one.verdict == "moving"]
            if not left:
                return judged
        # It stays ahead of the record: the record was restored, and the index was not.
        return judged + [Suspect(one.kind, one.key, "different", one.row, one.found) for one in left]

    def _look(self, generation: Generation, kind: Kind, doubtful: list[Suspect]) -> list[Suspect]:
        keys = [one.key for one in doubtful if one.kind == kind]
        if not keys:
            return []
        named = [(key[1],) if kind == "act" else key for key in keys]
        with self._store.record() as record:
            rows = record.rows(kind, named)
            now = next((one for one in record.every_generation() if one.id == generation.id), generation)
        places = [self._place(now, kind, key) for key in keys]
        there = [place for place in places if place is not None]
        documents = dict(zip(there, self._index.get(there), strict=True))
        low: set[str] = set()
        if kind == "act":
            low = Checker(self._index, self._layouts).too_low(now, (row for row, _, _ in rows.values()))
        seen = []
        for key, name, place in zip(keys, named, places, strict=True):
            row, lacks_live, lacks_next = rows.get(name, (None, False, False))
            found = None if place is None else documents[place]
            waits = lacks_live if now.slot == LIVE else lacks_next
            verdict = "waiting" if waits else _verdict(kind, row, found)
            if verdict == "alike" and row is not None and row.get("id") in low:
                verdict = "different"
            seen.append(Suspect(kind, key, verdict, row, found))
        return seen

    def _place(self, generation: Generation, kind: Kind, key: tuple[Any, ...]) -> tuple[str, str] | None:
        """Where the document of a key is; None: in a bucket that is not there."""
        if kind == "link":
            return self._layouts.place(generation, kind, dict(zip(LINK_KEY, key, strict=True)))
        if generation.bucket_at(position_ms(key[0])) is None:
            return None
        return self._layouts.place(generation, kind, {"position": key[0], "id": key[1]})

    # Putting right

    def prepare(self, generation: Generation, differing: list[Suspect]) -> None:
        """Have rows delivered again that the index lacks or has otherwise; delete documents that have no row."""
        again = []
        strays = []
        for one in differing:
            if one.row is not None:
                ahead = one.found.version if one.found and one.found.version > one.row["version"] else 0
                again.append((one.kind, one.row, ahead))
            elif one.found is not None and (place := self._place(generation, one.kind, one.key)) is not None:
                strays.append(Operation(*place, one.found.version, None))
        # A few at a time: who writes meanwhile does not wait for all of them.
        for at in range(0, len(again), _LOOK):
            with self._store.record(write=True) as record:
                record.deliver_again(again[at : at + _LOOK])
        self._index.bulk(strays)


def side_by_side(
    rows: Iterator[tuple[Any, ...]], documents: Iterator[Found], *, newest: bool
) -> Iterator[tuple[tuple[Any, ...], Row | None, Found | None]]:
    """Two streams in one order as one: (key, row, document), where either may be absent.

    Args:
        rows: (*key, row).
        documents: with their key first in `sort`.
        newest: whether keys go down.
    """
    row, found = next(rows, None), next(documents, None)
    while row is not None or found is not None:
        left = None if row is None else row[:-1]
        right = None if found is None else found.sort
        if right is None or (left is not None and (left > right if newest else left < right)):
            assert row is not None
            yield row[:-1], row[-1], None
            row = next(rows, None)
        elif left is None or left != right:
            yield right, None, found
            found = next(documents, None)
        else:
            assert row is not None
            yield left, row[-1], found
            row, found = next(rows, None), next(documents, None)


def _alike(row: Row | None, found: Found | None, document: Callable[[Row], dict[str, Any]]) -> bool:
    if row is None or found is None:
        return False
    return bool(found.version == row["version"] and found.source == document(row))


def _verdict(kind: Kind, row: Row | None, found: Found | None) -> str:
    """How a row that is not on its way and its document compare."""
    if row is None:
        return "alike" if found is None else "extra"
    if found is None:
        return "alike" if row["deleted"] else "missing"
    if found.version > row["version"]:
        return "moving"
    if _alike(row, found, act_document if kind == "act" else link_document):
        return "alike"
    return "extra" if row["deleted"] and not found.source.get("deleted") else "different"


def summed_up(compared: int, differing: list[Suspect], repaired: int = 0) -> Verified:
    """What was found, in numbers."""
    counts = {
        verdict: sum(one.verdict == verdict for one in differing) for verdict in ("missing", "extra", "different")
    }
    wrong = [one for one in differing if one.verdict != "waiting"]
    waiting = len(differing) - len(wrong)
    examples = tuple(str(one) for one in wrong[:_EXAMPLES])
    return Verified(compared, **counts, waiting=waiting, repaired=repaired, examples=examples)
