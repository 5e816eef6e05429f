"""A small network to show things on: four people, a garden, and three months of what happened in it.

    from feedsite.feeds.testing.garden import garden

    manager = garden()          # in memory, the same each time; its clock stands at noon of 15 March 2026, UTC

Ana follows herself, Bo and Cy (Cy's link is three times as heavy) and watches what happens to compost and to her beds.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from feedsite.feeds.activity import Activity, Actor, Object, Target
from feedsite.feeds.manager import Manager
from feedsite.feeds.names import Entity
from feedsite.feeds.network import link
from feedsite.feeds.stores.sql import SqlStore
from feedsite.feeds.testing.world import Clock

BEDS, COMPOST, GARDEN = Entity("note", "beds"), Entity("tag", "compost"), Entity("project", "garden")
_LONG_AGO = datetime(2025, 11, 1, tzinfo=UTC)
# Month, day, hour and minute of 2026 (a month of 0 is December 2025); actor, verb, what.
_HAPPENED = (
    ((0, 20, 18, 0), "bo", "create", "note:plan"),
    ((1, 31, 23, 30), "cy", "create", "note:seeds"),
    ((2, 14, 9, 0), "ana", "create", "note:beds"),
    ((2, 14, 10, 0), "bo", "reply", "note:reply-1"),
    ((3, 12, 8, 0), "cy", "join", "project:garden"),
    ((3, 13, 9, 0), "bo", "like", "note:seeds"),
    ((3, 13, 11, 0), "cy", "create", "note:harvest"),
    ((3, 14, 10, 0), "di", "create", "note:worms"),
    ((3, 14, 12, 0), "bo", "like", "note:beds"),
    ((3, 14, 13, 0), "di", "like", "note:beds"),
    ((3, 15, 8, 0), "bo", "announce", "note:harvest"),
    ((3, 15, 9, 0), "cy", "like", "note:beds"),
    ((3, 15, 10, 0), "cy", "reply", "note:reply-2"),
    ((3, 15, 11, 0), "bo", "create", "note:tools"),
)
_ABOUT = {"note:seeds": (COMPOST,), "note:worms": (COMPOST,), "note:reply-1": (BEDS,), "note:reply-2": (BEDS,)}
# Two numbers for each: how much it is about growing, how much about tools.
_VECTORS = {"note:plan": (1.0, 1.0), "note:seeds": (1.0, 0.0), "note:harvest": (0.9, 0.2), "note:tools": (0.0, 1.0)}


def garden(clock: Clock | None = None) -> Manager:
    """A manager on a new store in memory with the garden's network in it.

    Args:
        clock: the store's; it stands at noon of 15 March 2026 unless given.
    """
    manager = Manager(store=SqlStore(clock=clock or Clock()))
    ana = Entity("person", "ana")
    manager.add_links(
        [
            link(ana, "follow", "ana", since=_LONG_AGO),
            link(ana, "follow", "bo", since=_LONG_AGO),
            link(ana, "follow", "cy", since=_LONG_AGO, weight=3),
            link(ana, "watch", COMPOST, since=_LONG_AGO),
            link(ana, "watch", BEDS, since=_LONG_AGO),
            link("bo", "follow", "ana", since=_LONG_AGO),
            link("di", "follow", "ana", since=_LONG_AGO),
        ]
    )
    manager.add_activities(map(_activity, _HAPPENED))
    return manager


def _activity(happened: tuple[tuple[int, int, int, int], str, str, str]) -> Activity:
    (month, day, hour, minute), actor, verb, what = happened
    kind, _, name = what.partition(":")
    year, month = (2026, month) if month else (2025, 12)
    more: dict[str, Any] = {"about": _ABOUT.get(what, ()) if verb in ("create", "reply") else ()}
    if verb in ("like", "reply") and what != "note:seeds":
        more["audience"] = (Entity("person", "ana"),)
    if verb == "reply":
        more["activity_target"] = Target("beds", "note")
    return Activity(
        verb,
        Actor(actor),
        Object(name, kind),
        datetime(year, month, day, hour, minute, tzinfo=UTC),
        id=f"{actor}-{verb}-{name}",
        vector=_VECTORS.get(what),
        **more,
    )
