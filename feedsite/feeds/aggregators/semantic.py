"""What is near in meaning: acts by the direction of their vectors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from feedsite.feeds.activity import checked_vector
from feedsite.feeds.aggregators.base import OWNER, Aggregator
from feedsite.feeds.errors import InvalidActivity, InvalidQuery
from feedsite.feeds.names import digest
from feedsite.feeds.query import Scope

MOST_NEAREST = 300


class SemanticAggregator(Aggregator):
    """The acts of a follower's network whose vectors are nearest to one, the nearest first; of equally near ones the
    newer first.

    Nearest is the greatest cosine of the angle between the two. Where vectors come from is up to whoever writes acts:
    `Activity(..., vector=...)`. An act without a vector, with one of another number of dimensions, or with one whose
    numbers are all 0 (it has no direction) is never among them.

    Args:
        query_vector: what acts are compared with: finite numbers, not all 0.
        k: how many are the nearest, 1 to 300: the feed has no more.
        restrict_to_network: False: among everything that the owner may see, whomever they follow.
        Further arguments: see Aggregator; `size` is `k` unless given.

    Raises:
        InvalidQuery: names the argument and the rule.
    """

    order = "distance"

    def __init__(
        self,
        owner: object = None,
        query_vector: Iterable[float] = (),
        k: int = 10,
        *,
        restrict_to_network: bool = True,
        **options: Any,
    ) -> None:
        if isinstance(k, bool) or not isinstance(k, int) or not 1 <= k <= MOST_NEAREST:
            raise InvalidQuery(field="k", value=k, rule=f"a whole number from 1 to {MOST_NEAREST}")
        if not restrict_to_network:
            viewer = options.pop("viewer", OWNER)
            options.update(viewer=owner if viewer is OWNER else viewer, scope=Scope.EVERYBODY)
            owner = None
        options.setdefault("size", k)
        super().__init__(owner, **options)
        self.query_vector, self.k = _checked_direction(query_vector), k

    def own_fingerprint(self) -> tuple[str, ...]:
        """The vector, and how many are near."""
        return (str(self.k), digest(*map(repr, self.query_vector)))

    def check_dimensions(self, dimensions: int) -> None:
        """Raises InvalidQuery where the vectors of a store have another number of dimensions (0: any)."""
        if dimensions and len(self.query_vector) != dimensions:
            raise InvalidQuery(
                field="query_vector",
                value=f"{len(self.query_vector)} numbers",
                rule=f"{dimensions} numbers, as the vectors of acts have",
            )


def _checked_direction(value: Iterable[float]) -> tuple[float, ...]:
    try:
        made = checked_vector(value)
    except InvalidActivity as error:
        raise InvalidQuery(field="query_vector", value=error.value, rule=error.rule) from error
    if not made or not any(made):
        raise InvalidQuery(field="query_vector", value=value, rule="finite numbers that are not all 0")
    return made
