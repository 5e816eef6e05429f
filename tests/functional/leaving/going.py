"""Going, coming back and being taken out, as people and operators do it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from webtest import TestResponse

from feedsite.leaving.purging import Purge
from feedsite.leaving.services import LeavingService
from feedsite.moderation.removing import RemovalService
from feedsite.moderation.services import OPERATOR
from feedsite.personal import Finder, personal_data

from tests.site import PASSWORD, Browser, Site, form_with

PATH = "/settings/delete"


def delete(browser: Browser, handle: str = "ana") -> TestResponse:
    """Delete one's account on its page."""
    form = form_with(browser.get(PATH), "handle")
    form["handle"] = handle
    return form.submit(expect_errors=True)


def sign_in(browser: Browser, login: str = "ana", password: str = PASSWORD) -> TestResponse:
    """Sign in by the form."""
    form = form_with(browser.get("/login"), "login")
    form["login"], form["password"] = login, password
    return form.submit(expect_errors=True)


def come_back(browser: Browser) -> TestResponse:
    """Say that one wants to come back."""
    page = browser.get("/login/back")
    return next(form for form in page.forms.values() if form.action == "/login/back").submit()


def purge_of(site: Site) -> Purge:
    """The purge of a site, as the command has it."""

    @contextlib.contextmanager
    def begin() -> Iterator[Finder]:
        with site.transaction() as request:
            yield request.find_service

    return Purge(begin, personal_data(site.registry))


def leave(site: Site, person_id: str) -> None:
    """Let somebody leave, without the page."""
    with site.transaction() as request:
        request.find_service(LeavingService).leave(person_id)


def take_out(site: Site, person_id: str) -> None:
    """Delete somebody for good, and take out everything of theirs."""
    with site.transaction() as request:
        request.find_service(RemovalService).purge(OPERATOR, person_id, "asked for")
    assert purge_of(site).take_out(person_id)
