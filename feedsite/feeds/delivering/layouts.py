"""The layout of a generation as it grows: an index is made, then listed in the record, and only then used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from feedsite.feeds.errors import StoreUnavailable
from feedsite.feeds.network import link_name
from feedsite.feeds.order import position_ms
from feedsite.feeds.stores.elasticsearch.documents import (
    act_document,
    act_name,
    bound_document,
    bound_name,
    bounds_of,
    link_document,
)
from feedsite.feeds.stores.elasticsearch.index import Index, Operation
from feedsite.feeds.stores.generation import Generation
from feedsite.feeds.stores.sql import SqlStore
from feedsite.feeds.stores.sql.record import Kind, Row

_TRIES = 20


class Layouts:
    """Makes the indexes that generations come to need. Several processes may do so at once.

    Args:
        store: the record.
        index: the indexes.
    """

    def __init__(self, store: SqlStore, index: Index) -> None:
        self._store, self._index = store, index

    def current(self, identifier: str) -> Generation | None:
        """A generation as the record has it now."""
        with self._store.record() as record:
            return next((one for one in record.every_generation() if one.id == identifier), None)

    def founded(self, generation: Generation) -> Generation:
        """The generation with its indexes of links and bounds."""
        if generation.links_uuid:
            return generation
        made = self._index.make(generation)
        return self._changed(generation, lambda now: now if now.links_uuid else _founded(now, made))

    def reaching(self, generation: Generation, ms: int) -> Generation:
        """The generation with the bucket of an instant.

        Raises StoreUnavailable when its index cannot be made, or the generation is gone.
        """
        if generation.bucket_at(ms) is not None:
            return generation
        # What the record lists is never made again: an index that is missing means another cluster.
        known = self.current(generation.id)
        if known is None:
            raise StoreUnavailable(f"the generation {generation.id} is gone", kind="missing")
        if known.bucket_at(ms) is not None:
            return known
        bucket = self._index.make_bucket(known, known.planned(ms))
        return self._changed(known, lambda now: now if now.bucket_at(ms) else now.having(bucket))

    def counted(self, generation: Generation) -> Generation:
        """The generation with the number of acts in each of its buckets as of now."""
        numbers = {one.name: self._index.count(self._index.names.acts(generation, one)) for one in generation.buckets}

        def count(now: Generation) -> Generation:
            buckets = tuple(replace(one, acts=numbers.get(one.name, one.acts)) for one in now.buckets)
            return now if buckets == now.buckets else replace(now, buckets=buckets, rev=now.rev + 1)

        return self._changed(generation, count)

    def filled(self, generation: Generation) -> Generation:
        """The generation, whole from now on."""
        return self._changed(generation, lambda now: replace(now, whole=True, rev=now.rev + 1))

    def _changed(self, generation: Generation, change: Callable[[Generation], Generation]) -> Generation:
        """The generation after a change of what the record has now."""
        for _ in range(_TRIES):
            with self._store.record(write=True) as record:
                now = next((one for one in record.every_generation() if one.id == generation.id), None)
                if now is None:
                    raise StoreUnavailable(f"the generation {generation.id} is gone", kind="missing")
                changed = change(now)
                if changed == now or record.update_generation(changed):
                    return changed
        raise StoreUnavailable(f"the generation {generation.id} is changed by too many at once", kind="busy")

    def operation(self, generation: Generation, kind: Kind, row: Row) -> Operation:
        """What brings a row to a generation that has its bucket."""
        index, name = self.place(generation, kind, row)
        document = act_document(row, generation.vector_dims) if kind == "act" else link_document(row)
        return Operation(index, name, row["version"], document)

    def bounds(self, generation: Generation, row: Row) -> list[tuple[str, int]]:
        """The bounds that an act's row asks for in a generation that keeps bounds: (key, the least it must be)."""
        if not generation.bounds_uuid:
            return []
        ms, keys = bounds_of(row)
        return [(key, ms) for key in keys]

    def bounding(self, generation: Generation, key: str, ms: int) -> Operation:
        """What brings a bound to a generation; the highest wins."""
        return Operation(self._index.names.bounds(generation), bound_name(key), ms, bound_document(key, ms))

    def place(self, generation: Generation, kind: Kind, row: Row) -> tuple[str, str]:
        """The index and the `_id` of a row's document, in a generation that has its bucket."""
        names = self._index.names
        if kind == "link":
            return names.links(generation), link_name(row["follower"], row["kind"], row["entity"], row["verbs"])
        bucket = generation.bucket_at(position_ms(row["position"]))
        assert bucket is not None
        return names.acts(generation, bucket), act_name(row["id"])


def _founded(generation: Generation, made: Generation) -> Generation:
    uuids = {"links_uuid": made.links_uuid, "bounds_uuid": made.bounds_uuid}
    return replace(generation, **uuids, rev=generation.rev + 1)  # type: ignore[arg-type]
