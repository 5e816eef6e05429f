"""One card for each thing, person or verb: the newest act, and how many more."""

from __future__ import annotations

from typing import Any

from feedsite.feeds.aggregators.base import Aggregator, Level
from feedsite.feeds.errors import InvalidQuery
from feedsite.feeds.page import Group
from feedsite.feeds.query import Facet

FIELDS = {"object": Facet.OBJECT, "actor": Facet.ACTOR, "target": Facet.TARGET, "verb": Facet.VERB, "type": Facet.VERB}


class CollapseAggregator(Aggregator):
    """One act for each value of a field, the newest, with how many more; pageable.

    Args:
        collapse_field: `object`, `actor`, `target` or `verb`; acts without it are left out.
        Further arguments: see Aggregator; `size` counts cards.
    """

    kind = "groups"
    activities_per_group = 1

    def __init__(self, owner: object = None, collapse_field: str = "object", **options: Any) -> None:
        if collapse_field not in FIELDS:
            raise InvalidQuery(field="collapse_field", value=collapse_field, rule="one of " + ", ".join(FIELDS))
        super().__init__(owner, **options)
        self.levels: tuple[Level, ...] = (FIELDS[collapse_field],)  # type: ignore[misc]

    def own_fingerprint(self) -> tuple[str, ...]:
        """The field."""
        return (self.levels[0].value,)

    def group_dict(self, group: Group) -> dict[str, Any]:
        """The newest act, as ElasticFeeds gives it, with the total and the cursor to the rest."""
        return {**group.item.as_dict(), "total": group.total, "more": group.more}
