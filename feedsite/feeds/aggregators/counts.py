"""Feeds in figures: how much on each day, how much of each value, what is most active."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from datetime import timedelta
from typing import Any, ClassVar

from feedsite.feeds.aggregators.base import Aggregator, Level
from feedsite.feeds.calendar import day, day_of
from feedsite.feeds.errors import InvalidQuery
from feedsite.feeds.names import checked_name
from feedsite.feeds.page import Group
from feedsite.feeds.query import Facet, FeedQuery, Period, Scope

_MILLISECOND = timedelta(milliseconds=1)
_WEEKS = 53
_MOST_DAYS = 1100
_MOST_HOURS = 7 * 24
_MOST_THINGS = 100
FIELDS = {"verb": Facet.VERB, "actor": Facet.ACTOR, "object": Facet.OBJECT, "target": Facet.TARGET}


class HeatmapAggregator(Aggregator):
    """How many acts each day has, exactly: of one actor, or with `scope="thing"` of what touched one thing.

    All days come on one page, newest first, those without any left out. Unless `since` and `until` say otherwise they
    are the last 53 weeks, whole weeks from Monday on in the zone, with the present one.

    Args:
        owner: the actor, or the thing.
        weeks: how many weeks, 1 to 157.
        Further arguments: see Aggregator; from `since` to `until` lie at most 1,100 days, and `size` counts nothing.
    """

    kind = "groups"
    levels: ClassVar[tuple[Level, ...]] = (Period.DAY,)
    default_scope = Scope.ACTOR
    activities_per_group = 0

    def __init__(self, owner: object, *, weeks: int = _WEEKS, **options: Any) -> None:
        super().__init__(owner, **options)
        if isinstance(weeks, bool) or not isinstance(weeks, int) or not 1 <= weeks <= _MOST_DAYS // 7:
            raise InvalidQuery(field="weeks", value=weeks, rule=f"a whole number from 1 to {_MOST_DAYS // 7}")
        self.weeks = weeks
        if self.since_ms is None or self.until_ms is None:
            if self.since_ms != self.until_ms:
                raise InvalidQuery(field="since", value=options.get("since"), rule="given with until, or neither")
        elif not 0 <= self.until_ms - self.since_ms <= timedelta(days=_MOST_DAYS) // _MILLISECOND:
            raise InvalidQuery(field="until", value=options.get("until"), rule=f"at most {_MOST_DAYS} days after since")

    @property
    def count_cap(self) -> None:
        """Days are counted exactly."""
        return None

    def query(self, as_of: int) -> FeedQuery:
        """The feed within its weeks."""
        query = super().query(as_of)
        if query.since_ms is not None:
            return query
        today = day_of(as_of, self.zone)
        monday = today.date - timedelta(days=today.date.weekday() + 7 * (self.weeks - 1))
        return query.but(since_ms=day(monday, self.zone).since, until_ms=today.until)

    def own_fingerprint(self) -> tuple[str, ...]:
        """The weeks."""
        return (str(self.weeks),)

    def group_dict(self, group: Group) -> dict[str, Any]:
        """A day as a plain dict: its ISO date and how many acts it has."""
        return {"date": group.value, "total": group.total, "more": group.more}


class CountAggregator(Aggregator):
    """How many acts each verb, actor or thing of a feed has, exactly, the most first; equal ones by name.

    Args:
        owner: whose acts are counted; with `scope="thing"` what happened to it, with `scope="network"` a whole feed's.
        by: `verb`, `actor`, `object` or `target`.
        Further arguments: see Aggregator; `size` counts groups. The page's `total` says how many groups there are.
    """

    kind = "groups"
    page_size = 20
    default_scope = Scope.ACTOR
    activities_per_group = 0

    def __init__(self, owner: object, by: str = "verb", **options: Any) -> None:
        if by not in FIELDS:
            raise InvalidQuery(field="by", value=by, rule="one of " + ", ".join(FIELDS))
        super().__init__(owner, **options)
        self.levels: tuple[Level, ...] = (FIELDS[by],)  # type: ignore[misc]

    @property
    def count_cap(self) -> None:
        """Acts are counted exactly."""
        return None

    def own_fingerprint(self) -> tuple[str, ...]:
        """What is counted by."""
        return (self.levels[0].value,)

    def group_dict(self, group: Group) -> dict[str, Any]:
        """A value as a plain dict: its name, how many acts it has, and the cursor to them."""
        made = super().group_dict(group)
        del made["activities"]
        return made


class TrendingAggregator(Aggregator):
    """The things that most acts touched lately, the most first; equal ones by name. One page, the top `size` exact.

    The figures are those of a viewer who is not signed in, the same for everybody, and up to a minute old; what is
    shown of a thing is its newest act that the viewer may see. A thing that the viewer has muted, or of which they may
    see nothing in the window, is left out, and others follow.

    Args:
        viewer: who looks (None: somebody who is not signed in).
        window: how far back, from one hour to 7 days.
        kinds: only things of these types, such as `("tag",)` (empty: all).
        Further arguments: see Aggregator; `size` is at most 100.
    """

    kind = "groups"
    levels: ClassVar[tuple[Level, ...]] = (Facet.TOUCHED,)
    default_scope = Scope.EVERYBODY
    page_size = 10
    activities_per_group = 1

    def __init__(
        self,
        viewer: object = None,
        *,
        window: timedelta = timedelta(hours=_MOST_HOURS),
        kinds: Iterable[str] = (),
        **options: Any,
    ) -> None:
        super().__init__(None, viewer=viewer, **options)
        if not isinstance(window, timedelta) or not timedelta(hours=1) <= window <= timedelta(hours=_MOST_HOURS):
            raise InvalidQuery(field="window", value=window, rule="from one hour to 7 days")
        if self.size > _MOST_THINGS:
            raise InvalidQuery(field="size", value=self.size, rule=f"at most {_MOST_THINGS}")
        self.window_ms = window // _MILLISECOND
        self.kinds = tuple(sorted({checked_name(kind, "kinds") for kind in kinds}))

    @property
    def count_cap(self) -> None:
        """Acts are counted exactly."""
        return None

    @property
    def candidates(self) -> int:
        """How many things are counted, so that others follow where some are left out."""
        return 2 * self.size + 10

    def query(self, as_of: int) -> FeedQuery:
        """What the viewer may see of the window."""
        query = super().query(as_of)
        since = as_of - self.window_ms
        return query.but(since_ms=max(since, query.since_ms if query.since_ms is not None else since))

    def everybody(self, as_of: int) -> FeedQuery:
        """What is counted: the window as somebody sees it who is not signed in."""
        return self.query(as_of).but(viewer=None)

    def shared_fingerprint(self) -> str:
        """The name of the figures, which are the same for every viewer."""
        anybody = copy(self)
        anybody.viewer = None
        return f"{anybody.fingerprint()} {self.size}"

    def own_fingerprint(self) -> tuple[str, ...]:
        """The window and the types."""
        return (str(self.window_ms), ",".join(self.kinds))
