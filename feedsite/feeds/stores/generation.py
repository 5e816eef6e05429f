"""A generation of a search index: which index holds which stretch of time, fixed when the generation is made.

The record lists every generation with the indexes that exist for it; an index carries its generation's id in its name
and in its `_meta`, and the record keeps its UUID: a cluster that was wiped, restored or taken for another is noticed.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from feedsite.feeds.order import EARLIEST, instant, milliseconds

LIVE, NEXT, OLD = "live", "next", "old"
RULES = ("monthly", "two")
_MONTHLY_YEARS, _AHEAD_YEARS = 5, 10
_BEGINNING, _END = milliseconds(EARLIEST), milliseconds(datetime(2200, 12, 31, tzinfo=UTC)) + 86_400_000


@dataclass(frozen=True)
class Bucket:
    """A stretch of time that has an index of its own.

    Args:
        name: what its index's name ends with.
        since, until: milliseconds since 1970: its first instant, and the first one after it.
        uuid: the UUID of its index; empty while there is none.
        acts: about how many acts it holds, as of the last count.
    """

    name: str
    since: int
    until: int
    uuid: str = ""
    acts: int = 0


@dataclass(frozen=True)
class Generation:
    """One projection of the record.

    Args:
        id: part of the names of its indexes.
        slot: `live` (it answers), `next` (being filled) or `old`.
        made: milliseconds since 1970.
        whole: whether it has been filled once.
        rule: how time is cut into buckets: `monthly`, or `two` for tests.
        buckets: those whose index exists, oldest first.
        links_uuid: the UUID of the index of links.
        bounds_uuid: the UUID of the index of bounds; empty in generations that were made before there was one.
        rev: counts the changes of this description.
        vector_dims: how many numbers the vectors have that its indexes keep; 0: they keep none.
    """

    id: str
    slot: str
    made: int
    whole: bool = False
    rule: str = "monthly"
    buckets: tuple[Bucket, ...] = ()
    links_uuid: str = ""
    rev: int = 1
    vector_dims: int = 0
    bounds_uuid: str = ""

    def bucket_at(self, ms: int) -> Bucket | None:
        """The bucket of an instant, where its index exists."""
        at = bisect_right(self.buckets, ms, key=lambda bucket: bucket.since) - 1
        return self.buckets[at] if at >= 0 and ms < self.buckets[at].until else None

    def planned(self, ms: int) -> Bucket:
        """The bucket that the rule gives an instant; it never changes while the generation lives."""
        if self.rule == "two":
            cut = milliseconds(datetime(2026, 1, 1, tzinfo=UTC))
            return Bucket("past", _BEGINNING, cut) if ms < cut else Bucket("future", cut, _END)
        made, at = instant(self.made), instant(ms)
        first_month = datetime(made.year - _MONTHLY_YEARS, made.month, 1, tzinfo=UTC)
        horizon = datetime(made.year + _AHEAD_YEARS, 1, 1, tzinfo=UTC)
        if at.year < 1970:
            return Bucket("past", _BEGINNING, 0)
        if at >= horizon:
            return Bucket("future", milliseconds(horizon), _END)
        if at >= first_month:
            start = datetime(at.year, at.month, 1, tzinfo=UTC)
            after = datetime(at.year + at.month // 12, at.month % 12 + 1, 1, tzinfo=UTC)
            return Bucket(f"{at.year:04}-{at.month:02}", milliseconds(start), milliseconds(after))
        start, after = datetime(at.year, 1, 1, tzinfo=UTC), datetime(at.year + 1, 1, 1, tzinfo=UTC)
        return Bucket(f"{at.year:04}", milliseconds(start), milliseconds(min(after, first_month)))

    def having(self, bucket: Bucket) -> Generation:
        """The generation with one bucket more (or that bucket's new description), one revision on."""
        others = [known for known in self.buckets if known.name != bucket.name]
        buckets = tuple(sorted([*others, bucket], key=lambda one: one.since))
        return replace(self, buckets=buckets, rev=self.rev + 1)

    def layout(self) -> str:
        """Everything but id, slot, made, whole and rev, as the JSON text that the record keeps."""
        buckets = [[one.name, one.since, one.until, one.uuid, one.acts] for one in self.buckets]
        names = {"links": self.links_uuid, "bounds": self.bounds_uuid}
        return json.dumps({"rule": self.rule, "buckets": buckets, **names, "dims": self.vector_dims})

    @classmethod
    def of(cls, *, layout: str, **columns: Any) -> Generation:
        """The generation of a row of the record."""
        read = json.loads(layout)
        buckets = tuple(Bucket(*one) for one in read["buckets"])
        return cls(
            **columns,
            rule=read["rule"],
            buckets=buckets,
            links_uuid=read["links"],
            bounds_uuid=read.get("bounds", ""),
            vector_dims=read.get("dims", 0),
        )
