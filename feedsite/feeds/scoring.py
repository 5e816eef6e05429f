"""How acts of a ranked feed are scored: in Python, from weight and instant, so that every store ranks alike."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple, Protocol

from feedsite.feeds.errors import InvalidQuery
from feedsite.feeds.order import OrderKey

CURVES = ("gauss", "exp")
_UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_DURATION = re.compile(r"(\d+)(ms|[smhd])")
_RULE = "a timedelta, or a whole number with one of the units ms, s, m, h, d"
MAX_DURATION = timedelta(days=36_525) // timedelta(milliseconds=1)
_ROUNDING = 1e-12


class Rank(NamedTuple):
    """Where an act stands in a ranked feed; greater comes first, and of equal scores the newer act."""

    score: float
    key: OrderKey


class Scoring(Protocol):
    """Scores acts. Of two acts of one weight the newer never scores less, of two of one instant the heavier never."""

    def score(self, weight: float, ms: int) -> float:
        """The score of an act of a weight, published at `ms` (milliseconds since 1970)."""

    def latest(self, weight: float, score: float) -> float:
        """No act of this weight that was published later than this scores `score` or less.

        Milliseconds since 1970; it may be too late, never too early. `inf`: every act may; `-inf`: none does.
        """


@dataclass(frozen=True)
class ByWeight:
    """The weight is the score: heavier links first, whatever the instant."""

    def score(self, weight: float, ms: int) -> float:
        """The weight."""
        return weight

    def latest(self, weight: float, score: float) -> float:
        """All acts of a weight score alike."""
        return math.inf if weight <= score else -math.inf


@dataclass(frozen=True)
class Decay:
    """The weight times a decay with age, as its logarithm: what is very old keeps its order.

    With x the age in milliseconds beyond `offset` (0 if less), measured in `scale`: weight * decay ** x for `exp`, and
    weight * decay ** (x * x) for `gauss`. These are the functions that Elasticsearch's function_score calls `exp` and
    `gauss` (reference of the Query DSL, "Decay functions").

    Args:
        as_of: the instant ages are counted from, milliseconds since 1970.
        scale, offset: milliseconds.
        decay: what is left of a weight at an age of offset + scale, between 0 and 1.
        curve: one of `CURVES`.
    """

    as_of: int
    scale: int
    offset: int
    decay: float
    curve: str = "gauss"

    def score(self, weight: float, ms: int) -> float:
        """The natural logarithm of the weight times what the age leaves of it."""
        distance = max(0, self.as_of - ms - self.offset) / self.scale
        return math.log(weight) + math.log(self.decay) * (distance * distance if self.curve == "gauss" else distance)

    def latest(self, weight: float, score: float) -> float:
        """The instant at which a weight has decayed to the score."""
        # Less than was lost, by more than rounding can do.
        unsure = _ROUNDING * (1 + abs(score) + abs(math.log(weight)))
        lost = (math.log(weight) - score - unsure) / -math.log(self.decay)
        if lost <= 0:
            return math.inf
        age = self.offset + self.scale * (math.sqrt(lost) if self.curve == "gauss" else lost)
        return self.as_of - age * (1 - _ROUNDING) + 1


def checked_duration(value: object, field: str, *, least: int = 1) -> int:
    """Milliseconds of a timedelta or of a text such as `7d`, from `least` to a hundred years.

    Raises InvalidQuery otherwise.
    """
    ms = -1
    if isinstance(value, timedelta):
        ms = value // timedelta(milliseconds=1)
    elif isinstance(value, str) and len(value) < 20 and (read := _DURATION.fullmatch(value)):
        ms = int(read[1]) * _UNITS[read[2]]
    if not least <= ms <= MAX_DURATION:
        raise InvalidQuery(field=field, value=value, rule=f"{_RULE}, from {least} ms to 36525d")
    return ms


def checked_decay(value: object) -> float:
    """A number between 0 and 1, both excluded; raises InvalidQuery otherwise."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 1:
        raise InvalidQuery(field="decay", value=value, rule="a number above 0 and below 1")
    return float(value)
