"""Whatever happened and whatever was said of it: the badge counts the New groups of the list that were not seen."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedsite.feeds import Entity, Group
from feedsite.notifications.services import NotificationService
from feedsite.timelines.marks import NOTIFICATIONS_SEEN, Mark, MarkService

from tests.functional.timelines.world import World
from tests.site import Site

_FANS = ("bo", "cy")
_happens = st.one_of(
    st.tuples(st.just("like"), st.sampled_from(_FANS), st.integers(0, 1)),
    st.tuples(st.just("unlike"), st.sampled_from(_FANS), st.integers(0, 1)),
    st.tuples(st.just("reply"), st.sampled_from(_FANS), st.integers(0, 1)),
    st.tuples(st.just("follow"), st.sampled_from(_FANS), st.just(0)),
    st.tuples(st.just("mute"), st.sampled_from(_FANS), st.just(0)),
    st.tuples(st.sampled_from(("open", "read all", "undo")), st.just(""), st.just(0)),
    st.tuples(st.sampled_from(("read", "unread", "done", "undone")), st.just(""), st.integers(0, 3)),
    st.tuples(
        st.sampled_from(("like", "reply", "follow")).map(lambda verb: f"without {verb}"), st.just(""), st.just(0)
    ),
)


class Desk:
    """Ana at her notifications; each thing she does is a transaction of its own, as a request is."""

    def __init__(self, world: World) -> None:
        self._world, self.ana = world, Entity("person", world.person("ana").id)

    def does(self, what: str, number: int) -> None:
        with self._world.site.transaction() as request:
            service = request.find_service(NotificationService)
            page = service.read(self.ana)
            if what.startswith("without "):
                service.want_all_but(self.ana, [what.removeprefix("without ")])
            elif what == "undo":
                service.undo(self.ana)
            elif what in ("open", "read all"):
                if page.upto is not None:
                    (service.see if what == "open" else service.mark_read)(self.ana, page.upto)
            else:
                shown = service.read(self.ana, tab="done" if what == "undone" else "all").timeline.page.groups
                chosen = [group for at, group in enumerate(shown) if at % 4 == number]
                service.say(self.ana, what, {str(group.value): group.items[0].key for group in chosen})

    def look(self) -> None:
        """The badge is the list's; no group is in two places."""
        with self._world.site.transaction() as request:
            service, marks = request.find_service(NotificationService), request.find_service(MarkService)
            seen = marks.mark(self.ana.id, NOTIFICATIONS_SEEN) or Mark(-(2**63))
            groups = service.read(self.ana).timeline.page.groups
            fresh = [group for group in groups if group.new and self._unseen(service, group, seen)]
            assert service.pane(self.ana)[1].number == len(fresh)
            earlier = {group.value for group in groups if not group.new}
            done = {group.value for group in service.read(self.ana, tab="done").timeline.page.groups}
            assert not earlier & done

    def _unseen(self, service: NotificationService, group: Group, seen: Mark) -> bool:
        key, predicate = str(group.value), service.pane_of(self.ana)
        own = predicate.states.get(key, predicate.read)
        new = [item for item in service.group(self.ana, key).page.items if own is None or not own.covers(item.newness)]
        return any(not seen.marker.covers(item.newness) for item in new)


@pytest.fixture(scope="module")
def any_site(one_site: Site) -> Site:
    return one_site


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps=st.lists(_happens, min_size=4, max_size=14))
def test_the_badge_is_the_list_s(any_site: Site, steps: list[tuple[str, str, int]]) -> None:
    any_site.wipe()
    world = World(any_site)
    notes = [world.write("ana", f"Mine {number}") for number in range(2)]
    desk = Desk(world)
    for what, who, number in steps:
        if what == "mute":
            world.mute("ana", who)
        elif what == "follow":
            world.follow(who, "ana")
        elif what == "unlike":
            world.unlike(notes[number], who)
        elif what in ("like", "reply"):
            getattr(world, what)(*((notes[number], who) if what == "like" else (who, notes[number])))
        else:
            desk.does(what, number)
        desk.look()
