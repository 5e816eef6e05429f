"""Every page, full and empty, light and dark, on a phone and on a desktop, with our script and without it: accessible,
within the window, our own."""

from __future__ import annotations

import gzip
import itertools
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page

from tests.browser.conftest import DESKTOP, PHONE, OpenedPage, Opener, serving, sign_in
from tests.browser.gallery import EMPTY, EXHIBITS, FULL, Exhibit, Hall, furnish_empty, furnish_full
from tests.browser.looking import (
    accessibility_faults,
    doubled_ids,
    invalid_html,
    keyboard_faults,
    nodes,
    sideways_pixels,
)
from tests.browser.report import Figures, write_report

pytestmark = pytest.mark.browser

Look = tuple[Exhibit, str, str, int, bool]
#: Whose tab: the reader's handle, the world, and whether our script runs.
Visitor = tuple[str, str, bool]
_THEMES, _WIDTHS, _SCRIPTS = ("light", "dark"), (PHONE, DESKTOP), (True, False)
#: Theme, width and script of a page's first visit; its second has the others. All pairs come to every fourth page.
_ROTATION = (("light", PHONE, True), ("light", DESKTOP, False), ("dark", PHONE, False), ("dark", DESKTOP, True))
_MOST_BYTES, _MOST_NODES = 15 * 1024, 1200
#: The marks are those of a list of 20 items; this page has 50. The style guide is no list at all.
_SHARES = {"home-hot": 2.5, "style-guide": 10.0}
_OUTPUT = Path(__file__).resolve().parents[1] / "output" / "pages"


def _every_look() -> list[Look]:
    return [
        (page, state, theme, width, script)
        for page in EXHIBITS
        for state, theme, width, script in itertools.product(page.states, _THEMES, _WIDTHS, _SCRIPTS)
    ]


def _pairwise() -> list[Look]:
    """Each page in each of its states and themes, in each width, with and without script; all pairs over all pages."""
    looks: list[Look] = []
    for number, page in enumerate(EXHIBITS):
        theme, width, script = _ROTATION[number % 4]
        other = _THEMES[theme == "light"], _WIDTHS[width == PHONE], not script
        looks += [(page, page.states[0], theme, width, script), (page, page.states[-1], *other)]
    return looks


def _name(look: Look) -> str:
    page, state, theme, width, script = look
    return f"{page.name}-{state}-{theme}-{width}{'' if script else '-no-js'}"


class Gallery:
    """Both worlds, served, and a tab for each reader: a page costs no new browser."""

    def __init__(self, chromium: Chromium, halls: dict[str, Hall]) -> None:
        self._chromium, self._halls = chromium, halls
        self._tabs: dict[Visitor, OpenedPage] = {}
        self._open: Visitor = ("", "", True)
        self.asked: list[str] = []

    def visit(self, look: Look) -> tuple[Page, int, bytes]:
        """Open a page as it is to be looked at: the tab, and the status and the HTML that the server answered first."""
        exhibit, state, theme, width, script = look
        self._open = (exhibit.who, state, script)
        page = self._tab(self._open).page
        page.set_viewport_size({"width": width, "height": 640 if width == PHONE else 900})
        page.emulate_media(color_scheme="light" if theme == "light" else "dark")
        self.asked.clear()
        answer = page.goto(self._halls[state].live.url + exhibit.path.format(**self._halls[state].names))
        assert answer is not None
        body = answer.body()  # the browser forgets it when the page goes on
        if exhibit.then is not None:
            exhibit.then(page)
        return page, answer.status, body

    def complaints(self) -> list[str]:
        """What the consoles said since the last time."""
        said = [text for tab in self._tabs.values() for text in tab.complaints]
        for tab in self._tabs.values():
            tab.complaints.clear()
        return said

    def _tab(self, visitor: Visitor) -> OpenedPage:
        if visitor not in self._tabs:
            who, state, script = visitor
            hall = self._halls[state]
            context = self._chromium.new_context(base_url=hall.live.url)
            context.on("request", lambda request: self._hear(visitor, request.url))
            if not script:
                # What looks at the page is a script itself: it is the site's own that is not there.
                context.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
            if who:
                sign_in(context, hall.live, hall.people[who])
            self._tabs[visitor] = OpenedPage(context.new_page())
        return self._tabs[visitor]

    def _hear(self, visitor: Visitor, url: str) -> None:
        # The other tabs are open, and ask for their counters once a minute.
        if visitor == self._open:
            self.asked.append(url)

    def close(self) -> None:
        """Close every tab."""
        for tab in self._tabs.values():
            tab.page.context.close()


