"""How many replies notes have."""

from __future__ import annotations

from collections.abc import Sequence

from feedsite.feeds import Entity, Facet, Manager, Scope
from feedsite.feeds.query import Cell, FeedQuery


def count_replies(feeds: Manager, notes: Sequence[Entity], viewer: Entity | None) -> dict[str, int]:
    """How many replies each note has, of those the viewer may see: {note's key: number}.

    `Manager.counts` counts the acts whose object a thing is. What answers a note has it as its target.
    """
    if not notes:
        return {}
    keys = [note.key for note in notes]
    cells = [Cell(((Facet.TOUCHED, key), (Facet.TARGET, key), (Facet.VERB, "reply"))) for key in keys]
    with feeds.store.reading() as reader:
        answers = reader.cells(FeedQuery(Scope.THING, None, viewer, as_of=reader.now()), cells, 0, None)
    return {key: answer.count for key, answer in zip(keys, answers, strict=True)}
