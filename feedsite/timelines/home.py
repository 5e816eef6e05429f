"""A reader's home: what came from what they follow, up to where they have read, and what is new."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from feedsite.feeds import Counted, Entity, Manager, Marker, OrderKey
from feedsite.feeds.aggregators import Aggregator, CursorAggregator, WatchedAggregator
from feedsite.feeds.order import instant, position_ms
from feedsite.timelines.feeds import SIZE, home_acts
from feedsite.timelines.marks import HOME, Mark, MarkService
from feedsite.timelines.services import Timeline, TimelineService

_AT_ONCE = 1000
FOLLOWS_NOTHING, NOTHING_YET, FILTERED = "follows-nothing", "nothing-yet", "filtered"
WATCHES_NOTHING = "watches-nothing"


class Maker(Protocol):
    """Describes a feed in groups for a reader, with further options of `Aggregator`."""

    def __call__(self, owner: Entity, /, **options: Any) -> Aggregator: ...


@dataclass(frozen=True)
class Grouped:
    """A page of a reader's network in groups.

    Attributes:
        timeline: its groups, or the acts of the rest of one.
        empty: why there is nothing, as in `Home`, or "watches-nothing".
    """

    timeline: Timeline
    empty: str = ""


@dataclass(frozen=True)
class Home:
    """A page of a reader's home.

    Attributes:
        timeline: its acts.
        mark: up to where the reader has read; None: they never said.
        upto: the mark of what is on the page; None: nothing is.
        new: how many acts of others are newer than the mark, counted to 100.
        empty: why there is nothing: "follows-nothing", "nothing-yet" or "filtered"; "" when there is something.
    """

    timeline: Timeline
    mark: Mark | None
    upto: Mark | None
    new: Counted
    empty: str = ""

    @property
    def newest(self) -> Mark | None:
        """The mark of the newest act on the page, without the margin of marks: who is told what came since is told no
        number that counts what they know. None: nothing is on it."""
        keys = _keys(self.timeline)
        return Mark(max(keys).position) if keys else None

    def first_read(self, reader: Entity) -> int | None:
        """The index of the first act that was read before, where acts that are new stand above it."""
        if self.mark is None:
            return None
        marker, index = self.mark.marker, 0
        for at, item in enumerate(self.timeline.page.items, start=1):
            if item.actor != reader and not marker.covers(item.newness):
                index = at
        return index if 0 < index < len(self.timeline.page.items) else None


class HomeService:
    """Reads homes and keeps their marks."""

    def __init__(self, timelines: TimelineService, feeds: Manager, marks: MarkService) -> None:
        self._timelines, self._feeds, self._marks = timelines, feeds, marks

    def read(self, reader: Entity, cursor: str | None = None, *, only_new: bool = False) -> Home:
        """A page of a reader's home, newest first; with `only_new` what is newer than their mark and not their own.

        Raises InvalidCursor.
        """
        mark = self._marks.mark(reader.id, HOME)
        marker = None if mark is None else mark.marker
        everything = home_acts(reader)
        news = _news(reader, size=SIZE, newer_than=marker)
        if marker is not None:
            self._feeds.expect(lambda feeds: self._count_news(feeds, reader, marker))
        timeline = self._timelines.read(news if only_new else everything, cursor)
        return Home(
            timeline=timeline,
            mark=mark,
            upto=Mark.upto(_keys(timeline)),
            new=self._count_new(reader, timeline, marker),
            empty="" if timeline.page.items else self.why_empty(reader, filtered=only_new),
        )

    def unread(self, reader: Entity, cursor: str | None = None) -> Home:
        """A page of what is newer than a reader's mark and not their own, oldest first: the order in which it happened.

        Raises InvalidCursor.
        """
        mark = self._marks.mark(reader.id, HOME)
        marker = None if mark is None else mark.marker
        self._feeds.expect(lambda feeds: self._count_news(feeds, reader, marker))
        timeline = self._timelines.read(_news(reader, size=SIZE, newer_than=marker, order="asc"), cursor)
        return Home(
            timeline=timeline,
            mark=mark,
            upto=Mark.upto(_keys(timeline) if cursor is None else self._before(reader, marker, timeline)),
            new=self._count_news(self._feeds, reader, marker),
            empty="" if timeline.page.items else self.why_empty(reader, filtered=True),
        )

    def _before(self, reader: Entity, marker: Marker | None, timeline: Timeline) -> list[OrderKey]:
        """What is on a page, and inside its mark's margin: what the pages before it showed is read as well."""
        shown = _keys(timeline)
        if not shown:
            return []
        newest = max(shown)
        since = instant(position_ms(newest.position) - Marker.MARGIN_MS)
        around = self._feeds.get_page(_news(reader, newer_than=marker, since=since, size=_AT_ONCE)).items
        return shown + [item.newness for item in around if item.newness <= newest]

    def count_since(self, reader: Entity, mark: Mark) -> Counted:
        """How many acts of others came to a reader's home since a page of it, counted to 100.

        Args:
            mark: `Home.newest` of that page.
        """
        return self._count_news(self._feeds, reader, mark.marker)

    def _count_new(self, reader: Entity, timeline: Timeline, marker: Marker | None) -> Counted:
        """How many acts of others are newer than the mark; where there is none, those on the page."""
        if marker is None:
            return Counted(sum(item.actor != reader for item in timeline.page.items), False)
        return self._count_news(self._feeds, reader, marker)

    @staticmethod
    def _count_news(feeds: Manager, reader: Entity, marker: Marker | None) -> Counted:
        return feeds.count_new(_news(reader), marker)

    def why_empty(self, reader: Entity, *, filtered: bool = False) -> str:
        """Which of the three states an empty page of a reader's network is in.

        Args:
            filtered: the page does not show all of it.
        """
        if self._timelines.follows_nothing(reader):
            return FOLLOWS_NOTHING
        everything = CursorAggregator(reader, include_history=True, size=1)
        return FILTERED if filtered and not self._timelines.is_empty(everything) else NOTHING_YET

    def grouped(self, reader: Entity, make: Maker, cursor: str | None = None, *, only_new: bool = False) -> Grouped:
        """A page of a reader's network in groups; with `only_new` of what is newer than their mark and not their own.

        Raises InvalidCursor.
        """
        everything = make(reader, include_history=True)
        filtered = make(reader, include_history=True, others_only=True, newer_than=self._marker(reader))
        timeline = self._timelines.read(filtered if only_new else everything, cursor)
        if timeline.page.groups or timeline.page.items:
            return Grouped(timeline)
        watches = isinstance(everything, WatchedAggregator)
        if self._timelines.follows_nothing(reader, kinds=("watch",) if watches else ("follow", "watch")):
            return Grouped(timeline, WATCHES_NOTHING if watches else FOLLOWS_NOTHING)
        hidden = only_new and not self._timelines.is_empty(everything)
        return Grouped(timeline, FILTERED if hidden else NOTHING_YET)

    def _marker(self, reader: Entity) -> Marker | None:
        return self._marks.marker(reader.id, HOME)

    def mark_read(self, reader: Entity, mark: Mark) -> None:
        """Move the reader's mark forward."""
        self._marks.move(reader.id, HOME, mark)


def _news(reader: Entity, **options: Any) -> CursorAggregator:
    """A reader's home without their own acts: what can be new to them."""
    return CursorAggregator(reader, include_history=True, others_only=True, **options)


def _keys(timeline: Timeline) -> list[OrderKey]:
    return [item.newness for item in timeline.page.items]


def home_service(_context: object, request: Any) -> HomeService:
    """Service factory."""
    return HomeService(
        request.find_service(TimelineService), request.find_service(Manager), request.find_service(MarkService)
    )
