"""What concerns a reader, up to where they have seen and read it, and what they said of single groups."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from feedsite.db import utcnow
from feedsite.feeds import Counted, Entity, Group, Item, Manager, Marker, OrderKey, Scope
from feedsite.feeds.order import instant, position_ms
from feedsite.feeds.query import group_key, lone_key
from feedsite.notifications.aggregators import ConcernsAggregator, GroupsAggregator
from feedsite.notifications.states import States, StateService
from feedsite.timelines.marks import NOTIFICATIONS_READ, NOTIFICATIONS_SEEN, NOTIFICATIONS_TOLD, Mark, MarkService
from feedsite.timelines.services import Timeline, TimelineService
from feedsite.timelines.verbs import Verbs, verbs_of

PANE_GROUPS = 5
DIGEST_GROUPS = 10
TABS = ("all", "mentions", "watching", "saved", "done")
SAYINGS = ("read", "unread", "save", "unsave", "done", "undone")
#: What is written to somebody, or where they watch.
WRITTEN = ("create", "reply", "mention")
_AT_ONCE = 1000
_WATCHED = 1000
#: After so long no act is committed late any more, with an instant before another's that was shown.
_SETTLED = timedelta(seconds=60)


@dataclass(frozen=True)
class Notifications:
    """A page of a reader's notifications.

    Attributes:
        timeline: the groups and what they show.
        saved: the keys of groups that are saved.
        upto: the mark of all that is on the page and before it; None: there is nothing.
        has_new: whether there are New groups on it.
        can_undo: whether the last "mark all read" can be taken back.
    """

    timeline: Timeline
    saved: frozenset[str]
    upto: Mark | None
    has_new: bool
    can_undo: bool


@dataclass(frozen=True)
class Untold:
    """What no digest has told of yet, and the reader has not seen.

    Attributes:
        timeline: the newest New groups.
        count: how many there are (to 100).
        upto: the mark of what is on it.
    """

    timeline: Timeline
    count: Counted
    upto: Mark | None


class NotificationService:
    """Reads notifications and keeps their marks: *seen* moves when the list is opened, *read* when a reader says so;
    groups can be read, unread, done and saved one by one."""

    def __init__(
        self, feeds: Manager, timelines: TimelineService, marks: MarkService, states: StateService, verbs: Verbs
    ) -> None:
        self._feeds, self._timelines, self._marks, self._states = feeds, timelines, marks, states
        self._ungrouped = verbs.ungrouped()

    # Reading

    def read(self, reader: Entity, cursor: str | None = None, *, tab: str = "all") -> Notifications:
        """A page of New groups, then Earlier ones.

        Args:
            tab: one of TABS.

        Raises InvalidCursor.
        """
        timeline = self.listed(reader, cursor, tab=tab)
        return Notifications(
            timeline=timeline,
            saved=self._said(reader).saved,
            upto=self._mark_of(reader, timeline),
            has_new=any(group.new for group in timeline.page.groups),
            can_undo=self._can_undo(reader),
        )

    def listed(self, reader: Entity, cursor: str | None = None, *, tab: str = "all") -> Timeline:
        """The groups of a page of a reader's notifications, and nothing else. Arguments and errors as for `read`."""
        return self._timelines.read(self._tab(reader, tab), cursor)

    def pane_of(self, reader: Entity) -> GroupsAggregator:
        """What the pane and the badge read."""
        return self._aggregator(reader, section="new", size=PANE_GROUPS)

    def pane(self, reader: Entity) -> tuple[Timeline, Counted]:
        """The newest New groups, and how many groups the badge counts (to 100)."""
        aggregator = self.pane_of(reader)
        return self._timelines.read(aggregator), self._feeds.count_badge(aggregator)

    def badge(self, reader: Entity) -> Counted:
        """How many groups the badge counts (to 100), by itself."""
        return self._feeds.count_badge(self.pane_of(reader))

    def untold(self, reader: Entity) -> Untold:
        """What a digest tells: New groups with something newer than what was seen or told, as the badge counts."""
        told, seen = (self._marks.marker(reader.id, name) for name in (NOTIFICATIONS_TOLD, NOTIFICATIONS_SEEN))
        known = seen if told is None else told.join(seen)
        aggregator = self._aggregator(reader, section="new", size=DIGEST_GROUPS, seen=known)
        timeline = self._timelines.read(aggregator)
        groups = tuple(group for group in timeline.page.groups if known is None or not known.covers(group.item.newness))
        timeline = replace(timeline, page=replace(timeline.page, groups=groups))
        return Untold(timeline, self._feeds.count_badge(aggregator), self._mark_of(reader, timeline))

    def tell(self, reader: Entity, untold: Untold) -> None:
        """A digest told of it."""
        if untold.upto is not None:
            self._marks.move(reader.id, NOTIFICATIONS_TOLD, untold.upto)

    def group(self, reader: Entity, key: str, cursor: str | None = None) -> Timeline:
        """Everything that one group is made of, newest first.

        Raises InvalidCursor.
        """
        return self._timelines.read(self._acts(reader, [key], size=20), cursor)

    # All of them

    def see(self, reader: Entity, mark: Mark) -> None:
        """The list was opened: what is on it counts in no badge any more. It stays New."""
        self._marks.move(reader.id, NOTIFICATIONS_SEEN, mark)

    def mark_read(self, reader: Entity, mark: Mark) -> None:
        """What was on the page becomes Earlier; what arrived meanwhile stays New."""
        done = self._said(reader).done
        if done:
            # What came back as New after it was done is among Earlier from now on, with the rest of its group.
            back = self._aggregator(reader, section="new", keys=done, size=_AT_ONCE)
            self._states.unsay(reader.id, (str(group.value) for group in self._feeds.get_page(back).groups))
        self._states.clear_unread(reader.id, self._marks.mark(reader.id, NOTIFICATIONS_READ))
        self._marks.move(reader.id, NOTIFICATIONS_READ, mark)

    def undo(self, reader: Entity) -> bool:
        """Take the last "mark all read" back; returns whether there was one."""
        cleared = self._states.cleared(reader.id)
        read = self._marks.mark(reader.id, NOTIFICATIONS_READ)
        for row in cleared:
            row.kind = "unread"
        if cleared and read is not None and all(row.before == read.position for row in cleared):
            return True  # the mark itself had not moved
        return self._marks.undo(reader.id, NOTIFICATIONS_READ) or bool(cleared)

    def _can_undo(self, reader: Entity) -> bool:
        return self._marks.can_undo(reader.id, NOTIFICATIONS_READ) or bool(self._states.cleared(reader.id))

    # One by one

    def say(self, reader: Entity, kind: str, newest: Mapping[str, OrderKey]) -> None:
        """Say something of groups.

        Args:
            kind: one of SAYINGS.
            newest: the newest act of each group that the reader was shown, by the group's key.
        """
        if kind in ("save", "unsave"):
            self._states.save(reader.id, newest, saved=kind == "save")
        elif kind == "undone":
            self._states.unsay(reader.id, newest)
        else:
            self._states.say(reader.id, kind, self._marks_of(reader, newest))

    def opened(self, reader: Entity, groups: Iterable[Group]) -> None:
        """A reader has opened what these New groups are about: they are read."""
        newest = {str(group.value): group.items[0].key for group in groups if group.new}
        if newest:
            self.say(reader, "read", newest)

    def new_in_thread(self, reader: Entity, root: Entity) -> GroupsAggregator:
        """The New groups about anything in a thread, for `expect` and `groups`."""
        return self._aggregator(reader, section="new", touching=(root,), size=100)

    def groups(self, aggregator: GroupsAggregator) -> tuple[Group, ...]:
        """The groups of a first page."""
        return self._feeds.get_page(aggregator).groups

    def new_of(self, reader: Entity, key: str) -> GroupsAggregator:
        """A group as far as it is New, for `expect` and `groups`."""
        return self._aggregator(reader, section="new", keys=[key], size=1)

    def expect(self, aggregator: GroupsAggregator) -> None:
        """Say that the first page of groups will be asked for soon."""
        self._timelines.expect(aggregator)

    def key_of(self, item: Item) -> str:
        """The key of the group that an act belongs to."""
        if item.verb in self._ungrouped:
            return lone_key(item.verb, item.id)
        return group_key(item.verb, item.object.key)

    # Kinds

    def unwanted(self, reader: Entity) -> tuple[str, ...]:
        """The verbs that a reader wants no notifications of."""
        return self._states.unwanted(reader.id)

    def want_all_but(self, reader: Entity, verbs: Collection[str]) -> None:
        """Say which verbs a reader wants no notifications of."""
        self._states.want_all_but(reader.id, verbs)

    # Questions

    def _said(self, reader: Entity) -> States:
        return self._states.of(reader.id, self._marks.mark(reader.id, NOTIFICATIONS_READ))

    def _tab(self, reader: Entity, tab: str) -> GroupsAggregator:
        said = self._said(reader)
        if tab == "mentions":
            return self._aggregator(reader, tab=tab, scope=Scope.NAMED, verbs=WRITTEN)
        if tab == "watching":
            watched = self._feeds.following(reader, kinds=("watch",), size=_WATCHED).links
            things = tuple(row.entity for row in watched)
            # To touch nothing in particular would be to touch anything.
            return self._aggregator(reader, tab=tab, verbs=WRITTEN, touching=things, keys=None if things else ())
        if tab == "saved":
            return self._aggregator(reader, tab=tab, keys=said.saved, done=())
        if tab == "done":
            return self._aggregator(reader, tab=tab, keys=said.done, done=(), section="earlier")
        return self._aggregator(reader)

    def _aggregator(self, reader: Entity, **options: Any) -> GroupsAggregator:
        said = self._said(reader)
        given: dict[str, Any] = {
            "read": self._marks.marker(reader.id, NOTIFICATIONS_READ),
            "seen": self._marks.marker(reader.id, NOTIFICATIONS_SEEN),
            "states": said.markers,
            "done": said.done,
            "ungrouped": self._ungrouped,
            "without_verbs": self._states.unwanted(reader.id),
            "size": 20,
        }
        return GroupsAggregator(reader, **(given | options))

    def _acts(self, reader: Entity, keys: Iterable[str] | None = None, **options: Any) -> ConcernsAggregator:
        unwanted = self._states.unwanted(reader.id)
        return ConcernsAggregator(reader, ungrouped=self._ungrouped, keys=keys, without_verbs=unwanted, **options)

    # Marks

    def _mark_of(self, reader: Entity, timeline: Timeline) -> Mark | None:
        """The mark of a page. A group shows few of its acts, so those inside the mark's margin are asked for."""
        shown = {item.newness for item in timeline.page.every_item()}
        if not shown:
            return None
        newest = max(shown)
        since = instant(position_ms(newest.position) - Marker.MARGIN_MS)
        found = {item.newness for item in self._feeds.get_page(self._acts(reader, since=since, size=_AT_ONCE)).items}
        return Mark.upto(shown | {key for key in found if key <= newest})

    def _marks_of(self, reader: Entity, newest: Mapping[str, OrderKey]) -> dict[str, Mark]:
        """The mark of each group; where an act may still be committed late, one with the margin of marks."""
        settled = utcnow() - _SETTLED
        fresh = [key for key, act in newest.items() if instant(position_ms(act.position)) > settled]
        marks = {key: Mark(act.position) for key, act in newest.items() if key not in fresh}
        if not fresh:
            return marks
        since = settled - timedelta(milliseconds=Marker.MARGIN_MS)
        acts = self._feeds.get_page(self._acts(reader, fresh, since=since, size=_AT_ONCE)).items
        shown: dict[str, set[OrderKey]] = {key: set() for key in fresh}
        for item in acts:
            key = self.key_of(item)
            if key in shown and item.key <= newest[key]:
                shown[key].add(item.newness)
        return marks | {key: Mark.upto(acts) or Mark(newest[key].position) for key, acts in shown.items()}


def notification_service(_context: object, request: Any) -> NotificationService:
    """Service factory."""
    return NotificationService(
        request.find_service(Manager),
        request.find_service(TimelineService),
        request.find_service(MarkService),
        request.find_service(StateService),
        verbs_of(request.registry),
    )
