"""What several people do with one request at the same moment, on each database."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from feedsite.accounts.models import Person
from feedsite.feeds import Entity, Manager
from feedsite.requesting.services import FollowRequestService

from tests.site import Site


@pytest.fixture
def ana(site: Site) -> Person:
    """Approves who follows her."""
    return site.person("ana", locked=True)


@pytest.fixture
def bo(site: Site) -> Person:
    return site.person("bo")


def state(site: Site, follower: Person, followed: Person) -> tuple[bool, bool, bool]:
    """Whether there is a request, a link, and an act of following."""
    one, other = Entity("person", follower.id), Entity("person", followed.id)
    with site.transaction() as request:
        feeds = request.find_service(Manager)
        return (
            bool(request.find_service(FollowRequestService).asked_of(follower.id, [followed.id])),
            bool(feeds.linked(one, [other], kinds=("follow",))),
            bool(feeds.performed("follow", one, [other])),
        )


def at_once(site: Site, *presses: tuple[Person, str, dict[str, str]]) -> list[int]:
    """Forms that are sent at the same moment; what they answer."""
    browsers = [site.browser(person) for person, _path, _values in presses]
    forms = [{"csrf_token": browser.csrf_token(), **press[2]} for browser, press in zip(browsers, presses, strict=True)]
    start = Barrier(len(presses))

    def press(number: int) -> int:
        start.wait()
        return browsers[number].post(presses[number][1], forms[number]).status_int

    with ThreadPoolExecutor(len(presses)) as pool:
        return list(pool.map(press, range(len(presses))))


def test_twenty_requests_at_once_are_one(site: Site, ana: Person, bo: Person) -> None:
    assert set(at_once(site, *[(bo, "/@ana/follow", {})] * 20)) == {303}
    with site.transaction() as request:
        assert request.find_service(FollowRequestService).count(ana.id) == 1
    assert state(site, bo, ana) == (True, False, False)


def test_accepted_twice_is_once(site: Site, ana: Person, bo: Person) -> None:
    site.browser(bo).submit("/@ana/follow")
    assert set(at_once(site, *[(ana, "/requests/accept", {"request": bo.id})] * 6)) == {303}
    assert state(site, bo, ana) == (False, True, True)
    with site.transaction() as request:
        assert request.find_service(Manager).count_followers(Entity("person", ana.id)) == 1


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda ana, bo: (bo, "/@ana/unfollow", {}),
        lambda ana, bo: (ana, "/@bo/remove-follower", {}),
        lambda ana, bo: (ana, "/@bo/block", {}),
        lambda ana, bo: (bo, "/@ana/block", {}),
    ],
    ids=["taken back", "removed", "blocked", "blocked by who asked"],
)
def test_accepted_while_it_ends_leaves_nobody_following(
    site: Site, ana: Person, bo: Person, meanwhile: Callable[[Person, Person], tuple[Person, str, dict[str, str]]]
) -> None:
    """Whichever comes first: what was accepted ends, and what has ended is not accepted."""
    site.browser(bo).submit("/@ana/follow")
    accept = (ana, "/requests/accept", {"request": bo.id})
    assert set(at_once(site, accept, meanwhile(ana, bo), accept)) == {303}
    assert state(site, bo, ana) == (False, False, False)


def test_accepted_while_asked_again_leaves_no_request_of_a_follower(site: Site, ana: Person, bo: Person) -> None:
    site.browser(bo).submit("/@ana/follow")
    accept, ask = (ana, "/requests/accept", {"request": bo.id}), (bo, "/@ana/follow", {})
    assert set(at_once(site, ask, accept, ask, accept)) == {303}
    assert state(site, bo, ana) == (False, True, True)
