"""The site over HTTP, and a real Chromium that looks at it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page
from waitress.server import create_server

from feedsite.accounts.models import Person
from feedsite.security.cookies import SESSION
from feedsite.security.sessions import LoginSessionService

from tests.functional.timelines.world import World
from tests.site import Site, migrate

PHONE, DESKTOP = 320, 1280


@dataclass(frozen=True)
class LiveSite:
    """A site that listens on a port of this machine."""

    site: Site
    url: str


@contextlib.contextmanager
def serving(url: str) -> Iterator[LiveSite]:
    """Serve the site on a database's URL, on a port of its own."""
    migrate(url)
    # The port is not known before the server listens, the site's address not without the port: ask for one first.
    sites: list[Site] = []
    server = create_server(lambda environ, start: sites[0].app(environ, start), host="127.0.0.1", port=0, threads=4)
    address = f"http://127.0.0.1:{server.effective_port}"
    site = Site(url, site_url=address)
    sites.append(site)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield LiveSite(site, address)
    finally:
        server.close()
        thread.join(5)
        site.close()


@pytest.fixture(scope="session")
def one_live_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    """The site that all tests of a worker share."""
    with serving(f"sqlite:///{tmp_path_factory.mktemp('live') / 'site.sqlite'}") as live:
        yield live


@pytest.fixture
def live(one_live_site: LiveSite) -> LiveSite:
    """The live site, with nobody in it."""
    one_live_site.site.wipe()
    return one_live_site


@pytest.fixture
def world(live: LiveSite) -> World:
    """People and notes of the live site: nobody yet."""
    return World(live.site)


def sign_in(context: BrowserContext, live: LiveSite, person: Person) -> None:
    """Sign in without the form: a login row and its cookie."""
    with live.site.transaction() as request:
        token = request.find_service(LoginSessionService).start(person.id, ip="127.0.0.1", user_agent="test")
    context.add_cookies([{"name": f"feedsite_{SESSION}", "value": token, "url": live.url}])


class OpenedPage:
    """A tab, and everything its console said: a message there is a fault of the page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        # Chromium tells what it cleared at the end of a login.
        if message.text.startswith("Clear-Site-Data header"):
            return
        # Chromium reports the status of an error page as a failure of its own: that page is meant.
        if message.location["url"] != self.page.url or "status of 4" not in message.text:
            self.complaints.append(message.text)


def send(button: Locator) -> None:
    """Press a button, and wait for the answer to what it sent: a click returns before that.

    For steps after which another tab, or the test itself, looks at what was sent.
    """
    with button.page.expect_response(lambda answer: answer.request.method == "POST"):
        button.click()


Opener = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Chromium, live: LiveSite) -> Iterator[Opener]:
    """Opens a path of the live site: ``open_page("/about", width=PHONE, theme="dark", person=ana)``."""
    opened: list[OpenedPage] = []

    def open_(
        path: str,
        *,
        width: int = DESKTOP,
        theme: str = "light",
        javascript: bool = True,
        person: Person | None = None,
    ) -> Page:
        options: dict[str, Any] = {
            "viewport": {"width": width, "height": 640 if width < 600 else 900},
            "color_scheme": theme,
            "java_script_enabled": javascript,
        }
        context = chromium.new_context(base_url=live.url, **options)
        if person is not None:
            sign_in(context, live, person)
        tab = OpenedPage(context.new_page())
        opened.append(tab)
        tab.page.goto(path)
        return tab.page

    yield open_
    complaints = [text for tab in opened for text in tab.complaints]
    for tab in opened:
        tab.page.context.close()
    assert not complaints
