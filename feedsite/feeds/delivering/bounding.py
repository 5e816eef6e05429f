"""The bounds that go to an index with acts: how new the newest act of each entity, and of what touches it, may be.

A page asks for the acts of those only whose bounds are high enough to be on it. A bound may be too high, never too low:
so an act counts as delivered only when its bounds are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import islice

from feedsite.feeds.delivering.layouts import Layouts
from feedsite.feeds.stores.elasticsearch.documents import bound_name, bounded
from feedsite.feeds.stores.elasticsearch.index import Index, Operation, Outcome
from feedsite.feeds.stores.generation import Generation
from feedsite.feeds.stores.sql import SqlStore
from feedsite.feeds.stores.sql.record import Row

_KNOWN = 2_000_000
_AT_ONCE = 5000
_WORSE = {"taken": 0, "refused": 1, "later": 2}


class Bounds:
    """The bounds of one batch of acts: of equal ones the highest is sent.

    Args:
        layouts: tells what an act bounds, and where bounds are.
    """

    def __init__(self, layouts: Layouts) -> None:
        self._layouts = layouts
        self._newest: dict[tuple[str, str], int] = {}
        self._generations: dict[str, Generation] = {}
        self._outcomes: dict[tuple[str, str], Outcome] = {}

    def __len__(self) -> int:
        return len(self._newest)

    def add(self, generation: Generation, row: Row, but: Collection[str] = ()) -> None:
        """The bounds of an act's row.

        Args:
            generation: where the act goes.
            row: of the record's table of acts.
            but: keys whose bounds are known to be high enough.
        """
        self._generations[generation.id] = generation
        for key, ms in self._layouts.bounds(generation, row):
            if key not in but:
                name = generation.id, key
                self._newest[name] = max(ms, self._newest.get(name, 0))

    def keys(self) -> Iterable[str]:
        """The keys of them all."""
        return (key for _, key in self._newest)

    def operations(self) -> list[Operation]:
        """What brings them to their generations."""
        return [
            self._layouts.bounding(self._generations[generation], key, ms)
            for (generation, key), ms in self._newest.items()
        ]

    def note(self, outcomes: Sequence[Outcome]) -> None:
        """What the cluster said to `operations`, in their order."""
        self._outcomes = dict(zip(self._newest, outcomes, strict=True))

    def worse(self, generation: Generation, row: Row, outcome: Outcome) -> Outcome:
        """What became of an act: the worst of what was said about itself and about its bounds."""
        bounds = (self._outcomes[generation.id, key] for key, _ in self._layouts.bounds(generation, row))
        return max([outcome, *bounds], key=lambda one: _WORSE[one.result])


class Checker:
    """Finds acts whose bounds in an index are too low: pages could miss them.

    Args:
        index: the indexes.
        layouts: tells what an act bounds, and where bounds are.
    """

    def __init__(self, index: Index, layouts: Layouts) -> None:
        self._index, self._layouts = index, layouts
        self._high_enough: set[str] = set()

    def too_low(self, generation: Generation, rows: Iterable[Row], *, newest_first: bool = False) -> set[str]:
        """The ids of acts with a bound that is too low.

        Args:
            generation: whose bounds.
            rows: of acts.
            newest_first: whether all acts are shown to this checker in that order: whose bound was high enough for
                one act needs no other look.
        """
        known = self._high_enough if newest_first else set()
        asked = [(row["id"], key, ms) for row in rows for key, ms in self._layouts.bounds(generation, row)]
        keys = sorted({key for _, key, _ in asked if key not in known})
        found = (
            self._index.get([(self._index.names.bounds(generation), bound_name(key)) for key in keys]) if keys else []
        )
        bounds = {key: one.source["newest"] for key, one in zip(keys, found, strict=True) if one is not None}
        low = {act_id for act_id, key, ms in asked if key not in known and bounds.get(key, -1) < ms}
        if newest_first:
            known.update(key for _, key, ms in asked if bounds.get(key, -1) >= ms)
            if len(known) > _KNOWN:
                known.clear()
        return low


class Forgetter:
    """Takes the bounds of erased entities out of indexes: their keys say who was there.

    Args:
        store: the record, whose list says who was erased.
        index: the indexes.
    """

    def __init__(self, store: SqlStore, index: Index) -> None:
        self._store, self._index = store, index
        # How many were erased when a generation was last looked through: nothing of them comes back by delivery.
        self._looked: dict[str, int] = {}

    def forget(self, generation: Generation) -> int:
        """Look a generation through where somebody was erased since the last time; returns how many bounds went.

        Raises StoreUnavailable.
        """
        with self._store.record() as record:
            number = record.erased_number()
        if not generation.bounds_uuid or self._looked.get(generation.id, 0) == number:
            return 0
        gone = 0
        bounds = self._index.scan_bounds(generation)
        while part := list(islice(bounds, _AT_ONCE)):
            with self._store.record() as record:
                erased = record.erased_among({bounded(one.source["key"]) for one in part})
            name = self._index.names.bounds(generation)
            found = [one for one in part if bounded(one.source["key"]) in erased]
            self._index.bulk([Operation(name, one.name, one.version, None) for one in found])
            gone += len(found)
        self._looked[generation.id] = number
        return gone
