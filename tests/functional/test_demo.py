"""`feedsite demo`: loaded once, in development only, and then a network that can be looked at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import MetaData, func, select

from feedsite.accounts.services import PeopleService
from feedsite.cli import main
from feedsite.db import reading
from feedsite.demo.loading import PASSWORDS

from tests.site import INI, Site, form_with, migrate


def demo(site: Site, *arguments: str, environment: str = "development") -> Result:
    url = site.engine.url.render_as_string(hide_password=False)
    environ = {"FEEDSITE_DATABASE_URL": url, "FEEDSITE_ENVIRONMENT": environment}
    return CliRunner().invoke(main, ["-c", INI, "demo", *arguments], env=environ)


def sizes(site: Site) -> dict[str, int]:
    """How many rows each table has."""
    metadata = MetaData()
    metadata.reflect(site.engine)
    with reading(site.engine).connect() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site with the demo in it; these tests only read."""
    url = f"sqlite:///{tmp_path_factory.mktemp('demo') / 'demo.sqlite'}"
    migrate(url)
    site = Site(url)
    done = demo(site, "load")
    assert done.exit_code == 0, done.output
    yield site
    site.close()


def test_loading_twice_is_loading_once_and_says_so(site: Site) -> None:
    """On both databases."""
    first = demo(site, "load")
    assert first.exit_code == 0, first.output
    before = sizes(site)
    assert before["people"] == 300
    assert before["notes"] > 3000
    second = demo(site, "load")
    assert second.exit_code == 0, second.output
    assert "It is there already: nothing was changed." in second.output
    assert sizes(site) == before
    for handle, password in PASSWORDS.items():
        for done in (first, second):
            assert handle in done.output
            assert password in done.output


@pytest.mark.parametrize("environment", ["production", "testing"])
def test_it_is_loaded_in_development_only(site: Site, environment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDSITE_SECRET", "a secret that is in no sample file 123456")
    monkeypatch.setenv("FEEDSITE_MAIL_BACKEND", "smtp")
    done = demo(site, "load", environment=environment)
    assert done.exit_code == 2
    assert f"here it is {environment}" in done.output
    assert sizes(site)["people"] == 0


def test_it_is_not_mixed_with_people_who_have_its_handles(site: Site) -> None:
    site.person("ana")
    done = demo(site, "load")
    assert done.exit_code == 2
    assert "1 of the demo's handles belong to people of this site" in done.output
    assert sizes(site)["people"] == 1
    assert sizes(site)["notes"] == 0


def test_info_says_how_to_sign_in_or_that_there_is_no_demo(site: Site, loaded: Site) -> None:
    assert demo(site, "info").exit_code == 2
    told = demo(loaded, "info")
    assert told.exit_code == 0
    assert f"{loaded.settings.site_url}/login" in told.output
    assert all(password in told.output for password in PASSWORDS.values())


@pytest.mark.parametrize("handle", PASSWORDS)
def test_the_passwords_that_are_printed_open_the_site(loaded: Site, handle: str) -> None:
    browser = loaded.browser()
    form = form_with(browser.get("/login"), "password")
    form["login"], form["password"] = handle, PASSWORDS[handle]
    answer = form.submit()
    assert answer.status_int == 303, answer.html.get_text(" ")
    assert browser.get("/home").html.select("article")


def test_nobody_else_can_sign_in(loaded: Site) -> None:
    with loaded.transaction() as request:
        people = request.find_service(PeopleService).by_handles([*PASSWORDS, "kofi"])
        assert {handle for handle, person in people.items() if person.password_hash} == set(PASSWORDS)


def test_the_demo_person_has_something_on_every_page(loaded: Site) -> None:
    with loaded.transaction() as request:
        person = request.find_service(PeopleService).by_handle("ana")
        request.dbsession.expunge(person)
    browser = loaded.browser(person)
    for path in ("/home", "/home/objects", "/@ana", "/explore", "/tags/sourdough", "/notifications"):
        assert len(browser.get(path).html.select("article")) >= 10, path
    archive = browser.get("/archive").html
    months = {link["href"] for link in archive.select("main a[href^='/archive/']") if link["href"].count("/") == 3}
    assert len(months) >= 12
    sections = [heading.get_text(strip=True) for heading in browser.get("/notifications").html.select("main h2")]
    assert "New" in sections
    # Some is new, not everything: the demo person was here before.
    assert browser.get("/home?new=1").html.select("article")
    front = loaded.browser().get("/")
    assert len(front.html.select("article")) >= 10
