"""The names of indexes: prefix, generation, bucket."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from feedsite.feeds.stores.generation import Bucket, Generation


@dataclass(frozen=True)
class Names:
    """The names of one store's indexes and aliases.

    Args:
        feeds, network: the prefixes, which are also the aliases of the live generation.
    """

    feeds: str = "feeds"
    network: str = "network"

    def acts(self, generation: Generation, bucket: Bucket) -> str:
        """The index of a bucket's acts."""
        return f"{self.feeds}-{generation.id}-{bucket.name}"

    def links(self, generation: Generation) -> str:
        """The index of a generation's links."""
        return f"{self.network}-{generation.id}"

    def bounds(self, generation: Generation) -> str:
        """The index of a generation's bounds."""
        return f"{self.feeds}-{generation.id}-bounds"

    def all_acts(self, generation: Generation) -> list[str]:
        """The indexes of all buckets, newest first."""
        return [self.acts(generation, bucket) for bucket in reversed(generation.buckets)]

    def every(self, generation: Generation) -> list[str]:
        """All indexes of a generation."""
        bounds = [self.bounds(generation)] if generation.bounds_uuid else []
        return [*self.all_acts(generation), self.links(generation), *bounds]

    def within(self, generation: Generation, since: int, until: int) -> list[str]:
        """The indexes of acts that overlap a stretch of time (milliseconds), newest first."""
        return [self.acts(generation, bucket) for bucket in overlapping(reversed(generation.buckets), since, until)]


def overlapping(buckets: Iterable[Bucket], since: int, until: int) -> list[Bucket]:
    """The buckets that have an instant in a stretch of time."""
    return [bucket for bucket in buckets if bucket.since < until and bucket.until > since]
