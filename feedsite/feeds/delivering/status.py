"""How delivery stands: what the record knows of each generation, and what the cluster says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from feedsite.feeds.errors import StoreUnavailable
from feedsite.feeds.stores.elasticsearch.index import Index
from feedsite.feeds.stores.generation import Generation
from feedsite.feeds.stores.sql import SqlStore
from feedsite.feeds.stores.sql.record import Backlog


@dataclass(frozen=True)
class Standing:
    """A generation, as the record and the cluster know it.

    Args:
        generation: as the record has it.
        matches: whether the cluster's indexes are those; None: it does not say.
        sizes: documents and bytes of each of its indexes, by name.
        backlog: what it lacks.
    """

    generation: Generation
    matches: bool | None
    sizes: dict[str, tuple[int, int]]
    backlog: Backlog


@dataclass(frozen=True)
class Status:
    """How delivery stands.

    Args:
        now: the record's clock, in milliseconds.
        generations: all that the record knows.
        health: what the cluster says of itself; empty: it does not answer.
        problem: why it does not.
        acts, links: rows of the record that stand.
    """

    now: int
    generations: tuple[Standing, ...]
    health: dict[str, Any]
    problem: str
    acts: int
    links: int


def status_of(store: SqlStore, index: Index) -> Status:
    """How delivery stands; the cluster may be away."""
    with store.record() as record:
        now, known = record.now, record.every_generation()
        backlogs = {one.id: record.behind(one.slot) for one in known}
        acts, links = record.count("act"), record.count("link")
    health: dict[str, Any] = {}
    problem = ""
    looked: dict[str, tuple[bool | None, dict[str, tuple[int, int]]]] = {one.id: (None, {}) for one in known}
    try:
        health = index.health()
        for one in known:
            looked[one.id] = (index.matches(one), index.sizes(one))
    except StoreUnavailable as error:
        problem = str(error)
    generations = tuple(Standing(one, *looked[one.id], backlogs[one.id]) for one in known)
    return Status(now, generations, health, problem, acts, links)
