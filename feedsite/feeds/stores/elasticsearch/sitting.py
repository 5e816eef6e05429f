"""One state of the record, as long as a page (or a request) lasts, and the way to the index from there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from feedsite.feeds.network import ERASED
from feedsite.feeds.stores.elasticsearch.acts import Act
from feedsite.feeds.stores.elasticsearch.asking import Asker
from feedsite.feeds.stores.elasticsearch.bounds import Bounds
from feedsite.feeds.stores.elasticsearch.layout import Names
from feedsite.feeds.stores.elasticsearch.reaching import Reach
from feedsite.feeds.stores.elasticsearch.sight import LinkKey, SightCache, Tie
from feedsite.feeds.stores.generation import Generation


class Versions(Protocol):
    """Gives the version of what entities hold."""

    def holder_versions(self, keys: Iterable[str]) -> dict[str, int]:
        """By key; an entity that never held anything may be absent."""

    def hidings(self) -> dict[str, str]:
        """The entities whose acts are marked as hidden, and how far that is."""


class Overlay:
    """What the index may not show yet: rows of the record that changed lately, tombstones among them.

    Args:
        acts, links: rows of the record's tables, as mappings.
    """

    def __init__(self, acts: Iterable[Mapping[str, Any]], links: Iterable[Mapping[str, Any]]) -> None:
        self._acts, self._links = tuple(acts), tuple(links)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The ids of acts that the index is not believed about."""
        return tuple(row["id"] for row in self._acts)

    @cached_property
    def standing(self) -> tuple[Act, ...]:
        """The acts among them that stand, newest first."""
        acts = (Act.of(row) for row in self._acts if not row["deleted"])
        return tuple(sorted(acts, key=lambda act: act.key, reverse=True))

    @cached_property
    def links(self) -> Mapping[LinkKey, Tie | None]:
        """The links that the index is not believed about: as they stand, or None where they do not."""
        return {
            (row["follower"], row["kind"], row["entity"], row["verbs"]): None if row["deleted"] else Tie.of(row)
            for row in self._links
        }

    @cached_property
    def buried(self) -> frozenset[str]:
        """The names of links that were erased: the index may still have them under their former keys."""
        return frozenset(row["entity"] for row in self._links if row["kind"] == ERASED)


@dataclass
class Sitting:
    """One state of the record.

    Args:
        generation: the live one.
        names: of its indexes.
        overlay: what is laid over the index.
        versions: tells whether links that the process knows are still what the record has.
        asker: asks the index.
        sights: what the process knows of who is linked to what.
        bounds: what it knows of how new everybody's newest act may be.
        now: the record's clock, in milliseconds.
        keeps_bounds: whether bounds are kept by the process; else the index is asked for them each time.
        reach: what it knows of how far back pages reach.
    """

    generation: Generation
    names: Names
    overlay: Overlay
    versions: Versions
    asker: Asker
    sights: SightCache
    bounds: Bounds = field(default_factory=Bounds)
    now: int = 0
    keeps_bounds: bool = True
    reach: Reach = field(default_factory=Reach)
