"""Whatever happened: a feed has the items of its page, the same ones in the same order, and not one more."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedsite.feeds import Entity
from feedsite.graph.services import GraphService
from feedsite.posts.models import Note

from tests.functional.feedsout.test_private_feeds import a_feed
from tests.functional.feedsout.test_public_feeds import acts_in, anchors, ids_of
from tests.functional.timelines.world import World, main_of, plain
from tests.site import Browser, Site

_PEOPLE = ("ana", "bo", "cy")
_somebody, _number = st.sampled_from(_PEOPLE), st.integers(0, 3)
_steps = st.one_of(
    st.tuples(st.just("write"), _somebody, st.sampled_from(("public", "followers", "mentioned"))),
    st.tuples(st.sampled_from(("reply", "like", "share", "delete")), _somebody, _number),
    st.tuples(
        st.sampled_from(("follow", "unfollow", "mute", "unmute", "block", "unblock", "join")), _somebody, _somebody
    ),
    st.tuples(st.just("mute thread"), _somebody, _number),
)


class History:
    """Does one step after the other; what cannot be done is passed over."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._notes: list[Note] = []
        for handle in _PEOPLE:
            world.person(handle)

    def does(self, what: str, who: str, whom: str | int) -> None:
        """One step."""
        if what == "write":
            text = f"Secret of {who} @ana @bo #bread {len(self._notes)}"
            self._notes.append(self._world.write(who, text, visibility=str(whom)))
        elif isinstance(whom, int):
            if self._notes:
                self._to_note(what, who, self._notes[whom % len(self._notes)])
        elif what == "join":
            self._world.act(who, "join", Entity("project", "feedsite"))
        elif who != whom:
            self._world.browser(who).submit(f"/@{whom}/{what}", expect_errors=True)

    def _to_note(self, what: str, who: str, note: Note) -> None:
        if what == "delete":
            self._notes.remove(note)
            self._world.delete(note)
        elif what == "mute thread":
            with self._world.site.transaction() as request:
                request.find_service(GraphService).mute(self._world.person(who).id, note.root)
        else:
            path = f"/notes/{note.id}/{what}"
            self._world.browser(who).submit(path, {"text": "An answer @cy #bread"}, expect_errors=True)


def notified(browser: Browser) -> list[str]:
    """The sentences of the notifications page."""
    return [plain(heading) for heading in main_of(browser.get("/notifications")).select("article.item .h")]


@pytest.fixture(scope="module")
def any_site(one_site: Site) -> Site:
    return one_site


@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps=st.lists(_steps, min_size=6, max_size=14))
def test_a_feed_has_the_items_of_its_page(any_site: Site, steps: list[tuple[str, str, str | int]]) -> None:
    any_site.wipe()
    world = World(any_site)
    history = History(world)
    for what, who, whom in steps:
        history.does(what, who, whom)
    stranger = any_site.browser()
    for path in ("/@ana", "/@bo", "/tags/bread", "/explore"):
        shown = ids_of(stranger, path, "page")
        assert [ids_of(stranger, path, kind) for kind in ("atom", "json", "outbox")] == [shown] * 3
    for handle in ("ana", "bo"):
        browser = world.browser(handle)
        home = stranger.get(a_feed(world, handle)["json"]).json["items"]
        assert acts_in([item["id"] for item in home]) == anchors(browser.get("/home"))
        told = stranger.get(a_feed(world, handle, "notifications")["json"]).json["items"]
        assert [item["title"] for item in told] == notified(browser)
