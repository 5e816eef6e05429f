"""The search cluster is killed while a browser walks the site: every page is right, and nothing written is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext
from sqlalchemy import select

from compose.launcher import Cluster
from feedsite.posts.models import Note

from tests import nodes
from tests.browser.conftest import LiveSite, sign_in
from tests.browser.gallery import EXHIBITS, FULL, Exhibit, Hall, furnish_full
from tests.faults.conftest import Serve
from tests.faults.served import Answer, Served, shown_on
from tests.keeping import wait_until
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

RECOVERY_SECONDS = 60
"""The breaker rests 30 seconds at most, and what is behind is delivered within a second or two."""

#: Where there is an index the administration says so and how it stands; its system's page is about the machine. The
#: list of logins has one more for each browser, and the style guide shows what the server does not know.
_OTHERWISE = ("admin-start", "admin-index", "admin-system", "settings-sessions", "style-guide")
WALK = [one for one in EXHIBITS if FULL in one.states and one.then is None and one.name not in _OTHERWISE]
SOME = [one for one in WALK if one.name in ("home", "archive", "profile", "note", "notifications", "following")]


@dataclass
class Walker:
    """A browser in which several people are signed in, each with their own cookies; and what their pages should be."""

    chromium: Chromium
    served: Served
    plain: Site
    hall: Hall

    def __post_init__(self) -> None:
        self._contexts: dict[str, BrowserContext] = {}

    def context(self, who: str) -> BrowserContext:
        """The browser of somebody, or of nobody."""
        if who not in self._contexts:
            context = self.chromium.new_context(base_url=self.served.url)
            if who:
                sign_in(context, self.hall.live, self.hall.people[who])
            self._contexts[who] = context
        return self._contexts[who]

    def visit(self, exhibit: Exhibit) -> Answer:
        """Open a page as a browser does, with all that it needs; it is what it would be without an index."""
        path = exhibit.path.format(**self.hall.names)
        tab = self.context(exhibit.who).new_page()
        began = time.perf_counter()
        response = tab.goto(path)
        assert response is not None
        answer = Answer(response.status, response.text(), time.perf_counter() - began)
        tab.close()
        assert answer.status == exhibit.status, exhibit.name
        assert "Server error" not in answer.text
        person = self.hall.people[exhibit.who] if exhibit.who else None
        expected = self.plain.browser(person).get(path, status=exhibit.status)
        assert answer.shown == shown_on(expected.text), exhibit.name
        return answer

    def walk(self, exhibits: list[Exhibit]) -> list[Answer]:
        """Open pages one after the other."""
        return [self.visit(exhibit) for exhibit in exhibits]

    def write(self, who: str, text: str) -> None:
        """Write a note in the box of one's home; it stands there at once."""
        tab = self.context(who).new_page()
        tab.goto("/home")
        tab.fill("main textarea", text)
        tab.locator("main form.compose button.primary").click()
        tab.locator("main article.item").filter(has_text=text).first.wait_for()
        tab.close()

    def press(self, who: str, path: str, button: str) -> None:
        """Press the first button of this name on a page."""
        tab = self.context(who).new_page()
        tab.goto(path)
        tab.locator("main").get_by_role("button", name=button).first.click()
        tab.wait_for_load_state()
        tab.close()

    def close(self) -> None:
        """Close the browser's windows."""
        for context in self._contexts.values():
            context.close()


@pytest.fixture
def walker(serve: Serve, own_node: Cluster, chromium: Chromium) -> Iterator[Walker]:
    """A browser on a furnished site whose index is whole."""
    served, plain = serve([own_node.nodes[0].url], "killed")
    hall = furnish_full(LiveSite(plain, served.url))
    served.create_index()
    served.start()
    walker = Walker(chromium, served, plain, hall)
    yield walker
    walker.close()


@pytest.mark.parametrize("exhibits", [WALK[::3], pytest.param(WALK, marks=pytest.mark.drill)], ids=["some", "all"])
def test_a_browser_walks_on_while_the_cluster_is_killed_and_comes_back(
    walker: Walker, own_node: Cluster, exhibits: list[Exhibit]
) -> None:
    """Pages are right before, meanwhile and afterwards; what is written meanwhile is in the index afterwards, once."""
    # On a machine that is busy with other tests a page may come too late for its deadline; none of the next one does.
    assert wait_until(lambda: not any(answer.is_degraded for answer in walker.walk(SOME)), RECOVERY_SECONDS)

    killing = threading.Timer(1.0, nodes.kill, [own_node.nodes[0]])
    killing.start()
    answers = walker.walk(exhibits)
    killing.join()
    # Whoever is signed in has a badge, on every page but those that say what was wrong with the request.
    dark = walker.walk(SOME)
    assert all(answer.is_degraded for answer in dark)
    print(f"The slowest page while the cluster went: {max(answer.seconds for answer in answers):.2f} s")

    for number in range(3):
        walker.write("ana", f"Written in the dark, {number}")
    walker.press("ana", "/@dana", "Following")
    walker.press("ana", "/@bo", "Like")

    own_node.start()
    assert wait_until(lambda: not any(answer.is_degraded for answer in walker.walk(SOME)), RECOVERY_SECONDS)
    assert wait_until(lambda: _delivered(walker, own_node) == [1, 1, 1], RECOVERY_SECONDS), _delivered(walker, own_node)
    assert ", 0 differ" in walker.served.verify()
    assert walker.served.said.count("Traceback") == 0, walker.served.said


def _delivered(walker: Walker, cluster: Cluster) -> list[int]:
    """How often each note that was written in the dark is in the index, by what searches see."""
    counts = []
    for note in _notes_of_the_dark(walker.plain):
        terms: list[dict[str, object]] = [{"object": f"note:{note}"}, {"verb": "create"}, {"deleted": False}]
        query = {"query": {"bool": {"filter": [{"term": term} for term in terms]}}}
        counts.append(nodes.ask(f"{cluster.nodes[0].url}/killed-feeds/_count", "POST", query)["count"])
    return counts


def _notes_of_the_dark(site: Site) -> list[str]:
    with site.transaction() as request:
        written = select(Note.id).where(Note.text.startswith("Written in the dark"))
        return list(request.dbsession.scalars(written))
