"""What concerns a reader, up to where they have seen and read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from feedsite.feeds import Counted, Entity, Manager, Marker
from feedsite.feeds.aggregators import NotificationAggregator
from feedsite.feeds.order import instant, position_ms
from feedsite.notifications.aggregators import ConcernsAggregator, notifications_of
from feedsite.timelines.marks import NOTIFICATIONS_READ, NOTIFICATIONS_SEEN, Mark, MarkService
from feedsite.timelines.services import Timeline, TimelineService
from feedsite.timelines.verbs import Verbs, verbs_of

PANE_GROUPS = 5
_AT_ONCE = 1000


@dataclass(frozen=True)
class Notifications:
    """A page of a reader's notifications.

    Attributes:
        timeline: the groups and what they show.
        upto: the mark of all that is on the page and before it; None: there is nothing.
        has_new: whether there are New groups on it.
        can_undo: whether the last "mark all read" can be taken back.
    """

    timeline: Timeline
    upto: Mark | None
    has_new: bool
    can_undo: bool


class NotificationService:
    """Reads notifications and keeps their two marks: *seen* moves when the list is opened, *read* when a reader says
    so."""

    def __init__(self, feeds: Manager, timelines: TimelineService, marks: MarkService, verbs: Verbs) -> None:
        self._feeds, self._timelines, self._marks = feeds, timelines, marks
        self._ungrouped = verbs.ungrouped()

    def read(self, reader: Entity, cursor: str | None = None) -> Notifications:
        """A page of New groups, then Earlier ones.

        Raises InvalidCursor.
        """
        timeline = self._timelines.read(self._aggregator(reader), cursor)
        return Notifications(
            timeline=timeline,
            upto=self._mark_of(reader, timeline),
            has_new=any(group.new for group in timeline.page.groups),
            can_undo=self._marks.can_undo(reader.id, NOTIFICATIONS_READ),
        )

    def pane_of(self, reader: Entity) -> NotificationAggregator:
        """What the pane and the badge read."""
        return self._aggregator(reader, "new", PANE_GROUPS)

    def pane(self, reader: Entity) -> tuple[Timeline, Counted]:
        """The newest New groups, and how many groups the badge counts (to 100)."""
        aggregator = self.pane_of(reader)
        return self._timelines.read(aggregator), self._feeds.count_badge(aggregator)

    def group(self, reader: Entity, key: str, cursor: str | None = None) -> Timeline:
        """Everything that one group is made of, newest first.

        Raises InvalidCursor.
        """
        acts = ConcernsAggregator(reader, ungrouped=self._ungrouped, key=key, size=20)
        return self._timelines.read(acts, cursor)

    def see(self, reader: Entity, mark: Mark) -> None:
        """The list was opened: what is on it counts in no badge any more. It stays New."""
        self._marks.move(reader.id, NOTIFICATIONS_SEEN, mark)

    def mark_read(self, reader: Entity, mark: Mark) -> None:
        """What was on the page becomes Earlier; what arrived meanwhile stays New."""
        self._marks.move(reader.id, NOTIFICATIONS_READ, mark)

    def undo(self, reader: Entity) -> bool:
        """Take the last "mark all read" back; returns whether there was one."""
        return self._marks.undo(reader.id, NOTIFICATIONS_READ)

    def _aggregator(self, reader: Entity, section: str | None = None, size: int = 20) -> NotificationAggregator:
        return notifications_of(
            reader,
            read=self._marks.marker(reader.id, NOTIFICATIONS_READ),
            seen=self._marks.marker(reader.id, NOTIFICATIONS_SEEN),
            ungrouped=self._ungrouped,
            section=section,
            size=size,
        )

    def _mark_of(self, reader: Entity, timeline: Timeline) -> Mark | None:
        """The mark of a page. A group shows few of its acts, so those inside the mark's margin are asked for."""
        shown = {item.newness for item in timeline.page.every_item()}
        if not shown:
            return None
        newest = max(shown)
        since = instant(position_ms(newest.position) - Marker.MARGIN_MS)
        recent = ConcernsAggregator(reader, ungrouped=self._ungrouped, since=since, size=_AT_ONCE)
        found = {item.newness for item in self._feeds.get_page(recent).items}
        return Mark.upto(shown | {key for key in found if key <= newest})


def notification_service(_context: object, request: Any) -> NotificationService:
    """Service factory."""
    return NotificationService(
        request.find_service(Manager),
        request.find_service(TimelineService),
        request.find_service(MarkService),
        verbs_of(request.registry),
    )
