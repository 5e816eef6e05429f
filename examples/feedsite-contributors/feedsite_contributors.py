"""Who worked on a thing: an aggregator that a package of its own brings to feedsite."""

from __future__ import annotations

from typing import Any

from feedsite.feeds import Facet, Group, Scope
from feedsite.feeds.aggregators import Aggregator

REACTIONS = ("announce", "follow", "like")


class ContributorsAggregator(Aggregator):
    """Who worked on a thing: a card for each person with their newest act and how many they did, newest first.

    Args:
        owner: the thing, an Entity.
        reactions: whether liking, sharing and following it counts as work.
        Further arguments: see Aggregator; `size` counts people. Give `viewer`, or it is read as by somebody who is not
            signed in.
    """

    kind = "groups"
    levels = (Facet.ACTOR,)
    page_size = 20
    activities_per_group = 1
    default_scope = Scope.THING

    def __init__(self, owner: object, *, reactions: bool = False, **options: Any) -> None:
        if not reactions:
            options["without_verbs"] = (*options.get("without_verbs", ()), *REACTIONS)
        super().__init__(owner, **options)
        self.reactions = reactions

    def own_fingerprint(self) -> tuple[str, ...]:
        """What makes it another feed than an equal one without this option."""
        return (str(self.reactions),)

    def group_dict(self, group: Group) -> dict[str, Any]:
        """A card as plain data: who, how often, and the newest act."""
        return {
            "id": group.item.actor.id,
            "type": group.item.actor.type,
            "total": group.total,
            "latest": group.item.as_dict(),
            "more": group.more,
        }
