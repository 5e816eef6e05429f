"""What the pages that one can subscribe to are made of: the page and its feeds take the same description."""

from __future__ import annotations

from feedsite.feeds import Entity
from feedsite.feeds.aggregators import ActorAggregator, CursorAggregator, PublicAggregator, ThingAggregator

SIZE = 20
#: What is written in public; likes and follows would drown it.
WRITTEN = ("create", "reply", "announce")


def profile_acts(person_id: str, viewer: Entity | None) -> ActorAggregator:
    """What one person did, newest first."""
    return ActorAggregator(Entity("person", person_id), viewer=viewer, size=SIZE)


def tag_acts(name: str, viewer: Entity | None) -> ThingAggregator:
    """What was written under a tag, newest first."""
    return ThingAggregator(Entity("tag", name), viewer=viewer, verbs=WRITTEN, size=SIZE)


def thing_acts(thing: Entity, viewer: Entity | None) -> ThingAggregator:
    """What touched a thing, newest first."""
    return ThingAggregator(thing, viewer=viewer, size=SIZE)


def public_acts(viewer: Entity | None) -> PublicAggregator:
    """What everybody writes in public, newest first."""
    return PublicAggregator(viewer, verbs=WRITTEN, size=SIZE, public_only=True)


def home_acts(reader: Entity) -> CursorAggregator:
    """What came from what a reader follows and watches, and what they did themselves, newest first."""
    return CursorAggregator(reader, include_history=True, size=SIZE)