@pytest.fixture(scope="session")
def gallery(chromium: Chromium, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    """Both worlds; their pages are read only."""
    folder: Path = tmp_path_factory.mktemp("gallery")
    with (
        serving(f"sqlite:///{folder / 'full.sqlite'}") as full,
        serving(f"sqlite:///{folder / 'empty.sqlite'}") as empty,
    ):
        gallery = Gallery(chromium, {FULL: furnish_full(full), EMPTY: furnish_empty(empty)})
        yield gallery
        gallery.close()


def _look_at(gallery: Gallery, look: Look) -> tuple[Page, Figures]:
    """A page that was opened as it is to be looked at, and what was found."""
    page, status, body = gallery.visit(look)
    exhibit = look[0]
    found = Figures(exhibit.name, look[1], len(gzip.compress(body, 6)), nodes(page))
    share = _SHARES.get(exhibit.name, 1.0)
    hosts = {urlsplit(url).netloc for url in gallery.asked} - {urlsplit(page.url).netloc}
    found.faults += [] if status == exhibit.status else [f"status {status}"]
    found.faults += accessibility_faults(page)
    found.faults += [f"{pixels} pixels too wide"] if (pixels := sideways_pixels(page)) else []
    found.faults += [f"id {name} twice" for name in doubled_ids(page)]
    found.faults += [f"console: {text}" for text in gallery.complaints()]
    found.faults += [f"asks {host}" for host in sorted(hosts)]
    found.faults += [f"{found.weight} bytes"] if found.weight > _MOST_BYTES * share else []
    found.faults += [f"{found.nodes} elements"] if found.nodes > _MOST_NODES * share else []
    return page, found


@pytest.mark.parametrize("look", _pairwise(), ids=_name)
def test_a_page_is_accessible_and_light_and_fits_and_is_all_of_this_site(gallery: Gallery, look: Look) -> None:
    assert _look_at(gallery, look)[1].faults == []


@pytest.mark.parametrize("name", ["home", "home-menu-open", "notifications-chosen", "settings-display"])
def test_the_tab_key_reaches_everything_and_shows_where_it_is(gallery: Gallery, name: str) -> None:
    (exhibit,) = (one for one in EXHIBITS if one.name == name)
    page, _status, _body = gallery.visit((exhibit, FULL, "light", PHONE, True))
    assert keyboard_faults(page)[0] == []


@pytest.mark.drill
@pytest.mark.timeout(3600)
def test_every_page_in_every_look(gallery: Gallery, chromium: Chromium) -> None:
    """The whole matrix in one process, with the keyboard and a strict parser; what was seen goes to docs/pages.md."""
    _OUTPUT.mkdir(parents=True, exist_ok=True)
    seen: list[Figures] = []
    for look in _every_look():
        page, found = _look_at(gallery, look)
        page.screenshot(path=_OUTPUT / f"{_name(look)}.png", full_page=True)
        if look[2] == "light":  # colours change nothing about the stops of the Tab key
            faults, found.stops = keyboard_faults(page)
            found.faults += faults
        gallery.complaints()
        if look[2:] == _ROTATION[0]:
            # As the server sent it; what was done on it afterwards made no other HTML.
            found.faults += invalid_html(gallery.visit(look)[2].decode())
        found.faults = [f"{_name(look)}: {fault}" for fault in found.faults]
        seen.append(found)
    write_report(seen, chromium.version)
    assert [fault for found in seen for fault in found.faults] == []


def test_a_refused_form_takes_the_focus_to_its_summary(open_page: Opener) -> None:
    page = open_page("/join", width=PHONE)
    page.fill("[name=handle]", "not a handle!")
    page.locator("form.form").evaluate("form => { form.noValidate = true; form.submit() }")
    page.wait_for_selector(".summary")
    assert page.locator(".summary").evaluate("element => element === document.activeElement")
    assert accessibility_faults(page) == []
